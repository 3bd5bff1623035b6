#include "indicators/yara_text.hpp"

#include <cstddef>

namespace exhibit::indicators {
namespace {

bool in_word(char letter)
{
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z')
        || (letter >= '0' && letter <= '9') || letter == '_';
}

/// Cuts a file into words and single characters, as far as that is needed to tell where rules begin and end.
class Scanner {
public:
    explicit Scanner(std::string_view source)
        : m_source(source)
    {
    }

    /// The next word or character; empty at the end.
    std::string_view next()
    {
        while (m_at < m_source.size()) {
            auto const letter = m_source[m_at];
            auto const second = m_at + 1 < m_source.size() ? m_source[m_at + 1] : ' ';
            if (letter == ' ' || letter == '\t' || letter == '\r' || letter == '\n')
                ++m_at;
            else if (letter == '/' && second == '/')
                pass("\n");
            else if (letter == '/' && second == '*')
                pass("*/");
            else
                return m_last = token(letter);
        }
        return {};
    }

    /// Where the last one began, and what follows it.
    [[nodiscard]] std::size_t begin() const { return m_begin; }
    [[nodiscard]] std::size_t end() const { return m_at; }

private:
    /// A comment: up to its end and over it.
    void pass(std::string_view last)
    {
        auto const end = m_source.find(last, m_at + 2);
        m_at = end == m_source.npos ? m_source.size() : end + last.size();
    }

    std::string_view token(char letter)
    {
        m_begin = m_at;
        if (letter == '"' || (letter == '/' && expects_expression()))
            pass_quoted(letter);
        else if (in_word(letter))
            while (m_at < m_source.size() && in_word(m_source[m_at]))
                ++m_at;
        else
            ++m_at;
        return m_source.substr(m_begin, m_at - m_begin);
    }

    /// A slash is a division behind a value.
    [[nodiscard]] bool expects_expression() const
    {
        return m_last == "=" || m_last == "(" || m_last == "," || m_last == "matches";
    }

    void pass_quoted(char quote)
    {
        for (++m_at; m_at < m_source.size(); ++m_at) {
            if (m_source[m_at] == '\\')
                ++m_at;
            else if (m_source[m_at] == quote)
                break;
        }
        m_at = m_at < m_source.size() ? m_at + 1 : m_source.size();
    }

    std::string_view m_source;
    std::string_view m_last;
    std::size_t m_begin = 0;
    std::size_t m_at = 0;
};

} // namespace

std::string_view yara_rule_text(std::string_view source, std::string_view rule)
{
    Scanner scanner { source };
    std::size_t begin = 0;
    std::size_t depth = 0;
    bool inside = false; // Of the rule that is looked for.
    bool names_rule = false;
    bool has_begin = false;
    for (auto word = scanner.next(); !word.empty(); word = scanner.next()) {
        if (word == "}") {
            depth -= depth == 0 ? 0 : 1;
            if (inside && depth == 0)
                return source.substr(begin, scanner.end() - begin);
        } else if (word == "{") {
            ++depth;
        } else if (depth == 0 && !inside) {
            bool const opens = word == "rule" || word == "private" || word == "global";
            if (opens && !has_begin)
                begin = scanner.begin();
            inside = names_rule && word == rule;
            names_rule = word == "rule";
            has_begin = opens;
        }
    }
    return inside ? source.substr(begin) : std::string_view {};
}

} // namespace exhibit::indicators
