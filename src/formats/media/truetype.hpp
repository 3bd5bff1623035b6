#pragma once

#include "base/bytes.hpp"

#include <cstdint>

namespace exhibit::media {

/// What the programs of a TrueType font hold.
struct FontPrograms {
    std::uint64_t instructions = 0; ///< that were read, in fpgm, prep and the glyphs
    std::uint64_t parts = 0; ///< of glyphs made of others
    std::uint64_t adjust = 0; ///< 0x8F or 0x90: undocumented, and used by the exploit of CVE-2023-41990
};

/// Reads the instructions of all fonts in the file, data that they push left out. Glyphs that cannot be read
/// are left out; fails when the file is no font.
Result<FontPrograms> read_font_programs(Bytes font);

} // namespace exhibit::media
