#pragma once

#include "base/byte_stream.hpp"
#include "base/time.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

/// tar: v7, ustar, GNU (long names, large numbers) and pax.
namespace exhibit::tar {

enum class MemberKind : std::uint8_t {
    file,
    folder,
    link,
    hard_link, ///< another name of the member `target`, whose content it shares
    special, ///< device or pipe
    sparse, ///< a file with holes that are not stored; its content cannot be read in place
};

struct Member {
    std::string name; ///< any bytes
    std::string target; ///< of links
    MemberKind kind = MemberKind::file;
    std::uint64_t size = 0; ///< of the content
    std::uint64_t data = 0; ///< where the content begins in the tar
    std::optional<Timestamp> modified;
};

/// Whether a block of 512 bytes is a tar header with a valid checksum.
bool is_header(Bytes block);

/// Shows every member in order and moves over its content. Members before damage were shown: `malformed` for
/// a header without a valid checksum, `truncated` where the tar ends early.
Result<void> visit(ByteStream& stream, std::function<Result<void>(Member const&)> const& visitor);

} // namespace exhibit::tar
