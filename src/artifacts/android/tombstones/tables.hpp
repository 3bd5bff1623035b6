#pragma once

#include "artifact/artifact.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace exhibit::android::tombstones {

struct Tombstone {
    Time crashed;
    std::string process;
    std::optional<std::string> package;
    std::string thread;
    std::optional<std::int64_t> pid;
    std::optional<std::int64_t> tid;
    std::optional<std::int64_t> uid;
    std::optional<std::string> program;
    std::optional<std::string> command_line;
    std::optional<std::string> arguments;
    std::optional<std::int64_t> signal;
    std::optional<std::string> signal_name;
    std::optional<std::int64_t> signal_code;
    std::optional<std::string> signal_code_name;
    std::optional<std::string> fault_address;
    std::optional<std::int64_t> sender_uid;
    std::optional<std::int64_t> sender_pid;
    std::optional<std::string> cause;
    std::optional<std::string> abort_message;
    std::optional<std::int64_t> uptime_s;
    std::optional<std::string> label;
    std::optional<std::string> architecture;
    std::optional<std::string> build_fingerprint;
    std::optional<std::string> revision;
    Time file_written;
};

inline constexpr std::array kTombstoneColumns {
    column<&Tombstone::crashed>(
        "crashed", Clock::utc_text, "When the process crashed; without a zone in the text, the device's.")
        .mvt("timestamp"),
    column<&Tombstone::process>("process", Is::process, "Process that crashed: its name, else its program."),
    column<&Tombstone::package>("package", Is::app_id, "Package that it belongs to, where its name says so."),
    column<&Tombstone::thread>("thread_name", Is::process, "Name of the thread that crashed.")
        .mvt("process_name"),
    column<&Tombstone::pid>("pid", "Process id."),
    column<&Tombstone::tid>("tid", "Thread id."),
    column<&Tombstone::uid>("uid", "Linux user id: 0 root, 1000 system, 2000 shell."),
    column<&Tombstone::program>("program", Is::path, "The program's file, where it is no app.")
        .mvt("binary_path"),
    column<&Tombstone::command_line>("command_line", Is::system_text, "Its arguments."),
    column<&Tombstone::arguments>(
        "arguments", Is::opaque, "The same one per line, where the report keeps them apart.")
        .mvt("-"),
    column<&Tombstone::signal>("signal_number", "Number of the signal that ended it.").mvt("-"),
    column<&Tombstone::signal_name>("signal_name", Is::opaque, "Name of the signal.").mvt("-"),
    column<&Tombstone::signal_code>("signal_code", "Number of what the signal was raised for.").mvt("-"),
    column<&Tombstone::signal_code_name>("signal_code_name", Is::opaque, "Name of that.").mvt("-"),
    column<&Tombstone::fault_address>(
        "fault_address", Is::opaque, "Address that could not be used, hexadecimal."),
    column<&Tombstone::sender_uid>("sender_uid", "User id of a process that sent the signal."),
    column<&Tombstone::sender_pid>("sender_pid", "Process id of that."),
    column<&Tombstone::cause>("cause", Is::system_text, "What the system makes of it."),
    column<&Tombstone::abort_message>("abort_message", Is::system_text, "Words that the program left."),
    column<&Tombstone::uptime_s>("uptime_s", "Seconds that the process had run.").mvt("process_uptime"),
    column<&Tombstone::label>("label", Is::opaque, "SELinux context.").mvt("selinux_label"),
    column<&Tombstone::architecture>("architecture", Is::opaque, "Processor that it was built for.")
        .mvt("arch"),
    column<&Tombstone::build_fingerprint>("build_fingerprint", Is::opaque, "Build of the system."),
    column<&Tombstone::revision>("revision", Is::opaque, "Revision of the hardware."),
    column<&Tombstone::file_written>("file_written", Clock::local_text,
        "When the file of the report was written, by a bug report's zip or heading, where the report itself, "
        "as up to Android 9, has no time.")
        .mvt("-"),
};
inline constexpr std::array kTombstoneEvents {
    Event {
        "crashed", "tombstone", "{process} ({thread_name}) crashed: {signal_name} {cause} {abort_message}" },
    Event { "file_written", "tombstone_written",
        "report of a crash of {process} ({thread_name}) written: {signal_name}" },
};
inline constexpr auto kTombstones
    = table<Tombstone>("android_tombstone", "One row per crash report of native code.", Relation::executed,
        kTombstoneColumns, kTombstoneEvents, "tombstones");

struct OtherThread {
    Time crashed;
    std::int64_t tid = 0;
    std::string thread;
};

