#pragma once

#include "acquisition/container.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// How programs that copy a phone's file system lay it out, and where each file was on the phone.
namespace exhibit::ios_file_system {

/// A folder of the container, and the folder of the phone that it holds.
struct Mount {
    std::string folder; ///< relative to the container; empty for all of it
    std::string device; ///< absolute, without a `/` at the end; empty for the root of the phone
};

/// The mounts, the most specific first; empty when no file system of a phone begins at `folder`.
std::vector<Mount> find_mounts(Container const& container, std::string const& folder);

/// The same for a small part of a file system, which is known by files and folders that no other thing has:
/// it may begin above, at or inside /private/var, or at the home folder /private/var/mobile.
std::vector<Mount> find_part(Container const& container, std::string const& folder);

/// Whether a path is a folder, or lies in it. The empty folder holds everything.
bool is_under(std::string_view path, std::string_view folder);

/// Writes the place on the phone of a path in the container; false when it lies under no mount.
bool put_device_path(std::vector<Mount> const& mounts, std::string_view path, std::string& into);

} // namespace exhibit::ios_file_system
