#include "base/beginning.hpp"
#include "casefile/schema.hpp"
#include "casefile/sink.hpp"
#include "detection/indicator_pass.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace exhibit::detection {
namespace {

using casefile::Database;
using casefile::Statement;

constexpr std::int64_t kRowsPerUnit = 20'000;
constexpr std::size_t kValueBytes = 500;

bool is_outgoing(std::string_view direction)
{
    return direction == "sent" || direction == "outgoing" || direction == "OUTGOING";
}

/// What the row says of its values, said of one that only stands in its text: that a page whose title names
/// an address was opened does not say that the address was. An address in what a person wrote, such as the
/// note on a contact, is no trace of a page either; in words of a program it is one that the program uses.
/// A link that was made harmless can be opened by nobody who gets it.
std::string_view of_text(std::string_view relation, Is is, indicators::Kind kind, std::string_view part)
{
    constexpr std::array<std::string_view, 6> deeds { "visited", "executed", "traffic", "contacted",
        "installed", "permitted" };
    bool const tells_deed = std::ranges::find(deeds, relation) != deeds.end();
    bool const is_noted_address = relation == "present" && is == Is::free_text
        && (kind == indicators::Kind::domain || kind == indicators::Kind::url
            || kind == indicators::Kind::ip);
    return tells_deed || is_noted_address || indicators::is_defanged(part) ? "context" : relation;
}

/// What a table of things received, or of pages, says of one row, by its direction. What another page loaded
/// was not opened.
std::string_view of_direction(std::string_view relation, std::string_view direction)
{
    if (relation == "visited")
        return direction == "loaded" ? "present" : relation;
    if (relation != "received")
        return relation;
    return is_outgoing(direction) ? "sent" : direction == "own" ? "context" : relation;
}

/// Whether it is the id of an app that is not Apple's.
bool is_of_somebody_else(std::string_view app)
{
    return app.contains('.') && !app.starts_with("com.apple.");
}

/// A row of the query that `ScanUnit` makes.
class StatementRow final : public ScannedRow {
public:
    explicit StatementRow(Statement const& statement)
        : m_statement(statement)
    {
    }

    [[nodiscard]] std::int64_t record_id() const override { return m_statement.integer(0); }
    [[nodiscard]] std::optional<std::int64_t> time() const override { return m_statement.integer_or_none(1); }
    [[nodiscard]] std::string_view direction() const override { return m_statement.text(2); }
    [[nodiscard]] std::string_view device_id() const override { return m_statement.text(3); }
    [[nodiscard]] std::string_view app() const override { return m_statement.text(4); }
    [[nodiscard]] bool is_earlier_version() const override
    {
        return exhibit::is_earlier_version(m_statement.text(5));
    }
    [[nodiscard]] std::string_view relation() const override { return m_statement.text(6); }
    [[nodiscard]] std::string_view package() const override { return m_statement.text(7); }
    [[nodiscard]] std::string_view cell(std::size_t column) const
    {
        constexpr int first_column = 8;
        return m_statement.text(first_column + static_cast<int>(column));
    }

private:
    Statement const& m_statement;
};

/// Record ids of a task, and of its parts, begin at a multiple of kRowsPerPart and count up: the stretches
/// follow from the largest id of each, which a look-up in the tree finds at once. Tasks of few rows share a
/// unit: each unit compiles a query, and there may be a task for every picture.
Result<void> add_units(Database& reader, CaseTable const& table, std::vector<ScanUnit>& units)
{
    auto next = EXHIBIT_TRY(
        reader.prepare(fmt::format("SELECT min(record_id) FROM {} WHERE record_id >= ?", table.name)));
    auto last_before = EXHIBIT_TRY(
        reader.prepare(fmt::format("SELECT max(record_id) FROM {} WHERE record_id < ?", table.name)));
    std::int64_t begin = 0;
    std::int64_t end = 0;
    std::int64_t rows = 0; ///< from `begin` to `end`
    for (std::int64_t from = 0;;) {
        EXHIBIT_TRY(next.bind(1, from).step());
        if (next.is_null(0))
            break;
        auto const first = next.integer(0);
        from = (first / kRowsPerPart + 1) * kRowsPerPart;
        EXHIBIT_TRY(last_before.bind(1, from).step());
        auto const last = last_before.integer(0);
        for (auto at = first; at <= last; at += kRowsPerUnit) {
            auto const until = std::min(last, at + kRowsPerUnit - 1);
            auto const more = until - at + 1;
            if (rows != 0 && rows + more > kRowsPerUnit) {
                units.emplace_back(table, begin, end);
                rows = 0;
            }
            begin = rows == 0 ? at : begin;
            end = until;
            rows += more;
        }
        next.reset();
        last_before.reset();
    }
    if (rows != 0)
        units.emplace_back(table, begin, end);
    return {};
}

} // namespace

