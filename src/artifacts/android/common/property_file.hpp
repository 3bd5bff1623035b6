#pragma once

#include "artifact/artifact.hpp"

#include <functional>
#include <string_view>

namespace exhibit::android {

/// Shows each property of a file: the output of `getprop`, `build.prop` of an image, or
/// `persistent_properties`, where the system keeps those that outlive a restart. A value may have line
/// breaks. What has no end is noted.
Result<void> for_each_property(Input const& input, Context& context,
    std::function<Result<void>(std::string_view name, std::string_view value, Origin)> const& visit);

} // namespace exhibit::android
