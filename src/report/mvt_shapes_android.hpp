#pragma once

#include "report/mvt_shapes.hpp"

#include <span>

namespace exhibit::report {

/// The shapes of tables of Android, whose records of MVT hold the rows of other tables as lists.
std::span<MvtShape const> android_mvt_shapes();

} // namespace exhibit::report
