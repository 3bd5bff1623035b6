#pragma once

#include "base/result.hpp"
#include "formats/sqlite/database.hpp"
#include "formats/sqlite/value.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string_view>

namespace exhibit::sqlite {

/// A column of one of the tables of a scan: table 0 is the one that is scanned, 1 the first joined one.
struct ScanColumn {
    std::size_t table = 0;
    std::string_view column; ///< or `rowid`
};

/// A table joined to those before it: `LEFT JOIN table ON column = equals`.
struct ScanJoin {
    std::string_view table;
    std::string_view column;
    ScanColumn equals;
};

struct ScanQuery {
    std::string_view table;
    std::span<ScanJoin const> joins;
    std::span<ScanColumn const> columns;
    bool once = false; ///< of several joined rows that fit, only the first by row id is taken
    bool deleted = false; ///< rows that are gone are looked for afterwards: notes what that need not read
};

using ScanVisitor = std::function<Result<void>(std::int64_t rowid, Cells const&)>;

/// Reads whole tables with our own b-tree reader: several times faster than SQLite's virtual machine, with
/// the same rows and values, in the order of the row ids, and past damage. Nothing when the query or the
/// database needs SQLite itself (tables WITHOUT ROWID, columns that are computed, tables too
/// large to be held that are joined by another column than the row id, keys that are no integers, or repeated
/// ones without `once`): then no row was visited.
Result<std::optional<Scan>> scan_rows(Database const&, ScanQuery const&, ScanVisitor const&);

/// Calls the visitor with the row of this id. False where the tree does not have it, or is damaged on the way
/// to it. May be called from several threads at once.
using RowFinder
    = std::function<Result<bool>(std::int64_t rowid, std::function<void(Cells const&)> const& visit)>;

/// Single rows of a table by their ids, read in the same way. Empty where `scan_rows` would need SQLite
/// itself. The database must outlive what is returned.
Result<RowFinder> make_row_finder(
    Database const&, std::string_view table, std::span<ScanColumn const> columns);

} // namespace exhibit::sqlite
