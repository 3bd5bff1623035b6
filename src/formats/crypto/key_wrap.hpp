#pragma once

#include "base/bytes.hpp"
#include "formats/crypto/secret.hpp"

#include <cstddef>

namespace exhibit {

/// Length of a wrapped 256-bit key.
constexpr std::size_t kWrappedKeySize = 40;

/// Unwraps a 256-bit key (RFC 3394). `locked` when the integrity value does not come out: the wrapping key is
/// not the right one, or the wrapped key is damaged. `malformed` when it is not 40 bytes long.
Result<Key256> unwrap_key(Key256 const& wrapping, Bytes wrapped);

} // namespace exhibit
