#include "formats/sqlite/salvage.hpp"

#include "base/text.hpp"
#include "formats/sqlite/btree.hpp"
#include "formats/sqlite/database.hpp"
#include "formats/sqlite/recover.hpp"
#include "formats/sqlite/schema.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <sqlite3.h>
#include <string_view>

namespace exhibit::sqlite {

namespace {

std::string_view declaration(Affinity affinity)
{
    switch (affinity) {
    case Affinity::blob:
        return "";
    case Affinity::text:
        return " TEXT";
    case Affinity::numeric:
        return " NUMERIC";
    case Affinity::integer:
        return " INTEGER";
    case Affinity::real:
        return " REAL";
    }
    return "";
}

unsigned char sqlite_encoding(Encoding encoding)
{
    switch (encoding) {
    case Encoding::utf16le:
        return SQLITE_UTF16LE;
    case Encoding::utf16be:
        return SQLITE_UTF16BE;
    case Encoding::utf8:
        break;
    }
    return SQLITE_UTF8;
}

void bind_field(sqlite3_stmt* statement, int parameter, Field const& field, Encoding encoding)
{
    if (field.is_integer())
        sqlite3_bind_int64(statement, parameter, field.integer());
    else if (field.is_real())
        sqlite3_bind_double(statement, parameter, field.real());
    else if (field.is_text())
        sqlite3_bind_text64(statement, parameter, reinterpret_cast<char const*>(field.body.data()),
            field.body.size(), SQLITE_STATIC, sqlite_encoding(encoding));
    else if (field.is_blob() && field.body.empty())
        sqlite3_bind_zeroblob(statement, parameter, 0);
    else if (field.is_blob())
        sqlite3_bind_blob64(statement, parameter, field.body.data(), field.body.size(), SQLITE_STATIC);
    else
        sqlite3_bind_null(statement, parameter);
}

void bind_initial(sqlite3_stmt* statement, int parameter, StoredValue const& value)
{
    if (auto const* whole = std::get_if<std::int64_t>(&value))
        sqlite3_bind_int64(statement, parameter, *whole);
    else if (auto const* real = std::get_if<double>(&value))
        sqlite3_bind_double(statement, parameter, *real);
    else if (auto const* text = std::get_if<std::string>(&value))
        sqlite3_bind_text64(statement, parameter, text->data(), text->size(), SQLITE_STATIC, SQLITE_UTF8);
    else
        sqlite3_bind_null(statement, parameter);
}

/// A name for the row id that no column of the table has taken; empty when all three are.
std::string_view rowid_name(TableShape const& shape)
{
    for (std::string_view const name : { "rowid", "_rowid_", "oid" })
        if (std::ranges::none_of(
                shape.columns, [&](ShapeColumn const& column) { return to_lower(column.name) == name; }))
            return name;
    return {};
}

class TableCopy {
public:
    TableCopy(sqlite3* into, TableShape const& shape, Encoding encoding)
        : m_into(into)
        , m_shape(shape)
        , m_encoding(encoding)
    {
    }
    TableCopy(TableCopy const&) = delete;
    TableCopy& operator=(TableCopy const&) = delete;
    ~TableCopy() { sqlite3_finalize(m_insert); }

