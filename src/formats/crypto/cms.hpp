#pragma once

#include "base/bytes.hpp"

#include <cstddef>
#include <vector>

namespace exhibit {

/// What a signed message (CMS, RFC 5652) carries. The signature is not verified. `malformed` when the bytes
/// are no such message, or one whose content lies elsewhere.
Result<std::vector<std::byte>> signed_content(Bytes message);

} // namespace exhibit
