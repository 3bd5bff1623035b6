#include "artifacts/common/query.hpp"

#include "base/beginning.hpp"
#include "base/recovered_place.hpp"
#include "base/text.hpp"
#include "formats/sqlite/recover.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <map>
#include <optional>
#include <utility>

namespace exhibit {
namespace {

struct NamedTable {
    std::string_view alias;
    std::string_view column;
};

NamedTable split(std::string_view source)
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

bool has_source(sqlite::Database const& database, Aliases const& aliases, NamedTable const& source)
{
    auto const found = aliases.find(source.alias);
    return found != aliases.end()
        && (has_row_id_name(source.column) || database.has_column(found->second, source.column));
}

std::string sql_name(NamedTable const& source)
{
    return fmt::format("{}.{}", source.alias, sqlite::quote_name(source.column));
}

/// The locator of the rows of a table declared WITHOUT ROWID, which have no number.
constexpr std::string_view kNoRowId = "0";

std::string locator_of(sqlite::Database const& database, Select const& select)
{
    constexpr std::array<std::string_view, 3> names { "rowid", "_rowid_", "oid" };
    auto const name = std::ranges::find_if_not(
        names, [&](std::string_view one) { return database.has_column(select.table, one); });
    if (name == names.end())
        return std::string { kNoRowId };
    auto const row_id = fmt::format("{}.{}", select.alias, *name);
    bool const numbered = database
                              .prepare(fmt::format("SELECT {} FROM {} {}", row_id,
                                  sqlite::quote_name(select.table), select.alias))
                              .has_value();
    return numbered ? row_id : std::string { kNoRowId };
}

/// A key of this name is meant to name one row. That no two rows have it is for the evidence to say, and
/// where two have, every row that names them would come twice.
bool names_one_row(std::string_view column)
{
    auto const name = to_lower(column);
    return has_row_id_name(name) || name == "z_pk" || name == "_id";
}

/// A query for those sources that the database has.
struct Planned {
    std::vector<sqlite::ScanJoin> joins; ///< those that are there
    std::vector<sqlite::ScanColumn> columns;
    std::vector<std::size_t> sources; ///< their indexes, in the order of the columns
    /// Joins to a row that a column of the first table names. Behind the sources, `columns` has two for each:
    /// that column, and the one of the joined row.
    std::vector<Join const*> references;
    bool once = false; ///< each row of the first table is to come once
    bool plain = true; ///< by the names of the columns, it does so anyway
    std::string sql; ///< the same for SQLite, with the row id before the columns
};

/// Whether a join follows a reference, so that a row without its partner names one that is gone.
bool is_reference(sqlite::Database const& database, Select const& select, NamedTable const& other)
{
    if (other.alias != select.alias || has_row_id_name(other.column))
        return false;
    for (auto const& column : database.columns(select.table))
        if (column.primary_key && to_lower(column.name) == to_lower(other.column))
            return false;
    return true;
}

/// `row_id` is what the query gives before the columns.
Planned plan_query(sqlite::Database const& database, Select const& select,
    std::span<std::string_view const> sources, std::string const& row_id)
{
    Planned planned;
    std::vector<NamedTable> ends; ///< of the references
    Aliases aliases { { select.alias, select.table } };
    std::vector<std::string_view> tables { select.alias }; ///< the alias of each table of the query
    auto const scanned = [&](NamedTable const& source) {
        auto const table = std::ranges::find(tables, source.alias) - tables.begin();
        return sqlite::ScanColumn { static_cast<std::size_t>(table), source.column };
    };
    std::string from = fmt::format(" FROM {} {}", sqlite::quote_name(select.table), select.alias);
    for (auto const& join : select.joins) {
        NamedTable const own { join.alias, join.column };
        auto const other = split(join.equals);
        if (!database.has_table(join.table) || !has_source(database, aliases, other))
            continue;
        aliases[join.alias] = join.table;
        if (!has_source(database, aliases, own)) {
            aliases.erase(join.alias);
            continue;
        }
        planned.joins.push_back({ join.table, join.column, scanned(other) });
        planned.plain = planned.plain && names_one_row(join.column);
        tables.push_back(join.alias);
        from += fmt::format(" LEFT JOIN {} {} ON {} = {}", sqlite::quote_name(join.table), join.alias,
            sql_name(own), sql_name(other));
        if (!select.deleted || !is_reference(database, select, other))
            continue;
        planned.references.push_back(&join);
        ends.insert(ends.end(), { other, own });
    }
    planned.sql = "SELECT " + row_id;
    for (std::size_t i = 0; i != sources.size(); ++i) {
        auto const source = split(sources[i]);
        if (!has_source(database, aliases, source))
            continue;
        planned.sql += ", " + sql_name(source);
        planned.columns.push_back(scanned(source));
        planned.sources.push_back(i);
    }
    for (auto const& end : ends) {
        planned.sql += ", " + sql_name(end);
        planned.columns.push_back(scanned(end));
    }
    planned.sql += from;
    planned.once = (select.once || planned.plain) && row_id != kNoRowId;
    if (!select.where.empty())
        planned.sql += fmt::format(" WHERE {}", select.where);
    return planned;
}

Result<sqlite::Scan> query_rows(
    sqlite::Database const& database, Planned const& planned, sqlite::ScanVisitor const& visit)
{
    std::optional<std::int64_t> last;
    std::optional<std::int64_t> repeated;
    std::uint64_t ambiguous = 0;
    sqlite::Cells cells { planned.columns.size() };
    auto scan = database.each(planned.sql, [&](sqlite::Statement const& statement) -> Result<void> {
        auto const row_id = statement.integer(0).value_or(0);
        if (planned.once && std::exchange(last, row_id) == row_id) {
            ambiguous += std::exchange(repeated, row_id) == row_id ? 0U : 1U;
            return {};
        }
        for (std::size_t i = 0; i != planned.columns.size(); ++i)
            cells.set(i, statement.value(static_cast<int>(i) + 1));
        return visit(row_id, cells);
    });
    if (scan)
        scan->ambiguous = ambiguous;
    return scan;
}

/// Bounds what a long value of a joined row costs, which comes with every row that names that one: once many
/// did, its beginning is left, and of binary data nothing.
class JoinedValues {
public:
    JoinedValues(sqlite::Database const& database, Planned const& planned)
        : m_columns(planned.columns)
        , m_room(kForAny + kPerByte * database.pages().readable() * database.pages().page_size())
    {
    }

