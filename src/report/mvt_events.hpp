#pragma once

#include "report/case.hpp"
#include "report/timeline.hpp"

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace exhibit::report {

/// A line of the tables of events that MVT writes: a time and three texts, all quoted.
void append_mvt_line(std::string& out, Timestamp time, std::array<std::string_view, 3> const& texts);

/// Writes events with the names that MVT gives them, and the case's own words where MVT has none. Equal times
/// of one file in a backup become one event named by letters, such as `M-C-`.
class MvtTimeline {
public:
    explicit MvtTimeline(std::vector<TableInfo> const& tables);

    /// Events in the order of `read_timeline`; recovered ones are left out.
    void add(TimelineEvent const& event, std::string& out);
    /// Writes what was waited with.
    void finish(std::string& out);

private:
    std::map<std::string, std::string, std::less<>> m_plugins; ///< of tables
    std::string m_letters; ///< of the file's times that are waited with; empty: none
    std::string m_words;
    std::int64_t m_record = 0;
    Timestamp m_time;
};

} // namespace exhibit::report
