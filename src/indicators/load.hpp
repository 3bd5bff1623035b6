#pragma once

#include "base/result.hpp"
#include "indicators/indicator_set.hpp"

#include <filesystem>
#include <string_view>

namespace exhibit::indicators {

/// What `update` notes about the packs it keeps; no pack itself.
constexpr std::string_view kIndexFile = "exhibit-index.json";

/// The largest indicator file that is read.
constexpr std::size_t kLargestPack = 256U << 20U;

/// Loads one file, or every `.stix2`, `.stix`, `.json`, `.csv` and `.tsv` file below a folder, in the
/// order of their paths. What else lies there is named as not read, and links to folders are not followed.
/// Fails only when the path or a folder below it cannot be read, or when it is a folder without such a file;
/// everything else that is wrong becomes a Problem of its pack.
Result<void> load_path(SetBuilder& builder, std::filesystem::path const& path);

/// Loads one file's text as a pack; its format is told from the content.
void load_pack(SetBuilder& builder, std::string_view file_name, std::string_view text);

/// The readers of the formats. The pack has been begun.
void load_stix(SetBuilder& builder, std::string_view text);
void load_misp(SetBuilder& builder, std::string_view text);
void load_csv(SetBuilder& builder, std::string_view text);

} // namespace exhibit::indicators
