#pragma once

#include "base/time.hpp"

namespace exhibit::ios {

/// A time of Safari's databases: seconds since 2001, but since iOS 26 some count from 1970. Before 2032
/// the two cannot be mixed up: what would lie after that year as seconds since 2001 is from 1970.
Time safari_time(Time const& stored);

/// The UUID of the Safari profile whose folder a path lies in; empty for the default profile.
std::string_view safari_profile(std::string_view path);

} // namespace exhibit::ios
