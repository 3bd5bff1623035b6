#pragma once

#include "base/source.hpp"
#include "base/time.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

/// The directory of a zip archive (PKWARE APPNOTE 6.3), with the 64-bit extensions.
namespace exhibit::zip {

enum class Method : std::uint16_t { stored = 0, deflated = 8 };

enum class MemberKind : std::uint8_t { file, folder, link, special };

/// One member, as the directory at the end of the archive describes it.
struct Member {
    std::string_view name; ///< valid until the visitor returns; any bytes
    MemberKind kind = MemberKind::file;
    bool encrypted = false;
    std::uint16_t method = 0;
    std::uint32_t crc = 0;
    std::uint64_t packed = 0; ///< bytes in the archive
    std::uint64_t size = 0; ///< bytes unpacked
    std::uint64_t header = 0; ///< where its local header begins in the source
    std::string_view attributes; ///< the six bytes of internal and external attributes; valid like the name
    std::optional<Timestamp> modified; ///< only where the archive states it in UTC
    std::optional<Timestamp> wall_clock; ///< what a clock on the wall showed, in steps of two seconds
};

/// Whether the source begins, or an empty archive's only record does, like a zip archive.
bool has_magic(Bytes head);

/// Whether the source ends in the directory of an archive, whatever it begins with.
bool has_directory(Source const& archive);

/// Shows every member in the order of the directory. `truncated` when the end of the archive is missing,
/// `unsupported` when it is one of several volumes, `malformed` when the directory is not where it should be.
/// Members before damage were shown.
Result<void> visit(Source const& archive, std::function<Result<void>(Member const&)> const& visitor);

/// Where the bytes of a member begin, checked to lie within the archive.
Result<std::uint64_t> data_offset(Source const& archive, std::uint64_t header, std::uint64_t packed);

} // namespace exhibit::zip
