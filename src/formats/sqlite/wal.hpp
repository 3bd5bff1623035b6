#pragma once

#include "base/result.hpp"
#include "base/source.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace exhibit::sqlite {

/// One page image in a `-wal`.
struct WalFrame {
    enum class State : std::uint8_t {
        committed, ///< part of a finished transaction
        uncommitted, ///< intact, but its transaction never ended
        stale, ///< left from before the log was last restarted: its salts are older
        damaged, ///< its checksum is wrong, or that of one before it
        cut, ///< the file ends inside it
    };

    std::uint32_t page = 0; ///< which page of the database it holds, from 1
    std::uint32_t database_pages
        = 0; ///< of a frame that ends a transaction: the size of the database then; else 0
    std::uint64_t offset = 0; ///< of the page image in the `-wal`
    State state = State::damaged;
    bool verified = false; ///< its checksum follows from that of the frame before it
};

/// A write-ahead log as it lies on disk. Frames stand in the order of the file.
struct Wal {
    std::uint32_t page_size = 0;
    std::uint32_t checkpoint = 0; ///< how often the log was restarted, as its header counts
    std::vector<WalFrame> frames;
    std::uint32_t database_pages = 0; ///< the size of the database after the last commit; 0 without one
    std::uint32_t uncommitted = 0; ///< frames per state
    std::uint32_t stale = 0;
    std::uint32_t damaged = 0;
    bool cut = false; ///< the last frame is
    /// Why SQLite would not read the log, though frames were found in it by their checksums, which follow
    /// from each other. All are `damaged` then.
    std::optional<Error> header_damage;
};

/// Reads a log's structure; page images stay where they are. An empty file, or one of zeros alone, is a log
/// without frames. Fails on a header that is none before what is no frame.
Result<Wal> read_wal(Source const& source);

} // namespace exhibit::sqlite
