#include "artifact/artifact.hpp"
#include "base/text.hpp"

#include <algorithm>

namespace exhibit::android::file_times {
namespace {

struct FileTime {
    std::string_view path;
    std::string_view file_name;
    Time modified;
    std::int64_t size = 0;
    Time named_time;
};

constexpr std::array kColumns {
    column<&FileTime::path>("path", Is::path, "Where the file was on the device."),
    column<&FileTime::file_name>("file_name", Is::file_name, "Its name."),
    column<&FileTime::modified>("modified", Clock::local_text,
        "Change time as the zip of a bug report has it: the device's wall clock in steps of two seconds. "
        "Those of other copies stand in `android_file`.")
        .mvt("modified_time"),
    column<&FileTime::size>("size", "Bytes of its content."),
    column<&FileTime::named_time>(
        "named_time", Clock::local_text, "The time in its name, as crash reports carry one."),
};
constexpr std::array kEvents {
    Event { "modified", "file_modified", "{path} last changed" },
    Event { "named_time", "file_written", "{path} written, by its name" },
};
constexpr auto kFileTimes = table<FileTime>("android_file_time",
    "One row per log or crash file that the acquisition copied from the device.", Relation::present, kColumns,
    kEvents, "bugreport_timestamps");

/// The first `YYYY-MM-DD-hh-mm-ss` in a name, as text with a space and colons.
std::optional<std::string> time_in_name(std::string_view name)
{
    constexpr std::string_view shape = "dddd-dd-dd-dd-dd-dd";
    for (std::size_t at = 0; at + shape.size() <= name.size(); ++at) {
        auto const part = name.substr(at, shape.size());
        bool const fits = std::ranges::equal(part, shape,
            [](char c, char wanted) { return wanted == 'd' ? c >= '0' && c <= '9' : c == '-' || c == '_'; });
        if (!fits)
            continue;
        std::string text { part };
        text[4] = text[7] = '-';
        text[10] = ' ';
        text[13] = text[16] = ':';
        return text;
    }
    return std::nullopt;
}

Result<void> parse(Input const& input, Context& context)
{
    FileTime row;
    row.path = input.path;
    row.file_name = base_name(input.path);
    row.size = static_cast<std::int64_t>(input.source->size());
    // Moments of a copy of the file system stand in the list of files.
    if (input.wall_clock)
        row.modified = Time::local(to_text(*input.wall_clock).substr(0, 19), input.clock.zone);
    if (auto const text = time_in_name(row.file_name))
        row.named_time = Time::local(*text, input.clock.zone);
    return context.add(kFileTimes, row, {});
}

constexpr std::array<std::string_view, 8> kPaths { "/data/anr/**", "/data/tombstones/**", "/data/log/**",
    "/data/misc/**", "/data/system/**", "/cache/recovery/**", "/sdcard/log/**", "/metadata/**" };
constexpr std::array<Table const*, 1> kTables { &kFileTimes };

} // namespace

extern constinit Artifact const kArtifact {
    .id = "android.file_times",
    .title = "Copied log and crash files",
    .doc
    = "The files that a bug report or AndroidQF copied from the device, with the times that their container "
      "and their names tell.",
    .platform = Platform::android,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
    .by_list = true,
};

} // namespace exhibit::android::file_times
