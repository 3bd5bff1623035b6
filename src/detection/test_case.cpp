#include "detection/test_case.hpp"

#include "artifact/registry.hpp"
#include "base/number.hpp"
#include "base/time.hpp"
#include "casefile/schema.hpp"
#include "detection/case_view.hpp"
#include "detection/sql_functions.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace exhibit::detection {
namespace {

using casefile::Database;
using casefile::Statement;

Result<void> describe(Database& database, std::string_view table, std::string_view artifact,
    std::string_view platform, std::vector<CaseColumn> const& columns)
{
    auto insert = EXHIBIT_TRY(database.prepare("INSERT OR IGNORE INTO artifact VALUES (?,?,'',?,0)"));
    EXHIBIT_TRY(insert.bind(1, artifact).bind(2, artifact).bind(3, platform).run());
    auto table_insert
        = EXHIBIT_TRY(database.prepare("INSERT OR IGNORE INTO artifact_table VALUES (?,?,'','context','')"));
    EXHIBIT_TRY(table_insert.bind(1, table).bind(2, artifact).run());
    auto column_insert
        = EXHIBIT_TRY(database.prepare("INSERT INTO artifact_column VALUES (?,?,?,?,?,?,'','')"));
    std::int64_t position = 0;
    for (auto const& column : columns)
        EXHIBIT_TRY(column_insert.bind(1, table)
                .bind(2, position++)
                .bind(3, column.name)
                .bind(4, column.type)
                .bind(5, column.holds)
                .bind(6, column.clock)
                .run());
    auto coverage = EXHIBIT_TRY(database.prepare(
        "INSERT INTO coverage (artifact, entry_id, state, rows, recovered_rows) SELECT ?1, 1, 'parsed', 0, 0 "
        "WHERE NOT EXISTS (SELECT 1 FROM coverage WHERE artifact = ?1)"));
    return coverage.bind(1, artifact).run();
}

Result<void> make_declared(Database& database, DeclaredTable const& declared, Rule const& rule)
{
    auto const& table = *declared.table;
    EXHIBIT_TRY(database.run(create_table(table)));
    std::vector<CaseColumn> columns;
    for (auto const& column : table.columns)
        columns.push_back(CaseColumn::of(column));
    return describe(
        database, table.name, declared.artifact->id, exhibit::name_of(rule.platforms.front()), columns);
}

/// A table of an artifact that this program does not have: of the columns that the rule names.
Result<void> make_undeclared(Database& database, Need const& need, Rule const& rule)
{
    auto sql = fmt::format(
        "CREATE TABLE \"{}\" (record_id INTEGER PRIMARY KEY, entry_id INTEGER NOT NULL, locator "
        "INTEGER NOT NULL, recovered TEXT",
        need.table);
    std::vector<CaseColumn> columns;
    for (auto const& column : need.columns) {
        sql += fmt::format(", \"{}\" ANY", column);
        columns.push_back({ column, "time", "" });
    }
    EXHIBIT_TRY(database.run(sql + ") STRICT"));
    return describe(database, need.table, need.table, exhibit::name_of(rule.platforms.front()), columns);
}

bool is_number(std::string_view text, std::int64_t& integer, double& real, bool& whole)
{
    if (auto const read = whole_number<std::int64_t>(text)) {
        integer = *read;
        return whole = true;
    }
    auto const read = whole_number<double>(text);
    real = read.value_or(real);
    return read.has_value();
}

/// `2023-04-11T10:22:05Z` in a time column is that moment.
std::optional<std::int64_t> moment(YamlValue const& value)
{
    if (!value.plain || value.text.size() < 20 || value.text[10] != 'T' || value.text.back() != 'Z')
        return std::nullopt;
    auto const time = from_text(value.text);
    return time ? std::optional { time->time_since_epoch().count() } : std::nullopt;
}

void bind_value(Statement& statement, int index, YamlValue const& value, bool is_time)
{
    std::int64_t integer = 0;
    double real = 0;
    bool whole = false;
    if (value.kind == YamlValue::Kind::null)
        statement.bind(index, nullptr);
    else if (auto const time = is_time ? moment(value) : std::nullopt)
        statement.bind(index, *time);
    else if (value.plain && (value.text == "true" || value.text == "false"))
        statement.bind(index, std::int64_t { value.text == "true" });
    else if (value.plain && is_number(value.text, integer, real, whole))
        whole ? statement.bind(index, integer) : statement.bind(index, real);
    else
        statement.bind(index, std::string_view { value.text });
}

bool is_time_column(std::string_view table, std::string_view column)
{
    auto const* declared = find_table(table).table;
    if (declared == nullptr)
        return true;
    auto const found = std::ranges::find(declared->columns, column, &Column::name);
    return found != declared->columns.end() && found->type == Type::time;
}

} // namespace

Result<TestCase> TestCase::make(RuleSet const& set, Rule const& rule)
{
    auto created = EXHIBIT_TRY(Database::create(":memory:"));
    TestCase made { std::move(created) };
    auto& database = made.m_database;
    EXHIBIT_TRY(database.run(std::string { core_schema() }));
    for (auto const* needs : { &rule.needs, &rule.also_reads })
        for (auto const& need : *needs) {
            if (auto const declared = find_table(need.table); declared.table != nullptr)
                EXHIBIT_TRY(make_declared(database, declared, rule));
            else
                EXHIBIT_TRY(make_undeclared(database, need, rule));
        }
    EXHIBIT_TRY(add_rule_functions(database, set.lists()));
    return made;
}

std::string TestCase::add_row(std::string const& table, std::int64_t number, YamlValue const& row)
{
    bool const is_fact = table == kFactTable;
    std::string columns = is_fact ? "rowid" : "record_id, locator, entry_id";
    std::string places = is_fact ? "?" : "?, ?, ?";
    std::vector<YamlField const*> values;
    auto record = number;
    std::int64_t entry = 1;
    for (auto const& field : row.fields) {
        if (field.name == "record_id" || field.name == "entry_id") {
            auto const& text = field.value.text;
            std::from_chars(
                text.data(), text.data() + text.size(), field.name == "record_id" ? record : entry);
            continue;
        }
        columns += fmt::format(", \"{}\"", field.name);
        places += ", ?";
        values.push_back(&field);
    }
    auto insert
        = m_database.prepare(fmt::format("INSERT INTO \"{}\" ({}) VALUES ({})", table, columns, places));
    if (!insert)
        return fmt::format("{}: {}", table, m_database.last_message());
    insert->bind(1, record);
    int index = is_fact ? 1 : 3;
    if (!is_fact)
        insert->bind(2, record).bind(3, entry);
    for (auto const* field : values)
        bind_value(*insert, ++index, field->value, is_time_column(table, field->name));
    if (!insert->run())
        return fmt::format("{}: {}", table, m_database.last_message());
    return {};
}

std::string TestCase::add_rows(RuleTest const& test)
{
    auto partial = m_database.prepare("UPDATE coverage SET state = 'partial' WHERE artifact = ?");
    for (auto const& artifact : test.in_part)
        if (!partial || !partial->bind(1, artifact).run())
            return m_database.last_message();
    for (auto const& table : test.tables) {
        std::int64_t number = 0;
        for (auto const& row : table.rows)
            if (auto problem = add_row(table.table, ++number, row); !problem.empty())
                return problem;
    }
    return {};
}

} // namespace exhibit::detection
