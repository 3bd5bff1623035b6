#pragma once

#include "artifact/artifact.hpp"
#include "formats/sqlite/database.hpp"

#include <concepts>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

/// Reads the rows of an evidence database into an artifact's structs. An artifact states once which
/// column fills which field; columns and joined tables that a version of the system does not have are
/// left out of the query, and their fields stay empty.
///
///     constexpr std::array kCallFields {
///         from<&Call::number>("call.ZADDRESS"),
///         from<&Call::started>("call.ZDATE", Clock::mac),
///     };
///     return each_row<Call>(database, context, { "call", "ZCALLRECORD" }, kCallFields,
///         [&](Call& call, Origin origin) { return context.add(kCalls, call, origin); });
namespace exhibit {

/// How one field of a row is filled.
template<typename Row> struct Field {
    std::string_view source; ///< `alias.column`
    Clock clock;
    void (*read)(sqlite::Statement const&, int column, Clock, Row&);
};

namespace detail {

template<auto M>
void read_field(
    sqlite::Statement const& statement, int column, Clock clock, typename Member<decltype(M)>::Row& row)
{
    using F = typename Member<decltype(M)>::Field;
    using U = typename Inner<F>::type;
    if constexpr (std::is_same_v<F, Time>)
        row.*M = statement.time(column, clock);
    else if constexpr (std::is_same_v<F, std::optional<bool>>)
        row.*M = statement.boolean(column);
    else if constexpr (std::is_same_v<F, std::optional<std::int64_t>>)
        row.*M = statement.integer(column);
    else if constexpr (std::is_same_v<F, std::optional<double>>)
        row.*M = statement.real(column);
    else if constexpr (std::is_same_v<F, std::optional<std::string_view>>)
        row.*M = statement.text_or_none(column);
    else if constexpr (std::is_same_v<F, std::string_view>)
        row.*M = statement.text(column);
    else {
        static_assert(std::is_same_v<U, Bytes>, "a field is read as optional number, text, Bytes or Time");
        if (!statement.is_null(column))
            row.*M = statement.blob(column);
    }
}

} // namespace detail

/// Fills a field from `alias.column`. Text and blobs are borrowed until the next row.
template<auto M> consteval auto from(std::string_view source)
{
    using Row = typename detail::Member<decltype(M)>::Row;
    static_assert(!std::is_same_v<typename detail::Member<decltype(M)>::Field, Time>,
        "say which clock a time was stored with");
    return Field<Row> { source, Clock::none, &detail::read_field<M> };
}
template<auto M> consteval auto from(std::string_view source, Clock clock)
{
    using Row = typename detail::Member<decltype(M)>::Row;
    static_assert(
        std::is_same_v<typename detail::Member<decltype(M)>::Field, Time>, "only a time has a clock");
    return Field<Row> { source, clock, &detail::read_field<M> };
}

/// A table joined to those before it: `LEFT JOIN table alias ON alias.column = equals`. When either side
/// of the condition is not there, the join and all columns of the alias are left out.
struct Join {
    std::string_view alias;
    std::string_view table;
    std::string_view column;
    std::string_view equals; ///< `alias.column`
};

/// What rows are read from. The row id of the first table becomes the locator, and rows come in its
/// order. A join to a column that is not unique repeats the row: `once` keeps the first of each.
struct Select {
    std::string_view alias;
    std::string_view table;
    std::vector<Join> joins = {};
    bool once = false;
    std::string_view where = {}; ///< a condition on columns that are known to exist
};

namespace detail {

/// A query for those sources that the database has.
struct Planned {
    std::string sql;
    std::vector<std::size_t> sources; ///< their indexes, in the order of the result's columns from 1 on
};

Planned plan_query(sqlite::Database const&, Select const&, std::span<std::string_view const> sources);

/// Runs a query, and says damage that was met as a diagnostic. `row` is called with the row id.
Result<void> run_query(sqlite::Database const&, Context&, std::string const& sql, bool once,
    std::function<Result<void>(sqlite::Statement const&, Origin)> const& row);

} // namespace detail

/// Opens an entry as a database and says what was odd about it.
Result<sqlite::Database> open_database(Input const&, Context&);

/// Calls `row(Row&, Origin)` for every row that can be read; an error from there ends the scan. Does
/// nothing when the database does not have the first table.
template<typename Row, std::size_t Count, typename Function>
Result<void> each_row(sqlite::Database const& database, Context& context, Select const& select,
    std::array<Field<Row>, Count> const& fields, Function&& row)
{
    if (!database.has_table(select.table))
        return {};
    std::array<std::string_view, Count> sources;
    for (std::size_t i = 0; i != Count; ++i)
        sources[i] = fields[i].source;
    auto const planned = detail::plan_query(database, select, sources);
    return detail::run_query(database, context, planned.sql, select.once,
        [&](sqlite::Statement const& statement, Origin origin) -> Result<void> {
            Row filled {};
            int column = 0;
            for (auto const index : planned.sources)
                fields[index].read(statement, ++column, fields[index].clock, filled);
            return row(filled, origin);
        });
}

} // namespace exhibit
