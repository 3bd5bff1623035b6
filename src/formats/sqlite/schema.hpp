#pragma once

#include "base/result.hpp"
#include "formats/sqlite/btree.hpp"
#include "formats/sqlite/record.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace exhibit::sqlite {

/// How SQLite converts what is stored in a column: https://www.sqlite.org/datatype3.html
enum class Affinity : std::uint8_t { blob, text, numeric, integer, real };

Affinity affinity_of(std::string_view declared_type);

struct ShapeColumn {
    std::string name;
    Affinity affinity = Affinity::blob;
    bool not_null = false;
    StoredValue initial; ///< what rows hold that are older than the column, where it is a plain literal
    bool initial_known = true; ///< false where that value is given by an expression
};

/// What the rows of a table look like in the file.
struct TableShape {
    std::string name;
    std::uint32_t root = 0;
    bool without_rowid = false;
    bool index = false; ///< it is one of a table, and the last field of its records the row id there
    bool unique = false; ///< as an index
    std::vector<ShapeColumn> columns; ///< in the order of the declaration
    std::vector<std::size_t> stored; ///< which column each field of a record holds
    std::optional<std::size_t> rowid_column; ///< the INTEGER PRIMARY KEY: its field is always NULL
    std::vector<std::size_t> primary_key; ///< where it is not the row id
    /// Columns that no two rows have the same values in (PRIMARY KEY and UNIQUE), the row id left out.
    std::vector<std::vector<std::size_t>> unique_keys;
};

/// Whether records of both have the same fields, by type; those of `shorter` may be fewer.
bool begins_with(TableShape const& shape, TableShape const& shorter);
bool is_same_layout(TableShape const& a, TableShape const& b);

/// A row of sqlite_schema.
struct SchemaEntry {
    std::string type;
    std::string name;
    std::uint32_t root = 0;
    std::string sql;
    std::string table = {}; ///< that it belongs to
};

/// Every entry that can be read, past any damage.
Result<std::vector<SchemaEntry>> read_schema(Pages const& pages);

/// The shape of a table by its CREATE TABLE; nothing for what is no ordinary table. The text is compiled
/// by a SQLite of its own without a file, which may do nothing but declare tables; nothing in it is run.
std::optional<TableShape> read_shape(SchemaEntry const& entry);

/// The indexes of a table with row ids, also those that its declaration implies, as tables WITHOUT ROWID,
/// whose form their records have. An index of what is computed is left out.
std::vector<TableShape> read_index_shapes(
    TableShape const& table, SchemaEntry const& entry, std::span<SchemaEntry const> schema);

} // namespace exhibit::sqlite
