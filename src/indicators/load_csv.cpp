#include "base/number.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "indicators/ascii.hpp"
#include "indicators/json.hpp"
#include "indicators/load.hpp"
#include "indicators/type_names.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <ranges>
#include <string>
#include <vector>

namespace exhibit::indicators {
namespace {

constexpr std::size_t kMostFields = 64;

/// Splits text into records of fields by RFC 4180: fields in double quotes may hold the separator, line
/// breaks and doubled quotes. Lines that begin with `#` are comments.
class CsvReader {
public:
    CsvReader(std::string_view text, char separator)
        : m_text(text)
        , m_separator(separator)
    {
    }

    /// Returns false at the end. Empty lines and comments yield no record.
    bool next(std::vector<std::string>& fields)
    {
        while (m_at < m_text.size()) {
            ++m_line;
            m_first_line = m_line;
            if (m_text[m_at] == '#') {
                m_at = std::min(m_text.find('\n', m_at), m_text.size() - 1) + 1;
                continue;
            }
            read_record(fields);
            if (fields.size() > 1 || !fields.front().empty())
                return true;
        }
        return false;
    }

    /// The line on which the last record began, from 1.
    [[nodiscard]] std::size_t line() const { return m_first_line; }
    [[nodiscard]] bool quote_left_open() const { return m_quote_left_open; }

private:
    void read_record(std::vector<std::string>& fields)
    {
        fields.assign(1, {});
        bool quoted = false;
        for (; m_at < m_text.size(); ++m_at) {
            auto const c = m_text[m_at];
            if (c == '\n')
                m_line += quoted ? 1U : 0U;
            if (quoted) {
                if (c != '"')
                    fields.back() += c;
                else if (m_text.substr(m_at).starts_with("\"\""))
                    fields.back() += m_text[m_at++];
                else
                    quoted = false;
            } else if (c == '"' && fields.back().empty()) {
                quoted = true;
            } else if (c == '\n') {
                ++m_at;
                break;
            } else if (c == m_separator && fields.size() < kMostFields) {
                fields.emplace_back();
            } else if (c != '\r') {
                fields.back() += c;
            }
        }
        m_quote_left_open |= quoted;
        for (auto& field : fields)
            field = std::string { trim(field) };
    }

    std::string_view m_text;
    char m_separator;
    std::size_t m_at = 0;
    std::size_t m_line = 0;
    std::size_t m_first_line = 0;
    bool m_quote_left_open = false;
};

enum class Field : std::uint8_t {
    value,
    type,
    name,
    source,
    id,
    created,
    tlp,
    to_ids,
    tags,
    event_tags,
    object_name
};
constexpr std::size_t kFieldCount = 11;

/// Which column holds what.
struct Layout {
    std::array<std::optional<std::size_t>, kFieldCount> columns { 0, 1, 2, 3, {}, {}, {}, {}, {}, {}, {} };

