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
};

using ScanVisitor = std::function<Result<void>(std::int64_t rowid, Cells const&)>;

/// Reads whole tables with our own b-tree reader: several times faster than SQLite's virtual machine, with
/// the same rows and values, in the order of the row ids, and past damage. Nothing when the query or the
/// database needs SQLite itself (text in UTF-16, tables WITHOUT ROWID, columns that are computed, joined
/// tables too large to be held, keys that are no
/// integers, or repeated ones without `once`): then no row was visited.
Result<std::optional<Scan>> scan_rows(Database const&, ScanQuery const&, ScanVisitor const&);

} // namespace exhibit::sqlite
