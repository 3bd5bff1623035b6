#pragma once

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "formats/plist/archive_fields.hpp"

#include <array>
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

/// Reads archived `MBFile`s, one after the other.
class FileDetailsReader {
public:
    FileDetailsReader();
    FileDetailsReader(FileDetailsReader const&) = delete;
    FileDetailsReader& operator=(FileDetailsReader const&) = delete;
    ~FileDetailsReader() = default;

    /// Borrows from `archive`. What is missing or damaged is left out.
    Result<FileDetails> read(Bytes archive);

private:
    std::array<plist::Object, 5> m_found;
    plist::ArchiveFields m_fields;
};

} // namespace exhibit::ios_backup
