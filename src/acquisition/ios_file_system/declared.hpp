#pragma once

#include "acquisition/ios_file_system/layout.hpp"

#include <optional>
#include <string>
#include <vector>

namespace exhibit::ios_file_system {

/// Where a part of a phone's file system begins in a container, and what it holds.
struct Part {
    std::string folder; ///< relative to the container; empty for all of it
    std::vector<Mount> mounts;
};

/// The last resort for a container in which nothing else is known: looks through its files for one that lies
/// where somebody will look for it on a phone (`OpenOptions::wanted`), be it a single one. Such files may lie
/// below `private/var` or `var`, or, where the path is long enough to mean something, as in /private/var.
std::optional<Part> find_declared_part(Container const& container, OpenOptions const& options);

} // namespace exhibit::ios_file_system
