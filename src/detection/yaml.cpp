#include "detection/yaml.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <optional>

namespace exhibit::detection {
namespace {

/// Keys of one map; each is compared with those before it.
constexpr std::size_t kYamlFields = 1'000;

template<typename T> using Read = std::expected<T, YamlProblem>;

struct Line {
    std::string_view text; ///< without indentation, trailing blanks and line end; comments are still there
    std::string_view raw; ///< the whole line
    std::size_t indent = 0;
    std::size_t number = 0;
    [[nodiscard]] bool blank() const { return text.empty() || text.front() == '#'; }
};

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

/// Up to a `#` that begins a comment: one at the front or after a blank.
std::string_view without_comment(std::string_view text)
{
    for (auto at = text.find('#'); at != text.npos; at = text.find('#', at + 1))
        if (at == 0 || text[at - 1] == ' ' || text[at - 1] == '\t')
            return trim_right(text.substr(0, at));
    return text;
}

/// The end of a quoted scalar that begins at the front of `text`: the offset behind its closing quote.
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

/// Where a `key:` ends: the offset of its colon, if the text begins with a key.
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

void append_utf8(std::string& out, unsigned code)
{
    char const units[2] = { static_cast<char>(code >> 8U), static_cast<char>(code & 0xFFU) };
    out += from_utf16be({ units, 2 });
}

class Scalars {
public:
    /// Undoes the quotes of `text`, which is one quoted scalar and nothing else.
    static Read<std::string> unquote(std::string_view text, std::size_t line)
    {
        auto const inside = text.substr(1, text.size() - 2);
        return text.front() == '"' ? double_quoted(inside, line) : single_quoted(inside);
    }

private:
    static std::string single_quoted(std::string_view inside)
    {
        std::string out;
        for (std::size_t at = 0; at != inside.size(); ++at) {
            out += inside[at];
            if (inside[at] == '\'')
                ++at;
        }
        return out;
    }

    static Read<std::string> double_quoted(std::string_view inside, std::size_t line)
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

    /// Appends what an escape stands for; returns how many characters it takes, 0 when it is none.
    static std::size_t escape(std::string_view text, std::string& out)
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
};

class Parser {
public:
    explicit Parser(std::vector<Line> lines)
        : m_lines(std::move(lines))
    {
    }

    Read<YamlValue> document()
    {
        skip_blank();
        if (m_at == m_lines.size())
            return YamlValue {};
        auto value = node(m_lines[m_at].indent, kYamlDepth);
        skip_blank();
        if (value && m_at != m_lines.size())
            return problem("this line does not belong to what stands before it");
        return value;
    }

private:
    Read<YamlValue> problem(std::string_view what) const
    {
        return std::unexpected(YamlProblem { what, m_at < m_lines.size() ? m_lines[m_at].number : 0 });
    }

    void skip_blank()
    {
        while (m_at != m_lines.size() && m_lines[m_at].blank())
            ++m_at;
    }

    /// The line at hand, if there is one and it is indented by exactly `indent`.
    Line* line_at(std::size_t indent)
    {
        skip_blank();
        return m_at != m_lines.size() && m_lines[m_at].indent == indent ? &m_lines[m_at] : nullptr;
    }

    // Bounded by `depth`, which starts at kYamlDepth.
    // NOLINTBEGIN(misc-no-recursion)

    /// A map or a list whose lines are indented by `indent`, or a scalar.
    Read<YamlValue> node(std::size_t indent, unsigned depth)
    {
        if (depth == 0)
            return problem("nested too deeply");
        auto& line = m_lines[m_at];
        if (is_item(line.text))
            return list(indent, depth);
        if (colon_of_key(line.text))
            return map(indent, depth);
        auto const text = line.text;
        return inline_value(text, indent == 0 ? 0 : indent - 1, indent == 0, depth);
    }

