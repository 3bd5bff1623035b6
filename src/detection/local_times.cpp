#include "detection/local_times.hpp"

#include "base/number.hpp"
#include "base/time.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace exhibit::detection {
namespace {

bool is_local(CaseColumn const& column)
{
    return column.clock == name_of(Clock::local_text) || column.clock == name_of(Clock::utc_text);
}

/// `5` stands for a digit.
bool has_shape(std::string_view text, std::string_view shape)
{
    return text.size() >= shape.size()
        && std::ranges::equal(shape, text.substr(0, shape.size()),
            [](char s, char c) { return s == '5' ? c >= '0' && c <= '9' : s == c; });
}

/// `Mon Apr  7 06:13:54 2025`, as the log of installations has it.
std::string of_named_month(std::string_view stored)
{
    constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
    constexpr std::string_view clock = "55:55:55 5555";
    if (stored.size() < 11 + clock.size() || !has_shape(stored.substr(11), clock))
        return {};
    auto const month = months.find(stored.substr(4, 3));
    auto const day = leading_number<unsigned>(stored.substr(stored[8] == ' ' ? 9 : 8));
    if (month == months.npos || month % 3 != 0 || !day)
        return {};
    return fmt::format("{}-{:02}-{:02} {}", stored.substr(20, 4), month / 3 + 1, *day, stored.substr(11, 5));
}

/// To the minute.
std::string shown(std::string_view stored)
{
    if (has_shape(stored, "55/55/55 55:55")) // Month, day and year, as the log of lockdownd has it.
        return fmt::format("20{}-{}-{} {}", stored.substr(6, 2), stored.substr(0, 2), stored.substr(3, 2),
            stored.substr(9, 5));
    if (auto named = of_named_month(stored); !named.empty())
        return named;
    if (has_shape(stored, "5555-55-55-55-55")) // as the battery statistics have it
        return fmt::format("{} {}:{}", stored.substr(0, 10), stored.substr(11, 2), stored.substr(14, 2));
    for (std::string_view const shape : { "5555-55-55 55:55", "55-55 55:55", "5555-55-55" })
        if (has_shape(stored, shape))
            return std::string { stored.substr(0, shape.size()) };
    return {};
}

std::string sql_of(CaseTable const& table)
{
    auto const column = table.dates.empty()
        ? std::ranges::find_if(table.columns, is_local)
        : std::ranges::find(table.columns, table.dates.front(), &CaseColumn::name);
    if (column == table.columns.end() || !is_local(*column))
        return {};
    return fmt::format(
        "SELECT \"{0}_raw\" FROM {1} WHERE record_id=? AND \"{0}\" IS NULL", column->name, table.name);
}

std::string sql_of_end(CaseTable const& table)
{
    if (!table.has("from_time") || !table.has("to_time"))
        return {};
    return fmt::format("SELECT to_time, to_time_raw FROM {} WHERE record_id=?", table.name);
}

} // namespace

std::string LocalTimes::of(std::string_view table, std::int64_t record_id)
{
    auto* const statement = m_queries.find(table, sql_of);
    if (statement == nullptr)
        return {};
    statement->bind(1, record_id);
    auto const there = statement->step();
    auto text = there && *there ? shown(statement->text(0)) : std::string {};
    statement->reset();
    return text;
}

SpanEnd LocalTimes::end_of(std::string_view table, std::int64_t record_id)
{
    auto* const statement = m_ends.find(table, sql_of_end);
    if (statement == nullptr)
        return {};
    SpanEnd end;
    if (auto const there = statement->bind(1, record_id).step(); there && *there)
        end = { statement->integer_or_none(0), shown(statement->text(1)) };
    statement->reset();
    return end;
}

} // namespace exhibit::detection
