#pragma once

#include "base/bytes.hpp"
#include "base/time.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace exhibit::ios_backup {

/// What this layer needs of the details that a manifest keeps of a file.
struct FileDetails {
    std::optional<std::uint64_t> size;
    std::optional<Timestamp> modified;
    std::optional<std::int64_t> mode;
    Bytes key; ///< protection class and wrapped key; empty for what is not encrypted
    std::string target; ///< of a link
};

/// Reads an archived `MBFile`. Borrows from `archive`. What is missing or damaged is left out.
Result<FileDetails> read_file_details(Bytes archive);

} // namespace exhibit::ios_backup
