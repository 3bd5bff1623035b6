#pragma once

#include "base/result.hpp"
#include "formats/sqlite/btree.hpp"
#include "formats/sqlite/row_reader.hpp"
#include "formats/sqlite/stored_row.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace exhibit::sqlite {

/// The rows of a table by an integer key. The table is held in memory; a large one is read where it is asked
/// for, by row id, or by a key that rises with the row ids.
class JoinedTable {
public:
    /// The pages must outlive this. False when the table cannot be held, or its keys are no integers, or not
    /// `unique` as they should be.
    Result<bool> open(
        Pages const&, TableShape const&, Place const& key, bool unique, WalkLimits const& limits);

    /// The first row of the key, by row id. It borrows until the next call.
    Result<StoredRow> find(Value const& key);

    /// Whether the key that was looked for last has more rows than one.
    [[nodiscard]] bool fits_several() const { return m_fits_several; }

    [[nodiscard]] std::optional<Error> const& damage() const { return m_damage; }

private:
    struct Row {
        std::int64_t key;
        std::int64_t rowid;
        std::uint32_t at; ///< in m_bytes
        std::uint32_t size;
    };

    /// A leaf page of a table whose keys rise with the row ids.
    struct Leaf {
        std::int64_t first_key;
        std::int64_t last_key;
        std::uint32_t page;
    };

    Result<bool> load(Place const& key, std::size_t most_bytes);
    [[nodiscard]] bool take(TreeRow const& row, Place const& key, std::size_t most_bytes);
    [[nodiscard]] bool is_next(TreeRow const& row, std::int64_t key) const;
    void see_leaf(TreeRow const& row, std::int64_t key);
    void forget_rows();
    Result<StoredRow> read(std::int64_t rowid);
    Result<StoredRow> read_in_order(std::int64_t key);
    Result<void> go_to_leaf(std::size_t number);
    Result<std::int64_t> key_at(std::size_t index, std::vector<Field>& fields) const;
    Result<bool> is_repeated(std::int64_t key);
    Result<std::size_t> cell_of_first(std::int64_t key);
    Result<StoredRow> read_past(Error const& damage, std::int64_t rowid);
    [[nodiscard]] StoredRow held(std::int64_t key);
    [[nodiscard]] std::size_t place_of(std::int64_t key) const;

    Pages const* m_pages = nullptr;
    std::uint32_t m_root = 0;
    WalkLimits m_limits;
    std::optional<RowReader> m_reader; ///< none where all rows are held
    Place m_key;
    bool m_unique = false;
    bool m_is_held = true; ///< in m_rows
    bool m_is_ordered = false; ///< as far as it was read its keys rise, and m_leaves has its leaves
    std::vector<Leaf> m_leaves;
    std::size_t m_leaf_number = static_cast<std::size_t>(-1); ///< of the leaf that was read last
    std::vector<std::byte> m_leaf_bytes;
    BTreePage m_leaf;
    std::size_t m_last_cell = 0; ///< on it
    std::int64_t m_cell_key = 0;
    std::vector<Row> m_rows; ///< by key, then by row id
    std::vector<std::byte> m_bytes;
    std::vector<Field> m_fields; ///< of the row that was found last
    std::vector<Field> m_next_fields; ///< of the row after it
    std::optional<std::int64_t> m_last_key;
    StoredRow m_last;
    std::size_t m_last_place = 0; ///< in m_rows
    bool m_fits_several = false;
    std::optional<Error> m_damage;
};

} // namespace exhibit::sqlite
