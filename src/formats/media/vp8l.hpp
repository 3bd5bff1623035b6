#pragma once

#include "base/bytes.hpp"

#include <cstdint>

namespace exhibit::media {

/// The prefix codes of lossless WebP data.
struct Vp8lShape {
    bool is_lossless = false; ///< the file holds such data at all, of colours or of transparency alone
    bool is_whole = true; ///< no damage and no end of the file in the way
    std::uint64_t groups = 0; ///< groups of five prefix codes that were read
    std::uint32_t largest_need = 0; ///< entries of decoding tables that one group needs
    std::uint32_t room = 0; ///< entries that readers before the fix of CVE-2023-4863 set aside for that group
    [[nodiscard]] bool overflows() const { return largest_need > room; }
};

/// Reads the prefix codes of every part of the picture, as far as they can be read: damage ends the reading,
/// and what was found before it counts. Fails when the file is no WebP file.
Result<Vp8lShape> read_vp8l_shape(Bytes webp);

} // namespace exhibit::media
