#pragma once

#include <array>
#include <string_view>

namespace exhibit::android {

/// Where acquisitions hold apps as files: copies that AndroidQF made, installed ones, and shared storage.
inline constexpr std::array<std::string_view, 5> kApkPaths { "@androidqf/apks/*.apk", "/data/app/**.apk",
    "/data/local/tmp/**.apk", "/sdcard/**.apk", "/data/media/**.apk" };

/// The package that the name of a file, or of its folder, says: `org.example.app_base.apk` as AndroidQF names
/// its copies; `/data/app/~~ab==/org.example.app-cd==/base.apk`. Empty when they say none.
std::string_view package_of_apk(std::string_view path);

} // namespace exhibit::android
