#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace exhibit::indicators {

struct Token {
    enum class Type : std::uint8_t { end, word, number, text, timestamp, hex, binary, symbol };
    Type type = Type::end;
    std::string_view raw; ///< as written, without quotes and prefix
    std::string_view symbol; ///< for symbols, with `==` and `<>` given as `=` and `!=`
    std::size_t at = 0;
};

/// Cuts a STIX pattern into tokens. White space and comments (`//`, `/* */`) are skipped.
class PatternLexer {
public:
    explicit PatternLexer(std::string_view text)
        : m_text(text)
    {
    }

    Result<Token> next();

private:
    Result<void> skip_blank();
    Result<Token> quoted(Token::Type, char quote);
    [[nodiscard]] std::size_t number_size() const;
    [[nodiscard]] Token cut(Token::Type, std::size_t size);
    [[nodiscard]] char peek(std::size_t ahead = 0) const
    {
        return m_at + ahead < m_text.size() ? m_text[m_at + ahead] : '\0';
    }

    std::string_view m_text;
    std::size_t m_at = 0;
};

/// The text that a quoted token stands for.
std::string unescape(std::string_view raw);

} // namespace exhibit::indicators
