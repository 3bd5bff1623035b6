#include "artifacts/ios/powerlog/clock_offsets.hpp"

#include <algorithm>

namespace exhibit::ios::powerlog {

void ClockOffsets::sort()
{
    std::ranges::stable_sort(m_offsets, {}, &Entry::own_time);
}

Time ClockOffsets::correct(Time stored) const
{
    double own = 0;
    if (auto const* real = std::get_if<double>(&stored.raw))
        own = *real;
    else if (auto const* number = std::get_if<std::int64_t>(&stored.raw))
        own = static_cast<double>(*number);
    if (!stored.utc)
        return stored;
    if (m_offsets.empty()) {
        stored.utc.reset();
        return stored;
    }
    auto const after = std::ranges::upper_bound(m_offsets, own, {}, &Entry::own_time);
    auto const& entry = after == m_offsets.begin() ? m_offsets.front() : *std::prev(after);
    stored.utc = Time::unix_seconds(own + entry.offset).utc;
    return stored;
}

} // namespace exhibit::ios::powerlog
