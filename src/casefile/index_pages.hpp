#pragma once

#include "casefile/page_file.hpp"

#include <span>
#include <vector>

namespace exhibit {

/// Writes the b-tree of an index under `root`: a record for each key, with its row id as the last value, in
/// the order in which SQLite compares them. Fails with `over_limit` for more than two levels hold, and for
/// records that need overflow pages.
Result<void> build_index(PageFile& file, std::uint32_t root, std::span<std::vector<std::byte> const> records);

} // namespace exhibit
