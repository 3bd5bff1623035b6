#pragma once

#include "base/time.hpp"

#include <chrono>
#include <cstddef>

namespace exhibit::android {

/// The moment `elapsed` after the phone's clock showed `wall`, with the first `length` characters of what the
/// clock showed then: between the two it may have been put forward or back for summer time. Without a zone
/// the clock is taken to run on.
Time time_after(Timestamp wall, std::chrono::milliseconds elapsed, Zone const* zone, std::size_t length);

} // namespace exhibit::android
