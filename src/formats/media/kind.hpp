#pragma once

#include "base/bytes.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

/// Checks of the structure of pictures, documents and fonts. Nothing here decodes a picture: parsers read
/// just enough to see whether a file has the shape of a published exploit, and every count in it is bounded.
namespace exhibit::media {

/// What the first bytes of a file say that it is.
enum class Kind : std::uint8_t {
    unknown,
    gif,
    png,
    jpeg,
    webp,
    heif,
    tiff, ///< DNG too
    pdf,
    psd,
    zip,
    font, ///< TrueType and OpenType
    elf,
    mach_o,
    video, ///< MP4 and QuickTime
    audio,
    property_list,
    database,
    text,
    jbig2, ///< by itself, not in a document
};

/// The stable name of a kind, as stored in the case file.
std::string_view name_of(Kind);

/// So much of the beginning tells what a file is: readers of documents look for their mark that far.
inline constexpr std::size_t kHeadSize = 1024;

/// From the first bytes, up to `kHeadSize` of them.
Kind kind_of(Bytes head);

bool is_picture(Kind kind);

/// The kinds that a file with this name may have; empty when its ending says nothing.
std::span<Kind const> kinds_by_name(std::string_view file_name);

} // namespace exhibit::media
