#pragma once

#include "artifact/artifact.hpp"
#include "casefile/page_file.hpp"

#include <map>
#include <span>
#include <string>
#include <vector>

namespace exhibit {

/// A case file before its first row.
struct NewCase {
    std::map<std::string, std::uint32_t, std::less<>> roots; ///< the first page of each table, by its name
    std::vector<std::byte> whole_schema; ///< what takes the place of page 1 behind the database's header
};

/// Writes the database that the statements of schema.hpp make, with the rows that describe the artifacts,
/// into an empty file: to have them parsed takes SQLite longer than many an examination. It lacks the views,
/// which take every connection longer to read than all else, until `whole_schema` is in its place.
Result<NewCase> write_new_case(PageFile& file, std::span<Artifact const* const> artifacts);

} // namespace exhibit
