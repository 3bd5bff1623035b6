#pragma once

#include "base/result.hpp"
#include "base/source.hpp"
#include "formats/sqlite/pages.hpp"
#include "formats/sqlite/statement.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace exhibit::sqlite {

class Connection;
class Recoverer;
struct Recovery;
struct SchemaEntry;

struct Options {
    std::stop_token stop = {};
    /// Steps of SQLite's virtual machine that all queries together may take: a bound that, unlike a
    /// time, gives the same rows on every machine. Some 100 million steps run in a second.
    /// Nothing: as many as `Database::open` finds right for what it opens.
    std::optional<std::uint64_t> steps = {};
    std::size_t cell_bytes = 64U << 20U; ///< a larger text or blob ends the query with `over_limit`
    bool views = false; ///< whether queries may use the views that the evidence defines
};

struct ColumnInfo {
    std::string name;
    std::string type; ///< as declared, may be empty
    bool primary_key = false;
};

/// How a query that goes on over damage ended.
struct Scan {
    std::uint64_t rows = 0;
    std::uint64_t ambiguous = 0; ///< of these, rows of which a join fitted several, and the first was taken
    std::uint64_t salvaged = 0; ///< of these, rows that SQLite could not reach because of damage before them
    std::optional<Error> damage; ///< what was met; the rows are those that could be read
};

/// An evidence database, read-only and in memory: nothing is written beside it, no lock is taken, its
/// `-wal` is laid over it and a hot `-journal` taken back (see Pages). Queries may read tables and call
/// harmless functions, and nothing else; what the evidence's own schema defines (views, triggers,
/// virtual tables) is not run. One thread at a time may use a database; several may be open at once.
class Database {
public:
    /// The sources must outlive the database and its statements. A file of 0 bytes is a database without
    /// tables: see `empty`. Faults: `locked` when it looks encrypted, `malformed` when it is no database,
    /// `truncated` when it ends inside its header. Everything else is opened, and told in `notes`.
    static Result<Database> open(Source const& main, Source const* wal = nullptr,
        Source const* journal = nullptr, Options options = {});

    /// No tables at all: the file holds 0 bytes, or a database in which nothing was created.
    [[nodiscard]] bool empty() const;
    /// What was odd or damaged so far; say it as diagnostics.
    [[nodiscard]] std::span<Note const> notes() const;
    [[nodiscard]] Pages const& pages() const;
    /// What the file itself says that it holds, read once.
    [[nodiscard]] Result<std::vector<SchemaEntry> const*> schema() const;
    [[nodiscard]] Options const& options() const;
    /// Whether queries run on a copy of what could be salvaged of a damaged schema.
    [[nodiscard]] bool is_copy() const;

    /// Names are compared as SQLite does, without regard to ASCII case. Tables only, not views.
    [[nodiscard]] bool has_table(std::string_view table) const;
    /// Also when it was dropped and left its declaration, so that its rows can be looked for.
    [[nodiscard]] bool had_table(std::string_view table) const;
    [[nodiscard]] bool has_column(std::string_view table, std::string_view column) const;
    /// In the order of the declaration; empty when there is no such table. Without generated ones where some
    /// are computed when they are read: that is to run what evidence says, at any cost in time and memory.
    [[nodiscard]] std::span<ColumnInfo const> columns(std::string_view table) const;
    [[nodiscard]] std::vector<std::string> tables() const;

    /// For a SELECT that survives schema variants: `m."date_read"` where table `message` has that column,
    /// else `NULL`. An empty alias gives `"date_read"`.
    [[nodiscard]] std::string column_or_null(
        std::string_view alias, std::string_view table, std::string_view column) const;

    /// Compiles one SELECT. `unsupported` when it does not fit this database (`last_message` says why).
    [[nodiscard]] Result<Statement> prepare(std::string_view sql) const;

    /// Runs a SELECT and hands each row to `row`; an error from there ends the scan and is returned.
    /// Damage does not: the rows that can be read are delivered, each once, and the damage is returned.
    Result<Scan> each(std::string_view sql, std::function<Result<void>(Statement const&)> const& row) const;

    /// Finds deleted and earlier rows; made when first asked for, which reads every page once. It lives as
    /// long as the database.
    [[nodiscard]] Result<Recoverer const*> recoverer() const;

    /// Pages that a scan found to be plain (`WalkLimits::plain_leaves`), so that recovery need not read them
    /// again.
    [[nodiscard]] std::vector<bool>& plain_leaves() const;

    /// SQLite's own words about the last failure. It may quote the evidence: escape it.
    [[nodiscard]] std::string last_message() const;

private:
    friend class Recoverer;
    Result<Database> with_rows(Recovery const& recovery, std::span<std::string_view const> joined) const;

    explicit Database(std::shared_ptr<Connection> connection)
        : m_connection(std::move(connection))
    {
    }

    std::shared_ptr<Connection> m_connection;
};

/// A name as SQL text: `"date_read"`, with quotes in it doubled.
std::string quote_name(std::string_view name);

} // namespace exhibit::sqlite
