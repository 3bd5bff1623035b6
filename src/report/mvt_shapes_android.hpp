#pragma once

#include "report/mvt_shapes.hpp"

#include <span>

namespace exhibit::report {

// The shapes of tables of Android, whose records of MVT hold the rows of other tables as lists.

std::span<MvtShape const> android_dump_shapes();
std::span<MvtShape const> android_package_shapes();
/// Crashes, messages and intrusion logs.
std::span<MvtShape const> android_event_shapes();

} // namespace exhibit::report
