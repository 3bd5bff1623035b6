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
std::optional<casefile::Statement> ByteCounts::prepare(std::string_view name)
{
    auto const* const table = m_view == nullptr ? nullptr : m_view->table(name);
    if (table == nullptr)
        return std::nullopt;
    std::string sql;
    if (auto const sum = sum_of(*table); !sum.empty())
        sql = fmt::format("SELECT {} > 0 FROM \"{}\" WHERE record_id = ?", sum, table->name);
    else if (name.ends_with("_process") && table->has("process_id")) {
        auto const* const live = m_view->table(fmt::format("{}_live", name.substr(0, name.rfind('_'))));
        auto const counts = live == nullptr || !live->has("process_id") ? std::string {} : sum_of(*live);
        if (!counts.empty())
            sql = fmt::format("SELECT EXISTS (SELECT 1 FROM \"{}\" l WHERE l.process_id = p.process_id "
                              "AND l.entry_id = p.entry_id AND {} > 0) FROM \"{}\" p WHERE p.record_id = ?",
                live->name, counts, table->name);
    }
    if (sql.empty())
        return std::nullopt;
    auto statement = m_reader->prepare(sql);
    return statement ? std::optional { std::move(*statement) } : std::nullopt;
}

bool ByteCounts::are_above_zero(std::string_view table, std::int64_t record_id)
{
    auto found = m_statements.find(table);
    if (found == m_statements.end())
        found = m_statements.emplace(std::string { table }, prepare(table)).first;
    if (!found->second)
        return true;
    auto& statement = *found->second;
    statement.bind(1, record_id);
    auto const there = statement.step();
    bool const counted = !there || !*there || statement.integer(0) != 0;
    statement.reset();
    return counted;
}

} // namespace exhibit::detection
