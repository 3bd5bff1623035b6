#pragma once

#include "base/bytes.hpp"

#include <array>
#include <string>

namespace exhibit {

/// SHA-256 of bytes that are in memory, in lower-case hexadecimal.
std::string sha256_hex(Bytes);

/// SHA-1, for formats that check themselves with it.
std::array<std::byte, 20> sha1(Bytes);

} // namespace exhibit