    bool create()
    {
        auto const table = quote_name(m_shape.name);
        auto const rowid = m_shape.rowid_column ? std::string_view {} : rowid_name(m_shape);
        std::string columns;
        std::string names { rowid };
        std::string marks { rowid.empty() ? "" : "?1" };
        int parameter = 1; // The first is the row id, also where it is a column's value.
        for (std::size_t i = 0; i < m_shape.columns.size(); ++i) {
            auto const& column = m_shape.columns[i];
            bool const is_rowid = m_shape.rowid_column == i;
            columns.append(i == 0 ? "" : ", ").append(quote_name(column.name));
            columns.append(is_rowid ? " INTEGER PRIMARY KEY" : declaration(column.affinity));
            names.append(names.empty() ? "" : ", ").append(quote_name(column.name));
            m_parameters.push_back(is_rowid ? 1 : ++parameter);
            marks.append(marks.empty() ? "?" : ", ?").append(std::to_string(m_parameters.back()));
        }
        m_has_rowid = m_shape.rowid_column.has_value() || !rowid.empty();
        auto const create_sql = "CREATE TABLE " + table + "(" + columns + ")";
        if (sqlite3_exec(m_into, create_sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
            return false;
        auto const sql = "INSERT OR IGNORE INTO " + table + "(" + names + ") VALUES(" + marks + ")";
        return sqlite3_prepare_v2(m_into, sql.c_str(), -1, &m_insert, nullptr) == SQLITE_OK;
    }

    Result<void> add(TreeRow const& row)
    {
        sqlite3_clear_bindings(m_insert);
        if (m_has_rowid && !m_shape.without_rowid)
            sqlite3_bind_int64(m_insert, 1, row.rowid);
        for (std::size_t i = 0; i < m_shape.stored.size(); ++i) {
            auto const column = m_shape.stored[i];
            if (m_shape.rowid_column == column)
                continue;
            if (i < row.fields.size())
                bind_field(m_insert, m_parameters[column], row.fields[i], m_encoding);
            else
                bind_initial(m_insert, m_parameters[column], m_shape.columns[column].initial);
        }
        int const code = sqlite3_step(m_insert);
        sqlite3_reset(m_insert);
        if ((code & 0xff) == SQLITE_FULL || (code & 0xff) == SQLITE_NOMEM)
            return fail(Fault::over_limit, "damaged database is too large to be copied whole");
        return {};
    }

private:
    sqlite3* m_into;
    TableShape const& m_shape;
    Encoding m_encoding;
    sqlite3_stmt* m_insert = nullptr;
    std::vector<int> m_parameters; ///< of each column
    bool m_has_rowid = false;
};

void prepare_target(sqlite3* into, Encoding encoding)
{
    constexpr int page_size = 4096;
    auto const run
        = [into](std::string const& sql) { sqlite3_exec(into, sql.c_str(), nullptr, nullptr, nullptr); };
    run("PRAGMA page_size=" + std::to_string(page_size));
    run("PRAGMA max_page_count=" + std::to_string(kCopyLimit / page_size));
    constexpr std::array<char const*, 4> encodings { "", "UTF-8", "UTF-16le", "UTF-16be" };
    run("PRAGMA encoding='" + std::string { encodings[static_cast<std::size_t>(encoding)] } + "'");
    run("BEGIN");
}

} // namespace

Result<std::optional<Error>> copy_tables(Pages const& pages, sqlite3* into, CopyOptions const& options)
{
    prepare_target(into, pages.header().encoding);
    std::optional<Error> lost;
    auto const note = [&](Error const& error) { lost = lost ? lost : error; };
    auto const schema = EXHIBIT_TRY(read_schema(pages));
    for (auto const& entry : schema) {
        if (entry.type != "table"
            || (options.tables != nullptr && !options.tables->contains(to_lower(entry.name))))
            continue;
        auto const shape = read_shape(entry);
        if (!shape) {
            if (entry.root != 0)
                note({ Fault::unsupported, "declaration of a table could not be read" });
            continue;
        }
        TableCopy copy { into, *shape, pages.header().encoding };
        if (!copy.create())
            continue; // A second table of the same name, or one that only SQLite may create.
        WalkLimits limits;
        limits.fields = shape->stored.size();
        limits.record_bytes = options.record_bytes;
        limits.stop = options.stop;
        auto const walk = walk_rows(pages, shape->root, shape->without_rowid, limits,
            [&](TreeRow const& row) { return copy.add(row); });
        if (!walk.has_value() && walk.error().fault != Fault::over_limit)
            return std::unexpected(walk.error());
        if (!walk.has_value())
            note(walk.error());
        else if (walk->damage)
            note(*walk->damage);
    }
    sqlite3_exec(into, "COMMIT", nullptr, nullptr, nullptr);
    return lost;
}

namespace {

void bind_stored(sqlite3_stmt* statement, int parameter, StoredValue const& value)
{
    if (auto const* blob = std::get_if<std::vector<std::byte>>(&value); blob != nullptr && !blob->empty())
        sqlite3_bind_blob64(statement, parameter, blob->data(), blob->size(), SQLITE_STATIC);
    else if (blob != nullptr)
        sqlite3_bind_zeroblob(statement, parameter, 0);
    else
        bind_initial(statement, parameter, value);
}

} // namespace

Result<void> add_recovered(Recovery const& recovery, sqlite3* into)
{
    std::string columns;
    std::string marks;
    for (auto const& column : recovery.columns) {
        columns += quote_name(column) + ", ";
        marks += "?, ";
    }
    auto const table = quote_name(recovery.table);
    auto const index = quote_name(kRecoveredIndex);
    bool const has_oid = std::ranges::any_of(
        recovery.columns, [](std::string const& column) { return to_lower(column) == "oid"; });
    sqlite3_exec(into, "BEGIN", nullptr, nullptr, nullptr);
    auto const create = "CREATE TABLE " + table + "(" + columns + index + ")";
    if (sqlite3_exec(into, create.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
        return fail(Fault::unsupported, "table of recovered rows could not be declared");
    auto const insert = "INSERT OR IGNORE INTO " + table + "(" + columns + index + (has_oid ? "" : ", oid")
        + ") VALUES(" + marks + (has_oid ? "?" : "?, ?") + ")";
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v2(into, insert.c_str(), -1, &statement, nullptr) != SQLITE_OK)
        return fail(Fault::unsupported, "table of recovered rows could not be filled");
    int code = SQLITE_DONE;
    for (std::size_t i = 0; i < recovery.rows.size() && code == SQLITE_DONE; ++i) {
        auto const& row = recovery.rows[i];
        int parameter = 0;
        for (auto const& value : row.values)
            bind_stored(statement, ++parameter, value);
        sqlite3_bind_int64(statement, ++parameter, static_cast<sqlite3_int64>(i));
        auto const insert_as = [&](std::optional<std::int64_t> rowid) {
            if (!has_oid && rowid)
                sqlite3_bind_int64(statement, parameter + 1, *rowid);
            else if (!has_oid)
                sqlite3_bind_null(statement, parameter + 1);
            code = sqlite3_step(statement);
            sqlite3_reset(statement);
        };
        insert_as(row.rowid);
        if (code == SQLITE_DONE && sqlite3_changes(into) == 0) // Another row has the same id.
            insert_as(std::nullopt);
    }
    sqlite3_finalize(statement);
    sqlite3_exec(into, "COMMIT", nullptr, nullptr, nullptr);
    if (code != SQLITE_DONE)
        return fail(Fault::over_limit, "recovered rows are too many to be queried");
    return {};
}

} // namespace exhibit::sqlite
