#pragma once

#include <string>
#include <string_view>

namespace exhibit::indicators {

/// Writes the one absolute path that a path of a phone stands for: `file://` and its escapes are
/// undone, `~/` is `/private/var/mobile/`, `/var`, `/etc` and `/tmp` are the folders that these links of
/// iOS lead to, `/sdcard` and `/data/user/0` are those of Android; doubled slashes, `.` segments and a
/// trailing slash are gone, `..` is resolved. Returns false when the text is no absolute path.
bool read_device_path(std::string_view raw, std::string& path);

} // namespace exhibit::indicators
