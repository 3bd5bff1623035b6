#pragma once

#include "detection/local_times.hpp"
#include "detection/words.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace exhibit::detection {

/// A row that a finding rests on.
struct FindingRow {
    std::string table;
    std::int64_t record_id = 0;
    std::string column; ///< empty: the row as a whole
    std::string value; ///< as the row has it, cut when long
    std::string how; ///< how the value met the indicator, or `rule`
    std::optional<std::int64_t> time; ///< microseconds since 1970 UTC
    /// What the phone's clock showed, as if that were UTC, where no row of the finding has a `time`.
    std::optional<std::int64_t> clock_time = {};
};

/// What an indicator or a rule found. Texts are English and final; `details` holds what was put into
/// them, so that a report can say the same in another language.
struct Finding {
    std::string key; ///< names the finding for good: the same evidence and knowledge give the same key
    std::string origin; ///< `indicator` or `rule`
    std::string rule_id;
    std::string indicator; ///< the value as published
    std::string indicator_kind;
    std::optional<std::int64_t> pack_id;
    Class about = Class::context;
    std::string campaign;
    std::string title;
    Severity severity = Severity::info;
    Confidence confidence = Confidence::context;
    bool ambiguous = false; ///< harmless software uses the value too: a second artifact is needed
    std::string relation;
    std::string artifact;
    std::vector<std::string> also_in; ///< further artifacts that its rows are of
    Status status = Status::published;
    std::string summary;
    std::string meaning;
    std::vector<std::string> innocent_causes;
    std::vector<std::string> next_steps;
    std::vector<std::string> references;
    std::string source;
    std::map<std::string, std::string> details;
    std::uint64_t row_count = 0; ///< rows it rests on; `rows` may hold fewer
    std::vector<FindingRow> rows; ///< by table and record id
    std::optional<std::int64_t> first_seen;
    std::optional<std::int64_t> last_seen;
};

/// The relation of what another device of the same account did.
inline constexpr std::string_view kElsewhere = "elsewhere";

/// Rows that are kept of one finding.
constexpr std::size_t kRowsPerFinding = 10'000;

/// Replaces `{name}` by the detail of that name; a name without a detail stays. `(s)` and `(es)` behind a
/// number that was filled in become what the number wants.
std::string fill(std::string_view text, std::map<std::string, std::string> const& details);

/// Adds `{rows}`, `{times}`, `{when}`, `{first}` and `{last}` to the details of a finding, from its rows.
void add_common_details(Finding& finding, LocalTimes& local_times);

/// The rows of one finding that count. Earlier versions of a live row are to be added after the live ones:
/// they count only when they say something else.
class CountedRows {
public:
    /// False when a row of the same table and column shows the same value, or is of the same moment.
    bool add(std::string_view table, std::string_view column, std::string_view value,
        std::optional<std::int64_t> time);

private:
    std::set<std::pair<std::string, std::string>> m_values;
    std::set<std::pair<std::string, std::int64_t>> m_times;
};

/// What is to be said when all rows of a finding are earlier versions of live ones.
std::string_view words_of_earlier_versions(std::uint64_t rows);

/// `once`, `twice`, `3 times`.
std::string times(std::uint64_t count);

} // namespace exhibit::detection
