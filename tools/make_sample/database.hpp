#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <sqlite3.h>
#include <string>
#include <string_view>
#include <variant>

namespace exhibit::sample {

struct Blob {
    std::string bytes;
};
using Cell = std::variant<std::nullptr_t, std::int64_t, double, std::string_view, Blob>;

/// A database in memory that becomes the bytes of a file. Failures throw.
class Database {
public:
    explicit Database(std::string const& schema);
    Database(Database const&) = delete;
    Database& operator=(Database const&) = delete;
    ~Database() { sqlite3_close_v2(m_handle); }

    void run(std::string const& sql);
    [[nodiscard]] sqlite3* handle() { return m_handle; }
    /// Runs `more` and returns the bytes of the file.
    [[nodiscard]] std::string content(std::string const& more = {});

private:
    sqlite3* m_handle = nullptr;
};

/// One INSERT, prepared once.
class Insert {
public:
    Insert(Database& database, std::string const& sql);
    Insert(Insert const&) = delete;
    Insert& operator=(Insert const&) = delete;
    ~Insert() { sqlite3_finalize(m_statement); }

    void operator()(std::initializer_list<Cell> cells);

private:
    sqlite3_stmt* m_statement = nullptr;
};

} // namespace exhibit::sample
