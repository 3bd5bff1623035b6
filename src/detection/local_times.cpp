#include "detection/local_times.hpp"

#include "base/local_moment.hpp"
#include "base/time.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace exhibit::detection {
namespace {

bool is_local(CaseColumn const& column)
{
    return column.clock == name_of(Clock::local_text) || column.clock == name_of(Clock::utc_text);
}

/// To the minute.
std::string shown(std::string_view stored)
{
    constexpr std::string_view with_year = "2024-05-01 10:11";
    constexpr std::string_view without_year = "05-01 10:11";
    auto const moment = local_moment(stored);
    return moment.substr(0, moment.find('-') == 4 ? with_year.size() : without_year.size());
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
