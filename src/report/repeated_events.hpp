#pragma once

#include "report/timeline.hpp"

#include <map>
#include <set>
#include <vector>

namespace exhibit::report {

/// Tells which events another file tells, too: rows of two entries that are the same in every column, as
/// those of logs that were exported twice. Wants the events of one moment one after the other.
class RepeatedEvents {
public:
    explicit RepeatedEvents(casefile::Database& database)
        : m_database(&database)
    {
    }

    Result<bool> is_repeated(TimelineEvent const& event);

    [[nodiscard]] std::uint64_t count() const { return m_count; }

private:
    struct Told {
        std::int64_t record_id = 0;
        std::int64_t entry_id = 0;
        std::string cells; ///< read when it seems to be told again, which is seldom
        std::set<std::int64_t> again_in; ///< each row of another entry repeats one row only
    };

    Result<std::string> cells_of(std::string_view table, std::int64_t record_id);

    casefile::Database* m_database;
    std::map<std::string, casefile::Statement, std::less<>> m_queries; ///< by table
    std::pair<Timestamp, std::string> m_moment;
    std::map<std::string, std::vector<Told>> m_told; ///< of this moment, by what a reader sees
    std::size_t m_kept = 0; ///< bytes of their words and rows
    std::uint64_t m_count = 0;
};

} // namespace exhibit::report
