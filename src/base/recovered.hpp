#pragma once

#include <cstdint>

namespace exhibit {

/// A row that is no longer live says where its bytes were found.
enum class Recovered : std::uint8_t {
    live,
    wal_frame, ///< an older or uncommitted version of a page, in the `-wal`
    free_block, ///< unused bytes inside a page that is in use
    free_page, ///< a page of the database that is no longer in use
    replaced_page, ///< a page of the database file whose newer version is in the `-wal`
    journal_page, ///< the version from before a transaction, in the `-journal`
};

} // namespace exhibit
