#pragma once

#include "formats/zip/zip.hpp"

/// What both kinds of headers of a zip archive have. Internal to this folder.
namespace exhibit::zip {

inline constexpr std::string_view kLocal = "PK\x03\x04";
inline constexpr std::string_view kCentral = "PK\x01\x02";
inline constexpr std::size_t kLocalSize = 30;
inline constexpr std::uint32_t kIn64 = 0xFFFF'FFFF; ///< the number stands in an extra field
inline constexpr std::uint16_t kEncrypted = 1;

/// Flags, method, times, checksum and sizes, which stand in this order in both.
struct Common {
    std::uint16_t flags = 0;
    std::uint16_t name = 0; ///< its length
    std::uint16_t extra = 0; ///< that of the extra fields
};
Result<Common> read_common(Reader& reader, Member& member);

/// The extra fields that change what the fixed part says.
void read_extra(Member& member, Bytes extra);

} // namespace exhibit::zip