    Read<YamlValue> list(std::size_t indent, unsigned depth)
    {
        YamlValue out;
        out.kind = YamlValue::Kind::list;
        out.line = m_lines[m_at].number;
        for (auto* line = line_at(indent); line != nullptr && is_item(line->text); line = line_at(indent)) {
            auto const rest = trim_left(line->text.substr(1));
            auto item = YamlValue {};
            if (rest.empty() || rest.front() == '#') {
                item.line = line->number;
                ++m_at;
                skip_blank();
                if (m_at != m_lines.size() && m_lines[m_at].indent > indent) {
                    auto value = node(m_lines[m_at].indent, depth - 1);
                    if (!value)
                        return value;
                    item = std::move(*value);
                }
            } else {
                // `- name: x` is a map whose first line begins behind the dash.
                line->indent += line->text.size() - rest.size();
                line->text = rest;
                auto value = is_item(rest) || colon_of_key(rest)
                    ? node(line->indent, depth - 1)
                    : inline_value(rest, indent, false, depth - 1);
                if (!value)
                    return value;
                item = std::move(*value);
            }
            out.items.push_back(std::move(item));
        }
        return out;
    }

    Read<YamlValue> map(std::size_t indent, unsigned depth)
    {
        YamlValue out;
        out.kind = YamlValue::Kind::map;
        out.line = m_lines[m_at].number;
        for (auto* line = line_at(indent); line != nullptr; line = line_at(indent)) {
            auto const colon = is_item(line->text) ? std::nullopt : colon_of_key(line->text);
            if (!colon)
                break;
            auto key = key_of(line->text.substr(0, *colon), line->number);
            if (!key)
                return std::unexpected(key.error());
            if (out.find(*key) != nullptr)
                return problem("this key stands here twice");
            if (out.fields.size() == kYamlFields)
                return problem("too many keys in one map");
            auto value = field(trim_left(line->text.substr(*colon + 1)), indent, depth - 1);
            if (!value)
                return value;
            out.fields.push_back({ std::move(*key), std::move(*value) });
        }
        return out;
    }

    Read<std::string> key_of(std::string_view text, std::size_t line) const
    {
        text = trim_right(text);
        if (text.empty())
            return std::unexpected(YamlProblem { "a key is missing before the colon", line });
        if (text.front() == '"' || text.front() == '\'')
            return Scalars::unquote(text, line);
        if (std::string_view { "&*!?%@`|>" }.contains(text.front()))
            return std::unexpected(YamlProblem { "keys are plain words here", line });
        return std::string { text };
    }

    /// What stands behind `key:`, on the same line or indented below it.
    Read<YamlValue> field(std::string_view rest, std::size_t indent, unsigned depth)
    {
        if (depth == 0)
            return problem("nested too deeply");
        if (!rest.empty() && rest.front() != '#')
            return rest.front() == '|' || rest.front() == '>' ? block_scalar(rest, indent)
                                                              : inline_value(rest, indent, false, depth);
        YamlValue none;
        none.line = m_lines[m_at].number;
        ++m_at;
        skip_blank();
        if (m_at == m_lines.size())
            return none;
        auto const& next = m_lines[m_at];
        if (next.indent > indent || (next.indent == indent && is_item(next.text)))
            return node(next.indent, depth);
        return none;
    }

    /// A flow collection or a scalar that begins on this line; further lines of it are indented by more
    /// than `indent`, or by any amount with `any_indent`.
    Read<YamlValue> inline_value(std::string_view text, std::size_t indent, bool any_indent, unsigned depth)
    {
        auto const number = m_lines[m_at].number;
        if (text.front() == '[' || text.front() == '{')
            return flow(text, depth);
        if (text.front() == '"' || text.front() == '\'') {
            auto const end = end_of_quoted(text);
            if (!end)
                return problem("quoted text must end on its line");
            if (auto const after = trim_left(text.substr(*end)); !after.empty() && after.front() != '#')
                return problem("there is something behind the closing quote");
            auto unquoted = Scalars::unquote(text.substr(0, *end), number);
            if (!unquoted)
                return std::unexpected(unquoted.error());
            ++m_at;
            return scalar(std::move(*unquoted), number, false);
        }
        if (std::string_view { "&*!%@`|>" }.contains(text.front()))
            return problem("anchors, aliases, tags and directives are not read");
        std::string words { without_comment(text) };
        ++m_at;
        while (m_at != m_lines.size() && !m_lines[m_at].blank()
            && (any_indent || m_lines[m_at].indent > indent)) {
            auto const more = without_comment(m_lines[m_at].text);
            if (colon_of_key(more))
                return problem("a key inside of running text; put the text in quotes");
            words += ' ';
            words += more;
            ++m_at;
        }
        return scalar(std::move(words), number, true);
    }

