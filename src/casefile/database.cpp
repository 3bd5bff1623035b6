#include "casefile/database.hpp"

#include "casefile/page_file.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <fstream>
#include <sqlite3.h>
#include <vector>

namespace exhibit::casefile {
namespace {

std::unexpected<Error> refused(int code)
{
    switch (code & 0xFF) {
    case SQLITE_FULL:
        return fail(Fault::io, "the case file could not be written: the disk is full");
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
        return fail(Fault::io, "the case file could not be read or written");
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
        return fail(Fault::malformed, "not a sound case file");
    case SQLITE_INTERRUPT:
        return fail(Fault::over_limit, "the query took longer than its time limit");
    case SQLITE_NOMEM:
        return fail(Fault::over_limit, "the query needs more memory than it may have");
    case SQLITE_AUTH:
    case SQLITE_READONLY:
        return fail(Fault::unsupported, "only reading is allowed here");
    default:
        return fail(Fault::unsupported, "the query could not be run");
    }
}

/// What people's SQL may do: read, compute, and use any function but those that reach outside the file.
int authorize_reading(void*, int action, char const* first, char const* second, char const*, char const*)
{
    switch (action) {
    case SQLITE_SELECT:
    case SQLITE_READ:
    case SQLITE_RECURSIVE:
        return SQLITE_OK;
    case SQLITE_FUNCTION: {
        std::string_view const name = second == nullptr ? "" : second;
        return name == "load_extension" || name == "readfile" || name == "writefile" || name == "edit"
            ? SQLITE_DENY
            : SQLITE_OK;
    }
    case SQLITE_PRAGMA: {
        std::string_view const name = first == nullptr ? "" : first;
        bool const reads = name == "table_info" || name == "table_list" || name == "integrity_check"
            || name == "quick_check" || name == "user_version" || name == "application_id"
            || name == "page_size";
        bool const of_table = name == "table_info" || name == "quick_check";
        return reads && (second == nullptr || of_table) ? SQLITE_OK : SQLITE_DENY;
    }
    default:
        return SQLITE_DENY;
    }
}

/// The same, and it may make a table in memory.
int authorize_keeping(
    void* user, int action, char const* first, char const* second, char const* database, char const* trigger)
{
    bool const changes = action == SQLITE_INSERT || action == SQLITE_UPDATE;
    if (action == SQLITE_CREATE_TEMP_TABLE || (changes && std::string_view { database } == "temp"))
        return SQLITE_OK;
    return authorize_reading(user, action, first, second, database, trigger);
}

/// A path as SQLite takes it for one: `:memory:` and `file:...` mean something else to it.
std::filesystem::path plain_name(std::filesystem::path const& path)
{
    std::error_code error;
    auto whole = std::filesystem::absolute(path, error);
    return error ? path : whole;
}

/// A database that another program set to write ahead, without such a log beside it. SQLite would put files
/// beside it to read it, unless it is told that nobody writes.
bool is_quiet_wal(std::filesystem::path const& path)
{
    constexpr std::size_t read_version_at = 19;
    constexpr char write_ahead = 2;
    std::array<char, 20> head {};
    std::ifstream file { path, std::ios::binary };
    std::error_code error;
    return file.read(head.data(), head.size()) && head[read_version_at] == write_ahead
        && !std::filesystem::exists(path.string() + "-wal", error);
}

std::string immutable_uri(std::filesystem::path const& path)
{
    std::string uri = "file:";
    for (char const c : path.string())
        uri += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    return uri + "?immutable=1";
}

/// For a case that is being written: what is half of one is thrown away. A hardened connection ignores it.
constexpr char const* kWithoutJournal = "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF";

/// Longer values are none that a case holds: a text has 1 MB at most, a blob 4. A value that is read may be
/// computed, and be made to fill the memory.
constexpr int kLongestValue = 64 << 20;

void harden(sqlite3* database)
{
    sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    sqlite3_db_config(database, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, nullptr);
    sqlite3_limit(database, SQLITE_LIMIT_ATTACHED, 0);
}

} // namespace

Statement::~Statement()
{
    sqlite3_finalize(m_statement);
}

Statement& Statement::bind(int index, std::int64_t value)
{
    sqlite3_bind_int64(m_statement, index, value);
    return *this;
}

Statement& Statement::bind(int index, double value)
{
    sqlite3_bind_double(m_statement, index, value);
    return *this;
}

Statement& Statement::bind(int index, std::string_view value)
{
    sqlite3_bind_text64(m_statement, index, value.data() == nullptr ? "" : value.data(), value.size(),
        SQLITE_TRANSIENT, SQLITE_UTF8);
    return *this;
}

Statement& Statement::bind(int index, std::nullptr_t)
{
    sqlite3_bind_null(m_statement, index);
    return *this;
}

Result<bool> Statement::step()
{
    auto const code = sqlite3_step(m_statement);
    if (code == SQLITE_ROW)
        return true;
    if (code == SQLITE_DONE)
        return false;
    return refused(code);
}

void Statement::reset()
{
    sqlite3_reset(m_statement);
}

Result<void> Statement::run()
{
    auto const result = step();
    reset();
    if (!result)
        return std::unexpected(result.error());
    return {};
}

int Statement::columns() const
{
    return sqlite3_column_count(m_statement);
}

std::string_view Statement::column_name(int column) const
{
    auto const* name = sqlite3_column_name(m_statement, column);
    return name == nullptr ? std::string_view {} : std::string_view { name };
}

bool Statement::is_null(int column) const
{
    return type(column) == SQLITE_NULL;
}

int Statement::type(int column) const
{
    return sqlite3_column_type(m_statement, column);
}

std::int64_t Statement::integer(int column) const
{
    return sqlite3_column_int64(m_statement, column);
}

double Statement::real(int column) const
{
    return sqlite3_column_double(m_statement, column);
}

std::string_view Statement::text(int column) const
{
    auto const* text = sqlite3_column_text(m_statement, column);
    if (text == nullptr)
        return {};
    return { reinterpret_cast<char const*>(text),
        static_cast<std::size_t>(sqlite3_column_bytes(m_statement, column)) };
}

Bytes Statement::blob(int column) const
{
    auto const* blob = sqlite3_column_blob(m_statement, column);
    if (blob == nullptr)
        return {};
    return { static_cast<std::byte const*>(blob),
        static_cast<std::size_t>(sqlite3_column_bytes(m_statement, column)) };
}

std::optional<std::int64_t> Statement::integer_or_none(int column) const
{
    return is_null(column) ? std::nullopt : std::optional { integer(column) };
}

Result<Database> Database::open(std::filesystem::path const& path, Access access)
{
    sqlite3* handle = nullptr;
    auto const whole = plain_name(path);
    bool const immutable = access == Access::read_only && is_quiet_wal(whole);
    int const flags
        = (access == Access::read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE) | SQLITE_OPEN_NOMUTEX;
    auto const code = immutable
        ? sqlite3_open_v2(immutable_uri(whole).c_str(), &handle, flags | SQLITE_OPEN_URI, nullptr)
        : sqlite3_open_v2(whole.c_str(), &handle, flags, nullptr);
    Database database { handle };
    if (code != SQLITE_OK)
        return refused(code);
    if (access == Access::read_write)
        EXHIBIT_TRY(database.run(kWithoutJournal));
    harden(handle);
    if (access == Access::read_only) {
        sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, kLongestValue);
        database.allow_only_reading();
    }
    return database;
}

