#include "detection/yaml_text.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace exhibit::detection::yaml {
namespace {

void append_utf8(std::string& out, unsigned code)
{
    char const units[2] = { static_cast<char>(code >> 8U), static_cast<char>(code & 0xFFU) };
    out += from_utf16be({ units, 2 });
}

/// Appends what an escape stands for; returns how many characters it takes, 0 when it is none.
std::size_t escape(std::string_view text, std::string& out)
{
    constexpr std::string_view names = "nrt\"\\/0";
    constexpr std::string_view values { "\n\r\t\"\\/\0", 7 };
    if (auto const known = names.find(text.front()); known != names.npos) {
        out += values[known];
        return 1;
    }
    std::size_t const digits = text.front() == 'x' ? 2 : text.front() == 'u' ? 4 : 0;
    if (digits == 0 || text.size() <= digits)
        return 0;
    unsigned code = 0;
    for (char const c : text.substr(1, digits)) {
        auto const digit = std::string_view { "0123456789abcdef" }.find(to_lower({ &c, 1 }));
        if (digit == std::string_view::npos)
            return 0;
        code = code * 16 + static_cast<unsigned>(digit);
    }
    append_utf8(out, code);
    return digits + 1;
}

std::string single_quoted(std::string_view inside)
{
    std::string out;
    for (std::size_t at = 0; at != inside.size(); ++at) {
        out += inside[at];
        if (inside[at] == '\'')
            ++at;
    }
    return out;
}

Read<std::string> double_quoted(std::string_view inside, std::size_t line)
{
    std::string out;
    for (std::size_t at = 0; at != inside.size(); ++at) {
        if (inside[at] != '\\') {
            out += inside[at];
            continue;
        }
        if (++at == inside.size())
            return std::unexpected(YamlProblem { "a backslash at the end of quoted text", line });
        auto const used = escape(inside.substr(at), out);
        if (used == 0)
            return std::unexpected(YamlProblem { "an escape that is not known", line });
        at += used - 1;
    }
    return out;
}

} // namespace

std::string_view trim_right(std::string_view text)
{
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r'))
        text.remove_suffix(1);
    return text;
}

std::string_view trim_left(std::string_view text)
{
    auto const first = text.find_first_not_of(" \t");
    return first == text.npos ? std::string_view {} : text.substr(first);
}

std::string_view without_comment(std::string_view text)
{
    for (auto at = text.find('#'); at != text.npos; at = text.find('#', at + 1))
        if (at == 0 || text[at - 1] == ' ' || text[at - 1] == '\t')
            return trim_right(text.substr(0, at));
    return text;
}

std::optional<std::size_t> end_of_quoted(std::string_view text)
{
    char const quote = text.front();
    for (std::size_t at = 1; at < text.size(); ++at) {
        if (quote == '"' && text[at] == '\\')
            ++at;
        else if (text[at] == quote) {
            if (quote == '"' || at + 1 == text.size() || text[at + 1] != '\'')
                return at + 1;
            ++at;
        }
    }
    return std::nullopt;
}

std::optional<std::size_t> colon_of_key(std::string_view text)
{
    std::size_t from = 0;
    if (text.front() == '"' || text.front() == '\'') {
        auto const end = end_of_quoted(text);
        if (!end || *end >= text.size() || text[*end] != ':')
            return std::nullopt;
        from = *end;
    } else if (text.front() == '[' || text.front() == '{')
        return std::nullopt;
    for (auto at = text.find(':', from); at != text.npos; at = text.find(':', at + 1)) {
        if (text.substr(0, at).find(" #") != text.npos)
            return std::nullopt;
        if (at + 1 == text.size() || text[at + 1] == ' ' || text[at + 1] == '\t')
            return at;
    }
    return std::nullopt;
}

bool is_item(std::string_view text)
{
    return text == "-" || text.starts_with("- ");
}

Read<std::string> unquote(std::string_view text, std::size_t line)
{
    auto const inside = text.substr(1, text.size() - 2);
    return text.front() == '"' ? double_quoted(inside, line) : single_quoted(inside);
}

Read<std::vector<Line>> cut_lines(std::string_view text)
{
    std::vector<Line> lines;
    for (std::size_t number = 1; !text.empty(); ++number) {
        auto const end = text.find('\n');
        auto const raw = text.substr(0, end);
        text.remove_prefix(end == text.npos ? text.size() : end + 1);
        auto const indent = std::min(raw.find_first_not_of(' '), raw.size());
        Line const line { trim_right(raw.substr(indent)), raw, indent, number };
        if (!line.text.empty() && line.text.front() == '\t')
            return std::unexpected(YamlProblem { "a tab in the indentation; use blanks", number });
        if (indent == 0
            && (line.text.starts_with("---") || line.text.starts_with("...") || line.text.starts_with('%')))
            return std::unexpected(YamlProblem { "a file is one document without markers", number });
        lines.push_back(line);
    }
    return lines;
}

} // namespace exhibit::detection::yaml
