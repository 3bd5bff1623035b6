#pragma once

#include "base/zone.hpp"

#include <string_view>
#include <vector>

namespace exhibit {

/// Appends the changes that a TZif footer (`\nCET-1CEST,M3.5.0,M10.5.0/3\n`) prescribes after the last of
/// `changes`, until 2100. A footer that cannot be read adds nothing.
void append_rule(std::string_view footer, std::vector<Zone::Change>& changes);

} // namespace exhibit
