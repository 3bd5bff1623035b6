#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace exhibit::detection {

/// A pattern of `LIKE`, with the meaning that SQLite gives it: `%` is any text, `_` one character, and
/// letters of ASCII match whatever their case. Unlike SQLite's, what follows a NUL in the text is looked at
/// where the pattern is one literal between two `%`.
class LikePattern {
public:
    explicit LikePattern(std::string_view pattern);

    /// `text` is followed by a NUL, as SQLite's texts are.
    [[nodiscard]] bool matches(std::string_view text) const;

private:
    std::string m_pattern;
    std::optional<std::string> m_contained; ///< in lower case, of `%literal%`
    std::size_t m_anchor = 0; ///< of its bytes the one to look for
};

} // namespace exhibit::detection