inline constexpr std::array kOtherThreadColumns {
    column<&OtherThread::crashed>("crashed", Clock::utc_text, "When the process crashed."),
    column<&OtherThread::tid>("tid", "Thread id."),
    column<&OtherThread::thread>("thread_name", Is::process,
        "Name of the thread, at most 15 bytes: tools that were injected name theirs."),
};
inline constexpr auto kOtherThreads = table<OtherThread>("android_tombstone_thread",
    "One row per thread of the process besides the one that crashed.", Relation::executed,
    kOtherThreadColumns);

struct Frame {
    Time crashed;
    std::int64_t frame = 0;
    std::string pc;
    std::string module;
    std::string module_name;
    std::optional<std::string> function;
    std::optional<std::string> build_id;
};

inline constexpr std::array kFrameColumns {
    column<&Frame::crashed>("crashed", Clock::utc_text, "When the process crashed."),
    column<&Frame::frame>("frame", "Number of the frame, from the innermost."),
    column<&Frame::pc>("pc", Is::opaque, "Address in the module, hexadecimal."),
    column<&Frame::module>("module", Is::path, "File or memory that the code is in."),
    column<&Frame::module_name>("module_name", Is::file_name, "Its name without the folder."),
    column<&Frame::function>("function", Is::opaque, "Function, where it has a name."),
    column<&Frame::build_id>("build_id", Is::opaque, "Build id of the module."),
};
inline constexpr auto kFrames = table<Frame>("android_tombstone_frame",
    "One row per frame of the thread that crashed.", Relation::executed, kFrameColumns);

struct Mapping {
    Time crashed;
    std::string begin;
    std::string end;
    std::string access;
    std::string module;
    std::string module_name;
};

inline constexpr std::array kMappingColumns {
    column<&Mapping::crashed>("crashed", Clock::utc_text, "When the process crashed."),
    column<&Mapping::begin>("begin_address", Is::opaque, "First address, hexadecimal."),
    column<&Mapping::end>("end_address", Is::opaque, "Address behind the last, hexadecimal."),
    column<&Mapping::access>("access", Is::opaque, "`rwx` letters of what may be done with it."),
    column<&Mapping::module>("module", Is::path, "File that it was read from, or what kind of memory it is."),
    column<&Mapping::module_name>("module_name", Is::file_name, "Its name without the folder."),
};
inline constexpr auto kMappings = table<Mapping>("android_tombstone_mapping",
    "One row per piece of memory with code that is not the system's own: apps, deleted files, memory without "
    "file.",
    Relation::executed, kMappingColumns);

struct OpenFile {
    Time crashed;
    std::int64_t descriptor = 0;
    std::string path;
};

inline constexpr std::array kOpenFileColumns {
    column<&OpenFile::crashed>("crashed", Clock::utc_text, "When the process crashed."),
    column<&OpenFile::descriptor>("descriptor", "Number of the open file."),
    column<&OpenFile::path>("path", Is::path, "The file; devices, pipes and sockets are left out."),
};
inline constexpr auto kOpenFiles = table<OpenFile>("android_tombstone_open_file",
    "One row per file that the process had open.", Relation::executed, kOpenFileColumns);

struct LogLine {
    Time logged;
    std::optional<std::int64_t> pid;
    std::optional<std::int64_t> tid;
    std::string priority;
    std::string tag;
    std::string message;
};

inline constexpr std::array kLogColumns {
    column<&LogLine::logged>(
        "logged", Clock::local_text, "When; the year, where none is written, comes from the crash."),
    column<&LogLine::pid>("pid", "Process that wrote it."),
    column<&LogLine::tid>("tid", "Thread that wrote it."),
    column<&LogLine::priority>("priority", Is::opaque, "V, D, I, W, E or F."),
    column<&LogLine::tag>("log_tag", Is::opaque, "Part of the system that it is from."),
    column<&LogLine::message>("message", Is::system_text, "The words."),
};
inline constexpr auto kLogLines = table<LogLine>("android_tombstone_log",
    "One row per line of the system's log that the report holds from around the crash.", Relation::context,
    kLogColumns);

/// Whether executable memory is worth a row: code that is not the system's own, or that can be written.
bool is_foreign_code(std::string_view module, bool writable);

/// Whether an open file is worth a row.
bool is_plain_file(std::string_view path);

/// Sets the process's name, package and program from what the report calls it.
void set_process(Tombstone& tombstone, std::string_view name);

Result<void> parse_text(Input const& input, Context& context);
Result<void> parse_protobuf(Input const& input, Context& context);

} // namespace exhibit::android::tombstones
