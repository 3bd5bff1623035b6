#pragma once

#include "base/source.hpp"

#include <cstdint>
#include <optional>

namespace exhibit::media {

/// A zip archive that was put behind something else.
struct AppendedArchive {
    std::uint64_t offset = 0; ///< where it begins
    std::uint64_t members = 0;
    bool holds_program = false; ///< a member is an ELF program or library
};

/// Looks at the end of a file that is itself no archive, and reads no more than the archive's directory and
/// the beginnings of its members. Nothing when there is no archive.
std::optional<AppendedArchive> find_appended_archive(Source const& file);

/// Where an ELF program or library for a processor of phones and computers begins, from `from` on; told by
/// its whole header, so that other bytes are none. Reads all that follows `from`.
std::optional<std::uint64_t> find_program(Source const& file, std::uint64_t from);

} // namespace exhibit::media
