#pragma once

#include "artifact/artifact.hpp"

#include <vector>

namespace exhibit::ios::powerlog {

/// How far the clock that PowerLog counts with is from the device's.
class ClockOffsets {
public:
    void add(double own_time, double offset) { m_offsets.push_back({ own_time, offset }); }
    void sort();

    /// The time by the device's clock: with the last offset that was noted until then, else the first. The
    /// raw value stays as stored.
    [[nodiscard]] Time correct(Time stored) const;

private:
    struct Entry {
        double own_time;
        double offset;
    };
    std::vector<Entry> m_offsets;
};

} // namespace exhibit::ios::powerlog
