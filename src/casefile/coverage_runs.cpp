#include "casefile/coverage_runs.hpp"

#include <algorithm>

namespace exhibit::casefile {

Result<CoverageRuns> CoverageRuns::read(Database& database)
{
    CoverageRuns coverage;
    auto row = EXHIBIT_TRY(database.prepare(
        "SELECT artifact, state, coalesce(message, ''), entry_id, rows, recovered_rows, first_seen, "
        "last_seen FROM coverage ORDER BY coverage_id"));
    while (EXHIBIT_TRY(row.step()))
        coverage.add({ row.text(0), row.text(1), row.text(2), row.integer_or_none(3),
            static_cast<std::uint64_t>(row.integer(4)), static_cast<std::uint64_t>(row.integer(5)),
            row.integer_or_none(6), row.integer_or_none(7) });
    return coverage;
}

void CoverageRuns::add(CoverageRow const& row)
{
    bool const was_read = row.message.empty() && (row.state == "parsed" || row.state == "empty");
    bool const goes_on = was_read && !m_runs.empty() && m_runs.back().message.empty()
        && m_runs.back().state == row.state && m_runs.back().artifact == row.artifact;
    if (!goes_on)
        m_runs.push_back({ .artifact = std::string { row.artifact },
            .state = std::string { row.state },
            .message = std::string { row.message },
            .entry_id = row.entry_id,
            .first_seen = {},
            .last_seen = {} });
    auto& run = m_runs.back();
    ++run.count;
    run.entries += row.entry_id ? 1U : 0U;
    run.rows += row.rows;
    run.recovered_rows += row.recovered_rows;
    if (row.first_seen)
        run.first_seen = std::min(run.first_seen.value_or(*row.first_seen), *row.first_seen);
    if (row.last_seen)
        run.last_seen = std::max(run.last_seen.value_or(*row.last_seen), *row.last_seen);
}

} // namespace exhibit::casefile
