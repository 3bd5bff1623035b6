#pragma once

#include "base/time.hpp"
#include "casefile/database.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace exhibit::report {

struct TimelineEvent;

/// Which events of a case are wanted, and how many.
struct TimelineQuery {
    std::optional<Timestamp> from {}; ///< the first moment
    std::optional<Timestamp> to {}; ///< the last moment
    std::string artifact {}; ///< its id; empty: all
    std::optional<std::int64_t>
        around {}; ///< a finding: only events within `kAround` of the rows it rests on
    std::optional<std::uint64_t> limit {};
    std::function<void(TimelineEvent const&)> repeated {}; ///< is shown what is not told again; may be empty
};

/// How far from the rows of a finding `TimelineQuery::around` reaches, to both sides.
constexpr std::chrono::minutes kAround { 10 };

/// One event. Texts live until the visitor returns and come from evidence.
struct TimelineEvent {
    Timestamp time;
    std::string_view local_time; ///< instead of it, as the device's clock showed it; empty: there is a moment
    std::string_view artifact;
    std::string_view table;
    std::int64_t record_id = 0;
    std::int64_t entry_id = 0;
    std::string_view recovered; ///< empty: a live row
    std::string_view kind;
    std::string_view words;
};

/// Shows the events in the order of time, artifact, table, record and kind, so that the same case gives the
/// same list every time. Stops early when the visitor returns false or an error. What several files tell
/// alike is shown once; returns how many events are not shown for it.
Result<std::uint64_t> read_timeline(casefile::Database& database, TimelineQuery const& query,
    std::function<Result<bool>(TimelineEvent const&)> const& visitor);

/// Shows the events of which only the time of the device's clock is known, in its order: `2024-05-01
/// 10:11:12`. A range is compared with that time as it stands; `around` finds none.
Result<std::uint64_t> read_local_timeline(casefile::Database& database, TimelineQuery const& query,
    std::function<Result<bool>(TimelineEvent const&)> const& visitor);

/// The first and the last moment of all events, or of those of one artifact; nothing when there is none.
Result<std::optional<std::pair<Timestamp, Timestamp>>> reach_of_timeline(
    casefile::Database& database, std::string_view artifact = {});

/// How many events of the query `read_local_timeline` would show, whatever the range and the finding.
Result<std::int64_t> count_local_events(casefile::Database& database, std::string_view artifact = {});

} // namespace exhibit::report
