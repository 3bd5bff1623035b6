#pragma once

#include "formats/sqlite/btree.hpp"
#include "formats/sqlite/carve.hpp"
#include "formats/sqlite/page_map.hpp"
#include "formats/sqlite/record.hpp"
#include "formats/sqlite/row_test.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace exhibit::sqlite {

/// A row found somewhere in a database, before it is known whether it is live. Internal to this folder.
struct Candidate {
    std::optional<std::int64_t> rowid;
    std::vector<StoredValue> values; ///< one per column of the table
    std::vector<bool> lost; ///< likewise
    PageVersion place; ///< the image it was found in
    std::size_t at = 0; ///< offset of its cell there
    std::size_t size = 0; ///< of its cell there
    std::size_t fields = 0; ///< of its record
    int bits = 0; ///< evidence for this reading of the bytes
    bool own = false; ///< on a page that was the table's and no other's, or in an older image of any
    std::vector<std::uint32_t> images; ///< those whose own cell pointers lead to it, some of them
    bool entry = false; ///< of an index: it tells the indexed columns only
    bool shifted = false; ///< the live row with its id has its values in other columns
    bool certain = false; ///< no other table could have held it
    bool live = false; ///< a live row equals it
    bool id_taken = false; ///< a live row has its row id
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

/// Whether the primary key, which is not the row id, says that they are versions of different rows.
bool is_of_another_key(
    TableShape const& shape, Candidate const& candidate, std::vector<StoredValue> const& live);

/// Where an earlier shape of a table has each column that the table has now, by their names.
std::vector<std::optional<std::size_t>> columns_in(TableShape const& earlier, TableShape const& target);

/// Whether each column of the shorter shape stands at its place in the other, under the same name. Else one
/// was dropped or put in, or was given another name, which looks the same.
bool columns_stay(TableShape const& earlier, TableShape const& target);

/// Tells a row of the earlier shape in the columns of today. What it had not then is not known.
void tell_in(std::span<std::optional<std::size_t> const> columns, Candidate& candidate);

/// Of readings of the same bytes by different shapes of a table keeps the one that is clearly better, or one
/// that is uncertain. What one shape finds comes before what the next one does: `ends` tells where. The first
/// `named` shapes are sure to be of the table.
void drop_worse_readings(
    std::vector<Candidate>& candidates, std::span<std::size_t const> ends, std::size_t named);

/// Drops candidates without a row id that equal a live row, and all but the most complete of equal ones.
/// Those with a row id have been compared with the live row of that id before.
Result<void> drop_known(std::vector<Candidate>& candidates, TableShape const& shape, Pages const& pages,
    std::stop_token const& stop);

/// Drops uncertain entries of indexes that tell nothing but what a certain row does, which may lack its id.
void drop_told_entries(std::vector<Candidate>& candidates, TableShape const& shape);

} // namespace exhibit::sqlite
