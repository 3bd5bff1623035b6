#include "artifacts/common/query.hpp"

#include <array>

namespace exhibit::android::play_protect {
namespace {

using namespace std::string_view_literals;

struct SeenApp {
    std::optional<std::string_view> package;
    std::optional<std::int64_t> version_code;
    std::optional<std::string_view> sha256;
};

constexpr std::array kSeenColumns {
    column<&SeenApp::package>("package", Is::app_id, "Package; it may have been removed since."),
    column<&SeenApp::version_code>("version_code", "Its version."),
    column<&SeenApp::sha256>("sha256", Is::hash, "SHA-256 of its file."),
};
constexpr auto kSeen = table<SeenApp>("android_seen_app",
    "One row per version of an app that Google Play services have looked at.", Relation::installed,
    kSeenColumns);

struct StoreApp {
    std::optional<std::string_view> package;
    std::optional<std::string_view> title;
    Time first_download;
    std::optional<std::string_view> account;
    std::optional<std::string_view> install_reason;
};

constexpr std::array kStoreColumns {
    column<&StoreApp::package>("package", Is::app_id, "Package; it may have been removed since."),
    column<&StoreApp::title>("title", Is::free_text, "Its name in the store."),
    column<&StoreApp::first_download>(
        "first_download", Clock::unix_millis, "When the store first fetched it."),
    column<&StoreApp::account>("account", Is::handle, "Account that it was fetched with."),
    column<&StoreApp::install_reason>(
        "store_reason", Is::opaque, "Why, in the store's word, such as `single_install`."),
};
constexpr std::array kStoreEvents { Event {
    "first_download", "store_download", "{package} fetched from the store" } };
constexpr auto kStore = table<StoreApp>("android_store_app", "One row per app that the Play Store manages.",
    Relation::installed, kStoreColumns, kStoreEvents);

// Tables and columns: ALEAPP's modules for installed apps (GMS and Vending).
constexpr std::array kSeenFields {
    from<&SeenApp::package>("app.package_name"),
    from<&SeenApp::version_code>("app.version_code"),
    from<&SeenApp::sha256>("app.digest_sha256"),
};
constexpr std::array kStoreFields {
    from<&StoreApp::package>("app.package_name"),
    from<&StoreApp::title>("app.title"),
    from<&StoreApp::first_download>("app.first_download_ms", Clock::unix_millis),
    from<&StoreApp::account>("app.account"),
    from<&StoreApp::install_reason>("app.install_reason"),
};

Result<void> parse(Input const& input, Context& context)
{
    auto const database = EXHIBIT_TRY(open_database(input, context));
    EXHIBIT_TRY(each_row<SeenApp>(database, context, { .alias = "app", .table = "app_info", .deleted = true },
        kSeenFields, [&](SeenApp& row, Origin origin) { return context.add(kSeen, row, origin); }));
    return each_row<StoreApp>(database, context, { .alias = "app", .table = "appstate", .deleted = true },
        kStoreFields, [&](StoreApp& row, Origin origin) { return context.add(kStore, row, origin); });
}

constexpr std::array kPaths {
    "/data/data/com.google.android.gms/databases/gass.db"sv,
    "/data/user/*/com.google.android.gms/databases/gass.db"sv,
    "/data/data/com.android.vending/databases/localappstate.db"sv,
    "/data/user/*/com.android.vending/databases/localappstate.db"sv,
};
constexpr std::array<Table const*, 2> kTables { &kSeen, &kStore };

} // namespace

extern constinit Artifact const kArtifact {
    .id = "android.play_protect",
    .title = "Apps that Google has seen",
    .doc = "The digests of apps that Google Play services have looked at, from whatever source, and the apps "
           "that the "
           "Play Store manages. Removed apps stay in both for a while.",
    .platform = Platform::android,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::android::play_protect
