#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace exhibit::ios_backup {

/// The relative paths that a pattern can only mean in the domain that has its files below `root`, a path on
/// the device: those of its endings that are free of wildcards and whose beginning fits it. Empty when the
/// pattern lies elsewhere.
std::vector<std::string> relative_paths(std::string_view pattern, std::string_view root);

} // namespace exhibit::ios_backup
