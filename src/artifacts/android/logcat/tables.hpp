#pragma once

#include "artifact/artifact.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace exhibit::android::logcat {

struct Message {
    Time happened;
    std::optional<std::string_view> uid_name;
    std::optional<std::int64_t> pid;
    std::optional<std::int64_t> tid;
    std::string_view priority;
    std::string_view log_tag;
    std::string_view message;
};

inline constexpr std::array kMessageColumns {
    column<&Message::happened>("happened", Clock::local_text,
        "When; the log writes no year, it is taken from the acquisition's date. Lines keep their order even "
        "where the "
        "clock was set back."),
    column<&Message::uid_name>("uid_name", Is::opaque, "User that wrote it, where it is printed."),
    column<&Message::pid>("pid", "Process id."),
    column<&Message::tid>("tid", "Thread id."),
    column<&Message::priority>(
        "priority", Is::opaque, "Letter from V, least, over D, I, W and E to F, fatal."),
    column<&Message::log_tag>("log_tag", Is::opaque, "Part of the system that wrote it."),
    column<&Message::message>("message", Is::system_text, "The words."),
};
inline constexpr auto kMessages = table<Message>("android_log_message",
    "One row per line of the system's log buffers.", Relation::context, kMessageColumns);

struct LogEvent {
    Time happened;
    std::string_view event;
    std::optional<std::string> process;
    std::optional<std::string> package;
    std::optional<std::int64_t> uid;
    std::optional<std::string> url;
    std::string_view message;
};

inline constexpr std::array kEventColumns {
    column<&LogEvent::happened>("happened", Clock::local_text, "When."),
    column<&LogEvent::event>("event", Is::opaque,
        "`process_start`, `process_end`, `crash`, `not_responding`, `native_crash`, `link_opened`, "
        "`patched_hole_tried`, "
        "`silent_message`, `call_forwarding_set`, `permissive`, `permissive_denial`, `boot` or "
        "`log_cleared`."),
    column<&LogEvent::process>("process", Is::process, "Process that it is about."),
    column<&LogEvent::package>("package", Is::app_id, "Package that it is about."),
    column<&LogEvent::uid>("uid", "Linux user id that it is about."),
    column<&LogEvent::url>("url", Is::url, "Link that was opened."),
    column<&LogEvent::message>(
        "message", Is::opaque, "The line; its words are compared in the table of messages."),
};
inline constexpr std::array kEvents { Event {
    "happened", "log_event", "{event}: {process} {package} {url}" } };
inline constexpr auto kLogEvents = table<LogEvent>("android_log_event",
    "One row per line of the log that tells of something worth a look.", Relation::executed, kEventColumns,
    kEvents);

struct Buffer {
    std::string_view buffer;
    Time first;
    Time last;
    std::int64_t lines = 0;
    std::int64_t other_lines = 0;
    std::int64_t counted_only = 0;
    std::int64_t steps_back = 0;
    std::optional<std::int64_t> largest_step_ms;
};

inline constexpr std::array kBufferColumns {
    column<&Buffer::buffer>("buffer", Is::opaque, "The text that it stands in."),
    column<&Buffer::first>("first_line", Clock::local_text, "Time of its first line."),
    column<&Buffer::last>("last_line", Clock::local_text, "Time of its last line."),
    column<&Buffer::lines>("lines", "How many messages it has."),
    column<&Buffer::other_lines>("other_lines", "How many lines are no message of a known form."),
    column<&Buffer::counted_only>("counted_only",
        "How many of its messages are not copied, since the log is larger than 64 MB and they name nothing."),
    column<&Buffer::steps_back>(
        "steps_back", "How often a line is more than ten minutes older than the one before it."),
    column<&Buffer::largest_step_ms>("largest_step_ms", "The largest such step in milliseconds."),
};
inline constexpr auto kBuffers = table<Buffer>("android_log_buffer",
    "One row per log: from when to when it reaches, and whether its clock was "
    "set "
    "back.",
    Relation::context, kBufferColumns);

} // namespace exhibit::android::logcat
