// What is switched off, and why: "Defense Against The Dark Arts", https://www.sqlite.org/security.html
#include "formats/sqlite/connection.hpp"

#include "base/text.hpp"
#include "formats/sqlite/salvage.hpp"

#include <algorithm>
#include <array>
#include <sqlite3.h>
#include <utility>

namespace exhibit::sqlite {

namespace {

constexpr int kStepsPerCheck = 10'000;
constexpr int kVirtualColumn = 2; // `hidden` of PRAGMA table_xinfo

constexpr std::array kLimits {
    std::pair { SQLITE_LIMIT_SQL_LENGTH, 1 << 20 },
    // As many as SQLite can have: a lower limit would make a whole database with one wide table unreadable.
    std::pair { SQLITE_LIMIT_COLUMN, 2000 },
    std::pair { SQLITE_LIMIT_EXPR_DEPTH, 500 },
    std::pair { SQLITE_LIMIT_COMPOUND_SELECT, 100 },
    std::pair { SQLITE_LIMIT_VDBE_OP, 250'000 },
    std::pair { SQLITE_LIMIT_FUNCTION_ARG, 64 },
    std::pair { SQLITE_LIMIT_ATTACHED, 0 },
    std::pair { SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1000 },
    std::pair { SQLITE_LIMIT_VARIABLE_NUMBER, 999 },
    std::pair { SQLITE_LIMIT_TRIGGER_DEPTH, 1 },
    std::pair { SQLITE_LIMIT_WORKER_THREADS, 0 },
};

constexpr std::array kSwitches {
    std::pair { SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0 },
    std::pair { SQLITE_DBCONFIG_ENABLE_TRIGGER, 0 },
    std::pair { SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, 0 },
    std::pair { SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0 },
    // Else a misspelt column in double quotes would be read as a text.
    std::pair { SQLITE_DBCONFIG_DQS_DML, 0 },
};

/// Functions that neither reach outside nor allocate more than their arguments. No date functions: times
/// are read as numbers, so that an odd one is seen as such.
constexpr std::array<std::string_view, 42> kFunctions { "abs", "avg", "cast", "ceil", "char", "coalesce",
    "count", "first_value", "floor", "glob", "group_concat", "hex", "ifnull", "iif", "instr", "json_extract",
    "json_valid", "lag", "last_value", "lead", "length", "like", "likely", "lower", "ltrim", "max", "min",
    "nullif", "quote", "rank", "replace", "round", "row_number", "rtrim", "sign", "substr", "substring",
    "sum", "total", "trim", "typeof", "upper" };
static_assert(std::ranges::is_sorted(kFunctions));

std::string_view view_of(char const* text)
{
    return text == nullptr ? std::string_view {} : std::string_view { text };
}

/// Borrowed until the next step.
std::string_view column_view(sqlite3_stmt* statement, int column)
{
    auto const* text = reinterpret_cast<char const*>(sqlite3_column_text(statement, column));
    return text == nullptr
        ? std::string_view {}
        : std::string_view { text, static_cast<std::size_t>(sqlite3_column_bytes(statement, column)) };
}

std::string column_text(sqlite3_stmt* statement, int column)
{
    return std::string { column_view(statement, column) };
}

bool is_of_a_name(char c)
{
    auto const lower = static_cast<char>(c | 0x20);
    return is_digit(c) || (lower >= 'a' && lower <= 'z') || c == '_' || c == '$'
        || static_cast<unsigned char>(c) >= 0x80;
}

/// Without this word a declaration of a table computes nothing.
bool has_word_as(std::string_view sql)
{
    for (std::size_t i = 0; i + 1 < sql.size(); ++i)
        if ((sql[i] | 0x20) == 'a' && (sql[i + 1] | 0x20) == 's' && (i == 0 || !is_of_a_name(sql[i - 1]))
            && (i + 2 == sql.size() || !is_of_a_name(sql[i + 2])))
            return true;
    return false;
}

/// What a query over every row of a database takes, and some joins of it; some 100 million run in a second.
std::uint64_t steps_for(Pages const& pages)
{
    constexpr std::uint64_t for_any = 200'000'000;
    constexpr std::uint64_t per_byte = 500;
    constexpr std::uint64_t most = 20'000'000'000;
    auto const bytes = std::uint64_t { pages.readable() } * pages.page_size();
    return std::min(most, for_any + bytes * per_byte);
}

} // namespace

Connection::Connection(std::shared_ptr<Pages const> pages, Options options)
    : m_pages(std::move(pages))
    , m_options(std::move(options))
    , m_mounted(*m_pages)
    , m_most_steps(m_options.steps.value_or(steps_for(*m_pages)))
    , m_notes(m_pages->notes().begin(), m_pages->notes().end())
{
}

Connection::~Connection()
{
    sqlite3_close_v2(m_handle);
}

Result<void> Connection::open()
{
    int const code = sqlite3_open_v2(
        m_mounted.name().c_str(), &m_handle, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, kVfsName);
    if (code != SQLITE_OK)
        return std::unexpected(error(code));
    EXHIBIT_TRY(configure());
    hide_statistics();
    EXHIBIT_TRY(load_schema());
    m_mounted.show_all();
    sqlite3_db_release_memory(m_handle);
    EXHIBIT_TRY(run("PRAGMA cache_size=-8000"));
    return seal();
}

Result<void> Connection::open_copy(Names const* tables, Recovery const* recovered)
{
    m_is_copy = true;
    constexpr int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY | SQLITE_OPEN_NOMUTEX;
    int const code = sqlite3_open_v2(":memory:", &m_handle, flags, kVfsName);
    if (code != SQLITE_OK)
        return std::unexpected(error(code));
    CopyOptions options;
    options.tables = tables;
    options.record_bytes = m_options.cell_bytes;
    options.stop = m_options.stop;
    if (auto const lost = EXHIBIT_TRY(copy_tables(*m_pages, m_handle, options)))
        note(true, *lost);
    if (recovered != nullptr)
        EXHIBIT_TRY(add_recovered(*recovered, m_handle));
    EXHIBIT_TRY(configure());
    return seal();
}

/// From here on only reading is possible.
Result<void> Connection::seal()
{
    EXHIBIT_TRY(read_table_names());
    sqlite3_db_config(m_handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_set_authorizer(m_handle, &Connection::authorize, this);
    return {};
}

Result<void> Connection::configure()
{
    sqlite3_extended_result_codes(m_handle, 1);
    sqlite3_progress_handler(m_handle, kStepsPerCheck, &Connection::progress, this);
    sqlite3_limit(m_handle, SQLITE_LIMIT_LENGTH,
        static_cast<int>(std::min<std::size_t>(m_options.cell_bytes, 1U << 30U)));
    for (auto const& [id, value] : kLimits)
        sqlite3_limit(m_handle, id, value);
    for (auto const& [id, value] : kSwitches)
        if (sqlite3_db_config(m_handle, id, value, nullptr) != SQLITE_OK)
            return fail(Fault::unsupported, "this SQLite library cannot be made safe for evidence");
    sqlite3_db_config(m_handle, SQLITE_DBCONFIG_ENABLE_VIEW, m_options.views ? 1 : 0, nullptr);
    sqlite3_drop_modules(m_handle, nullptr); // No virtual tables: their code would interpret the evidence.
    return run("PRAGMA cell_size_check=ON; PRAGMA mmap_size=0; PRAGMA temp_store=FILE; PRAGMA query_only=ON");
}

/// What ANALYZE noted of tables decides how SQLite joins them. Forged, it makes a join of some thousand rows
/// take minutes; so while the schema is read, which is when SQLite takes it in, its tables are empty.
void Connection::hide_statistics()
{
    auto const schema = this->schema();
    if (!schema)
        return;
    std::vector<std::uint32_t> roots;
    for (auto const& entry : **schema)
        if (entry.root != 0 && to_lower(entry.name + entry.sql).find("sqlite_stat") != std::string::npos)
            roots.push_back(entry.root);
    if (roots.empty())
        return;
    auto const kept = tree_pages(*m_pages, 1);
    std::erase_if(roots, [&](std::uint32_t root) { return std::ranges::find(kept, root) != kept.end(); });
    m_mounted.hide(std::move(roots));
}

Result<std::vector<SchemaEntry> const*> Connection::schema()
{
    if (!m_schema)
        m_schema = EXHIBIT_TRY(read_schema(*m_pages));
    return &*m_schema;
}

/// SQLite gives up on a database when it cannot read one line of its schema. With `writable_schema` it
/// takes what it can; nothing can be written all the same.
Result<void> Connection::load_schema()
{
    auto const loaded = run("SELECT count(*) FROM sqlite_schema");
    if (loaded.has_value())
        return {};
    if (loaded.error().fault != Fault::malformed && loaded.error().fault != Fault::unsupported)
        return loaded;
    m_schema_damaged = true;
    note(true, { Fault::malformed, "schema is damaged: tables whose declaration could be read were kept" });
    static_cast<void>(run("PRAGMA writable_schema=ON"));
    static_cast<void>(run("SELECT count(*) FROM sqlite_schema"));
    return {};
}

Result<void> Connection::read_table_names()
{
    sqlite3_stmt* statement = nullptr;
    std::vector<std::string> computing; ///< tables that may have generated columns
    constexpr auto sql = "SELECT type = 'view', name, sql FROM sqlite_schema "
                         "WHERE (type = 'table' AND rootpage > 0) OR type = 'view'";
    int code = sqlite3_prepare_v2(m_handle, sql, -1, &statement, nullptr);
    while (code == SQLITE_OK || code == SQLITE_ROW) {
        code = sqlite3_step(statement);
        if (code != SQLITE_ROW)
            break;
        auto name = column_text(statement, 1);
        auto lower = to_lower(name);
        if (sqlite3_column_int(statement, 0) != 0)
            m_views.insert(std::move(lower));
        else {
            if (m_schema_damaged || has_word_as(column_view(statement, 2)))
                computing.push_back(name);
            m_tables.emplace(std::move(lower), std::move(name));
        }
    }
    sqlite3_finalize(statement);
    for (auto const& table : computing)
        static_cast<void>(columns(table));
    if (!m_generated.empty())
        note(false, { Fault::unsupported, "columns that are computed when they are read were left out" });
    if (code == SQLITE_DONE)
        return {};
    auto const failure = error(code);
    if (failure.fault != Fault::malformed)
        return std::unexpected(failure);
    m_schema_damaged = true;
    note(true, failure);
    return {};
}

std::vector<ColumnInfo> const& Connection::columns(std::string_view table)
{
    auto const lower = to_lower(table);
    auto& columns = m_columns[lower];
    if (!columns.empty() || !m_tables.contains(lower))
        return columns;
    auto const statement = compile("PRAGMA table_xinfo(" + quote_name(table) + ")");
    if (!statement.has_value())
        return columns;
    std::vector<std::string> generated;
    bool computed = false; // A stored one is read like any other.
    while (sqlite3_step(*statement) == SQLITE_ROW) {
        ColumnInfo column;
        column.name = column_text(*statement, 1);
        column.type = column_text(*statement, 2);
        column.primary_key = sqlite3_column_int(*statement, 5) != 0;
        int const hidden = sqlite3_column_int(*statement, 6);
        computed = computed || hidden == kVirtualColumn;
        if (hidden != 0)
            generated.push_back(to_lower(column.name));
        columns.push_back(std::move(column));
    }
    sqlite3_finalize(*statement);
    if (!computed)
        return columns;
    // Stored ones too: an index that SQLite makes for a join on one would have it compute the others.
    for (auto& name : generated) {
        std::erase_if(columns, [&](ColumnInfo const& column) { return to_lower(column.name) == name; });
        m_generated.emplace(lower, std::move(name));
    }
    return columns;
}

Result<sqlite3_stmt*> Connection::compile(std::string_view sql)
{
    sqlite3_stmt* statement = nullptr;
    char const* rest = nullptr;
    m_tables_read.clear();
    int const code
        = sqlite3_prepare_v2(m_handle, sql.data(), static_cast<int>(sql.size()), &statement, &rest);
    if (code != SQLITE_OK)
        return std::unexpected(error(code));
    if (statement == nullptr || sqlite3_stmt_readonly(statement) == 0) {
        sqlite3_finalize(statement);
        return fail(Fault::unsupported, "query is no SELECT");
    }
    return statement;
}

Result<void> Connection::run(char const* sql)
{
    int const code = sqlite3_exec(m_handle, sql, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK)
        return std::unexpected(error(code));
    return {};
}

std::string Connection::message() const
{
    return std::string { view_of(sqlite3_errmsg(m_handle)) };
}

Error Connection::error(int code) const
{
    switch (code & 0xff) {
    case SQLITE_CORRUPT:
        return { Fault::malformed, "database is damaged" };
    case SQLITE_NOTADB:
        return { Fault::malformed, "file is not a database" };
    case SQLITE_INTERRUPT:
        if (m_options.stop.stop_requested())
            return { Fault::cancelled, "cancelled" };
        return { Fault::over_limit, "query takes more steps than the limit allows" };
    case SQLITE_TOOBIG:
        return { Fault::over_limit, "text or blob is larger than the limit allows" };
    case SQLITE_FULL:
    case SQLITE_NOMEM:
        return { Fault::over_limit, "query takes more memory than the limit allows" };
    case SQLITE_IOERR:
        if (m_mounted.read_error())
            return *m_mounted.read_error();
        return { Fault::io, "database could not be read" };
    case SQLITE_AUTH:
        return { Fault::unsupported, "query does what is not allowed on evidence" };
    case SQLITE_CANTOPEN:
        return { Fault::io, "database could not be opened" };
    default:
        return { Fault::unsupported, "query does not fit this database" };
    }
}

int Connection::authorize(void* self, int action, char const* first, char const* second,
    char const* /*database*/, char const* /*trigger*/)
{
    return static_cast<Connection*>(self)->allows(action, view_of(first), view_of(second)) ? SQLITE_OK
                                                                                           : SQLITE_DENY;
}

bool Connection::allows(int action, std::string_view first, std::string_view second)
{
    switch (action) {
    case SQLITE_SELECT:
    case SQLITE_RECURSIVE:
        return true;
    case SQLITE_FUNCTION:
        return std::ranges::binary_search(kFunctions, to_lower(second));
    case SQLITE_PRAGMA:
        return first == "table_xinfo";
    case SQLITE_READ:
        return allows_read(to_lower(first), second);
    default:
        return false;
    }
}

bool Connection::allows_read(std::string const& table, std::string_view column)
{
    if (!m_generated.empty() && m_generated.contains({ table, to_lower(column) }))
        return false;
    if (table == "sqlite_master" || m_tables.contains(table)) {
        m_tables_read.insert(table);
        return true;
    }
    if (m_views.contains(table))
        return m_options.views;
    // A common table expression of which no column is used is asked for like a table. The virtual
    // tables of PRAGMAs are the only ones that cannot be dropped.
    return column.empty() && !table.starts_with("pragma_");
}

int Connection::progress(void* self)
{
    auto& connection = *static_cast<Connection*>(self);
    connection.m_steps += kStepsPerCheck;
    return connection.m_steps > connection.m_most_steps || connection.m_options.stop.stop_requested() ? 1 : 0;
}

} // namespace exhibit::sqlite
