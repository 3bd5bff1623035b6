#pragma once

#include "formats/sqlite/btree.hpp"
#include "formats/sqlite/carve.hpp"
#include "formats/sqlite/page_map.hpp"
#include "formats/sqlite/record.hpp"
#include "formats/sqlite/row_test.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace exhibit::sqlite {

/// A row found somewhere in a database, before it is known whether it is live. Internal to this folder.
struct Candidate {
    std::optional<std::int64_t> rowid;
    std::vector<StoredValue> values; ///< one per column of the table
    std::vector<bool> lost; ///< likewise
    PageVersion place; ///< the image it was found in
    std::size_t at = 0; ///< offset of its cell there
    std::vector<std::uint32_t> images; ///< those whose own cell pointers lead to it, some of them
    bool certain = false; ///< no other table could have held it
    bool live = false; ///< a live row equals it
    bool earlier_version = false;

    [[nodiscard]] std::size_t lost_count() const;
};

/// The values of a record in the order of the table's columns, as SQLite would return them.
std::vector<StoredValue> values_of(TableShape const& shape, std::span<Field const> fields,
    std::optional<std::int64_t> rowid, Encoding encoding);

/// Identifies what is known of a candidate: the same for the same row found twice.
std::uint64_t hash_of(Candidate const& candidate);

/// Whether all that is known of the candidate is what these values say.
bool agrees(Candidate const& candidate, std::vector<StoredValue> const& values);

/// Drops candidates without a row id that equal a live row, and all but the most complete of equal ones.
/// Those with a row id have been compared with the live row of that id before.
Result<void> drop_known(std::vector<Candidate>& candidates, TableShape const& shape, Pages const& pages,
    std::stop_token const& stop);

} // namespace exhibit::sqlite
