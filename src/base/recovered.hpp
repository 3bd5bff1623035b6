#pragma once

#include <cstdint>

namespace exhibit {

/// A row that is no longer live says where its bytes were found. As wide as a register, so that what goes
/// along with each row has no padding that would be cleared each time.
enum class Recovered : std::uint64_t {
    live,
    wal_frame, ///< an older version of a page, in the `-wal`
    free_block, ///< unused bytes inside a page that is in use
    free_page, ///< a page of the database that is no longer in use
    replaced_page, ///< a page of the database file whose newer version is in the `-wal`
    journal_page, ///< the version from before a transaction, in the `-journal`
    deleted_record, ///< a record of a stream that is marked as deleted and was not yet overwritten
    left_over, ///< bytes behind the part of a file that is in use
    uncommitted_frame, ///< a version of a page, in the `-wal`, that was never in force: its transaction never
                       ///< ended
};

/// Whether the bytes lie in a page of a database, so that the locator is a `RecoveredPlace`
/// (base/recovered_place.hpp); else it is what that of a live row would be.
constexpr bool is_in_page(Recovered recovered)
{
    return recovered != Recovered::live && recovered != Recovered::deleted_record
        && recovered != Recovered::left_over;
}

} // namespace exhibit
