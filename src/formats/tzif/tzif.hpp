#pragma once

#include "base/bytes.hpp"
#include "base/zone.hpp"

#include <string_view>

namespace exhibit {

/// Reads a compiled time zone (RFC 8536), versions 1 to 4, with the rule in its footer applied until 2100.
Result<Zone> read_tzif(Bytes file, std::string_view name);

} // namespace exhibit
