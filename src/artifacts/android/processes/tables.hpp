#pragma once

#include "artifact/artifact.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace exhibit::android::processes {

struct Process {
    Time seen;
    std::int64_t pid = 0;
    std::optional<std::int64_t> parent_pid;
    std::optional<std::string> user_name;
    std::string process;
    std::optional<std::string> package;
    std::optional<std::string> state;
    std::optional<std::string> label;
    std::optional<std::int64_t> virtual_kib;
    std::optional<std::int64_t> resident_kib;
    std::optional<std::string> wait_channel;
    std::optional<std::string> command_line;
    std::optional<std::string> path;
    std::optional<std::string> working_folder;
    std::optional<std::string> environment;
    std::optional<std::string> kernel_name;
};

inline constexpr std::array kProcessColumns {
    column<&Process::seen>("seen", Clock::local_text, "When it ran: at the acquisition.").mvt("-"),
    column<&Process::pid>("pid", "Process id."),
    column<&Process::parent_pid>("parent_pid", "Process id of the one that started it.").mvt("ppid"),
    column<&Process::user_name>("user_name", Is::opaque, "User that it ran as, such as `u0_a231` or `root`.")
        .mvt("user"),
    column<&Process::process>(
        "process", Is::process, "Its name; threads of the kernel without their brackets.")
        .mvt("command"),
    column<&Process::package>("package", Is::app_id, "Package that it belongs to, where its name says so."),
    column<&Process::state>("state", Is::opaque, "State letter of `ps`."),
    column<&Process::label>("label", Is::opaque, "SELinux context that it ran in."),
    column<&Process::virtual_kib>("virtual_kib", "Virtual memory in KiB.").mvt("virtual_memory_size"),
    column<&Process::resident_kib>("resident_kib", "Memory in use, in KiB.").mvt("resident_set_size"),
    column<&Process::wait_channel>("wait_channel", Is::opaque, "What it waited for in the kernel.")
        .mvt("wchan"),
    column<&Process::command_line>("command_line", Is::system_text, "Its arguments, where they were taken."),
    column<&Process::path>("path", Is::path, "The program's file, where it is known."),
    column<&Process::working_folder>("working_folder", Is::path, "Folder that it ran in."),
    column<&Process::environment>(
        "environment", Is::system_text, "Variables of its environment, one per line."),
    column<&Process::kernel_name>("kernel_name", Is::process,
        "The name that the kernel has for it, at most 15 bytes, where its arguments were taken too: a "
        "process "
        "chooses those itself.")
        .mvt("-"),
};
inline constexpr auto kProcesses = table<Process>("android_process",
    "One row per process that ran at the acquisition; a shell without root sees few of other apps.",
    Relation::executed, kProcessColumns, {}, "aqf_processes");

struct Preload {
    std::int64_t pid = 0;
    std::string_view variable;
    std::string_view path;
    std::string_view file_name;
};

inline constexpr std::array kPreloadColumns {
    column<&Preload::pid>("pid", "Process id."),
    column<&Preload::variable>("variable", Is::opaque,
        "`LD_PRELOAD`, `CLASSPATH` or another variable or argument that names files or folders with code."),
    column<&Preload::path>("path", Is::path, "The file."),
    column<&Preload::file_name>("file_name", Is::file_name, "Its name without the folder."),
};
inline constexpr auto kPreloads = table<Preload>("android_process_preload",
    "One row per file or folder from which the environment or the arguments of a process make it load code.",
    Relation::executed, kPreloadColumns);

struct Thread {
    std::int64_t pid = 0;
    std::int64_t tid = 0;
    std::string_view thread;
};

inline constexpr std::array kThreadColumns {
    column<&Thread::pid>("pid", "Process id."),
    column<&Thread::tid>("tid", "Thread id."),
    column<&Thread::thread>("thread_name", Is::opaque,
        "Name of the thread, at most 15 bytes: tools that were injected name theirs.")
        .mvt("command"),
};
inline constexpr auto kThreads
    = table<Thread>("android_thread", "One row per thread besides the first of a process.",
        Relation::executed, kThreadColumns, {}, "processes");

/// Reads the text of `ps` in any of its forms, by the names in its header.
Result<void> parse_ps(Input const& input, Context& context);

/// Reads AndroidQF's `processes.json`.
Result<void> parse_json(Input const& input, Context& context);

/// Reads the bug report's section PROCESS TIMES, which alone has whole command lines.
Result<void> parse_times(Input const& input, Context& context);

} // namespace exhibit::android::processes
