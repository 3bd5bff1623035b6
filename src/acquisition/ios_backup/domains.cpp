#include "acquisition/ios_backup/domains.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace exhibit::ios_backup {
namespace {

/// Whether one of them is the beginning of the other.
bool agree(std::string_view one, std::string_view other)
{
    auto const length = std::min(one.size(), other.size());
    return one.substr(0, length) == other.substr(0, length);
}

} // namespace

std::vector<std::string> relative_paths(std::string_view pattern, std::string_view root)
{
    std::vector<std::string> found;
    if (!agree(pattern.substr(0, pattern.find_first_of("*?")), root))
        return found;
    for (auto slash = pattern.rfind('/'); slash != pattern.npos && slash != 0;
        slash = pattern.rfind('/', slash - 1)) {
        auto const ending = pattern.substr(slash + 1);
        if (ending.find_first_of("*?") != ending.npos)
            break;
        if (!ending.empty() && glob_match(pattern.substr(0, slash), root))
            found.emplace_back(ending);
    }
    return found;
}

} // namespace exhibit::ios_backup
