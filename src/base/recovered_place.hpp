#pragma once

#include <cstdint>

namespace exhibit {

/// Where the bytes of a recovered row are, as one number: the locator of its origin.
struct RecoveredPlace {
    std::uint32_t page = 0; ///< of the database, from 1
    std::uint32_t frame = 0; ///< of the `-wal`, from 1 and below 2^30; 0 elsewhere
    bool earlier_version = false; ///< a live row has the same row id
    bool incomplete = false; ///< some values were overwritten, and are absent

    [[nodiscard]] constexpr std::uint64_t locator() const
    {
        return std::uint64_t { page } | std::uint64_t { frame & kFrames } << 32U
            | std::uint64_t { incomplete } << 62U | std::uint64_t { earlier_version } << 63U;
    }

    static constexpr RecoveredPlace from_locator(std::uint64_t locator)
    {
        return { static_cast<std::uint32_t>(locator), static_cast<std::uint32_t>(locator >> 32U) & kFrames,
            locator >> 63U != 0, (locator >> 62U & 1U) != 0 };
    }

    static constexpr std::uint32_t kFrames = 0x3fff'ffffU;

    bool operator==(RecoveredPlace const&) const = default;
};

} // namespace exhibit
