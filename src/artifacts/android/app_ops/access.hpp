#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace exhibit::android::app_ops {

/// One use of an operation as the dump prints it.
struct Access {
    std::string_view kind {}; ///< `access`, `reject` or `running`
    std::string_view state {}; ///< `bg`
    std::string_view flag {}; ///< `s`
    std::string_view time {}; ///< `2024-05-01 10:11:12.345`
    std::optional<std::chrono::milliseconds> age {};
    std::optional<std::chrono::milliseconds> duration {};
    std::string_view proxy_package {};
    std::optional<std::int64_t> proxy_uid {};
};

/// What still goes on at the dump, since so long before it.
Access running_since(std::optional<std::chrono::milliseconds> age);

/// What Android 4.3 to 8 writes behind an operation: `time=+1h2m ago; rejectTime=+3d ago; duration=+2s`.
std::vector<Access> read_short_form(std::string_view text);

/// Reads the lines below an operation. Versions differ: Android 9 names the kind once and lists further
/// states on lines of their own, Android 16 may put several accesses on one line.
class AccessReader {
public:
    /// The accesses on a line; they point into it.
    std::vector<Access> read(std::string_view line);

private:
    std::string_view m_kind;
};

} // namespace exhibit::android::app_ops
