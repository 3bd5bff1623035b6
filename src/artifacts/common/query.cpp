#include "artifacts/common/query.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <optional>

namespace exhibit {
namespace {

struct Source {
    std::string_view alias;
    std::string_view column;
};

Source split(std::string_view source)
{
    auto const dot = source.find('.');
    return { source.substr(0, dot), source.substr(dot + 1) };
}

/// The tables of a query that are there, by alias.
using Aliases = std::map<std::string_view, std::string_view>;

bool has_row_id_name(std::string_view column)
{
    auto const name = to_lower(column);
    return name == "rowid" || name == "oid" || name == "_rowid_";
}

bool has_source(sqlite::Database const& database, Aliases const& aliases, Source const& source)
{
    auto const found = aliases.find(source.alias);
    return found != aliases.end()
        && (has_row_id_name(source.column) || database.has_column(found->second, source.column));
}

std::string sql_name(Source const& source)
{
    return fmt::format("{}.{}", source.alias, sqlite::quote_name(source.column));
}

/// Rows of a table declared WITHOUT ROWID have no number: then the locator is 0.
std::string locator_of(sqlite::Database const& database, Select const& select)
{
    auto const row_id = fmt::format("{}.rowid", select.alias);
    bool const numbered = database
                              .prepare(fmt::format("SELECT {} FROM {} {}", row_id,
                                  sqlite::quote_name(select.table), select.alias))
                              .has_value();
    return numbered ? row_id : "0";
}

/// A query for those sources that the database has.
struct Planned {
    std::vector<sqlite::ScanJoin> joins; ///< those that are there
    std::vector<sqlite::ScanColumn> columns;
    std::vector<std::size_t> sources; ///< their indexes, in the order of the columns
    std::string sql; ///< the same for SQLite, with the row id before the columns
};

Planned plan_query(
    sqlite::Database const& database, Select const& select, std::span<std::string_view const> sources)
{
    Planned planned;
    Aliases aliases { { select.alias, select.table } };
    std::vector<std::string_view> tables { select.alias }; ///< the alias of each table of the query
    auto const scanned = [&](Source const& source) {
        auto const table = std::ranges::find(tables, source.alias) - tables.begin();
        return sqlite::ScanColumn { static_cast<std::size_t>(table), source.column };
    };
    std::string from = fmt::format(" FROM {} {}", sqlite::quote_name(select.table), select.alias);
    for (auto const& join : select.joins) {
        Source const own { join.alias, join.column };
        auto const other = split(join.equals);
        if (!database.has_table(join.table) || !has_source(database, aliases, other))
            continue;
        aliases[join.alias] = join.table;
        if (!has_source(database, aliases, own)) {
            aliases.erase(join.alias);
            continue;
        }
        planned.joins.push_back({ join.table, join.column, scanned(other) });
        tables.push_back(join.alias);
        from += fmt::format(" LEFT JOIN {} {} ON {} = {}", sqlite::quote_name(join.table), join.alias,
            sql_name(own), sql_name(other));
    }
    planned.sql = "SELECT " + locator_of(database, select);
    for (std::size_t i = 0; i != sources.size(); ++i) {
        auto const source = split(sources[i]);
        if (!has_source(database, aliases, source))
            continue;
        planned.sql += ", " + sql_name(source);
        planned.columns.push_back(scanned(source));
        planned.sources.push_back(i);
    }
    planned.sql += from;
    if (!select.where.empty())
        planned.sql += fmt::format(" WHERE {}", select.where);
    return planned;
}

Result<sqlite::Scan> query_rows(
    sqlite::Database const& database, Planned const& planned, bool once, sqlite::ScanVisitor const& visit)
{
    std::optional<std::int64_t> last;
    sqlite::Cells cells { planned.columns.size() };
    return database.each(planned.sql, [&](sqlite::Statement const& statement) -> Result<void> {
        auto const row_id = statement.integer(0).value_or(0);
        if (once && std::exchange(last, row_id) == row_id)
            return {};
        for (std::size_t i = 0; i != planned.columns.size(); ++i)
            cells.set(i, statement.value(static_cast<int>(i) + 1));
        return visit(row_id, cells);
    });
}

} // namespace

Result<void> each_cells(sqlite::Database const& database, Context& context, Select const& select,
    std::vector<std::string_view> const& sources, CellVisitor const& row)
{
    if (!database.has_table(select.table))
        return {};
    auto const planned = plan_query(database, select, sources);
    auto const visit = [&](std::int64_t row_id, sqlite::Cells const& cells) {
        return row(cells, planned.sources, Origin { static_cast<std::uint64_t>(row_id) });
    };
    std::optional<sqlite::Scan> scan;
    if (select.where.empty())
        scan = EXHIBIT_TRY(sqlite::scan_rows(
            database, { select.table, planned.joins, planned.columns, select.once }, visit));
    if (!scan)
        scan = EXHIBIT_TRY(query_rows(database, planned, select.once, visit));
    if (scan->damage)
        context.note(Level::damage, *scan->damage);
    return {};
}

Result<sqlite::Database> open_database(Input const& input, Context& context)
{
    sqlite::Options options;
    options.stop = context.stop();
    auto database
        = EXHIBIT_TRY(sqlite::Database::open(*input.source, input.wal, input.journal, std::move(options)));
    for (auto const& note : database.notes())
        context.note(note.damage ? Level::damage : Level::note, note.error);
    return database;
}

} // namespace exhibit
