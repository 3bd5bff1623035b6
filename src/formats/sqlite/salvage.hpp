#pragma once

#include "base/result.hpp"
#include "formats/sqlite/pages.hpp"

#include <cstdint>
#include <set>
#include <stop_token>
#include <string>

struct sqlite3;

namespace exhibit::sqlite {

/// Bytes that a copy of a damaged database may take in memory.
inline constexpr std::size_t kCopyLimit = 512U << 20U;

struct CopyOptions {
    std::set<std::string, std::less<>> const* tables = nullptr; ///< lower-case names; null for all
    std::size_t record_bytes = 64U << 20U;
    std::stop_token stop = {};
};

/// Copies what our own reader can reach of a damaged database into an empty one: rows behind damage
/// too, with their ids and values, in tables of the same columns without constraints. Returns the first
/// thing that was lost, if any. Internal to this folder.
Result<std::optional<Error>> copy_tables(Pages const& pages, sqlite3* into, CopyOptions const& options);

struct Recovery;

/// Adds a table of recovered rows, each with its place among them in the column kRecoveredIndex. Rows
/// keep their ids where these are known and no other recovered row has the same.
Result<void> add_recovered(Recovery const& recovery, sqlite3* into);

} // namespace exhibit::sqlite
