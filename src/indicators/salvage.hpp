#pragma once

#include <string>
#include <string_view>

namespace exhibit::indicators {

/// From the damaged JSON of a STIX bundle (cut short, or broken in one object), a JSON list of those
/// objects that are whole. `[]` when there are none.
std::string salvage_objects(std::string_view text);

} // namespace exhibit::indicators
