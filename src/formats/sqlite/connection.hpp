#pragma once

#include "base/result.hpp"
#include "formats/sqlite/database.hpp"
#include "formats/sqlite/pages.hpp"
#include "formats/sqlite/vfs.hpp"

#include <atomic>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace exhibit::sqlite {

/// SQLite's handle on one evidence database, with what it may do. Internal to this folder.
class Connection {
public:
    Connection(Pages pages, Options options);
    Connection(Connection const&) = delete;
    Connection& operator=(Connection const&) = delete;
    ~Connection();

    Result<void> open();

    [[nodiscard]] Pages const& pages() const { return m_pages; }
    [[nodiscard]] Options const& options() const { return m_options; }
    [[nodiscard]] std::vector<Note> const& notes() const { return m_notes; }
    [[nodiscard]] std::map<std::string, std::string, std::less<>> const& tables() const { return m_tables; }
    [[nodiscard]] std::vector<ColumnInfo> const& columns(std::string_view table);
    [[nodiscard]] Result<sqlite3_stmt*> compile(std::string_view sql);
    [[nodiscard]] std::string message() const;

    /// The failure that SQLite just returned, in this code base's words.
    [[nodiscard]] Error error(int code) const;

private:
    Result<void> configure();
    Result<void> load_schema();
    Result<void> read_table_names();
    Result<void> run(char const* sql);
    void note(bool damage, Error error) { m_notes.push_back({ damage, error }); }

    static int authorize(void* self, int action, char const* first, char const* second, char const* database,
        char const* trigger);
    [[nodiscard]] bool allows(int action, std::string_view first, std::string_view second) const;
    static int progress(void* self);

    Pages m_pages;
    Options m_options;
    MountedPages m_mounted;
    sqlite3* m_handle = nullptr;
    std::uint64_t m_steps = 0;
    std::vector<Note> m_notes;
    std::map<std::string, std::string, std::less<>> m_tables; ///< lower-case name -> name
    std::set<std::string, std::less<>> m_views; ///< lower-case names
    std::map<std::string, std::vector<ColumnInfo>, std::less<>> m_columns; ///< by lower-case table name
};

} // namespace exhibit::sqlite
