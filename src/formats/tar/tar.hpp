#pragma once

#include "base/byte_stream.hpp"
#include "base/time.hpp"
#include "formats/tar/sparse.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

/// tar: v7, ustar, GNU (long names, large numbers) and pax.
namespace exhibit::tar {

enum class MemberKind : std::uint8_t {
    file,
    folder,
    link,
    hard_link, ///< another name of the member `target`, whose content it shares
    special, ///< device or pipe
    sparse, ///< a file with holes that are not stored
};

struct Member {
    std::string name; ///< any bytes
    std::string target; ///< of links
    MemberKind kind = MemberKind::file;
    std::uint64_t size = 0; ///< of the content
    std::uint64_t stored = 0; ///< bytes of it in the tar: fewer where it has holes
    std::uint64_t data = 0; ///< where they begin
    std::vector<Extent> extents; ///< of a file with holes: what the stored bytes are, if sound
    std::optional<Timestamp> modified;
};

/// Whether a block of 512 bytes is a tar header with a valid checksum.
bool is_header(Bytes block);

/// How a tar that could be read to its end ends.
struct Ending {
    bool marked
        = false; ///< with the zeros that POSIX wants: without them it may have been cut off between members
    std::optional<Error> damage; ///< the first; what stands behind it was looked for
};

/// Shows every member in order and moves over its content, behind damage from the next header with a valid
/// checksum on. Fails with `truncated` where the tar ends inside a member.
Result<Ending> visit(ByteStream& stream, std::function<Result<void>(Member const&)> const& visitor);

} // namespace exhibit::tar
