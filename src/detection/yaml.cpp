#include "detection/yaml.hpp"

#include "base/text.hpp"
#include "detection/yaml_text.hpp"

#include <algorithm>

// Why this is no library: every run reads all rules before it does anything else. yaml-cpp 0.7 takes 80 to
// 110 ms for the 218 kB of the built-in ones where this takes 1.6 ms (g++ -O2, the same computer), and
// accepts what a rule from somebody else must not hold. The tests compare both on every rule.
namespace exhibit::detection::yaml {
namespace {

/// Keys of one map; each is compared with those before it.
constexpr std::size_t kYamlFields = 1'000;

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
            auto next = item(*line, indent, depth);
            if (!next)
                return next;
            out.items.push_back(std::move(*next));
        }
        return out;
    }

    /// What stands behind the dash of a line, or below it.
    Read<YamlValue> item(Line& line, std::size_t indent, unsigned depth)
    {
        auto const rest = trim_left(line.text.substr(1));
        if (rest.empty() || rest.front() == '#') {
            YamlValue none;
            none.line = line.number;
            ++m_at;
            skip_blank();
            if (m_at == m_lines.size() || m_lines[m_at].indent <= indent)
                return none;
            return node(m_lines[m_at].indent, depth - 1);
        }
        // `- name: x` is a map whose first line begins behind the dash.
        line.indent += line.text.size() - rest.size();
        line.text = rest;
        return is_item(rest) || colon_of_key(rest) ? node(line.indent, depth - 1)
                                                   : inline_value(rest, indent, false, depth - 1);
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
            return unquote(text, line);
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
            auto unquoted = unquote(text.substr(0, *end), number);
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
        std::string_view const word { text };
        bool const null = plain && (word == "null" || word == "~");
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

    static void separate(std::string& out, std::size_t empty_lines, bool keep_end)
    {
        if (out.empty())
            out.append(empty_lines, '\n');
        else if (empty_lines == 0 && !keep_end)
            out += ' ';
        else
            out.append(empty_lines + (keep_end ? 1 : 0), '\n');
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
            separate(out, pending, indented || kept);
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
            auto unquoted = unquote(m_flow.substr(0, *end), number);
            if (!unquoted)
                return std::unexpected(unquoted.error());
            m_flow.remove_prefix(*end);
            return scalar(std::move(*unquoted), number, false);
        }
        if (std::string_view { "&*!%@`|>" }.contains(m_flow.front()))
            return problem("anchors, aliases, tags and directives are not read");
        std::size_t end = 0;
        while (end != m_flow.size() && !std::string_view { ",[]{}" }.contains(m_flow[end])
            && (m_flow[end] != ':' || (end + 1 != m_flow.size() && m_flow[end + 1] != ' ')))
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

} // namespace
} // namespace exhibit::detection::yaml

namespace exhibit::detection {

YamlValue const* YamlValue::find(std::string_view name) const
{
    auto const found = std::ranges::find(fields, name, &YamlField::name);
    return found == fields.end() ? nullptr : &found->value;
}

YamlValue::YamlValue() = default;
YamlValue::YamlValue(YamlValue&&) noexcept = default;
YamlValue& YamlValue::operator=(YamlValue&&) noexcept = default;
YamlValue::~YamlValue() = default;

YamlValue::YamlValue(YamlValue const& other)
    : YamlValue(other.copy())
{
}

YamlValue& YamlValue::operator=(YamlValue const& other)
{
    return *this = other.copy();
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as kYamlDepth
YamlValue YamlValue::copy() const
{
    YamlValue out;
    out.kind = kind;
    out.plain = plain;
    out.line = line;
    out.text = text;
    out.items.reserve(items.size());
    for (auto const& item : items)
        out.items.push_back(item.copy());
    out.fields.reserve(fields.size());
    for (auto const& field : fields)
        out.fields.push_back({ field.name, field.value.copy() });
    return out;
}

std::expected<YamlValue, YamlProblem> read_yaml(std::string_view text)
{
    if (text.size() > kYamlBytes)
        return std::unexpected(YamlProblem { "the file is larger than 1 MiB", 1 });
    if (!is_plain_utf8(text))
        return std::unexpected(YamlProblem { "the file is not UTF-8 text", 1 });
    auto lines = yaml::cut_lines(text);
    if (!lines)
        return std::unexpected(lines.error());
    return yaml::Parser { std::move(*lines) }.document();
}

} // namespace exhibit::detection
