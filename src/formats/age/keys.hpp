#pragma once

#include "formats/age/header.hpp"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace exhibit::age {

using FileKey = Secret<16>;

/// The secret keys of an identity file: lines `AGE-SECRET-KEY-1...`, empty ones and comments. Keys of the
/// post-quantum kind are passed over, `unsupported` when there are no others. `malformed` when a line is none
/// of these, `missing` when there is no key.
Result<std::vector<Key256>> read_identities(std::string_view text);

/// Whether a text looks like an identity file, or like a key itself, rather than a passphrase.
bool looks_like_identities(std::string_view text);

/// The cost of a passphrase that is still tried, as a power of two: what a quarter of this machine's memory
/// is enough for, 2^20 (1 GiB) at most. age writes 2^18.
unsigned dearest_passphrase();

/// Finds the key of the file with one of the identities. `locked` when none fits; `malformed` when one fits
/// and the header was changed.
Result<FileKey> unlock(Header const& header, std::span<Key256 const> identities);

/// Finds the key of the file with a passphrase. `over_limit` when trying it would cost more than `dearest`.
Result<FileKey> unlock(
    Header const& header, std::string_view passphrase, unsigned dearest = dearest_passphrase());

/// HKDF with SHA-256 (RFC 5869) for one block of output.
Key256 derive(Bytes secret, Bytes salt, std::string_view purpose);

} // namespace exhibit::age
