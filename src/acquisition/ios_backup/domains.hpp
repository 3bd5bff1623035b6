#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace exhibit::ios_backup {

/// The relative paths that a pattern can only mean in this domain: those of its endings that are free of
/// wildcards and whose beginning fits the domain's root. Empty when the pattern lies elsewhere.
std::vector<std::string> relative_paths(std::string_view pattern, std::string_view domain);

} // namespace exhibit::ios_backup