    static YamlValue scalar(std::string text, std::size_t line, bool plain)
    {
        YamlValue out;
        bool const null = plain && (text == "null" || text == "~");
        out.kind = null ? YamlValue::Kind::null : YamlValue::Kind::scalar;
        out.plain = plain;
        out.line = line;
        out.text = std::move(text);
        return out;
    }

    Read<YamlValue> block_scalar(std::string_view header, std::size_t indent)
    {
        auto const number = m_lines[m_at].number;
        bool const folded = header.front() == '>';
        auto const chomp = without_comment(header.substr(1));
        if (!chomp.empty() && chomp != "-" && chomp != "+")
            return problem("behind | or > only - or + may stand");
        ++m_at;
        std::vector<std::string_view> body;
        std::optional<std::size_t> inner;
        for (; m_at != m_lines.size(); ++m_at) {
            auto const& line = m_lines[m_at];
            bool const empty = trim_left(line.raw).empty();
            if (!empty && line.indent <= indent)
                break;
            if (!inner && !empty)
                inner = line.indent;
            if (!empty && line.indent < *inner)
                return problem("block text is indented less than its first line");
            body.push_back(empty ? std::string_view {} : trim_right(line.raw.substr(*inner)));
        }
        std::size_t empty_lines = 0;
        while (!body.empty() && body.back().empty()) {
            body.pop_back();
            ++empty_lines;
        }
        auto text = folded ? fold(body) : join(body);
        if (chomp == "+")
            text.append(empty_lines + 1, '\n');
        else if (chomp.empty() && !text.empty())
            text += '\n';
        return scalar(std::move(text), number, false);
    }

    static std::string join(std::vector<std::string_view> const& lines)
    {
        std::string out;
        for (std::size_t i = 0; i != lines.size(); ++i) {
            if (i != 0)
                out += '\n';
            out += lines[i];
        }
        return out;
    }

    /// Single line ends become blanks; an empty line is a line end; indented lines stay as they are.
    static std::string fold(std::vector<std::string_view> const& lines)
    {
        std::string out;
        std::size_t pending = 0;
        bool kept = true; // the line before keeps its end
        for (auto const line : lines) {
            if (line.empty()) {
                ++pending;
                continue;
            }
            bool const indented = line.front() == ' ' || line.front() == '\t';
            if (!out.empty()) {
                if (pending == 0)
                    out += indented || kept ? '\n' : ' ';
                else
                    out.append(pending + (indented || kept ? 1 : 0), '\n');
            } else
                out.append(pending, '\n');
            out += line;
            kept = indented;
            pending = 0;
        }
        return out;
    }

    // Flow collections: the rest of the line and, while brackets are open, the lines below.

    Read<YamlValue> flow(std::string_view text, unsigned depth)
    {
        m_flow = text;
        auto value = flow_node(depth);
        if (!value)
            return value;
        auto const after = trim_left(m_flow);
        if (!after.empty() && after.front() != '#')
            return problem("there is something behind the closing bracket");
        ++m_at;
        return value;
    }

    /// Skips blanks, comments and line ends inside of a flow collection. False: the document ends.
    bool flow_skip()
    {
        while (true) {
            m_flow = trim_left(m_flow);
            if (!m_flow.empty() && m_flow.front() != '#')
                return true;
            if (m_at + 1 >= m_lines.size())
                return false;
            m_flow = m_lines[++m_at].text;
        }
    }

    Read<YamlValue> flow_node(unsigned depth)
    {
        if (depth == 0)
            return problem("nested too deeply");
        if (!flow_skip())
            return problem("a bracket is not closed");
        if (m_flow.front() == '[' || m_flow.front() == '{')
            return flow_collection(depth);
        return flow_scalar();
    }

