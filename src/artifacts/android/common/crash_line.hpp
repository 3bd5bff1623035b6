#pragma once

#include "artifacts/android/common/text.hpp"

#include <string_view>

namespace exhibit::android {

/// Who crashed, as the first line of a crash report names them.
struct CrashLine {
    std::string_view thread;
    std::string_view process;
};

/// `pid: 4242, tid: 4250, name: Thread-3  >>> com.example <<<`; early versions name no thread. An app chooses
/// the names of its threads, which may look like the name of another process.
inline CrashLine read_crash_line(std::string_view line)
{
    constexpr std::string_view key = "name: ";
    constexpr std::string_view mark = ">>> ";
    constexpr std::size_t longest_thread_name = 15; // TASK_COMM_LEN of the kernel
    auto const name = line.find(key);
    auto open = line.find(mark);
    CrashLine names;
    if (name != line.npos && name < open) {
        auto const thread = name + key.size();
        // Two spaces stand between them.
        if (auto const last = line.rfind(mark, thread + longest_thread_name + 2); last != line.npos)
            open = last;
        names.thread = trim(line.substr(thread, open - thread));
    }
    if (open == line.npos)
        return names;
    auto const process = line.substr(open + mark.size());
    if (auto const close = process.rfind(" <<<"); close != process.npos)
        names.process = trim(process.substr(0, close));
    return names;
}

} // namespace exhibit::android
