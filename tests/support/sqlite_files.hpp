#pragma once

#include "base/bytes.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

struct sqlite3;

namespace exhibit::test {

/// A database in a private folder, made by SQLite itself, whose files can be taken at any moment, also
/// in the middle of a transaction. Failing SQL throws. `secure_delete` is off: what is deleted stays.
class SqliteFiles {
public:
    explicit SqliteFiles(std::string_view sql = {});
    SqliteFiles(SqliteFiles const&) = delete;
    SqliteFiles& operator=(SqliteFiles const&) = delete;
    ~SqliteFiles();

    void run(std::string_view sql);
    /// To add functions that the SQL may call.
    [[nodiscard]] sqlite3* handle() const { return m_handle; }
    /// Rows of a query, each as its cells joined by `|`, read by SQLite from its own files.
    std::vector<std::string> rows(std::string const& sql);
    /// Ends the connection, which moves a `-wal` into the database.
    void close();

    [[nodiscard]] std::vector<std::byte> main() const { return file(""); }
    [[nodiscard]] std::vector<std::byte> wal() const { return file("-wal"); }
    [[nodiscard]] std::vector<std::byte> journal() const { return file("-journal"); }

private:
    [[nodiscard]] std::vector<std::byte> file(std::string_view suffix) const;

    std::filesystem::path m_folder;
    sqlite3* m_handle = nullptr;
};

std::vector<std::byte> read_file(std::filesystem::path const& path);

} // namespace exhibit::test
