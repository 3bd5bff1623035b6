#pragma once

#include "acquisition/android/assembly.hpp"
#include "acquisition/container.hpp"

#include <expected>
#include <memory>
#include <string>

namespace exhibit::android {

/// Whether the container is one file made by `adb backup`, or a folder holds what was unpacked from one.
bool is_adb_backup(Container const& container, std::string const& folder);
std::expected<std::unique_ptr<Acquisition>, Refusal> open_adb_backup(
    std::shared_ptr<Container const> const& container, std::string const& folder, OpenOptions const& options);

/// Adds the parts of a backup that is inside another acquisition. `before` stands in front of what its
/// entries are stored as. `locked` when no password was given or it is wrong.
Result<void> add_adb_backup(
    Assembly& assembly, std::unique_ptr<Source> file, std::string before, OpenOptions const& options);

/// Where a file of a backup was on the device: `apps/org.app/db/x` at `/data/data/org.app/databases/x`.
std::string path_of_backed_up(std::string_view relative);

} // namespace exhibit::android
