#pragma once

#include <string>
#include <string_view>

namespace exhibit::ios {

/// A path as programs write it in their own databases, made canonical: `~/x` becomes
/// `/private/var/mobile/x`, `/var/x` becomes `/private/var/x`, and `file:` URLs become the path they name.
/// Other text stays as it is.
std::string device_path(std::string_view stored);

} // namespace exhibit::ios
