#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace exhibit::ios_backup {

/// A pattern of paths on the device, taken apart once for many domains. The pattern outlives it.
class WantedPattern {
public:
    explicit WantedPattern(std::string_view pattern);

    /// The relative paths that the pattern can only mean in the domain that has its files below `root`, a
    /// path on the device: those of its endings that are free of wildcards and whose beginning fits it. Empty
    /// when the pattern lies elsewhere.
    [[nodiscard]] std::vector<std::string> below(std::string_view root) const;

private:
    std::string_view m_pattern;
    std::string_view m_beginning; ///< before the first wildcard
    std::size_t m_plain; ///< where the part behind the last wildcard begins
};

} // namespace exhibit::ios_backup
