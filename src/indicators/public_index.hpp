#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace exhibit::indicators {

/// One pack that an index offers.
struct IndexEntry {
    std::string title;
    std::string url;
    std::string file; ///< a name of our making, unique in the index and safe as a file name
    std::vector<std::string> sources;
    std::vector<std::string> references;
    std::string problem; ///< why the entry cannot be used; then there is no url
};

/// Reads an index in the public format: a YAML list `indicators` of entries of type `github` (owner, repo,
/// branch, path: the URL is made below `base`) or `download` (`download_url`). Entries that cannot be
/// used are kept with their problem.
Result<std::vector<IndexEntry>> read_public_index(std::string_view yaml, std::string_view base);

} // namespace exhibit::indicators
