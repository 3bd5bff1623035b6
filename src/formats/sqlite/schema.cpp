#include "formats/sqlite/schema.hpp"

#include "base/number.hpp"
#include "base/text.hpp"
#include "formats/sqlite/database.hpp"

#include <algorithm>
#include <map>
#include <sqlite3.h>

namespace exhibit::sqlite {

namespace {

/// A SQLite without a file in which text from evidence is compiled.
class Workbench {
public:
    Workbench()
    {
        if (sqlite3_open_v2(":memory:", &m_handle,
                SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY | SQLITE_OPEN_NOMUTEX, nullptr)
            != SQLITE_OK)
            return;
        sqlite3_limit(m_handle, SQLITE_LIMIT_LENGTH, 4 << 20);
        sqlite3_limit(m_handle, SQLITE_LIMIT_SQL_LENGTH, 1 << 20);
        sqlite3_limit(m_handle, SQLITE_LIMIT_EXPR_DEPTH, 500);
        sqlite3_db_config(m_handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
        sqlite3_db_config(m_handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
        sqlite3_drop_modules(m_handle, nullptr);
        sqlite3_set_authorizer(m_handle, &Workbench::authorize, nullptr);
        m_ready = true;
    }
    Workbench(Workbench const&) = delete;
    Workbench& operator=(Workbench const&) = delete;
    ~Workbench() { sqlite3_close_v2(m_handle); }

    /// Runs one statement, handing each row to `row`.
    template<typename Row> bool run(std::string const& sql, Row&& row)
    {
        sqlite3_stmt* statement = nullptr;
        if (!m_ready
            || sqlite3_prepare_v2(m_handle, sql.data(), static_cast<int>(sql.size()), &statement, nullptr)
                != SQLITE_OK)
            return false;
        int code = sqlite3_step(statement);
        for (; code == SQLITE_ROW; code = sqlite3_step(statement))
            row(statement);
        sqlite3_finalize(statement);
        return code == SQLITE_DONE;
    }

private:
    static int authorize(void* /*self*/, int action, char const* first, char const* /*second*/,
        char const* /*database*/, char const* /*trigger*/)
    {
        std::string_view const name { first == nullptr ? "" : first };
        switch (action) {
        case SQLITE_CREATE_TABLE:
        case SQLITE_CREATE_INDEX: // Those that PRIMARY KEY and UNIQUE imply.
        case SQLITE_FUNCTION: // In constraints: nothing is inserted, so none is called.
        case SQLITE_REINDEX:
        case SQLITE_READ: // Of columns, to build an index over no rows; SELECT stays refused.
            return SQLITE_OK;
        case SQLITE_INSERT:
        case SQLITE_UPDATE:
        case SQLITE_DELETE:
            return name == "sqlite_master" || name == "sqlite_sequence" ? SQLITE_OK : SQLITE_DENY;
        case SQLITE_PRAGMA:
            return name == "table_list" || name == "table_xinfo" || name == "index_list"
                    || name == "index_info" || name == "index_xinfo"
                ? SQLITE_OK
                : SQLITE_DENY;
        default:
            return SQLITE_DENY;
        }
    }

    sqlite3* m_handle = nullptr;
    bool m_ready = false;
};

std::string cell_text(sqlite3_stmt* statement, int column)
{
    auto const* text = reinterpret_cast<char const*>(sqlite3_column_text(statement, column));
    return text == nullptr
        ? std::string {}
        : std::string(text, static_cast<std::size_t>(sqlite3_column_bytes(statement, column)));
}

/// The value of a DEFAULT that is a literal; NULL for expressions, whose value is not known.
StoredValue literal(std::string_view sql)
{
    if (auto const whole = whole_number<std::int64_t>(sql))
        return *whole;
    if (auto const real = whole_number<double>(sql))
        return *real;
    if (sql.size() < 2 || sql.front() != '\'' || sql.back() != '\'')
        return {};
    std::string text;
    auto const inner = sql.substr(1, sql.size() - 2);
    for (std::size_t i = 0; i < inner.size(); ++i) {
        text += inner[i];
        i += inner[i] == '\'' ? 1U : 0U; // A quote is doubled.
    }
    return text;
}

struct Declared {
    std::vector<std::size_t> key; ///< columns of the primary key, in its order
    std::vector<std::string> types;
    std::vector<bool> computed; ///< VIRTUAL columns take no space in a record
};

bool read_columns(Workbench& bench, TableShape& shape, std::string const& name, Declared& declared)
{
    std::vector<std::pair<int, std::size_t>> key;
    bool const done = bench.run("PRAGMA table_xinfo(" + name + ")", [&](sqlite3_stmt* row) {
        ShapeColumn column;
        column.name = cell_text(row, 1);
        declared.types.push_back(cell_text(row, 2));
        column.affinity = affinity_of(declared.types.back());
        column.not_null = sqlite3_column_int(row, 3) != 0;
        auto const initial = cell_text(row, 4);
        column.initial = literal(initial);
        column.initial_known = initial.empty() || to_lower(initial) == "null"
            || !std::holds_alternative<std::monostate>(column.initial);
        if (int const rank = sqlite3_column_int(row, 5); rank > 0)
            key.emplace_back(rank, shape.columns.size());
        declared.computed.push_back(sqlite3_column_int(row, 6) == 2);
        shape.columns.push_back(std::move(column));
    });
    std::ranges::sort(key);
    for (auto const& [rank, column] : key)
        declared.key.push_back(column);
    return done && !shape.columns.empty();
}

void order_fields(TableShape& shape, Declared const& declared)
{
    // A table WITHOUT ROWID is stored as its primary key's index: the key first, then the rest.
    if (shape.without_rowid)
        shape.stored = declared.key;
    for (std::size_t i = 0; i < shape.columns.size(); ++i)
        if (!declared.computed[i] && std::ranges::find(shape.stored, i) == shape.stored.end())
            shape.stored.push_back(i);
}

void add_unique_key(Workbench& bench, TableShape& shape, std::string const& index)
{
    std::vector<std::size_t> key;
    bench.run("PRAGMA index_info(" + quote_name(index) + ")",
        [&](sqlite3_stmt* row) { key.push_back(static_cast<std::size_t>(sqlite3_column_int64(row, 1))); });
    bool const is_plain = std::ranges::all_of(key,
        [&](std::size_t column) { return column < shape.columns.size() && column != shape.rowid_column; });
    if (is_plain && !key.empty())
        shape.unique_keys.push_back(std::move(key));
}

/// Nothing where it indexes what is computed.
std::optional<TableShape> read_index(Workbench& bench, TableShape const& table, std::string const& name)
{
    TableShape shape;
    shape.name = name;
    shape.without_rowid = true;
    shape.index = true;
    bool plain = true;
    bench.run("PRAGMA index_xinfo(" + quote_name(name) + ")", [&](sqlite3_stmt* row) {
        auto const column = sqlite3_column_int64(row, 1);
        bool const is_key = sqlite3_column_int(row, 5) != 0;
        bool const is_of_table = column >= 0 && static_cast<std::size_t>(column) < table.columns.size();
        plain = plain && (is_key ? is_of_table : column == -1);
        shape.stored.push_back(shape.columns.size());
        shape.columns.push_back(
            is_of_table ? table.columns[static_cast<std::size_t>(column)] : ShapeColumn {});
    });
    if (!plain || shape.columns.size() < 2)
        return std::nullopt;
    auto& row_id = shape.columns.back();
    row_id.name = table.rowid_column ? table.columns[*table.rowid_column].name : std::string {};
    row_id.affinity = Affinity::integer;
    row_id.not_null = true;
    return shape;
}

} // namespace

Affinity affinity_of(std::string_view declared_type)
{
    auto const type = to_lower(declared_type);
    auto const has = [&](std::string_view part) { return type.find(part) != std::string::npos; };
    if (has("int"))
        return Affinity::integer;
    if (has("char") || has("clob") || has("text"))
        return Affinity::text;
    if (type.empty() || has("blob"))
        return Affinity::blob;
    if (has("real") || has("floa") || has("doub"))
        return Affinity::real;
    return Affinity::numeric;
}

bool begins_with(TableShape const& shape, TableShape const& shorter)
{
    if (shape.without_rowid != shorter.without_rowid || shorter.stored.size() > shape.stored.size())
        return false;
    for (std::size_t place = 0; place < shorter.stored.size(); ++place) {
        auto const column = shape.stored[place];
        auto const other = shorter.stored[place];
        if (shape.columns[column].affinity != shorter.columns[other].affinity
            || (shape.rowid_column == column) != (shorter.rowid_column == other))
            return false;
    }
    return true;
}

bool is_same_layout(TableShape const& a, TableShape const& b)
{
    return a.stored.size() == b.stored.size() && begins_with(a, b);
}

Result<std::vector<SchemaEntry>> read_schema(Pages const& pages)
{
    std::vector<SchemaEntry> entries;
    auto const encoding = pages.header().encoding;
    WalkLimits limits;
    limits.fields = 5;
    limits.record_bytes = 4U << 20U;
    EXHIBIT_TRY(walk_rows(pages, 1, false, limits, [&](TreeRow const& row) -> Result<void> {
        if (row.fields.size() < 5 || !row.fields[0].is_text() || !row.fields[1].is_text())
            return {};
        SchemaEntry entry;
        entry.type = to_utf8(row.fields[0].body, encoding);
        entry.name = to_utf8(row.fields[1].body, encoding);
        auto const root = row.fields[3].integer();
        entry.root = root > 0 && root <= 0xffff'ffff ? static_cast<std::uint32_t>(root) : 0;
        if (row.fields[2].is_text())
            entry.table = to_utf8(row.fields[2].body, encoding);
        if (row.fields[4].is_text())
            entry.sql = to_utf8(row.fields[4].body, encoding);
        entries.push_back(std::move(entry));
        return {};
    }));
    return entries;
}

std::optional<TableShape> read_shape(SchemaEntry const& entry)
{
    if (entry.type != "table" || entry.root == 0)
        return std::nullopt;
    Workbench bench;
    // Names that begin with sqlite_ cannot be declared; of these tables one is of interest.
    bool const sequence = entry.name == "sqlite_sequence";
    if (!bench.run(sequence ? "CREATE TABLE t(name, seq)" : entry.sql, [](sqlite3_stmt*) { }))
        return std::nullopt;
    TableShape shape;
    shape.name = entry.name;
    shape.root = entry.root;
    std::string name;
    bench.run("PRAGMA table_list", [&](sqlite3_stmt* row) {
        auto const listed = cell_text(row, 1);
        if (listed.starts_with("sqlite_") || cell_text(row, 2) != "table")
            return;
        name = quote_name(listed);
        shape.without_rowid = sqlite3_column_int(row, 4) != 0;
    });
    Declared declared;
    if (name.empty() || !read_columns(bench, shape, name, declared))
        return std::nullopt;
    order_fields(shape, declared);
    // A key of one INTEGER column is the row id itself, unless it has an index of its own.
    bool indexed = false;
    std::vector<std::string> indexes;
    bench.run("PRAGMA index_list(" + name + ")", [&](sqlite3_stmt* row) {
        indexed = indexed || cell_text(row, 3) == "pk";
        indexes.push_back(cell_text(row, 1)); // A declaration of a table makes no others than unique ones.
    });
    if (!shape.without_rowid && declared.key.size() == 1 && !indexed
        && to_lower(declared.types[declared.key[0]]) == "integer")
        shape.rowid_column = declared.key[0];
    else
        shape.primary_key = declared.key;
    for (auto const& index : indexes)
        add_unique_key(bench, shape, index);
    return shape;
}

std::vector<TableShape> read_index_shapes(
    TableShape const& table, SchemaEntry const& entry, std::span<SchemaEntry const> schema)
{
    Workbench bench;
    if (table.without_rowid || !bench.run(entry.sql, [](sqlite3_stmt*) { }))
        return {};
    std::map<std::string, std::uint32_t> roots;
    for (auto const& other : schema)
        if (other.type == "index" && to_lower(other.table) == to_lower(entry.name)) {
            roots.emplace(other.name, other.root);
            if (!other.sql.empty())
                bench.run(other.sql, [](sqlite3_stmt*) { });
        }
    std::vector<std::pair<std::string, bool>> names;
    bench.run("PRAGMA index_list(" + quote_name(entry.name) + ")",
        [&](sqlite3_stmt* row) { names.emplace_back(cell_text(row, 1), sqlite3_column_int(row, 2) != 0); });
    std::vector<TableShape> shapes;
    for (auto const& [name, is_unique] : names)
        if (auto shape = read_index(bench, table, name)) {
            auto const root = roots.find(name);
            shape->root = root == roots.end() ? 0 : root->second;
            shape->unique = is_unique;
            shapes.push_back(std::move(*shape));
        }
    return shapes;
}

} // namespace exhibit::sqlite
