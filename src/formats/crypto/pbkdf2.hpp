#pragma once

#include "base/bytes.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <stop_token>

namespace exhibit {

enum class PasswordHash : std::uint8_t { sha1, sha256 };

/// Which code computes the iterations; `automatic` takes the fastest that this processor has.
enum class HashCode : std::uint8_t { automatic, portable };

struct Pbkdf2Options {
    std::stop_token stop;
    std::function<void(double)> progress; ///< told how far it is, 0 to 1; may be empty
    HashCode code = HashCode::automatic;
};

/// A count from evidence above this is refused. Backups of iPhones ask for 10,000,000 with SHA-256, those and
/// Android's for 10,000 with SHA-1.
constexpr std::uint64_t most_iterations(PasswordHash hash)
{
    return hash == PasswordHash::sha256 ? 50'000'000 : 1'000'000;
}

/// PBKDF2 with HMAC (RFC 8018). Fills all of `key`. Faster than a general HMAC: the two padded key blocks
/// are hashed once, so that an iteration is two calls of the block function. `over_limit` for too many
/// iterations, `malformed` for none, `cancelled` when asked to stop.
Result<void> pbkdf2(PasswordHash hash, Bytes password, Bytes salt, std::uint64_t iterations,
    std::span<std::byte> key, Pbkdf2Options const& options = {});

} // namespace exhibit