    [[nodiscard]] std::string_view get(std::vector<std::string> const& fields, Field field) const
    {
        auto const column = columns[static_cast<std::size_t>(field)];
        return column && *column < fields.size() ? std::string_view { fields[*column] } : std::string_view {};
    }
};

std::optional<Field> field_named(std::string_view title)
{
    constexpr std::array<std::pair<std::string_view, Field>, 25> titles { { { "value", Field::value },
        { "indicator", Field::value }, { "ioc", Field::value }, { "type", Field::type },
        { "kind", Field::type }, { "indicator_type", Field::type }, { "name", Field::name },
        { "malware", Field::name }, { "campaign", Field::name }, { "family", Field::name },
        { "source", Field::source }, { "publisher", Field::source }, { "reference", Field::source },
        { "id", Field::id }, { "created", Field::created }, { "date", Field::created }, { "tlp", Field::tlp },
        // What MISP calls its columns.
        { "uuid", Field::id }, { "event_info", Field::name }, { "event_source_org", Field::source },
        { "to_ids", Field::to_ids }, { "attribute_tag", Field::tags }, { "event_tag", Field::event_tags },
        { "tags", Field::tags }, { "object_name", Field::object_name } } };
    auto const lowered = to_lower(title);
    for (auto const& [text, field] : titles)
        if (lowered == text)
            return field;
    return std::nullopt;
}

/// The layout that a header line gives; nothing when the line is no header.
std::optional<Layout> read_header(std::vector<std::string> const& fields)
{
    Layout layout;
    layout.columns.fill(std::nullopt);
    for (std::size_t i = 0; i != fields.size(); ++i) {
        if (auto const field = field_named(fields[i])) {
            auto& column = layout.columns[static_cast<std::size_t>(*field)];
            column = column.value_or(i);
        }
    }
    bool const complete = layout.columns[0] && layout.columns[1];
    return complete ? std::optional { layout } : std::nullopt;
}

char separator_of(std::string_view text)
{
    std::string_view line;
    for (auto rest = text; !rest.empty();) {
        line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(line.size() + 1, rest.size()));
        if (!trim(line).empty() && line.front() != '#')
            break;
    }
    constexpr std::string_view candidates = ",;\t";
    return *std::ranges::max_element(candidates, {}, [&](char c) { return std::ranges::count(line, c); });
}

/// The strictest marking among tags with commas between them.
Tlp tlp_of_tags(std::string_view tags)
{
    auto tlp = Tlp::unmarked;
    for (auto const tag : std::views::split(tags, ','))
        tlp = std::max(tlp, tlp_named(trim(std::string_view { tag.begin(), tag.end() })));
    return tlp;
}

/// A date, or seconds since 1970 as MISP writes them.
std::optional<Timestamp> moment_of(std::string_view text)
{
    auto const seconds = text.size() >= 9 ? whole_number<std::int64_t>(text) : std::nullopt;
    return seconds ? Time::unix_seconds(*seconds).utc : from_text(text);
}

void add_record(
    SetBuilder& builder, Layout const& layout, std::vector<std::string> const& fields, std::size_t line)
{
    auto const place = "line " + std::to_string(line);
    auto const value = layout.get(fields, Field::value);
    auto const type = layout.get(fields, Field::type);
    auto id = layout.get(fields, Field::id);
    if (id.empty())
        id = place;
    if (auto const use = to_lower(layout.get(fields, Field::to_ids));
        use == "0" || use == "false" || use == "no")
        return builder.add_problem(Reason::not_for_detection, id, type);
    auto const meaning = type_named(type, value);
    bool const foreign = layout.columns[static_cast<std::size_t>(Field::object_name)]
        && is_foreign_certificate(type, layout.get(fields, Field::object_name));
    if (!meaning || foreign)
        return builder.add_problem(Reason::unknown_type, id, place + ": " + std::string { type });
    std::array const names { Name { layout.get(fields, Field::name), "name" } };
    RawIndicator raw;
    raw.id = id;
    raw.source = layout.get(fields, Field::source);
    raw.created = moment_of(layout.get(fields, Field::created));
    raw.tlp = std::max({ tlp_named(layout.get(fields, Field::tlp)),
        tlp_of_tags(layout.get(fields, Field::tags)), tlp_of_tags(layout.get(fields, Field::event_tags)) });
    if (!names.front().text.empty())
        raw.names = names;
    add_typed(builder, raw, value, *meaning);
}

} // namespace

void load_csv(SetBuilder& builder, std::string_view text)
{
    // No text goes on behind a zero: the file is of another kind, or was not copied whole.
    if (auto const zero = text.find('\0'); zero != text.npos) {
        builder.add_problem(Reason::damaged_file, {}, "a zero stands in it, which no text has");
        text = text.substr(0, zero);
    }
    CsvReader reader { text, separator_of(text) };
    std::vector<std::string> fields;
    Layout layout;
    for (bool first = true; reader.next(fields); first = false) {
        if (first) {
            if (auto const header = read_header(fields)) {
                layout = *header;
                continue;
            }
        }
        add_record(builder, layout, fields, reader.line());
    }
    if (reader.quote_left_open())
        builder.add_problem(Reason::damaged_file, {}, "a quote is not closed");
}

} // namespace exhibit::indicators
