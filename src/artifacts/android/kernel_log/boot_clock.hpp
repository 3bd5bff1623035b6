#pragma once

#include "artifact/artifact.hpp"

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace exhibit::android::kernel_log {

/// `<6>[ 1234.567890] words`: a line that counts seconds since the start of the device.
struct CountedLine {
    std::string_view seconds_text;
    double seconds = 0;
    std::string_view words;
};
std::optional<CountedLine> read_counted(std::string_view text);

/// Which start of the device a line is after: a log may hold more than one. Lines of several processors may
/// stand in another order by a moment.
class Starts {
public:
    [[nodiscard]] std::size_t of(double seconds);

private:
    std::size_t m_start = 0;
    double m_last = 0;
};

/// Works out the moments of lines that count seconds, from those lines that state a moment besides: of the
/// access log, the real-time clock, and sleep. The count stands still while the device sleeps.
class BootClock {
public:
    /// Reads the whole log once. `end` is when the log was read, where that is known.
    static Result<BootClock> read(
        Input const& input, Context& context, DeviceClock const& device_clock, std::optional<Timestamp> end);

    /// By the nearest line of the same start that states a moment.
    [[nodiscard]] std::optional<Timestamp> moment(std::size_t start, double seconds) const;

private:
    struct Anchor {
        std::size_t start = 0;
        double seconds = 0;
        Timestamp utc;
    };

    void add(Anchor const& anchor);

    std::vector<Anchor> m_anchors; ///< as they stand in the log
};

} // namespace exhibit::android::kernel_log