ScanUnit::ScanUnit(CaseTable const& table, std::int64_t first, std::int64_t last)
    : m_table(&table)
    , m_first(first)
    , m_last(last)
    , m_has_relation(table.has("row_relation"))
    , m_has_direction(table.has("direction"))
    , m_has_device(table.has("device_id"))
    , m_has_package(table.has("package"))
{
    for (auto const& column : table.columns)
        if (auto const is = comparable_named(column.holds))
            m_columns.push_back({ &column.name, *is });
}

std::string ScanUnit::query() const
{
    std::string dates;
    for (auto const& date : m_table->dates)
        dates += fmt::format("\"{}\", ", date);
    std::string app = "coalesce(";
    for (auto const name : kAppColumns)
        if (m_table->has(name))
            app += fmt::format("{}, ", name);
    app += "NULL, NULL)";
    // `coalesce` wants two values at least.
    auto sql = fmt::format("SELECT record_id, coalesce({}NULL, NULL), {}, {}, {}, recovered, {}, {}", dates,
        m_has_direction ? "direction" : "NULL", m_has_device ? "device_id" : "NULL", app,
        m_has_relation ? "row_relation" : "NULL", m_has_package ? "package" : "NULL");
    for (auto const& column : m_columns)
        sql += fmt::format(", \"{}\"", *column.name);
    return sql + fmt::format(" FROM {} WHERE record_id BETWEEN {} AND {}", m_table->name, m_first, m_last);
}

Result<void> ScanUnit::run(Database& reader, indicators::Matcher& matcher, std::stop_token const& stop,
    std::atomic<std::uint64_t>& values)
{
    if (m_columns.empty())
        return {};
    auto statement = EXHIBIT_TRY(reader.prepare(query()));
    StatementRow const row { statement };
    std::uint64_t compared = 0;
    while (EXHIBIT_TRY(statement.step())) {
        if (stop.stop_requested())
            return fail(Fault::cancelled, "cancelled");
        for (std::size_t i = 0; i != m_columns.size(); ++i)
            if (auto const value = row.cell(i); !value.empty()) {
                ++compared;
                compare(i, value, row, matcher);
            }
    }
    values += compared;
    return {};
}

void ScanUnit::compare(
    std::size_t column, std::string_view value, ScannedRow const& row, indicators::Matcher& matcher)
{
    for (auto const& match : matcher.match(m_columns[column].is, value)) {
        Hit hit;
        hit.table = m_table;
        hit.record_id = row.record_id();
        hit.column = m_columns[column].name;
        auto const of_row = row.relation();
        auto const relation
            = of_direction(of_row.empty() ? std::string_view { m_table->relation } : of_row, row.direction());
        auto const kind = matcher.set().indicators()[match.indicator].kind;
        bool const is_elsewhere = !row.device_id().empty();
        hit.relation = is_elsewhere ? kElsewhere
            : match.in_text         ? of_text(relation, m_columns[column].is, kind, match.part)
                                    : relation;
        hit.value = beginning_of(match.in_text ? match.part : value, kValueBytes);
        if (auto const app = row.app();
            kind == indicators::Kind::process && app != value && is_of_somebody_else(app))
            hit.app = beginning_of(app, kValueBytes);
        hit.package = beginning_of(row.package(), kValueBytes);
        hit.time = row.time();
        hit.earlier_version = row.is_earlier_version();
        hit.match = match;
        hit.match.part = {};
        m_hits.push_back(std::move(hit));
    }
}

void ScanUnit::join(ScanUnit other)
{
    std::ranges::move(other.m_hits, std::back_inserter(m_hits));
}

void ScanUnit::sort()
{
    std::ranges::stable_sort(m_hits, {}, &Hit::record_id);
}

Result<std::vector<ScanUnit>> plan_scan(Database& reader, CaseView const& view)
{
    std::vector<ScanUnit> units;
    for (auto const& [name, table] : view.tables) {
        auto const* artifact = view.artifact(table.artifact);
        if (artifact != nullptr && artifact->rows == 0)
            continue; // Asking an empty table costs more than all else in a small case.
        if (std::ranges::any_of(
                table.columns, [](auto const& column) { return comparable_named(column.holds).has_value(); }))
            EXHIBIT_TRY(add_units(reader, table, units));
    }
    return units;
}

} // namespace exhibit::detection
