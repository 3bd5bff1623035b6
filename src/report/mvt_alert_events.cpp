#include "report/mvt_alert_events.hpp"

#include "report/mvt_record.hpp"

#include <fmt/format.h>
#include <optional>

namespace exhibit::report {
namespace {

constexpr std::size_t kIndent = 8; // of the members of an alert

/// The module of an artifact: the one with its name, else that of the first of its tables that has a file.
std::string module_of(std::vector<TableInfo> const& tables, std::string_view artifact)
{
    std::string first;
    for (auto const& table : tables) {
        if (table.artifact != artifact || table.mvt_file.empty())
            continue;
        if (artifact.substr(artifact.find('.') + 1) == table.mvt_file)
            return table.mvt_file;
        if (first.empty())
            first = table.mvt_file;
    }
    return first;
}

/// The query for the row whose record tells of a row that is none itself; none where all rows are records.
std::optional<casefile::Statement> told_by(casefile::Database& database, TableInfo const& table)
{
    auto const* shape = find_mvt_shape(table.name, table.mvt_file);
    if (shape == nullptr || shape->told_in.empty())
        return std::nullopt;
    auto query = database.prepare(fmt::format("SELECT {} FROM {} AS t WHERE t.record_id=?1 AND NOT ({})",
        shape->told_by, sql_name(table.name), shape->where));
    return query ? std::optional { *std::move(query) } : std::nullopt; // An older case may lack a column.
}

} // namespace

Result<MvtAlertEvents> MvtAlertEvents::read(
    casefile::Database& database, std::vector<TableInfo> const& tables, std::stop_token const& stop)
{
    auto row = EXHIBIT_TRY(database.prepare("SELECT DISTINCT table_name, record_id FROM finding_row"));
    std::vector<Key> rows;
    while (EXHIBIT_TRY(row.step()))
        rows.emplace_back(row.text(0), row.integer(1));
    MvtAlertEvents events;
    EXHIBIT_TRY(events.find_records(database, tables, rows));
    for (auto const& table : tables)
        if (auto const found = events.m_wanted.find(table.name); found != events.m_wanted.end())
            EXHIBIT_TRY(events.read_table(database, tables, table, found->second, stop));
    return events;
}

MvtAlertEvents::Event const& MvtAlertEvents::find(std::string_view table, std::int64_t record) const
{
    Key key { table, record };
    if (auto const told_by = m_told_by.find(key); told_by != m_told_by.end())
        key = told_by->second;
    auto const found = m_events.find(key);
    return found == m_events.end() ? m_none : found->second;
}

Result<void> MvtAlertEvents::find_records(
    casefile::Database& database, std::vector<TableInfo> const& tables, std::vector<Key> const& rows)
{
    std::map<std::string_view, casefile::Statement> queries;
    for (auto const& table : tables)
        if (auto query = told_by(database, table))
            queries.emplace(table.name, *std::move(query));
    for (auto const& row : rows) {
        auto record = row;
        if (auto const query = queries.find(row.first); query != queries.end()) {
            query->second.reset();
            query->second.bind(1, row.second);
            if (EXHIBIT_TRY(query->second.step()) && !query->second.is_null(0))
                record = { std::string { find_mvt_shape(row.first, {})->told_in }, query->second.integer(0) };
        }
        if (record != row)
            m_told_by.emplace(row, record);
        m_wanted[record.first].insert(record.second);
    }
    return {};
}

Result<void> MvtAlertEvents::read_table(casefile::Database& database, std::vector<TableInfo> const& tables,
    TableInfo const& table, std::set<std::int64_t> const& wanted, std::stop_token const& stop)
{
    auto copy = table;
    if (table.mvt_file.empty()) {
        copy.mvt_file = module_of(tables, table.artifact);
        for (auto& column : copy.columns)
            column.mvt_key.clear();
        return read_module(database, tables, copy, wanted, stop);
    }
    std::map<std::string, std::set<std::int64_t>> by_file;
    for (auto const record : wanted)
        by_file[mvt_file_of(database, table, record)].insert(record);
    for (auto& [file, records] : by_file) {
        copy.mvt_file = file;
        EXHIBIT_TRY(read_module(database, tables, copy, std::move(records), stop));
    }
    return {};
}

Result<void> MvtAlertEvents::read_module(casefile::Database& database, std::vector<TableInfo> const& tables,
    TableInfo const& table, std::set<std::int64_t> wanted, std::stop_token const& stop)
{
    auto const keep = [&](MvtRecordWriter const& writer, RowCursor const& row) {
        auto& event = m_events[{ table.name, row.record_id() }];
        event.module = table.mvt_file;
        writer.append(event.record, row, kIndent);
    };
    MvtRecordWriter const writer { database, tables, table, Joins::all };
    auto row = EXHIBIT_TRY(writer.open());
    while (!wanted.empty() && EXHIBIT_TRY(row.next())) {
        if (stop.stop_requested())
            return fail(Fault::cancelled, "the export was stopped; nothing was written");
        if (wanted.erase(row.record_id()) != 0)
            keep(writer, row);
    }
    MvtRecordWriter const alone { database, tables, table, Joins::none };
    for (auto const record : wanted) { // The module's file has no record for them.
        auto one = EXHIBIT_TRY(alone.open(record));
        if (EXHIBIT_TRY(one.next()))
            keep(alone, one);
    }
    return {};
}

} // namespace exhibit::report
