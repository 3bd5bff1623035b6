#pragma once

#include "artifact/artifact.hpp"
#include "formats/sqlite/scan.hpp"

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
    Clock clock = Clock::none;
    void (*read)(sqlite::Cells const&, int column, Clock, Row&) = nullptr;
};

namespace detail {

template<typename F> bool is_blank(F const& field)
{
    if constexpr (std::is_same_v<F, Time>)
        return field.absent();
    else if constexpr (requires { field.has_value(); })
        return !field || is_blank(*field);
    else if constexpr (requires { field.empty(); })
        return field.empty();
    else
        return false;
}

template<typename F> F read_cell(sqlite::Cells const& cells, int column, Clock clock)
{
    using U = typename Inner<F>::type;
    if constexpr (std::is_same_v<F, Time>)
        return cells.time(column, clock);
    else if constexpr (std::is_same_v<F, std::optional<bool>>)
        return cells.boolean(column);
    else if constexpr (std::is_same_v<F, std::optional<std::int64_t>>)
        return cells.integer(column);
    else if constexpr (std::is_same_v<F, std::optional<double>>)
        return cells.real(column);
    else if constexpr (std::is_same_v<F, std::optional<std::string_view>>)
        return cells.text_or_none(column);
    else if constexpr (std::is_same_v<F, std::string_view>)
        return cells.text(column);
    else {
        static_assert(std::is_same_v<U, Bytes>, "a field is read as optional number, text, Bytes or Time");
        return cells.is_null(column) ? F {} : F { cells.blob(column) };
    }
}

/// Of several columns for one field, the first counts that holds something.
template<auto M>
void read_field(sqlite::Cells const& cells, int column, Clock clock, typename Member<decltype(M)>::Row& row)
{
    if (is_blank(row.*M) && !cells.is_null(column))
        row.*M = read_cell<typename Member<decltype(M)>::Field>(cells, column, clock);
}

} // namespace detail

/// Fills a field from `alias.column`, if none before filled it. Text and blobs are borrowed until the next
/// row.
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
/// order. A join to a column that is not unique repeats the row: `once` keeps the first of each. That is so
/// without it where the names of all such columns are those of keys (`ROWID`, `Z_PK`, `_id`).
struct Select {
    std::string_view alias;
    std::string_view table;
    std::vector<Join> joins = {};
    bool once = false;
    std::string_view where = {}; ///< a condition on columns that are known to exist; on live rows only
    /// Also tells of what was deleted. Rows of the first table that were deleted or changed come after the
    /// live ones, with an origin that says where their bytes are (base/recovered_place.hpp); what they are
    /// joined to is as it is now. Missing row ids and references to rows that are gone are noted.
    bool deleted = false;
};

/// Opens an entry as a database and says what was odd about it.
Result<sqlite::Database> open_database(Input const&, Context&);

/// The cells of a row, and of which source (`alias.column`) each is: those that are not there are left out.
using CellVisitor = std::function<Result<void>(sqlite::Cells const&, std::span<std::size_t const>, Origin)>;

/// `each_row` for columns that are known only when the database is open.
Result<void> each_cells(sqlite::Database const&, Context&, Select const&,
    std::vector<std::string_view> const& sources, CellVisitor const& row);

/// Calls `row(Row&, Origin)` for every row that can be read; an error from there ends the scan. Does
/// nothing when the database does not have the first table.
template<typename Row, std::size_t Count, typename Function>
Result<void> each_row(sqlite::Database const& database, Context& context, Select const& select,
    std::array<Field<Row>, Count> const& fields, Function&& row)
{
    std::vector<std::string_view> sources;
    sources.reserve(Count);
    for (auto const& field : fields)
        sources.push_back(field.source);
    return each_cells(database, context, select, sources,
        [&](sqlite::Cells const& cells, std::span<std::size_t const> found, Origin origin) -> Result<void> {
            Row filled {};
            int column = 0;
            for (auto const index : found)
                fields[index].read(cells, column++, fields[index].clock, filled);
            return row(filled, origin);
        });
}

} // namespace exhibit
