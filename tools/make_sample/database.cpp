#include "database.hpp"

#include <stdexcept>

namespace exhibit::sample {
namespace {

void require(bool good, sqlite3* handle)
{
    if (!good)
        throw std::runtime_error(sqlite3_errmsg(handle));
}

} // namespace

Database::Database(std::string const& schema)
{
    require(sqlite3_open(":memory:", &m_handle) == SQLITE_OK, m_handle);
    run(schema);
    run("BEGIN");
}

void Database::run(std::string const& sql)
{
    require(sqlite3_exec(m_handle, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK, m_handle);
}

std::string Database::content(std::string const& more)
{
    run(more);
    run("COMMIT");
    sqlite3_int64 size = 0;
    auto* bytes = sqlite3_serialize(m_handle, "main", &size, 0);
    require(bytes != nullptr, m_handle);
    std::string content { reinterpret_cast<char const*>(bytes), static_cast<std::size_t>(size) };
    sqlite3_free(bytes);
    return content;
}

Insert::Insert(Database& database, std::string const& sql)
{
    require(sqlite3_prepare_v2(database.handle(), sql.c_str(), -1, &m_statement, nullptr) == SQLITE_OK,
        database.handle());
}

void Insert::operator()(std::initializer_list<Cell> cells)
{
    int index = 0;
    for (auto const& cell : cells) {
        ++index;
        if (auto const* number = std::get_if<std::int64_t>(&cell))
            sqlite3_bind_int64(m_statement, index, *number);
        else if (auto const* real = std::get_if<double>(&cell))
            sqlite3_bind_double(m_statement, index, *real);
        else if (auto const* text = std::get_if<std::string_view>(&cell))
            sqlite3_bind_text64(
                m_statement, index, text->data(), text->size(), SQLITE_TRANSIENT, SQLITE_UTF8);
        else if (auto const* blob = std::get_if<Blob>(&cell))
            sqlite3_bind_blob64(m_statement, index, blob->bytes.data(), blob->bytes.size(), SQLITE_TRANSIENT);
        else
            sqlite3_bind_null(m_statement, index);
    }
    require(sqlite3_step(m_statement) == SQLITE_DONE, sqlite3_db_handle(m_statement));
    sqlite3_reset(m_statement);
}

} // namespace exhibit::sample
