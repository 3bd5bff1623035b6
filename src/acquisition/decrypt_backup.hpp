#pragma once

#include "acquisition/acquisition.hpp"

#include <cstdint>
#include <expected>
#include <filesystem>
#include <vector>

namespace exhibit {

/// What a decrypted copy came to. Every file is in the ledger with its state.
struct DecryptSummary {
    std::uint64_t decrypted = 0;
    std::uint64_t copied = 0; ///< files that were not encrypted
    std::uint64_t empty = 0; ///< files of no length that have no payload
    std::uint64_t cut = 0; ///< cut off in the backup: a part was written
    std::uint64_t missing = 0; ///< listed, and not held
    std::uint64_t failed = 0; ///< damaged, or without a key
    std::uint64_t bytes = 0; ///< written
    std::vector<Problem> problems;
};

/// Writes a copy of an encrypted iOS backup in the clear, for other programs: the same layout, the manifest
/// as a database, `Manifest.plist` without the mark of encryption and the keys, and `ledger.jsonl` with one
/// line per file (path, stored, id, state, size, stated_size, sha256, why). A file that cannot be decrypted
/// is told in the ledger and does not stop the rest. `into` is new or empty and not inside the backup; it
/// appears whole or not at all.
std::expected<DecryptSummary, Refusal> decrypt_backup(std::filesystem::path const& path,
    std::filesystem::path const& into, OpenOptions const& options, unsigned jobs = 2);

} // namespace exhibit
