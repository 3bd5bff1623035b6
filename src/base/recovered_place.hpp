#pragma once

#include <cstdint>

namespace exhibit {

/// Where the bytes of a recovered row are, as one number: the locator of its origin.
struct RecoveredPlace {
    std::uint32_t page = 0; ///< of the database, from 1
    std::uint32_t frame = 0; ///< of the `-wal`, from 1 and below 2^31; 0 elsewhere
    bool earlier_version = false; ///< a live row has the same row id

    [[nodiscard]] constexpr std::uint64_t locator() const
    {
        return std::uint64_t { page } | std::uint64_t { frame & 0x7fff'ffffU } << 32U
            | std::uint64_t { earlier_version } << 63U;
    }

    static constexpr RecoveredPlace from_locator(std::uint64_t locator)
    {
        return { static_cast<std::uint32_t>(locator),
            static_cast<std::uint32_t>(locator >> 32U) & 0x7fff'ffffU, locator >> 63U != 0 };
    }

    bool operator==(RecoveredPlace const&) const = default;
};

} // namespace exhibit