    Read<YamlValue> flow_scalar()
    {
        auto const number = m_lines[m_at].number;
        if (m_flow.front() == '"' || m_flow.front() == '\'') {
            auto const end = end_of_quoted(m_flow);
            if (!end)
                return problem("quoted text must end on its line");
            auto unquoted = Scalars::unquote(m_flow.substr(0, *end), number);
            if (!unquoted)
                return std::unexpected(unquoted.error());
            m_flow.remove_prefix(*end);
            return scalar(std::move(*unquoted), number, false);
        }
        if (std::string_view { "&*!%@`|>" }.contains(m_flow.front()))
            return problem("anchors, aliases, tags and directives are not read");
        std::size_t end = 0;
        while (end != m_flow.size() && !std::string_view { ",[]{}" }.contains(m_flow[end])
            && !(m_flow[end] == ':' && (end + 1 == m_flow.size() || m_flow[end + 1] == ' ')))
            ++end;
        auto const words = trim_right(without_comment(m_flow.substr(0, end)));
        if (words.empty())
            return problem("a value is missing");
        m_flow.remove_prefix(end);
        return scalar(std::string { words }, number, true);
    }

    Read<YamlValue> flow_collection(unsigned depth)
    {
        bool const is_map = m_flow.front() == '{';
        char const close = is_map ? '}' : ']';
        m_flow.remove_prefix(1);
        YamlValue out;
        out.kind = is_map ? YamlValue::Kind::map : YamlValue::Kind::list;
        out.line = m_lines[m_at].number;
        while (true) {
            if (!flow_skip())
                return problem("a bracket is not closed");
            if (m_flow.front() == close)
                break;
            auto added = is_map ? flow_field(out, depth) : flow_item(out, depth);
            if (!added)
                return std::unexpected(added.error());
            if (!flow_skip())
                return problem("a bracket is not closed");
            if (m_flow.front() == ',')
                m_flow.remove_prefix(1);
            else if (m_flow.front() != close)
                return problem("a comma or a closing bracket is missing");
        }
        m_flow.remove_prefix(1);
        return out;
    }

    Read<void> flow_item(YamlValue& out, unsigned depth)
    {
        auto item = flow_node(depth - 1);
        if (!item)
            return std::unexpected(item.error());
        out.items.push_back(std::move(*item));
        return {};
    }

    Read<void> flow_field(YamlValue& out, unsigned depth)
    {
        auto key = flow_node(depth - 1);
        if (!key)
            return std::unexpected(key.error());
        if (key->kind != YamlValue::Kind::scalar || key->text.empty())
            return std::unexpected(YamlProblem { "keys are plain words here", m_lines[m_at].number });
        if (out.find(key->text) != nullptr || out.fields.size() == kYamlFields)
            return std::unexpected(YamlProblem { "this key stands here twice", m_lines[m_at].number });
        if (!flow_skip() || m_flow.front() != ':')
            return std::unexpected(YamlProblem { "a colon is missing behind the key", m_lines[m_at].number });
        m_flow.remove_prefix(1);
        auto value = flow_node(depth - 1);
        if (!value)
            return std::unexpected(value.error());
        out.fields.push_back({ std::move(key->text), std::move(*value) });
        return {};
    }

    // NOLINTEND(misc-no-recursion)

    std::vector<Line> m_lines;
    std::size_t m_at = 0;
    std::string_view m_flow;
};

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

} // namespace

YamlValue const* YamlValue::find(std::string_view name) const
{
    auto const found = std::ranges::find(fields, name, &YamlField::name);
    return found == fields.end() ? nullptr : &found->value;
}

std::expected<YamlValue, YamlProblem> read_yaml(std::string_view text)
{
    if (text.size() > kYamlBytes)
        return std::unexpected(YamlProblem { "the file is larger than 1 MiB", 1 });
    if (!is_plain_utf8(text))
        return std::unexpected(YamlProblem { "the file is not UTF-8 text", 1 });
    auto lines = cut_lines(text);
    if (!lines)
        return std::unexpected(lines.error());
    return Parser { std::move(*lines) }.document();
}

} // namespace exhibit::detection
