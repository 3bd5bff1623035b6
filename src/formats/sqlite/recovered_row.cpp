#include "base/text.hpp"
#include "formats/sqlite/recover.hpp"

namespace exhibit::sqlite {

bool RecoveredRow::is_null(std::size_t column) const
{
    return std::holds_alternative<std::monostate>(values[column]) || is_lost(column);
}

bool RecoveredRow::is_lost(std::size_t column) const
{
    return std::holds_alternative<Lost>(values[column]);
}

Value RecoveredRow::value(std::size_t column) const
{
    auto const& stored = values[column];
    if (auto const* whole = std::get_if<std::int64_t>(&stored))
        return Value::of(*whole);
    if (auto const* number = std::get_if<double>(&stored))
        return Value::of(*number);
    if (auto const* text = std::get_if<std::string>(&stored))
        return Value::text(as_bytes(*text));
    if (auto const* bytes = std::get_if<std::vector<std::byte>>(&stored))
        return Value::blob(*bytes);
    return {};
}

std::optional<std::int64_t> RecoveredRow::integer(std::size_t column) const
{
    return value(column).integer();
}

std::optional<double> RecoveredRow::real(std::size_t column) const
{
    return value(column).real();
}

std::string_view RecoveredRow::text(std::size_t column) const
{
    return as_text(blob(column));
}

Bytes RecoveredRow::blob(std::size_t column) const
{
    return value(column).bytes();
}

Time RecoveredRow::time(std::size_t column, Clock clock) const
{
    return value(column).time(clock);
}

} // namespace exhibit::sqlite
