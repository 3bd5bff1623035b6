#pragma once

#include "base/bytes.hpp"

#include <string>

namespace exhibit {

/// SHA-256 of bytes that are in memory, in lower-case hexadecimal.
std::string sha256_hex(Bytes);

} // namespace exhibit
