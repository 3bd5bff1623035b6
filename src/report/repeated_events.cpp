#include "report/repeated_events.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace exhibit::report {
namespace {

// Of more that happened at one moment, as files that were unpacked, nothing is compared.
constexpr std::size_t kMostOfAMoment = 10'000;
constexpr std::size_t kMostAlike = 100;
constexpr std::size_t kMostKept = 64U << 20U; ///< bytes of words and rows

bool is_place(std::string_view column)
{
    return column == "record_id" || column == "entry_id" || column == "locator";
}

} // namespace

Result<bool> RepeatedEvents::is_repeated(TimelineEvent const& event)
{
    if (m_moment.first != event.time || m_moment.second != event.local_time) {
        m_moment = { event.time, std::string { event.local_time } };
        m_told.clear();
        m_kept = 0;
    }
    auto const seen = fmt::format("{}\n{}\n{}", event.table, event.kind, event.words);
    auto const alike = m_told.find(seen);
    if (alike == m_told.end()) {
        if (m_told.size() < kMostOfAMoment && m_kept < kMostKept) {
            m_kept += seen.size();
            m_told[seen].push_back({ event.record_id, event.entry_id, {}, {} });
        }
        return false;
    }
    if (m_kept >= kMostKept)
        return false;
    std::string cells;
    for (auto& told : alike->second) {
        if (told.entry_id == event.entry_id || told.again_in.contains(event.entry_id))
            continue;
        if (cells.empty())
            cells = EXHIBIT_TRY(cells_of(event.table, event.record_id));
        if (told.cells.empty()) {
            told.cells = EXHIBIT_TRY(cells_of(event.table, told.record_id));
            m_kept += told.cells.size();
        }
        if (told.cells != cells)
            continue;
        told.again_in.insert(event.entry_id);
        ++m_count;
        return true;
    }
    if (alike->second.size() < kMostAlike) {
        m_kept += cells.size();
        alike->second.push_back({ event.record_id, event.entry_id, std::move(cells), {} });
    }
    return false;
}

/// All that the row holds but where it stands.
Result<std::string> RepeatedEvents::cells_of(std::string_view table, std::int64_t record_id)
{
    auto query = m_queries.find(table);
    if (query == m_queries.end())
        query = m_queries
                    .emplace(table,
                        EXHIBIT_TRY(m_database->prepare(
                            fmt::format("SELECT * FROM \"{}\" WHERE record_id = ?", table))))
                    .first;
    auto& statement = query->second;
    statement.bind(1, record_id);
    std::string cells;
    if (EXHIBIT_TRY(statement.step()))
        for (int i = 0; i != statement.columns(); ++i)
            if (!is_place(statement.column_name(i)))
                fmt::format_to(std::back_inserter(cells), "{} {} {}\n", statement.type(i),
                    statement.text(i).size(), statement.text(i));
    statement.reset();
    return cells;
}

} // namespace exhibit::report
