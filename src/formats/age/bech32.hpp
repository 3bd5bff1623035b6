#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace exhibit::age {

/// Decodes Bech32 (BIP 173) with its checksum; the human-readable part must be `prefix` in lower case. All
/// letters of the text must be of one case.
Result<std::vector<std::byte>> decode_bech32(std::string_view text, std::string_view prefix);

} // namespace exhibit::age
