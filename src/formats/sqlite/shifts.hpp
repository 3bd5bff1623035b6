#pragma once

#include "formats/sqlite/record.hpp"

#include <cstddef>
#include <map>
#include <vector>

namespace exhibit::sqlite {

/// Tells rows of an earlier layout of a table, whose declaration is gone, by live rows with the same ids: the
/// values of one stand in other columns there. Internal to this folder.
class Shifts {
public:
    /// Compares what an old record of so many fields was read as with the live row that has its id. Returns
    /// whether that alone shows the values in wrong columns.
    bool see(std::size_t fields, std::vector<StoredValue> const& old, std::vector<StoredValue> const& live);

    /// Whether records of so many fields were of another layout, as far as those tell that live rows have.
    [[nodiscard]] bool has(std::size_t fields) const;

private:
    /// How many values of a column were seen there again, and how many in another one.
    struct Column {
        std::size_t stayed = 0;
        std::size_t moved = 0;
    };

    [[nodiscard]] static bool is_shifted(std::vector<Column> const& columns, std::size_t least);

    std::map<std::size_t, std::vector<Column>> m_columns; ///< by the number of fields
};

} // namespace exhibit::sqlite
