#include "formats/sqlite/statement.hpp"

#include "formats/sqlite/connection.hpp"

#include <sqlite3.h>

namespace exhibit::sqlite {
namespace {

std::string_view stored_text(sqlite3_stmt* statement, int column)
{
    auto const* stored = reinterpret_cast<char const*>(sqlite3_column_text(statement, column));
    if (stored == nullptr)
        return {};
    return { stored, static_cast<std::size_t>(sqlite3_column_bytes(statement, column)) };
}

Bytes stored_blob(sqlite3_stmt* statement, int column)
{
    auto const* stored = static_cast<std::byte const*>(sqlite3_column_blob(statement, column));
    if (stored == nullptr)
        return {};
    return { stored, static_cast<std::size_t>(sqlite3_column_bytes(statement, column)) };
}

} // namespace

Statement::~Statement()
{
    sqlite3_finalize(m_statement);
}

Result<void> Statement::bind(int parameter, std::int64_t value)
{
    int const code = sqlite3_bind_int64(m_statement, parameter + 1, value);
    if (code != SQLITE_OK)
        return std::unexpected(m_connection->error(code));
    return {};
}

Result<void> Statement::bind(int parameter, double value)
{
    int const code = sqlite3_bind_double(m_statement, parameter + 1, value);
    if (code != SQLITE_OK)
        return std::unexpected(m_connection->error(code));
    return {};
}

Result<void> Statement::bind(int parameter, std::string_view text)
{
    int const code = sqlite3_bind_text64(
        m_statement, parameter + 1, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
    if (code != SQLITE_OK)
        return std::unexpected(m_connection->error(code));
    return {};
}

Result<void> Statement::bind(int parameter, Bytes blob)
{
    int const code
        = sqlite3_bind_blob64(m_statement, parameter + 1, blob.data(), blob.size(), SQLITE_TRANSIENT);
    if (code != SQLITE_OK)
        return std::unexpected(m_connection->error(code));
    return {};
}

Result<bool> Statement::step()
{
    int const code = sqlite3_step(m_statement);
    if (code == SQLITE_ROW)
        return true;
    if (code == SQLITE_DONE)
        return false;
    return std::unexpected(m_connection->error(code));
}

void Statement::reset()
{
    sqlite3_reset(m_statement);
}

int Statement::columns() const
{
    return sqlite3_column_count(m_statement);
}

bool Statement::is_null(int column) const
{
    return sqlite3_column_type(m_statement, column) == SQLITE_NULL;
}

bool Statement::is_integer(int column) const
{
    return sqlite3_column_type(m_statement, column) == SQLITE_INTEGER;
}

bool Statement::is_text(int column) const
{
    return sqlite3_column_type(m_statement, column) == SQLITE_TEXT;
}

bool Statement::is_blob(int column) const
{
    return sqlite3_column_type(m_statement, column) == SQLITE_BLOB;
}

Value Statement::value(int column) const
{
    switch (sqlite3_column_type(m_statement, column)) {
    case SQLITE_INTEGER:
        return Value::of(std::int64_t { sqlite3_column_int64(m_statement, column) });
    case SQLITE_FLOAT:
        return Value::of(sqlite3_column_double(m_statement, column));
    case SQLITE_TEXT:
        return Value::text(as_bytes(text(column)));
    case SQLITE_BLOB:
        return Value::blob(blob(column));
    default:
        return {};
    }
}

std::optional<std::int64_t> Statement::integer(int column) const
{
    return value(column).integer();
}

std::optional<double> Statement::real(int column) const
{
    return value(column).real();
}

std::optional<bool> Statement::boolean(int column) const
{
    auto const number = real(column);
    return number ? std::optional { *number != 0 } : std::nullopt;
}

std::string_view Statement::text(int column) const
{
    // A blob is taken as it is: SQLite would read it in the encoding of the database.
    return sqlite3_column_type(m_statement, column) == SQLITE_BLOB ? as_text(stored_blob(m_statement, column))
                                                                   : stored_text(m_statement, column);
}

std::optional<std::string_view> Statement::text_or_none(int column) const
{
    if (is_null(column))
        return std::nullopt;
    return text(column);
}

Bytes Statement::blob(int column) const
{
    switch (sqlite3_column_type(m_statement, column)) {
    case SQLITE_TEXT:
        return as_bytes(stored_text(m_statement, column));
    case SQLITE_BLOB:
        return stored_blob(m_statement, column);
    default:
        return {};
    }
}

Time Statement::time(int column, Clock clock) const
{
    return value(column).time(clock);
}

} // namespace exhibit::sqlite
