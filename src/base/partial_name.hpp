#pragma once

#include <filesystem>
#include <vector>

namespace exhibit {

/// Where this process writes what gets its own name when it is complete: beside it, hidden.
std::filesystem::path partial_name(std::filesystem::path const& path);

/// What processes that are gone left beside `path` of such work. One of another computer that writes into the
/// same folder cannot be told from one that is gone.
std::vector<std::filesystem::path> partial_leftovers(std::filesystem::path const& path);

} // namespace exhibit
