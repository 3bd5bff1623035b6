#pragma once

#include "base/result.hpp"
#include "formats/sqlite/btree.hpp"
#include "formats/sqlite/row_reader.hpp"
#include "formats/sqlite/stored_row.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace exhibit::sqlite {

/// The rows of a table by an integer key. The table is held in memory; a large one, by row id, is read where
/// it is asked for.
class JoinedTable {
public:
    /// The pages must outlive this. False when the table cannot be held, or its keys are no integers, or not
    /// `unique` as they should be.
    Result<bool> open(
        Pages const&, TableShape const&, Place const& key, bool unique, WalkLimits const& limits);

    /// The first row of the key, by row id. It borrows until the next call.
    Result<StoredRow> find(Value const& key);

    [[nodiscard]] std::optional<Error> const& damage() const { return m_damage; }

private:
    struct Row {
        std::int64_t key;
        std::int64_t rowid;
        std::uint32_t at; ///< in m_bytes
        std::uint32_t size;
    };

    Result<bool> load(Place const& key, std::size_t most_bytes);
    Result<StoredRow> read(std::int64_t rowid);
    Result<StoredRow> read_past(Error const& damage, std::int64_t rowid);
    [[nodiscard]] StoredRow held(std::int64_t key);
    [[nodiscard]] std::size_t place_of(std::int64_t key) const;

    Pages const* m_pages = nullptr;
    std::uint32_t m_root = 0;
    WalkLimits m_limits;
    std::optional<RowReader> m_reader; ///< none where all rows are held
    std::vector<Row> m_rows; ///< by key, then by row id
    std::vector<std::byte> m_bytes;
    std::vector<Field> m_fields; ///< of the row that was found last
    std::optional<std::int64_t> m_last_key;
    StoredRow m_last;
    std::size_t m_last_place = 0; ///< in m_rows
    std::optional<Error> m_damage;
};

} // namespace exhibit::sqlite
