#include "artifacts/common/query.hpp"
#include "base/text.hpp"

#include <array>

namespace exhibit::android::downloads {
namespace {

using namespace std::string_view_literals;

struct Download {
    Time changed;
    std::optional<std::string_view> url;
    std::optional<std::string_view> referrer;
    std::optional<std::string_view> path;
    std::optional<std::string_view> file_name;
    std::optional<std::string_view> title;
    std::optional<std::string_view> mime_type;
    std::optional<std::string_view> package;
    std::optional<std::int64_t> uid;
    std::optional<std::int64_t> size;
    std::optional<std::int64_t> received;
    std::optional<std::int64_t> status;
    std::optional<std::string_view> error;
    std::optional<std::string_view> user_agent;
    std::optional<bool> removed;
};

constexpr std::array kColumns {
    column<&Download::changed>(
        "changed", Clock::unix_millis, "When the download last changed: mostly its end."),
    column<&Download::url>("url", Is::url, "Where it came from."),
    column<&Download::referrer>("referrer", Is::url, "Page that led there, where the app told."),
    column<&Download::path>("path", Is::path, "Where it was put."),
    column<&Download::file_name>("file_name", Is::file_name, "Name of that file."),
    column<&Download::title>("title", Is::free_text, "Title that the person saw."),
    column<&Download::mime_type>("mime_type", Is::opaque, "Kind of the content, as the server said."),
    column<&Download::package>("package", Is::app_id, "Package that asked for it."),
    column<&Download::uid>("uid", "Linux user id of that package."),
    column<&Download::size>("size", "Bytes that were announced; -1 if none were."),
    column<&Download::received>("received_bytes", "Bytes that arrived."),
    column<&Download::status>(
        "status", "190 to 199 waiting or running, 200 done, from 400 on what went wrong."),
    column<&Download::error>("error", Is::free_text, "What went wrong, in words."),
    column<&Download::user_agent>("user_agent", Is::opaque, "How the app named itself to the server."),
    column<&Download::removed>("removed", "Whether it was removed and waits to be deleted."),
};
constexpr std::array kEvents { Event { "changed", "download", "{package} downloaded {url} to {path}" } };
constexpr auto kDownloads = table<Download>("android_download",
    "One row per file that an app had the system's download manager fetch.", Relation::received, kColumns,
    kEvents);

// Columns: Downloads.Impl of the download provider of the Android Open Source Project.
constexpr std::array kFields {
    from<&Download::changed>("downloads.lastmod", Clock::unix_millis),
    from<&Download::url>("downloads.uri"),
    from<&Download::referrer>("downloads.referer"),
    from<&Download::path>("downloads._data"),
    from<&Download::title>("downloads.title"),
    from<&Download::mime_type>("downloads.mimetype"),
    from<&Download::package>("downloads.notificationpackage"),
    from<&Download::uid>("downloads.uid"),
    from<&Download::size>("downloads.total_bytes"),
    from<&Download::received>("downloads.current_bytes"),
    from<&Download::status>("downloads.status"),
    from<&Download::error>("downloads.errorMsg"),
    from<&Download::user_agent>("downloads.useragent"),
    from<&Download::removed>("downloads.deleted"),
};

Result<void> parse(Input const& input, Context& context)
{
    auto const database = EXHIBIT_TRY(open_database(input, context));
    Select const rows { .alias = "downloads", .table = "downloads", .deleted = true };
    return each_row<Download>(database, context, rows, kFields, [&](Download& row, Origin origin) {
        if (row.path)
            row.file_name = base_name(*row.path);
        return context.add(kDownloads, row, origin);
    });
}

constexpr std::array kPaths {
    "/data/data/com.android.providers.downloads/databases/downloads.db"sv,
    "/data/user/*/com.android.providers.downloads/databases/downloads.db"sv,
};
constexpr std::array<Table const*, 1> kTables { &kDownloads };

} // namespace

extern constinit Artifact const kArtifact {
    .id = "android.downloads",
    .title = "Downloads",
    .doc
    = "Files that browsers, messengers and others had the download manager fetch, with address and page: how "
      "apps from outside of stores mostly come. Removed downloads may be left in the database.",
    .platform = Platform::android,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::android::downloads
