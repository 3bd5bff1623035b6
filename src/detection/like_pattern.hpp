#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace exhibit::detection {

/// A pattern of `LIKE`, with the meaning that SQLite gives it: `%` is any text, `_` one character, and
/// letters of ASCII match whatever their case. Unlike SQLite's, what follows a NUL in the text is looked at
/// where the pattern is one literal with `%` before or behind it.
class LikePattern {
public:
    explicit LikePattern(std::string_view pattern);

    /// Whether it is `literal%`, `%literal` or `%literal%`.
    [[nodiscard]] bool is_one_literal() const { return m_form != Form::general; }

    /// `text` is followed by a NUL, as SQLite's texts are, unless the pattern is one literal.
    [[nodiscard]] bool matches(std::string_view text) const;

private:
    enum class Form : std::uint8_t { general, beginning, end, part };

    std::string m_pattern;
    std::string m_literal; ///< in lower case, of `literal%`, `%literal` and `%literal%`
    Form m_form = Form::general;
    std::size_t m_anchor = 0; ///< of its bytes the one to look for
};

} // namespace exhibit::detection
