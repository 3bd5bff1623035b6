#include "artifacts/common/plist_file.hpp"
#include "artifacts/ios/common/device_path.hpp"

#include <array>

namespace exhibit::ios::safari_downloads {
namespace {

using namespace std::string_view_literals;

struct Download {
    std::optional<std::string> url;
    std::optional<std::string> path;
    Time added;
    Time finished;
    std::optional<std::int64_t> bytes_received;
    std::optional<std::int64_t> bytes_expected;
    std::optional<std::string> uuid;
};

constexpr std::array kColumns {
    column<&Download::url>("url", Is::url, "Where it came from.").mvt("-"),
    column<&Download::path>("path", Is::path, "Where it was put.").mvt("-"),
    column<&Download::added>("added", Clock::plist, "When the download began.").mvt("-"),
    column<&Download::finished>("finished", Clock::plist, "When it ended.").mvt("-"),
    column<&Download::bytes_received>("bytes_received", "Bytes that arrived.").mvt("-"),
    column<&Download::bytes_expected>("bytes_expected", "Bytes that were announced.").mvt("-"),
    column<&Download::uuid>("uuid", Is::opaque, "The download's own number, made up by the browser.")
        .mvt("-"),
};
constexpr std::array kEvents { Event { "added", "download", "{url} to {path}" } };
constexpr auto kDownloads = table<Download>("ios_safari_download",
    "One row per file that was downloaded in Safari.", Relation::received, kColumns, kEvents);

Result<void> parse(Input const& input, Context& context)
{
    auto const file = EXHIBIT_TRY(open_plist(input, context));
    if (file.root().kind() != plist::Kind::dictionary)
        return fail(Fault::malformed, "the property list is no dictionary");
    std::uint64_t number = 0;
    for (auto const& entry : file.root().find("DownloadHistory").elements()) {
        Download row;
        row.url = entry.find("DownloadEntryURL").as_text();
        if (auto const path = entry.find("DownloadEntryPath").as_text())
            row.path = ios::device_path(*path);
        row.added = plist_time(entry.find("DownloadEntryDateAddedKey"));
        row.finished = plist_time(entry.find("DownloadEntryDateFinishedKey"));
        row.bytes_received = entry.find("DownloadEntryProgressBytesSoFar").as_int();
        row.bytes_expected = entry.find("DownloadEntryProgressTotalToLoad").as_int();
        row.uuid = entry.find("DownloadEntryIdentifier").as_text();
        EXHIBIT_TRY(context.add(kDownloads, row, Origin { ++number }));
    }
    return {};
}

constexpr std::array kPaths {
    "/private/var/mobile/Library/Safari/Downloads/Downloads.plist"sv,
    "/private/var/mobile/Containers/Data/Application/*/Library/Safari/Downloads/Downloads.plist"sv,
};
constexpr std::array<Table const*, 1> kTables { &kDownloads };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.safari_downloads",
    .title = "Safari downloads",
    .doc = "Files that were downloaded in Safari: configuration profiles, apps and pages that lure come this "
           "way too. Read from "
           "Downloads.plist.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::ios::safari_downloads
