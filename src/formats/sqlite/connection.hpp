#pragma once

#include "base/result.hpp"
#include "formats/sqlite/database.hpp"
#include "formats/sqlite/pages.hpp"
#include "formats/sqlite/schema.hpp"
#include "formats/sqlite/vfs.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace exhibit::sqlite {

/// SQLite's handle on one evidence database, with what it may do. Internal to this folder.
class Connection {
public:
    using Names = std::set<std::string, std::less<>>; ///< in lower case

    Connection(std::shared_ptr<Pages const> pages, Options options);
    Connection(Connection const&) = delete;
    Connection& operator=(Connection const&) = delete;
    ~Connection();

    Result<void> open();
    /// Instead of `open`: reads a copy in memory of what can be salvaged of these tables (null: of all).
    /// With `recovered`, these rows are a table too.
    Result<void> open_copy(Names const* tables, Recovery const* recovered = nullptr);

    [[nodiscard]] std::shared_ptr<Pages const> const& pages() const { return m_pages; }
    [[nodiscard]] bool is_copy() const { return m_is_copy; }
    [[nodiscard]] bool schema_damaged() const { return m_schema_damaged; }
    /// The tables that the statement compiled last reads.
    [[nodiscard]] Names const& tables_read() const { return m_tables_read; }
    void add_notes(std::span<Note const> notes) { m_notes.insert(m_notes.end(), notes.begin(), notes.end()); }
    [[nodiscard]] Options const& options() const { return m_options; }
    [[nodiscard]] Result<std::vector<SchemaEntry> const*> schema();
    /// What the database keeps for the recovery of its rows; null until it is needed.
    std::shared_ptr<void> recovery = nullptr;
    std::vector<bool> plain_leaves {}; ///< see `Database::plain_leaves`
    [[nodiscard]] std::vector<Note> const& notes() const { return m_notes; }
    [[nodiscard]] std::map<std::string, std::string, std::less<>> const& tables() const { return m_tables; }
    [[nodiscard]] bool has_views() const { return !m_views.empty(); }
    [[nodiscard]] std::vector<ColumnInfo> const& columns(std::string_view table);
    [[nodiscard]] Result<sqlite3_stmt*> compile(std::string_view sql);
    [[nodiscard]] std::string message() const;

    /// The failure that SQLite just returned, in this code base's words.
    [[nodiscard]] Error error(int code) const;

private:
    Result<void> configure();
    Result<void> seal();
    Result<void> load_schema();
    Result<void> read_table_names();
    void hide_statistics();
    Result<void> run(char const* sql);
    void note(bool damage, Error error) { m_notes.push_back({ damage, error }); }

    static int authorize(void* self, int action, char const* first, char const* second, char const* database,
        char const* trigger);
    [[nodiscard]] bool allows(int action, std::string_view first, std::string_view second);
    [[nodiscard]] bool allows_read(std::string const& table, std::string_view column);
    static int progress(void* self);

    std::shared_ptr<Pages const> m_pages;
    Options m_options;
    MountedPages m_mounted;
    sqlite3* m_handle = nullptr;
    std::uint64_t m_steps = 0;
    std::uint64_t m_most_steps = 0;
    std::vector<Note> m_notes;
    std::map<std::string, std::string, std::less<>> m_tables; ///< lower-case name -> name
    Names m_views;
    Names m_tables_read;
    bool m_is_copy = false;
    bool m_schema_damaged = false;
    std::optional<std::vector<SchemaEntry>> m_schema; ///< once it was read
    std::set<std::pair<std::string, std::string>> m_generated; ///< table and column, in lower case
    std::map<std::string, std::vector<ColumnInfo>, std::less<>> m_columns; ///< by lower-case table name
};

} // namespace exhibit::sqlite