Result<Database> Database::create(std::filesystem::path const& path)
{
    sqlite3* handle = nullptr;
    auto const code = sqlite3_open_v2(
        path.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
    Database database { handle };
    if (code != SQLITE_OK)
        return refused(code);
    EXHIBIT_TRY(database.run(fmt::format("PRAGMA page_size={}; {}", kPageSize, kWithoutJournal)));
    harden(handle);
    return database;
}

Database::~Database()
{
    sqlite3_close_v2(m_database);
}

Result<void> Database::run(std::string const& sql)
{
    auto const code = sqlite3_exec(m_database, sql.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK)
        return refused(code);
    return {};
}

Result<Statement> Database::prepare(std::string_view sql)
{
    sqlite3_stmt* statement = nullptr;
    char const* rest = nullptr;
    auto const code
        = sqlite3_prepare_v2(m_database, sql.data(), static_cast<int>(sql.size()), &statement, &rest);
    Statement prepared { statement };
    if (code != SQLITE_OK)
        return refused(code);
    if (statement == nullptr)
        return fail(Fault::unsupported, "the query is empty");
    // What stands behind the first statement would never run.
    sqlite3_stmt* second = nullptr;
    auto const left = sql.size() - static_cast<std::size_t>(rest - sql.data());
    bool const more = left != 0
        && (sqlite3_prepare_v2(m_database, rest, static_cast<int>(left), &second, nullptr) != SQLITE_OK
            || second != nullptr);
    sqlite3_finalize(second);
    if (more)
        return fail(Fault::unsupported, "the query holds more than one statement");
    return prepared;
}

void Database::allow_only_reading()
{
    sqlite3_set_authorizer(m_database, authorize_reading, nullptr);
}

/// Lets tables be made in memory, and filled, for as long as that takes.
Result<void> Database::fill_memory(std::function<Result<void>()> const& fill)
{
    sqlite3_set_authorizer(m_database, nullptr, nullptr);
    auto const in_memory = run("PRAGMA temp_store=MEMORY");
    sqlite3_set_authorizer(m_database, authorize_keeping, nullptr);
    auto const filled = fill();
    allow_only_reading();
    return in_memory ? filled : in_memory;
}

Result<void> Database::keep(std::string_view name, std::string_view query)
{
    return fill_memory([&]() -> Result<void> {
        auto made = EXHIBIT_TRY(prepare(fmt::format("CREATE TEMP TABLE \"{}\" AS {}", name, query)));
        return made.run();
    });
}

Result<void> Database::keep_rows(std::string_view name, std::string_view columns, std::size_t width,
    std::function<Result<void>(Statement& insert)> const& fill)
{
    return fill_memory([&]() -> Result<void> {
        auto made = EXHIBIT_TRY(prepare(fmt::format("CREATE TEMP TABLE \"{}\" {}", name, columns)));
        EXHIBIT_TRY(made.run());
        std::vector<char> const places(width, '?');
        auto insert = EXHIBIT_TRY(
            prepare(fmt::format("INSERT INTO temp.\"{}\" VALUES ({})", name, fmt::join(places, ","))));
        return fill(insert);
    });
}

Result<void> Database::shadow_view(std::string_view create_view)
{
    constexpr std::string_view create = "CREATE ";
    sqlite3_set_authorizer(m_database, nullptr, nullptr);
    auto made = run("PRAGMA temp_store=MEMORY");
    if (made)
        made = run(fmt::format("CREATE TEMP {}", create_view.substr(create.size())));
    allow_only_reading();
    return made;
}

Result<void> Database::begin_reading()
{
    sqlite3_set_authorizer(m_database, nullptr, nullptr);
    auto const begun = run("PRAGMA temp_store=MEMORY; BEGIN"); // It cannot be changed between the two ends.
    allow_only_reading();
    return begun;
}

void Database::limit_time(std::chrono::milliseconds limit)
{
    m_watch->deadline = limit.count() == 0 ? std::chrono::steady_clock::time_point::max()
                                           : std::chrono::steady_clock::now() + limit;
    watch();
}

void Database::give_up_at(std::chrono::steady_clock::time_point end)
{
    m_watch->end = end;
    watch();
}

void Database::stop_when(std::stop_token stop)
{
    m_watch->stop = std::move(stop);
    watch();
}

void Database::watch()
{
    constexpr auto never = std::chrono::steady_clock::time_point::max();
    bool const needed = m_watch->deadline != never || m_watch->end != never || m_watch->stop.stop_possible();
    constexpr int steps_between_looks = 20'000;
    sqlite3_progress_handler(
        m_database, needed ? steps_between_looks : 0,
        [](void* at) {
            auto const& watch = *static_cast<Watch const*>(at);
            auto const end = std::min(watch.deadline, watch.end);
            return watch.stop.stop_requested() || std::chrono::steady_clock::now() > end ? 1 : 0;
        },
        m_watch.get());
}

std::string Database::last_message() const
{
    return sqlite3_errmsg(m_database);
}

} // namespace exhibit::casefile
