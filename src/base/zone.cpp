#include "base/zone.hpp"

#include <algorithm>

namespace exhibit {

std::chrono::seconds Zone::offset_at(Timestamp utc) const
{
    auto const seconds = std::chrono::floor<std::chrono::seconds>(utc).time_since_epoch().count();
    auto const next = std::ranges::upper_bound(m_changes, seconds, {}, &Change::at);
    return std::chrono::seconds { next == m_changes.begin() ? m_before : std::prev(next)->offset };
}

Timestamp Zone::to_utc(Timestamp wall) const
{
    auto const seconds = std::chrono::floor<std::chrono::seconds>(wall).time_since_epoch().count();
    // A change ends its predecessor's offset when the wall clock reaches the change in that old offset.
    auto offset = m_before;
    for (auto const& change : m_changes) {
        if (seconds < change.at + offset)
            break;
        offset = change.offset;
    }
    return wall - std::chrono::seconds { offset };
}

std::optional<Timestamp> Zone::again(Timestamp first) const
{
    auto const seconds = std::chrono::floor<std::chrono::seconds>(first).time_since_epoch().count();
    auto const next = std::ranges::upper_bound(m_changes, seconds, {}, &Change::at);
    if (next == m_changes.end())
        return std::nullopt;
    auto const back = offset_at(first) - std::chrono::seconds { next->offset };
    auto const second = first + back;
    bool const is_repeated = back > std::chrono::seconds {} && seconds + back.count() >= next->at;
    return is_repeated ? std::optional { second } : std::nullopt;
}

} // namespace exhibit