    /// The cells of a row, with what is left of them.
    sqlite::Cells const& bound(sqlite::Cells const& cells)
    {
        sqlite::Cells const* bound = &cells;
        for (std::size_t i = 0; i != m_columns.size(); ++i) {
            auto const column = static_cast<int>(i);
            auto const size = m_columns[i].table == 0 ? 0 : cells.blob(column).size();
            if (size <= kLongestRepeated)
                continue;
            if (size <= m_room) {
                m_room -= size;
                continue;
            }
            if (bound == &cells)
                bound = &m_cut.emplace(cells);
            bool const is_text = cells.kind(column) == sqlite::Value::Kind::text;
            m_cut->set(i,
                is_text ? sqlite::Value::text(as_bytes(beginning_of(cells.text(column)))) : sqlite::Value {});
            ++m_shortened;
        }
        return *bound;
    }

    void note(Select const& select, Context& context) const
    {
        if (m_shortened != 0)
            context.note(Level::warning, Fault::over_limit,
                fmt::format("long values of what rows of `{}` are joined to, which many of them repeat, of "
                            "which only the beginning was taken: {}",
                    select.table, m_shortened));
    }

private:
    static constexpr std::uint64_t kForAny = 16U << 20U;
    static constexpr std::uint64_t kPerByte = 4;

    std::span<sqlite::ScanColumn const> m_columns;
    std::uint64_t m_room;
    std::uint64_t m_shortened = 0;
    std::optional<sqlite::Cells> m_cut;
};

/// What the live rows of a table tell about those that are gone.
class Gone {
public:
    explicit Gone(Planned const& planned)
        : m_planned(planned)
        , m_dangling(planned.references.size())
    {
    }

