#include "formats/sqlite/value.hpp"

#include "base/number.hpp"
#include "base/text.hpp"

#include <cmath>
#include <sqlite3.h>

namespace exhibit::sqlite {

namespace {

std::optional<std::int64_t> without_fraction(double value)
{
    constexpr double bound = 9'223'372'036'854'775'808.0; // 2^63
    bool const fits = value >= -bound && value < bound; // Not so for what is no number.
    return fits ? std::optional { static_cast<std::int64_t>(value) } : std::nullopt;
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
    case Clock::entry_modified:
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
    if (auto const whole = whole_number<std::int64_t>(stored))
        return time_of(*whole, clock);
    if (auto const number = whole_number<double>(stored); number && std::isfinite(*number))
        return time_of(*number, clock);
    return { std::string { stored }, std::nullopt };
}

} // namespace

std::optional<std::int64_t> Value::converted_integer() const
{
    if (m_kind == Kind::real)
        return without_fraction(std::bit_cast<double>(m_word));
    if (m_kind != Kind::text)
        return std::nullopt;
    auto const stored = as_text(bytes());
    if (auto const whole = whole_number<std::int64_t>(stored))
        return whole;
    auto const number = whole_number<double>(stored);
    return number ? without_fraction(*number) : std::nullopt;
}

std::optional<double> Value::real() const
{
    switch (m_kind) {
    case Kind::integer:
        return static_cast<double>(std::bit_cast<std::int64_t>(m_word));
    case Kind::real:
        return std::bit_cast<double>(m_word);
    case Kind::text:
        return whole_number<double>(as_text(bytes()));
    case Kind::null:
    case Kind::blob:
        break;
    }
    return std::nullopt;
}

Time Value::time(Clock clock) const
{
    switch (m_kind) {
    case Kind::integer:
        return time_of(std::bit_cast<std::int64_t>(m_word), clock);
    case Kind::real:
        return time_of(std::bit_cast<double>(m_word), clock);
    case Kind::text:
        return time_of(as_text(bytes()), clock);
    case Kind::blob: {
        auto const stored = as_text(bytes());
        return is_plain_utf8(stored) ? time_of(stored, clock) : Time { to_hex(stored), std::nullopt };
    }
    case Kind::null:
        break;
    }
    return {};
}

std::optional<bool> Cells::boolean(int column) const
{
    auto const& value = at(column);
    if (value.kind() == Value::Kind::integer)
        return value.integer() != 0;
    auto const number = value.real();
    return number ? std::optional { *number != 0 } : std::nullopt;
}

std::string_view Cells::text(int column) const
{
    auto const& value = at(column);
    if (value.kind() != Value::Kind::integer && value.kind() != Value::Kind::real)
        return as_text(value.bytes());
    auto const index = static_cast<std::size_t>(column);
    if (m_digits.size() <= index)
        m_digits.resize(index + 1);
    if (value.kind() == Value::Kind::integer) {
        m_digits[index] = std::to_string(*value.integer());
    } else {
        std::array<char, 64> digits {};
        sqlite3_snprintf(static_cast<int>(digits.size()), digits.data(), "%!.15g", *value.real());
        m_digits[index] = digits.data();
    }
    return m_digits[index];
}

std::optional<std::string_view> Cells::text_or_none(int column) const
{
    if (is_null(column))
        return std::nullopt;
    return text(column);
}

} // namespace exhibit::sqlite
