#pragma once

#include "acquisition/acquisition.hpp"
#include "acquisition/container.hpp"

#include <expected>
#include <memory>
#include <string>

namespace exhibit::android {

/// Whether a copy of an Android device's file system begins at a folder of a container: the whole of it, with
/// `data/system` below, or the data partition alone, with `system/packages.xml` below.
bool is_file_system(Container const& container, std::string const& folder);

/// Times are those that the container states: for a folder, those of the copy. `data/user/0` is the same
/// folder as `data/data` on a device, and is shown there.
std::expected<std::unique_ptr<Acquisition>, Refusal> open_file_system(
    std::shared_ptr<Container const> const& container, std::string const& folder, OpenOptions const& options);

} // namespace exhibit::android