    void count(sqlite::Cells const& cells, std::int64_t row_id)
    {
        auto column = static_cast<int>(m_planned.sources.size());
        for (auto& [count, first] : m_dangling) {
            auto const named = cells.integer(column).value_or(0);
            bool const there = !cells.is_null(column + 1);
            column += 2;
            if (named != 0 && !there)
                first = count++ == 0 ? row_id : first;
        }
        if (m_last && row_id <= *m_last) { // A row that a join repeats, or another order.
            m_ordered = m_ordered && row_id == *m_last;
            return;
        }
        // Row ids may lie further apart than a signed number tells.
        auto const missing
            = m_last ? static_cast<std::uint64_t>(row_id) - static_cast<std::uint64_t>(*m_last) - 1 : 0;
        if (missing != 0) {
            m_missing += missing;
            m_first_missing = m_first_missing ? m_first_missing : std::optional { *m_last + 1 };
        }
        m_last = row_id;
    }

    /// `given` is the highest number that the database says to have given out.
    void note(Select const& select, bool numbered, std::optional<std::int64_t> given, Context& context) const
    {
        auto const highest = m_last.value_or(0);
        if (numbered && m_ordered && given && highest >= 0 && *given > highest)
            context.note(Level::note, Fault::missing,
                fmt::format("numbers above the highest of `{}` that were given to rows that are gone: {}",
                    select.table, *given - highest),
                Origin { static_cast<std::uint64_t>(highest) + 1 });
        if (numbered && m_ordered && m_first_missing)
            context.note(Level::note, Fault::missing,
                fmt::format("numbers between the lowest and the highest of `{}` that no row has: {}",
                    select.table, m_missing),
                Origin { static_cast<std::uint64_t>(*m_first_missing) });
        for (std::size_t i = 0; i != m_dangling.size(); ++i)
            if (auto const& [count, first] = m_dangling[i]; count != 0)
                context.note(Level::note, Fault::missing,
                    fmt::format("rows of `{}` that name a row of `{}` that is gone: {}", select.table,
                        m_planned.references[i]->table, count),
                    Origin { static_cast<std::uint64_t>(first) });
    }

private:
    Planned const& m_planned;
    std::vector<std::pair<std::uint64_t, std::int64_t>> m_dangling; ///< how many, and the first
    std::optional<std::int64_t> m_last;
    std::optional<std::int64_t> m_first_missing;
    std::uint64_t m_missing = 0;
    bool m_ordered = true;
};

/// Whether the table numbers its rows itself, by a column that is another name of the row id.
bool is_numbered(sqlite::Database const& database, std::string_view table)
{
    std::size_t keys = 0;
    bool integer = false;
    for (auto const& column : database.columns(table))
        if (column.primary_key) {
            ++keys;
            integer = to_lower(column.type) == "integer";
        }
    return keys == 1 && integer;
}

/// The highest number that was ever given to a row of the table, where the database notes it.
std::optional<std::int64_t> highest_given(sqlite::Database const& database, std::string_view table)
{
    std::string sql;
    if (database.has_column("Z_PRIMARYKEY", "Z_MAX") && database.has_column("Z_PRIMARYKEY", "Z_NAME"))
        sql = fmt::format("SELECT max(Z_MAX) FROM Z_PRIMARYKEY WHERE 'Z' || upper(Z_NAME) = '{}'", table);
    else if (database.has_column("sqlite_sequence", "seq"))
        sql = fmt::format("SELECT max(seq) FROM sqlite_sequence WHERE name = '{}'", table);
    else
        return std::nullopt;
    std::optional<std::int64_t> highest;
    auto const read = database.each(sql, [&](sqlite::Statement const& statement) -> Result<void> {
        highest = statement.integer(0);
        return {};
    });
    return read ? highest : std::nullopt;
}

bool ends_the_parse(Error const& error)
{
    return error.fault == Fault::cancelled;
}

/// The rows that were deleted or changed, or nothing when they cannot be looked for, which is noted.
Result<std::optional<sqlite::Recovery>> recover(
    sqlite::Recoverer const& recoverer, Select const& select, Context& context)
{
    auto recovery = recoverer.recover(select.table);
    if (!recovery) {
        if (ends_the_parse(recovery.error()))
            return std::unexpected(recovery.error());
        context.note(Level::warning, recovery.error().fault, "deleted rows could not be looked for");
        return std::nullopt;
    }
    if (recovery->cut)
        context.note(
            Level::warning, Fault::over_limit, "there may be more deleted rows than were looked for");
    if (recovery->uncertain != 0)
        context.note(Level::note, Fault::unsupported,
            fmt::format("rows left out that may be deleted ones of `{}` or of another table, or may be read "
                        "wrongly: {}",
                select.table, recovery->uncertain));
    return std::move(*recovery);
}

Result<void> each_deleted(sqlite::Database const& database, Context& context, Select select,
    std::vector<std::string_view> const& sources, CellVisitor const& row)
{
    auto const recoverer = database.recoverer();
    if (!recoverer) {
        if (ends_the_parse(recoverer.error()))
            return std::unexpected(recoverer.error());
        context.note(Level::warning, recoverer.error().fault, "deleted rows could not be looked for");
        return {};
    }
    auto const recovery = EXHIBIT_TRY(recover(**recoverer, select, context));
    if (!recovery || recovery->rows.empty())
        return {};
    std::vector<std::string_view> joined;
    joined.reserve(select.joins.size());
    for (auto const& join : select.joins)
        joined.push_back(join.table);
    auto const opened = (*recoverer)->database(*recovery, joined);
    if (!opened) {
        if (ends_the_parse(opened.error()))
            return std::unexpected(opened.error());
        context.note(Level::warning, opened.error().fault,
            fmt::format("deleted rows of `{}` were found and could not be read: {}", select.table,
                recovery->rows.size()));
        return {};
    }
    auto const& copy = *opened;
    // Those of the database itself have been told.
    for (auto const& note : copy.notes().subspan(copy.pages().notes().size()))
        context.note(Level::warning, note.error.fault,
            fmt::format(
                "what deleted rows of `{}` are joined to is incomplete: {}", select.table, note.error.what));
    select.where = {};
    auto const index = fmt::format("{}.{}", select.alias, sqlite::quote_name(sqlite::kRecoveredIndex));
    auto planned = plan_query(copy, select, sources, index);
    planned.sql += " ORDER BY 1";
    JoinedValues values { database, planned };
    EXHIBIT_TRY(query_rows(copy, planned, [&](std::int64_t at, sqlite::Cells const& cells) -> Result<void> {
        auto const& found = recovery->rows.at(static_cast<std::size_t>(at));
        RecoveredPlace const place { found.page, found.frame, found.earlier_version, found.incomplete };
        return row(values.bound(cells), planned.sources, Origin { place.locator(), found.kind });
    }));
    values.note(select, context);
    return {};
}

} // namespace

Result<void> each_cells(sqlite::Database const& database, Context& context, Select const& select,
    std::vector<std::string_view> const& sources, CellVisitor const& row)
{
    if (!database.has_table(select.table)) {
        if (!select.deleted || !database.had_table(select.table))
            return {};
        context.note(Level::warning, Fault::missing,
            fmt::format("the table `{}` was dropped: what is left of its rows was looked for", select.table));
        return each_deleted(database, context, select, sources, row);
    }
    auto const planned = plan_query(database, select, sources, locator_of(database, select));
    Gone gone { planned };
    JoinedValues values { database, planned };
    auto const visit = [&](std::int64_t row_id, sqlite::Cells const& cells) {
        if (select.deleted)
            gone.count(cells, row_id);
        return row(values.bound(cells), planned.sources, Origin { static_cast<std::uint64_t>(row_id) });
    };
    std::optional<sqlite::Scan> scan;
    if (select.where.empty())
        scan = EXHIBIT_TRY(sqlite::scan_rows(
            database, { select.table, planned.joins, planned.columns, planned.once, select.deleted }, visit));
    if (!scan)
        scan = EXHIBIT_TRY(query_rows(database, planned, visit));
    if (scan->damage)
        context.note(Level::damage, *scan->damage);
    values.note(select, context);
    if (planned.plain && !select.once && scan->ambiguous != 0)
        context.note(Level::warning, Fault::malformed,
            fmt::format("rows of `{}` that name a row by a number that several have, of which the first was "
                        "taken: {}",
                select.table, scan->ambiguous));
    if (!select.deleted)
        return {};
    if (!scan->damage) // Else rows may be missing that are only unreadable.
        gone.note(select, select.where.empty() && is_numbered(database, select.table),
            highest_given(database, select.table), context);
    return each_deleted(database, context, select, sources, row);
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
