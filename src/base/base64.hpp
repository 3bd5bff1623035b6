#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace exhibit {

/// Standard base64 with padding.
std::string to_base64(std::string_view bytes);

/// The bytes of standard base64, padded or without any padding, in the one right spelling. Errors:
/// `malformed`.
Result<std::vector<std::byte>> from_base64(std::string_view text);

} // namespace exhibit
