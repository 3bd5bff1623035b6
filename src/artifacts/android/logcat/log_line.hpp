#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace exhibit::android::logcat {

/// One message of `logcat`, in any of the forms that it prints; the views point into the line.
struct LogLine {
    std::string_view time; ///< `05-01 10:11:12.345`, with a year in front where one was asked for; a count of
                           ///< seconds; may be empty
    std::string_view uid; ///< `1000`, `u0_a231` or empty
    std::optional<std::int64_t> pid;
    std::optional<std::int64_t> tid;
    char priority = '\0'; ///< V D I W E F S
    std::string_view tag;
    std::string_view message;
    bool message_follows = false; ///< the form `long` has it on the lines below
};

/// Takes a line apart: `threadtime` (with or without user ids), `time`, `brief`, `long`, and what Android
/// Studio exports. Nothing for other lines.
std::optional<LogLine> read_log_line(std::string_view text);

} // namespace exhibit::android::logcat
