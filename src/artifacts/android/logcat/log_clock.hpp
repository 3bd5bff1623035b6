#pragma once

#include "artifact/artifact.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace exhibit::android::logcat {

/// Reads the times of a log. Lines come by the million and in order: what a minute means is worked out once
/// for all of its lines.
class LogClock {
public:
    explicit LogClock(DeviceClock const& clock)
        : m_clock(clock)
    {
    }

    /// Sets the time of a line, `05-01 10:11:12.345`, with a year in front or a zone behind where the log was
    /// asked for such; or a count of seconds since 1970, or since the device started, of which no moment
    /// follows. What `into` holds already is written over in place. Returns what the clock on the wall
    /// showed, less what its zone was ahead of UTC, in milliseconds of a leap year: times of one log are
    /// compared by it, also where it cannot be told which year it was.
    std::optional<std::int64_t> read(std::string_view text, Time& into);

private:
    /// All the lines of one minute: `05-01 10:11`.
    struct Minute {
        std::array<char, 11> text {};
        bool even = false; ///< its moments follow from `utc` by adding
        std::optional<Timestamp> utc;
        std::optional<std::int64_t> wall_millis;
    };

    bool enter_minute(std::string_view text);
    [[nodiscard]] std::chrono::microseconds repeated_by(std::optional<Timestamp> const& first) const;

    DeviceClock m_clock;
    Minute m_minute;
    std::optional<Timestamp> m_last; ///< time of the last line that has one
};

} // namespace exhibit::android::logcat
