#pragma once

#include "base/source.hpp"

#include <cstdint>

namespace exhibit::media {

/// What of a TIFF or DNG file contradicts itself in the way of a published exploit.
struct TiffShape {
    std::uint64_t directories = 0; ///< that were read
    bool components_differ = false; ///< two samples per pixel, and lossless JPEG data of one: CVE-2025-43300
    bool tiles_differ = false; ///< more tiles, or fewer, than the picture needs
    std::uint32_t opcodes = 0; ///< the largest count of a list of opcodes
    bool opcodes_impossible = false; ///< more opcodes than the list has room for: CVE-2025-21043
    bool is_whole = true; ///< all that the file names lies in it
};

/// Fails when the file is no TIFF; directories that cannot be read are left out. Reads the directories and
/// the beginnings of the data that they name, never the picture.
Result<TiffShape> read_tiff_shape(Source const& file);

} // namespace exhibit::media
