#include "artifacts/common/query.hpp"

#include "base/text.hpp"

#include <fmt/format.h>
#include <map>
#include <optional>

namespace exhibit {
namespace detail {
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

} // namespace

Planned plan_query(
    sqlite::Database const& database, Select const& select, std::span<std::string_view const> sources)
{
    Aliases aliases { { select.alias, select.table } };
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
        from += fmt::format(" LEFT JOIN {} {} ON {} = {}", sqlite::quote_name(join.table), join.alias,
            sql_name(own), sql_name(other));
    }
    Planned planned;
    planned.sql = "SELECT " + locator_of(database, select);
    for (std::size_t i = 0; i != sources.size(); ++i) {
        auto const source = split(sources[i]);
        if (!has_source(database, aliases, source))
            continue;
        planned.sql += ", " + sql_name(source);
        planned.sources.push_back(i);
    }
    planned.sql += from;
    if (!select.where.empty())
        planned.sql += fmt::format(" WHERE {}", select.where);
    return planned;
}

Result<void> run_query(sqlite::Database const& database, Context& context, std::string const& sql, bool once,
    std::function<Result<void>(sqlite::Statement const&, Origin)> const& row)
{
    std::optional<std::int64_t> last;
    auto const scan = database.each(sql, [&](sqlite::Statement const& statement) -> Result<void> {
        auto const row_id = statement.integer(0).value_or(0);
        if (once && std::exchange(last, row_id) == row_id)
            return {};
        return row(statement, Origin { static_cast<std::uint64_t>(row_id) });
    });
    if (!scan)
        return std::unexpected(scan.error());
    if (scan->damage)
        context.note(Level::damage, *scan->damage);
    return {};
}

} // namespace detail

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
