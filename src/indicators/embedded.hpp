#pragma once

#include <string_view>

/// Data files of rules/common, compiled in (cmake/Embed.cmake).
namespace exhibit::embedded {

extern std::string_view const kSharedHosts;
extern std::string_view const kShorteners;
extern std::string_view const kAmbiguousIndicators;
extern std::string_view const kDoNotImport;

} // namespace exhibit::embedded

namespace exhibit::indicators {

/// Calls `use` with every line of a data file that is neither empty nor a comment.
template<typename Use> void for_each_line(std::string_view text, Use const& use)
{
    while (!text.empty()) {
        auto const end = text.find('\n');
        auto const line = text.substr(0, end);
        text.remove_prefix(end == text.npos ? text.size() : end + 1);
        if (!line.empty() && line.front() != '#')
            use(line);
    }
}

} // namespace exhibit::indicators
