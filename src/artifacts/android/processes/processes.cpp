#include "artifacts/android/processes/tables.hpp"

namespace exhibit::android::processes {
namespace {

Result<void> parse(Input const& input, Context& context)
{
    if (input.path.ends_with(".json"))
        return parse_json(input, context);
    return input.path == "@dumpstate/process_times" ? parse_times(input, context) : parse_ps(input, context);
}

constexpr std::array<std::string_view, 6> kPaths { "@androidqf/ps.txt", "@androidqf/processes.txt",
    "@androidqf/processes.json", "@dumpstate/processes", "@dumpstate/processes_and_threads",
    "@dumpstate/process_times" };
constexpr std::array<Table const*, 3> kTables { &kProcesses, &kThreads, &kPreloads };

} // namespace

extern constinit Artifact const kArtifact {
    .id = "android.processes",
    .title = "Running processes",
    .doc
    = "Processes and threads that ran at the acquisition. AndroidQF sees what a shell may see, a bug report "
      "sees all.",
    .platform = Platform::android,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
    .key = true,
};

} // namespace exhibit::android::processes
