#include "detection/byte_counts.hpp"

#include <array>
#include <fmt/format.h>

namespace exhibit::detection {
namespace {

constexpr std::array<std::string_view, 4> kCounts { "wifi_in", "wifi_out", "wwan_in", "wwan_out" };

std::string sum_of(CaseTable const& table)
{
    std::string sum;
    for (auto const count : kCounts)
        if (table.has(count))
            sum += fmt::format("{}coalesce(\"{}\", 0)", sum.empty() ? "" : "+", count);
    return sum;
}

} // namespace

/// What iOS counts of a process stands in a table beside that of the processes.
std::string ByteCounts::sql_of(CaseTable const& table) const
{
    if (auto const sum = sum_of(table); !sum.empty())
        return fmt::format("SELECT {} > 0 FROM \"{}\" WHERE record_id = ?", sum, table.name);
    std::string_view const name { table.name };
    if (!name.ends_with("_process") || !table.has("process_id"))
        return {};
    auto const* const live = m_queries.view()->table(fmt::format("{}_live", name.substr(0, name.rfind('_'))));
    auto const counts = live == nullptr || !live->has("process_id") ? std::string {} : sum_of(*live);
    if (counts.empty())
        return {};
    return fmt::format("SELECT EXISTS (SELECT 1 FROM \"{}\" l WHERE l.process_id = p.process_id "
                       "AND l.entry_id = p.entry_id AND {} > 0) FROM \"{}\" p WHERE p.record_id = ?",
        live->name, counts, table.name);
}

bool ByteCounts::are_above_zero(std::string_view table, std::int64_t record_id)
{
    auto* const statement = m_queries.find(table, [this](CaseTable const& known) { return sql_of(known); });
    if (statement == nullptr)
        return true;
    statement->bind(1, record_id);
    auto const there = statement->step();
    bool const counted = there && (!*there || statement->integer(0) != 0);
    statement->reset();
    return counted;
}

} // namespace exhibit::detection
