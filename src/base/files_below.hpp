#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <filesystem>
#include <functional>
#include <vector>

namespace exhibit {

/// The files in a folder and in those below it that are wanted by their names, sorted, so that they are the
/// same on every file system. Links that lead nowhere are among them: who reads one says that it cannot be
/// read. Fails where one of the folders cannot be read, or where more than `most` are wanted.
Result<std::vector<std::filesystem::path>> files_below(std::filesystem::path const& folder, std::size_t most,
    std::function<bool(std::filesystem::path const&)> const& is_wanted);

} // namespace exhibit
