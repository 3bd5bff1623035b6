#include "artifacts/common/chrome_history.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace exhibit::android::chrome_history {
namespace {

using namespace std::string_view_literals;
using chrome::Visit;

constexpr auto kVisitColumns = [] {
    std::array<Column, chrome::kVisitColumns.size() + 1> columns {};
    columns.front() = column<&Visit::package>("package", Is::app_id, "Browser that keeps the history.");
    std::ranges::copy(chrome::kVisitColumns, columns.begin() + 1);
    return columns;
}();
constexpr auto kVisits = table<Visit>("android_chrome_visit",
    "One row per page visit in Chrome or a browser made from it, and one for each page whose visits are "
    "gone.",
    Relation::visited, kVisitColumns, chrome::kVisitEvents);

struct Download {
    std::optional<std::string_view> package;
    std::optional<std::int64_t> download_id;
    Time download_started;
    Time download_ended;
    std::optional<std::int64_t> chain_index;
    std::optional<std::string_view> url;
    std::optional<std::string_view> page;
    std::optional<std::string_view> referrer;
    std::optional<std::string_view> path;
    std::optional<std::string_view> file_name;
    std::optional<std::string_view> mime_type;
    std::optional<std::int64_t> size;
    std::optional<std::int64_t> received;
    std::optional<std::int64_t> state;
    std::optional<std::int64_t> danger;
    std::optional<bool> was_opened;
};

constexpr std::array kDownloadColumns {
    column<&Download::package>("package", Is::app_id, "Browser that fetched it."),
    column<&Download::download_id>("download_id", "Number of the download; all its addresses share it."),
    column<&Download::download_started>("download_started", Clock::webkit, "When it began."),
    column<&Download::download_ended>("download_ended", Clock::webkit, "When it ended."),
    column<&Download::chain_index>(
        "chain_index", "Place of the address on the way to the file: 0 was asked for, the rest redirects."),
    column<&Download::url>("url", Is::url, "The address."),
    column<&Download::page>("tab_url", Is::url, "Page that was open."),
    column<&Download::referrer>("referrer", Is::url, "Page that led there."),
    column<&Download::path>("path", Is::path, "Where the file was put."),
    column<&Download::file_name>("file_name", Is::file_name, "Name of that file."),
    column<&Download::mime_type>("mime_type", Is::opaque, "Kind of the content, as the server said."),
    column<&Download::size>("size", "Bytes that were announced; 0 if none were."),
    column<&Download::received>("received_bytes", "Bytes that arrived."),
    column<&Download::state>("state_code", "0 goes on, 1 complete, 2 cancelled, 4 interrupted."),
    column<&Download::danger>("danger_code",
        "What the browser thought of it: 0 not dangerous; 1 to 5, 7 and 8 dangerous in one way or another, 6 "
        "a person kept it all the same."),
    column<&Download::was_opened>("was_opened", "Whether it was opened from the browser."),
};
constexpr std::array kDownloadEvents { Event {
    "download_started", "download", "{package} downloaded {url} to {path}" } };
constexpr auto kDownloads = table<Download>("android_chrome_download",
    "One row per address on the way to a file that such a browser fetched.", Relation::received,
    kDownloadColumns, kDownloadEvents);

// Columns: history_database.cc and download_database.cc of Chromium.
constexpr std::array kDownloadFields {
    from<&Download::download_id>("download.id"),
    from<&Download::download_started>("download.start_time", Clock::webkit),
    from<&Download::download_ended>("download.end_time", Clock::webkit),
    from<&Download::chain_index>("chain.chain_index"),
    from<&Download::url>("chain.url"),
    from<&Download::page>("download.tab_url"),
    from<&Download::referrer>("download.referrer"),
    from<&Download::path>("download.target_path"),
    from<&Download::mime_type>("download.mime_type"),
    from<&Download::size>("download.total_bytes"),
    from<&Download::received>("download.received_bytes"),
    from<&Download::state>("download.state"),
    from<&Download::danger>("download.danger_type"),
    from<&Download::was_opened>("download.opened"),
};

constexpr std::size_t kFoldersBehind = 3; // The package, in the path of its history.

/// `/data/data/com.android.chrome/app_chrome/Default/History`, and with a user's number in front.
std::string_view package_of_path(std::string_view path)
{
    for (std::size_t i = 0; i != kFoldersBehind; ++i)
        path = path.substr(0, std::min(path.rfind('/'), path.size()));
    return base_name(path);
}

Result<void> parse(Input const& input, Context& context)
{
    auto const database = EXHIBIT_TRY(open_database(input, context));
    auto const package = package_of_path(input.path);
    EXHIBIT_TRY(chrome::each_visit(database, context, [&](Visit& row, Origin origin) {
        row.package = package;
        return context.add(kVisits, row, origin);
    }));
    Select const downloads { .alias = "download",
        .table = "downloads",
        .joins = { { "chain", "downloads_url_chains", "id", "download.id" } },
        .deleted = true };
    return each_row<Download>(
        database, context, downloads, kDownloadFields, [&](Download& row, Origin origin) {
            row.package = package;
            if (row.path && row.path->empty())
                row.path.reset(); // Nobody has chosen a place yet.
            if (row.path)
                row.file_name = base_name(*row.path);
            return context.add(kDownloads, row, origin);
        });
}

// Every profile has a folder: Default, Profile 1 and so on. Brave, Edge and others keep the name app_chrome.
constexpr std::array kPaths {
    "/data/data/*/app_chrome/*/History"sv,
    "/data/user/*/*/app_chrome/*/History"sv,
    "/data/data/com.sec.android.app.sbrowser/app_sbrowser/*/History"sv,
    "/data/user/*/com.sec.android.app.sbrowser/app_sbrowser/*/History"sv,
};
constexpr std::array<Table const*, 2> kTables { &kVisits, &kDownloads };

} // namespace

extern constinit Artifact const kArtifact {
    .id = "android.chrome_history",
    .title = "Chrome history and downloads",
    .doc = "Pages opened and files fetched in Chrome and in browsers made from it, Samsung's among them, in "
           "every profile: how links from messages and pages that redirect show. Chrome keeps some three "
           "months.",
    .platform = Platform::android,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::android::chrome_history
