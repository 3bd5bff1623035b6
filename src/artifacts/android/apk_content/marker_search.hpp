#pragma once

#include "artifacts/android/apk_content/markers.hpp"

#include <cstddef>
#include <vector>

namespace exhibit::android {

/// What was met of one marker.
struct Met {
    std::uint64_t times = 0;
    std::size_t first = 0; ///< offset in the code
};

/// Looks for all markers in strings at once: three bytes tell which could begin at a place.
class MarkerSearch {
public:
    MarkerSearch();

    /// Looks through one string that begins at this offset.
    void look_at(std::string_view text, std::size_t offset);

    /// By the markers' places in `kMarkers`, since the last reset.
    [[nodiscard]] std::array<Met, kMarkers.size()> const& met() const { return m_met; }
    void reset() { m_met = {}; }

private:
    std::vector<std::uint8_t> m_first; ///< by key: one more than the place of a marker, 0 for none
    std::array<std::uint8_t, kMarkers.size()> m_next {}; ///< with the same key
    std::array<Met, kMarkers.size()> m_met {};
};

/// Where `text` holds a marker at this place in the way that it asks for.
bool stands_at(Marker const& marker, std::string_view text, std::size_t at);

} // namespace exhibit::android
