#pragma once

#include "artifact/table.hpp"
#include "casefile/database.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>

namespace exhibit::report {

/// Whether a file begins as one that `export_jsonl` or `export_timesketch` wrote, or is empty.
bool is_earlier_export(std::filesystem::path const& file);

enum class FolderFormat : std::uint8_t { csv, mvt };

/// The name of something in an existing folder that no export of this format writes; nothing when all that is
/// there may have come from one, also of another case. `declared`: the tables that cases may have besides
/// those of `database`.
Result<std::optional<std::string>> find_foreign(casefile::Database& database,
    std::span<Table const* const> declared, std::filesystem::path const& folder, FolderFormat format);

} // namespace exhibit::report
