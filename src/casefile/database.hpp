#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace exhibit::casefile {

/// A prepared statement over a case file. Columns and parameters count from 0 and 1, as in SQLite.
class Statement {
public:
    explicit Statement(sqlite3_stmt* statement)
        : m_statement(statement)
    {
    }
    Statement(Statement&& other) noexcept
        : m_statement(std::exchange(other.m_statement, nullptr))
    {
    }
    Statement& operator=(Statement&& other) noexcept
    {
        std::swap(m_statement, other.m_statement);
        return *this;
    }
    Statement(Statement const&) = delete;
    Statement& operator=(Statement const&) = delete;
    ~Statement();

    Statement& bind(int index, std::int64_t value);
    Statement& bind(int index, double value);
    Statement& bind(int index, std::string_view value);
    Statement& bind(int index, std::nullptr_t);
    template<typename T> Statement& bind(int index, std::optional<T> const& value)
    {
        return value ? bind(index, *value) : bind(index, nullptr);
    }

    /// True: a row is there to be read. An error carries the fault; `Database::last_message` the words.
    [[nodiscard]] Result<bool> step();
    void reset();
    /// Binds nothing new, runs the statement to its end and makes it ready to run again.
    [[nodiscard]] Result<void> run();

    [[nodiscard]] int columns() const;
    [[nodiscard]] std::string_view column_name(int column) const;
    [[nodiscard]] bool is_null(int column) const;
    /// One of SQLITE_INTEGER, SQLITE_FLOAT, SQLITE_TEXT, SQLITE_BLOB, SQLITE_NULL.
    [[nodiscard]] int type(int column) const;
    [[nodiscard]] std::int64_t integer(int column) const;
    [[nodiscard]] double real(int column) const;
    [[nodiscard]] std::string_view text(int column) const; ///< valid until the next step
    [[nodiscard]] Bytes blob(int column) const; ///< valid until the next step
    [[nodiscard]] std::optional<std::int64_t> integer_or_none(int column) const;

private:
    sqlite3_stmt* m_statement;
};

enum class Access : std::uint8_t {
    read_only, ///< for people's and rules' SQL: defensive, nothing can be written or attached
    read_write,
};

/// A case file as an SQLite database. One thread at a time; open it again for another thread.
class Database {
public:
    static Result<Database> open(std::filesystem::path const& path, Access access);
    /// Makes a new, empty database with the page size of case files.
    static Result<Database> create(std::filesystem::path const& path);

    Database(Database&& other) noexcept
        : m_database(std::exchange(other.m_database, nullptr))
        , m_watch(std::move(other.m_watch)) // SQLite keeps its address.
    {
    }
    Database& operator=(Database&& other) noexcept
    {
        std::swap(m_database, other.m_database);
        std::swap(m_watch, other.m_watch);
        return *this;
    }
    Database(Database const&) = delete;
    Database& operator=(Database const&) = delete;
    ~Database();

    /// Runs statements that return no rows.
    [[nodiscard]] Result<void> run(std::string const& sql);
    [[nodiscard]] Result<Statement> prepare(std::string_view sql);
    /// From here on only what `Access::read_only` allows; there is no way back.
    void allow_only_reading();
    /// Keeps the rows of a query in memory, for queries that read them like a table of this name. From here
    /// on only reading is allowed.
    Result<void> keep(std::string_view name, std::string_view query);
    /// The same with rows that are at hand: `fill` binds the values of each and runs the statement.
    /// `columns` declares them, in parentheses.
    Result<void> keep_rows(std::string_view name, std::string_view columns, std::size_t width,
        std::function<Result<void>(Statement& insert)> const& fill);
    /// From now on the name of the view means this one, in memory, whatever the file has by that name.
    Result<void> shadow_view(std::string_view create_view);
    /// From now on the file is locked for reading: what was read of it stays in memory from one query to the
    /// next.
    Result<void> begin_reading();
    /// Stops a statement that runs longer than this with `over_limit`; 0 takes the limit away.
    void limit_time(std::chrono::milliseconds limit);
    /// Stops whatever statement runs then with `over_limit`, beside `limit_time`.
    void give_up_at(std::chrono::steady_clock::time_point end);
    /// Stops a statement, with `over_limit` too, as soon as that is asked for.
    void stop_when(std::stop_token stop);
    /// What SQLite said of the last failure.
    [[nodiscard]] std::string last_message() const;
    [[nodiscard]] sqlite3* handle() { return m_database; }

private:
    explicit Database(sqlite3* database)
        : m_database(database)
    {
    }

    /// What ends a statement that runs.
    struct Watch {
        std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
        std::chrono::steady_clock::time_point end = std::chrono::steady_clock::time_point::max();
        std::stop_token stop;
    };

    void watch();
    Result<void> fill_memory(std::function<Result<void>()> const& fill);

    sqlite3* m_database;
    std::unique_ptr<Watch> m_watch = std::make_unique<Watch>();
};

/// While it lives, no statement of the database runs beyond this time.
class TimeLimit {
public:
    TimeLimit(Database& database, std::chrono::milliseconds limit)
        : m_database(&database)
    {
        database.limit_time(limit);
    }
    TimeLimit(TimeLimit const&) = delete;
    TimeLimit& operator=(TimeLimit const&) = delete;
    ~TimeLimit() { m_database->limit_time(std::chrono::milliseconds { 0 }); }

private:
    Database* m_database;
};

} // namespace exhibit::casefile
