#pragma once

#include <string>
#include <string_view>

namespace exhibit::indicators {

/// SHA-256 as lower-case hexadecimal.
std::string sha256_hex(std::string_view bytes);

} // namespace exhibit::indicators
