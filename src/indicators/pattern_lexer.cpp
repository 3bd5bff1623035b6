#include "indicators/pattern_lexer.hpp"

#include "indicators/ascii.hpp"

#include <array>
#include <optional>

namespace exhibit::indicators {
namespace {

/// What a letter before a quote says that it is.
std::optional<Token::Type> type_of_quoted(char letter)
{
    switch (letter) {
    case 't':
        return Token::Type::timestamp;
    case 'h':
        return Token::Type::hex;
    case 'b':
        return Token::Type::binary;
    default:
        return std::nullopt;
    }
}

bool is_word_start(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool is_word(char c)
{
    return is_word_start(c) || is_digit(c) || c == '-';
}

struct Symbol {
    std::string_view written;
    std::string_view meant;
};

// The longer ones first.
constexpr std::array<Symbol, 17> kSymbols { { { "==", "=" }, { "!=", "!=" }, { "<>", "!=" }, { "<=", "<=" },
    { ">=", ">=" }, { "=", "=" }, { "<", "<" }, { ">", ">" }, { "[", "[" }, { "]", "]" }, { "(", "(" },
    { ")", ")" }, { ",", "," }, { ".", "." }, { ":", ":" }, { "*", "*" }, { "-", "-" } } };

} // namespace

Result<void> PatternLexer::skip_blank()
{
    constexpr std::string_view blank = " \t\r\n\v\f";
    while (m_at < m_text.size()) {
        auto const rest = m_text.substr(m_at);
        if (blank.find(rest.front()) != blank.npos) {
            ++m_at;
        } else if (rest.starts_with("\xC2\xA0")) { // no-break space, from patterns pasted out of documents
            m_at += 2;
        } else if (rest.starts_with("//")) {
            auto const end = rest.find('\n');
            m_at = end == rest.npos ? m_text.size() : m_at + end;
        } else if (rest.starts_with("/*")) {
            auto const end = rest.find("*/", 2);
            if (end == rest.npos)
                return fail(Fault::truncated, "a comment is not closed", m_at);
            m_at += end + 2;
        } else {
            break;
        }
    }
    return {};
}

Token PatternLexer::cut(Token::Type type, std::size_t size)
{
    Token const token { type, m_text.substr(m_at, size), {}, m_at };
    m_at += size;
    return token;
}

Result<Token> PatternLexer::quoted(Token::Type type, char quote)
{
    auto const open = m_at;
    auto const first = m_text.find(quote, m_at) + 1;
    for (auto at = first; at < m_text.size(); ++at) {
        if (m_text[at] == '\\') {
            ++at;
        } else if (m_text[at] == quote) {
            m_at = at + 1;
            return Token { type, m_text.substr(first, at - first), {}, open };
        }
    }
    return fail(Fault::truncated, "a quote is not closed", open);
}

/// Of the number that begins here; 0 when none does.
std::size_t PatternLexer::number_size() const
{
    bool const is_signed = peek() == '-' || peek() == '+';
    if (!is_digit(peek(is_signed ? 1 : 0)))
        return 0;
    std::size_t size = 1;
    while (is_digit(peek(size)) || (peek(size) == '.' && is_digit(peek(size + 1))))
        ++size;
    return size;
}

Result<Token> PatternLexer::next()
{
    EXHIBIT_TRY(skip_blank());
    if (m_at >= m_text.size())
        return Token { Token::Type::end, {}, {}, m_at };
    auto const c = peek();
    if (c == '\'' || c == '"')
        return quoted(Token::Type::text, c);
    if (auto const type = peek(1) == '\'' ? type_of_quoted(c) : std::nullopt)
        return quoted(*type, '\'');
    if (is_word_start(c)) {
        std::size_t size = 1;
        while (is_word(peek(size)))
            ++size;
        return cut(Token::Type::word, size);
    }
    if (auto const size = number_size(); size != 0)
        return cut(Token::Type::number, size);
    for (auto const& symbol : kSymbols) {
        if (m_text.substr(m_at).starts_with(symbol.written)) {
            auto token = cut(Token::Type::symbol, symbol.written.size());
            token.symbol = symbol.meant;
            return token;
        }
    }
    return fail(Fault::malformed, "a character that no pattern holds", m_at);
}

std::string unescape(std::string_view raw)
{
    std::string text;
    text.reserve(raw.size());
    for (std::size_t at = 0; at != raw.size(); ++at) {
        auto const more = at + 1 < raw.size();
        if (raw[at] == '\\' && more && (raw[at + 1] == '\\' || raw[at + 1] == '\'' || raw[at + 1] == '"'))
            ++at;
        text += raw[at];
    }
    return text;
}

} // namespace exhibit::indicators
