#pragma once

#include "artifact/artifact.hpp"

#include <vector>

namespace exhibit::ios::powerlog {

/// How far the clock that PowerLog counts with is from the device's.
class ClockOffsets {
public:
    void add(double own_time, double offset) { m_offsets.push_back({ own_time, offset }); }
    void sort();
    [[nodiscard]] bool empty() const { return m_offsets.empty(); }

    /// The time by the device's clock: with the last offset that was noted until then, else the first. The
    /// raw value stays as stored, and is all that is known without any offset: days are between the clocks.
    [[nodiscard]] Time correct(Time stored) const;

private:
    struct Entry {
        double own_time;
        double offset;
    };
    std::vector<Entry> m_offsets;
};

} // namespace exhibit::ios::powerlog
