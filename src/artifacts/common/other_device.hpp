#pragma once

#include <string_view>

namespace exhibit {

/// In a column `device_id`, which is set only for what another device of the same account did, where nothing
/// tells which device that was.
inline constexpr std::string_view kSomeOtherDevice = "another device";

} // namespace exhibit
