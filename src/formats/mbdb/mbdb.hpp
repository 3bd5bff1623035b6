#pragma once

#include "base/source.hpp"
#include "base/source_reader.hpp"

#include <cstdint>
#include <functional>
#include <string>

/// `Manifest.mbdb`: the list of files in backups of iOS 4 to 9. Big-endian records, one after the other.
namespace exhibit::mbdb {

/// One file, folder or link. Texts are empty where the record has none.
struct Record {
    std::string domain;
    std::string path;
    std::string target; ///< of a link
    std::string digest; ///< SHA-1 of the content, of files only
    std::string key; ///< class number (4 bytes) and wrapped key, of encrypted files only
    std::uint16_t mode = 0; ///< as in `stat`
    std::uint64_t inode = 0;
    std::uint32_t user = 0;
    std::uint32_t group = 0;
    std::uint32_t modified = 0; ///< Unix seconds, as the next two
    std::uint32_t accessed = 0;
    std::uint32_t changed = 0;
    std::uint64_t size = 0;
    std::uint8_t protection_class = 0;
};

/// Whether the content begins like a `Manifest.mbdb`.
bool has_magic(Source const& source);

/// Calls `visitor` with each record and its offset, in order, until it returns false. The record is reused.
/// Fails with `malformed` without the magic, and with `truncated` where a record is cut off; the records
/// before were shown.
Result<void> visit(
    Source const& source, std::function<bool(Record const&, std::uint64_t offset)> const& visitor);

/// The record at an offset that `visit` has told.
Result<Record> record_at(Source const& source, std::uint64_t offset);

} // namespace exhibit::mbdb
