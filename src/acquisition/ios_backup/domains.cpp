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

WantedPattern::WantedPattern(std::string_view pattern)
    : m_pattern(pattern)
    , m_beginning(pattern.substr(0, pattern.find_first_of("*?")))
    , m_plain(m_beginning.size() == pattern.size() ? 0 : pattern.find_last_of("*?") + 1)
{
}

std::vector<std::string> WantedPattern::below(std::string_view root) const
{
    std::vector<std::string> found;
    if (!agree(m_beginning, root))
        return found;
    for (auto slash = m_pattern.rfind('/'); slash != m_pattern.npos && slash != 0 && slash >= m_plain;
        slash = m_pattern.rfind('/', slash - 1)) {
        auto const ending = m_pattern.substr(slash + 1);
        if (!ending.empty() && glob_match(m_pattern.substr(0, slash), root))
            found.emplace_back(ending);
    }
    return found;
}

} // namespace exhibit::ios_backup
