#include "support/sqlite_files.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sqlite3.h>
#include <stdexcept>

namespace exhibit::test {

SqliteFiles::SqliteFiles(std::string_view sql)
{
    auto pattern = (std::filesystem::temp_directory_path() / "exhibit-test-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr)
        throw std::runtime_error("no temporary folder");
    m_folder = pattern;
    if (sqlite3_open((m_folder / "made.db").c_str(), &m_handle) != SQLITE_OK)
        throw std::runtime_error("no database");
    run("PRAGMA secure_delete=OFF; PRAGMA wal_autocheckpoint=0; PRAGMA synchronous=OFF;");
    run(sql);
}

SqliteFiles::~SqliteFiles()
{
    close();
    std::error_code ignored;
    std::filesystem::remove_all(m_folder, ignored);
}

void SqliteFiles::run(std::string_view sql)
{
    char* message = nullptr;
    if (sqlite3_exec(m_handle, std::string { sql }.c_str(), nullptr, nullptr, &message) == SQLITE_OK)
        return;
    std::string const text { message };
    sqlite3_free(message);
    throw std::runtime_error(text);
}

std::vector<std::string> SqliteFiles::rows(std::string const& sql)
{
    std::vector<std::string> rows;
    auto const add = [](void* into, int count, char** cells, char** /*names*/) {
        std::string row;
        for (int i = 0; i < count; ++i)
            row.append(i == 0 ? "" : "|").append(cells[i] == nullptr ? "NULL" : cells[i]);
        static_cast<std::vector<std::string>*>(into)->push_back(row);
        return 0;
    };
    if (sqlite3_exec(m_handle, sql.c_str(), add, &rows, nullptr) != SQLITE_OK)
        throw std::runtime_error(sqlite3_errmsg(m_handle));
    return rows;
}

void SqliteFiles::close()
{
    sqlite3_close_v2(m_handle);
    m_handle = nullptr;
}

std::vector<std::byte> SqliteFiles::file(std::string_view suffix) const
{
    return read_file(m_folder / ("made.db" + std::string { suffix }));
}

std::vector<std::byte> read_file(std::filesystem::path const& path)
{
    std::ifstream file { path, std::ios::binary };
    std::string const content { std::istreambuf_iterator<char> { file }, {} };
    auto const bytes = as_bytes(content);
    return { bytes.begin(), bytes.end() };
}

} // namespace exhibit::test
