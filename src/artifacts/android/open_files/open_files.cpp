#include "artifacts/android/common/section.hpp"
#include "artifacts/android/common/text.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <utility>

namespace exhibit::android::open_files {
namespace {

struct OpenFile {
    Time seen;
    std::string_view process;
    std::optional<std::int64_t> pid;
    std::string_view user_name;
    std::string_view descriptor;
    std::string_view path;
};

constexpr std::array kColumns {
    column<&OpenFile::seen>("seen", Clock::local_text, "When it was open: at the acquisition."),
    column<&OpenFile::process>("process", Is::process, "Process, as far as the list has room for its name."),
    column<&OpenFile::pid>("pid", "Process id."),
    column<&OpenFile::user_name>("user_name", Is::opaque, "User that it ran as."),
    column<&OpenFile::descriptor>("opened_as", Is::opaque,
        "Number of the open file, or what it is to the process: `txt` its program, `mem` in memory."),
    column<&OpenFile::path>("path", Is::path, "The file, once per process."),
};
constexpr auto kOpenFiles = table<OpenFile>("android_open_file",
    "One row per process and file that it had open or in memory, outside of the system's own folders.",
    Relation::executed, kColumns);

constexpr std::size_t kMostRows = 100'000;
/// Where apps, people and whoever has a cable may write, and what has no name in a folder.
constexpr std::array<std::string_view, 8> kFolders { "/data/", "/storage/", "/sdcard/", "/mnt/", "/tmp/",
    "/cache/", "/memfd:", "/dev/ashmem" };

/// `COMMAND PID USER FD TYPE DEVICE SIZE/OFF NODE NAME`
Result<void> parse(Input const& input, Context& context)
{
    SectionReader lines { input, context };
    std::set<std::string> seen; ///< of the process
    std::optional<std::int64_t> last;
    std::size_t rows = 0;
    OpenFile file;
    file.seen = time_of_section(input);
    for (Line line; lines.next(line);) {
        auto text = line.text;
        file.process = take_word(text);
        file.pid = to_integer(take_word(text));
        file.user_name = take_word(text);
        file.descriptor = take_word(text);
        auto const slash = text.find(" /");
        if (!file.pid || slash == text.npos)
            continue;
        file.path = trim(text.substr(slash));
        if (std::ranges::none_of(kFolders, [&](auto folder) { return file.path.starts_with(folder); }))
            continue;
        if (std::exchange(last, file.pid) != file.pid)
            seen.clear();
        if (!seen.emplace(file.path).second)
            continue;
        if (++rows > kMostRows) {
            context.note(
                Level::warning, Fault::over_limit, "more open files than are kept stand in the list");
            break;
        }
        EXHIBIT_TRY(context.add(kOpenFiles, file, Origin { line.offset }));
    }
    return lines.result();
}

constexpr std::array<std::string_view, 1> kPaths { "@dumpstate/list_of_open_files" };
constexpr std::array<Table const*, 1> kTables { &kOpenFiles };

} // namespace

extern constinit Artifact const kArtifact {
    .id = "android.open_files",
    .title = "Open files",
    .doc = "Files that the processes had open or in memory when a bug report was made, outside of the "
           "system's own "
           "folders.",
    .platform = Platform::android,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::android::open_files
