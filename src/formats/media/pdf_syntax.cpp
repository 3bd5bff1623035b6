#include "formats/media/pdf_syntax.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace exhibit::media {
namespace {

constexpr std::size_t kDeepestObject = 64;

bool is_delimiter(char c)
{
    return std::string_view { "()<>[]{}/%" }.contains(c);
}

bool is_regular(char c)
{
    return !is_pdf_blank(c) && !is_delimiter(c);
}

/// Where the string that begins with a round bracket at `at` ends; nothing when it does not.
std::optional<std::size_t> end_of_string(std::string_view text, std::size_t at)
{
    std::size_t depth = 0;
    for (; at < text.size(); ++at) {
        if (text[at] == '\\')
            ++at;
        else if (text[at] == '(')
            ++depth;
        else if (text[at] == ')' && --depth == 0)
            return at + 1;
    }
    return std::nullopt;
}

/// `/JBIG#32Decode` is `/JBIG2Decode`. Only letters and digits, so that a name stays one word.
void append_name(std::string& out, std::string_view name)
{
    for (std::size_t at = 0; at != name.size(); ++at) {
        if (name[at] == '#' && name.size() - at > 2) {
            auto const high = pdf_hex_digit(name[at + 1]);
            auto const low = pdf_hex_digit(name[at + 2]);
            auto const c = static_cast<char>(high * 16 + low);
            auto const lower = static_cast<char>(c | 0x20);
            if (high >= 0 && low >= 0 && (is_digit(c) || (lower >= 'a' && lower <= 'z'))) {
                out += c;
                at += 2;
                continue;
            }
        }
        out += name[at];
    }
}

class Speller {
public:
    Speller(std::string_view text, std::size_t at, std::size_t most)
        : m_text(text)
        , m_at(at)
        , m_most(most)
    {
    }

    std::optional<PdfObject> read()
    {
        do {
            m_at = skip_pdf_blanks(m_text, m_at);
            if (m_at >= m_text.size() || m_out.size() > m_most || !read_word())
                return std::nullopt;
        } while (!m_open.empty());
        return PdfObject { std::move(m_out), m_at };
    }

private:
    bool read_word()
    {
        auto const rest = m_text.substr(m_at);
        if (rest.starts_with("<<") || rest.starts_with('['))
            return open(rest.front());
        if (rest.starts_with(">>") || rest.starts_with(']'))
            return close(rest.front());
        if (rest.front() == '(')
            return put("()", end_of_string(m_text, m_at));
        if (rest.front() == '<') {
            auto const end = rest.find('>');
            return put("<>", end == rest.npos ? std::nullopt : std::optional { m_at + end + 1 });
        }
        bool const name = rest.front() == '/';
        if (!name && !is_regular(rest.front()))
            return false;
        std::size_t length = 1;
        while (length < rest.size() && is_regular(rest[length]))
            ++length;
        separate();
        append_name(m_out, rest.substr(0, length));
        m_at += length;
        return true;
    }

    void separate()
    {
        if (!m_out.empty())
            m_out += ' ';
    }

    bool put(std::string_view word, std::optional<std::size_t> end)
    {
        if (!end)
            return false;
        separate();
        m_out += word;
        m_at = *end;
        return true;
    }

    bool open(char bracket)
    {
        m_open += bracket;
        return m_open.size() <= kDeepestObject
            && put(bracket == '<' ? "<<" : "[", m_at + (bracket == '<' ? 2U : 1U));
    }

    bool close(char bracket)
    {
        if (m_open.empty() || m_open.back() != (bracket == '>' ? '<' : '['))
            return false;
        m_open.pop_back();
        return put(bracket == '>' ? ">>" : "]", m_at + (bracket == '>' ? 2U : 1U));
    }

    std::string_view m_text;
    std::size_t m_at;
    std::size_t m_most;
    std::string m_open; ///< the brackets that are not closed yet
    std::string m_out;
};

/// Takes the first word off a text of one spelling.
std::string_view take_word(std::string_view& text)
{
    auto const end = std::min(text.find(' '), text.size());
    auto const word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return word;
}

/// The first object of a text of one spelling.
std::string_view first_object(std::string_view text)
{
    if (pdf_reference(text) != 0)
        return text.substr(0, text.find('R') + 1);
    std::size_t depth = 0;
    for (auto rest = text; !rest.empty();) {
        auto const word = take_word(rest);
        if (word == "<<" || word == "[")
            ++depth;
        else if ((word == ">>" || word == "]") && depth != 0)
            --depth;
        if (depth == 0)
            return text.substr(0, static_cast<std::size_t>(word.data() + word.size() - text.data()));
    }
    return text;
}

} // namespace

int pdf_hex_digit(char c)
{
    if (is_digit(c))
        return c - '0';
    auto const lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

std::size_t skip_pdf_blanks(std::string_view text, std::size_t at)
{
    while (at < text.size() && (is_pdf_blank(text[at]) || text[at] == '%'))
        at = text[at] == '%' ? std::min(text.find_first_of("\r\n", at), text.size()) : at + 1;
    return at;
}

std::optional<PdfObject> read_pdf_object(std::string_view file, std::size_t at, std::size_t most)
{
    return Speller { file, at, most }.read();
}

std::string_view pdf_value(std::string_view dictionary, std::string_view key)
{
    std::size_t depth = 0;
    for (auto rest = dictionary; !rest.empty();) {
        auto const word = take_word(rest);
        if (word == "<<" || word == "[")
            ++depth;
        else if (word == ">>" || word == "]")
            depth -= depth == 0 ? 0 : 1;
        else if (depth == 1 && word == key)
            return first_object(rest);
    }
    return {};
}

std::vector<std::string_view> pdf_words(std::string_view value, std::size_t most)
{
    std::vector<std::string_view> out;
    bool const list = value.starts_with('[');
    if (list)
        take_word(value);
    while (!value.empty() && out.size() < most) {
        auto const word = take_word(value);
        if (list && word == "]")
            break;
        out.push_back(word);
    }
    return out;
}

std::optional<std::uint64_t> pdf_number(std::string_view value)
{
    auto const word = take_word(value);
    constexpr std::size_t most = 12;
    if (word.empty() || word.size() > most || !std::ranges::all_of(word, is_digit))
        return std::nullopt;
    std::uint64_t out = 0;
    for (char const c : word)
        out = out * 10 + static_cast<unsigned>(c - '0');
    return out;
}

std::uint64_t pdf_reference(std::string_view value)
{
    auto const number = pdf_number(value);
    take_word(value);
    auto const generation = pdf_number(value);
    take_word(value);
    return number && generation && take_word(value) == "R" ? *number : 0;
}

} // namespace exhibit::media
