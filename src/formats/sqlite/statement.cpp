#include "formats/sqlite/statement.hpp"

#include "base/text.hpp"
#include "formats/sqlite/connection.hpp"

#include <charconv>
#include <cmath>
#include <limits>
#include <sqlite3.h>

namespace exhibit::sqlite {

namespace {

template<typename Number> std::optional<Number> parse(std::string_view text)
{
    Number number {};
    auto const* const end = text.data() + text.size();
    auto const [stop, problem] = std::from_chars(text.data(), end, number);
    if (problem != std::errc {} || stop != end)
        return std::nullopt;
    return number;
}

std::optional<std::int64_t> without_fraction(double value)
{
    constexpr double kBound = 9'223'372'036'854'775'808.0; // 2^63
    if (!(value >= -kBound && value < kBound))
        return std::nullopt;
    return static_cast<std::int64_t>(value);
}

Time time_of(std::int64_t stored, Clock clock)
{
    switch (clock) {
    case Clock::mac:
        return Time::mac(stored);
    case Clock::unix_seconds:
        return Time::unix_seconds(stored);
    case Clock::unix_millis:
        return Time::unix_millis(stored);
    case Clock::unix_micros:
        return Time::unix_micros(stored);
    case Clock::unix_nanos:
        return Time::unix_nanos(stored);
    case Clock::webkit:
        return Time::webkit(stored);
    case Clock::none:
    case Clock::plist:
    case Clock::utc_text:
    case Clock::local_text:
        return { stored, std::nullopt };
    }
    return { stored, std::nullopt };
}

Time time_of(double stored, Clock clock)
{
    if (clock == Clock::mac)
        return Time::mac(stored);
    if (clock == Clock::unix_seconds)
        return Time::unix_seconds(stored);
    auto const whole = without_fraction(stored);
    if (!whole)
        return { stored, std::nullopt };
    return { stored, time_of(*whole, clock).utc };
}

Time time_of(std::string_view stored, Clock clock)
{
    if (clock == Clock::utc_text)
        return Time::iso(stored);
    if (clock == Clock::local_text)
        return Time::local(stored, std::nullopt);
    if (auto const whole = parse<std::int64_t>(stored))
        return time_of(*whole, clock);
    if (auto const number = parse<double>(stored); number && std::isfinite(*number))
        return time_of(*number, clock);
    return { std::string { stored }, std::nullopt };
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

Result<void> Statement::bind_null(int parameter)
{
    int const code = sqlite3_bind_null(m_statement, parameter + 1);
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

std::optional<std::int64_t> Statement::integer(int column) const
{
    switch (sqlite3_column_type(m_statement, column)) {
    case SQLITE_INTEGER:
        return sqlite3_column_int64(m_statement, column);
    case SQLITE_FLOAT:
        return without_fraction(sqlite3_column_double(m_statement, column));
    case SQLITE_TEXT: {
        auto const stored = text(column);
        if (auto const whole = parse<std::int64_t>(stored))
            return whole;
        auto const number = parse<double>(stored);
        return number ? without_fraction(*number) : std::nullopt;
    }
    default:
        return std::nullopt;
    }
}

std::optional<double> Statement::real(int column) const
{
    switch (sqlite3_column_type(m_statement, column)) {
    case SQLITE_INTEGER:
    case SQLITE_FLOAT:
        return sqlite3_column_double(m_statement, column);
    case SQLITE_TEXT:
        return parse<double>(text(column));
    default:
        return std::nullopt;
    }
}

std::optional<bool> Statement::boolean(int column) const
{
    auto const number = real(column);
    return number ? std::optional { *number != 0 } : std::nullopt;
}

std::string_view Statement::text(int column) const
{
    // A blob is taken as it is: SQLite would read it in the encoding of the database.
    if (sqlite3_column_type(m_statement, column) == SQLITE_BLOB)
        return as_text(blob(column));
    auto const* stored = reinterpret_cast<char const*>(sqlite3_column_text(m_statement, column));
    if (stored == nullptr)
        return {};
    return { stored, static_cast<std::size_t>(sqlite3_column_bytes(m_statement, column)) };
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
        return as_bytes(text(column));
    case SQLITE_BLOB: {
        auto const* stored = static_cast<std::byte const*>(sqlite3_column_blob(m_statement, column));
        if (stored == nullptr)
            return {};
        return { stored, static_cast<std::size_t>(sqlite3_column_bytes(m_statement, column)) };
    }
    default:
        return {};
    }
}

Time Statement::time(int column, Clock clock) const
{
    switch (sqlite3_column_type(m_statement, column)) {
    case SQLITE_INTEGER:
        return time_of(static_cast<std::int64_t>(sqlite3_column_int64(m_statement, column)), clock);
    case SQLITE_FLOAT:
        return time_of(sqlite3_column_double(m_statement, column), clock);
    case SQLITE_TEXT:
        return time_of(text(column), clock);
    case SQLITE_BLOB: {
        auto const stored = text(column);
        return is_plain_utf8(stored) ? time_of(stored, clock) : Time { to_hex(stored), std::nullopt };
    }
    default:
        return {};
    }
}

} // namespace exhibit::sqlite
