#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"

#include <cstddef>
#include <vector>

namespace exhibit::plist {

/// Turns an XML property list into a binary one with the same content. What an element holds that is
/// no value of its type (a number that is none, an unknown element) becomes a damaged object, and
/// the rest is kept. Nested deeper than `depth`: `over_limit`.
Result<std::vector<std::byte>> xml_to_binary(Bytes, unsigned depth);

} // namespace exhibit::plist
