#pragma once

#include "base/result.hpp"
#include "base/source.hpp"

#include <cstdint>
#include <vector>

namespace exhibit::sqlite {

/// The image that a page had before the transaction.
struct JournalPage {
    std::uint32_t page = 0;
    std::uint64_t offset = 0; ///< of the image in the `-journal`
};

/// A rollback journal as it lies on disk.
struct Journal {
    /// A transaction was broken off: the database is what it was before only once these pages are put back.
    bool hot = false;
    bool many_databases = false; ///< names a super-journal: belongs to a transaction over several databases
    bool cut = false; ///< its records end early or one has a wrong checksum; those before it count
    std::uint32_t page_size = 0;
    std::uint32_t database_pages = 0; ///< the size of the database before the transaction
    std::vector<JournalPage> pages; ///< the first image of each page is the one to put back
};

/// Reads a journal's structure; page images stay where they are. One that is empty, or whose header was
/// overwritten with zeros after the transaction ended, is not hot. Fails on a header that is none.
Result<Journal> read_journal(Source const& source);

/// The page images in a journal whose transaction ended, when its header was overwritten with zeros
/// (PRAGMA journal_mode=PERSIST). The nonce that the header held is told from images that agree on it, so
/// a single image is believed only if it is a whole page of a tree. Empty for other files.
Result<std::vector<JournalPage>> read_finished_journal(Source const& source, std::uint32_t page_size);

/// What SQLite adds to the nonce of a journal to check a page image.
std::uint32_t journal_page_sum(std::span<std::byte const> page);

} // namespace exhibit::sqlite
