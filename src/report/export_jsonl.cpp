#include "report/cells.hpp"
#include "report/core_tables.hpp"
#include "report/export.hpp"
#include "report/text_format.hpp"

#include <fmt/format.h>

namespace exhibit::report {
namespace {

using casefile::Database;

constexpr int kFormat = 1;

/// Keys are written once per table, not once per row: `"name":` for each column.
std::vector<std::string> json_keys(TableInfo const& table)
{
    std::vector<std::string> keys;
    for (auto const& column : table.columns) {
        auto& key = keys.emplace_back();
        append_json(key, column.name);
        key += ':';
    }
    return keys;
}

Result<void> write_core_table(
    Database& database, CoreTable const& table, TextBuffer& buffer, Exported& exported)
{
    auto statement
        = EXHIBIT_TRY(database.prepare(fmt::format("SELECT * FROM {} ORDER BY rowid", table.name)));
    while (EXHIBIT_TRY(statement.step())) {
        auto& out = buffer.text();
        fmt::format_to(std::back_inserter(out), "{{\"record\":\"{}\"", table.name);
        for (int column = 0; column != statement.columns(); ++column) {
            out += ',';
            append_json(out, statement.column_name(column));
            out += ':';
            append_json_cell(out, statement, column, table.type_of(statement.column_name(column)));
        }
        out += "}\n";
        ++exported.own_rows;
        EXHIBIT_TRY(buffer.settle());
    }
    return {};
}

void append_row(std::string& out, std::string const& prefix, TableInfo const& table,
    std::vector<std::string> const& keys, RowCursor const& row, std::string_view entry)
{
    out += prefix;
    append_number(out, row.record_id());
    out += ",\"entry\":";
    append_json(out, entry);
    out += ",\"locator\":";
    append_number(out, row.locator());
    out += ",\"recovered\":";
    if (row.recovered().empty())
        out += "null";
    else
        append_json(out, row.recovered());
    out += ",\"values\":{";
    for (std::size_t i = 0; i != table.columns.size(); ++i) {
        if (i != 0)
            out += ',';
        out += keys[i];
        append_json_cell(out, row.statement(), row.position(i), table.columns[i].type);
        if (table.columns[i].type == Type::time) {
            out += ',';
            out.append(keys[i], 0, keys[i].size() - 2);
            out += "_raw\":";
            append_json_cell(out, row.statement(), row.position(i) + 1);
        }
    }
    out += "}}\n";
}

Result<void> write_rows(Database& database, TableInfo const& table, TextBuffer& buffer, EntryPaths& paths,
    std::stop_token const& stop, Exported& exported)
{
    std::string prefix = "{\"record\":\"row\",\"artifact\":";
    append_json(prefix, table.artifact);
    prefix += ",\"table\":";
    append_json(prefix, table.name);
    prefix += ",\"record_id\":";
    auto const keys = json_keys(table);
    auto row = EXHIBIT_TRY(RowCursor::open(database, table));
    while (EXHIBIT_TRY(row.next())) {
        append_row(buffer.text(), prefix, table, keys, row, EXHIBIT_TRY(paths.find(row.entry_id())));
        EXHIBIT_TRY(buffer.settle());
        if (++exported.rows % 4096 == 0 && stop.stop_requested())
            return fail(Fault::cancelled, "the export was stopped; nothing was written");
    }
    return {};
}

} // namespace

Result<Exported> export_jsonl(Database& database, TextSink const& sink, std::stop_token const& stop)
{
    Exported exported;
    TextBuffer buffer { sink };
    fmt::format_to(std::back_inserter(buffer.text()), "{}{},\"tool\":\"exhibit {}\"}}\n", kJsonlBeginning,
        kFormat, EXHIBIT_VERSION);
    for (auto const& table : core_tables())
        if (EXHIBIT_TRY(case_has_table(database, table.name)))
            EXHIBIT_TRY(write_core_table(database, table, buffer, exported));
    auto paths = EXHIBIT_TRY(EntryPaths::open(database));
    for (auto const& table : EXHIBIT_TRY(read_tables(database)))
        EXHIBIT_TRY(write_rows(database, table, buffer, paths, stop, exported));
    EXHIBIT_TRY(buffer.flush());
    return exported;
}

} // namespace exhibit::report
