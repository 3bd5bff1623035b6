#pragma once

#include "acquisition/container.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Looking around in a container without opening more than is needed.
namespace exhibit::android {

/// Whether there is a file, or a folder, of that name directly in the folder.
bool has_file(Container const& container, std::string const& folder, std::string_view name);
bool has_folder(Container const& container, std::string const& folder, std::string_view name);

struct FoundFile {
    std::string path;
    std::uint64_t size = 0;
};

/// The files directly in a folder whose names fit a glob without regard to case, by name; not more than some
/// thousand.
std::vector<FoundFile> files_like(
    Container const& container, std::string const& folder, std::string_view pattern);

/// Up to `most` bytes of a file; empty when it cannot be read.
std::string head_of(Container const& container, std::string_view path, std::size_t most);
std::string head_of(Source const& source, std::size_t most);

/// The only file of a container that is one file.
std::optional<FoundFile> single_file(Container const& container, std::string const& folder);

} // namespace exhibit::android
