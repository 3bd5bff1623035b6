#include "artifacts/common/plist_file.hpp"
#include "formats/crypto/digest.hpp"

#include <array>

namespace exhibit::ios::applications {
namespace {

using namespace std::string_view_literals;

struct Application {
    std::optional<std::string> bundle_id;
    std::optional<std::string> listed_as;
    std::optional<std::string> item_name;
    std::optional<std::string> artist;
    std::optional<std::string> short_version;
    std::optional<std::string> bundle_version;
    std::optional<std::int64_t> item_id;
    std::optional<std::string> source_app;
    std::optional<std::string> product_kind;
    Time purchased;
    std::optional<std::string> apple_id;
    std::optional<std::int64_t> account_number;
    std::optional<bool> is_redownload;
    std::optional<bool> has_purchases;
    std::optional<std::string> store_cohort;
    std::optional<std::string> distributor_id;
    std::optional<std::string> icon_sha256;
    bool has_metadata = false;
};

constexpr std::array kColumns {
    column<&Application::bundle_id>("bundle_id", Is::process, "The app, by its own metadata.")
        .mvt("softwareVersionBundleId"),
    column<&Application::listed_as>(
        "listed_as", Is::process, "The app, by the name under which the backup lists it.")
        .mvt("name"),
    column<&Application::item_name>("item_name", Is::free_text, "Name of the app in the store.")
        .mvt("itemName"),
    column<&Application::artist>("artist", Is::free_text, "Who published it.").mvt("artistName"),
    column<&Application::short_version>(
        "short_version", Is::opaque, "Version for people; a number, never an indicator.")
        .mvt("bundleShortVersionString"),
    column<&Application::bundle_version>(
        "bundle_version", Is::opaque, "Version of the build; a number, never an indicator.")
        .mvt("bundleVersion"),
    column<&Application::item_id>("item_id", "Number of the app in the store.").mvt("itemId"),
    column<&Application::source_app>("source_app", Is::app_id,
        "What installed it: com.apple.AppStore; something else for TestFlight, other stores and device "
        "management.")
        .mvt("sourceApp"),
    column<&Application::product_kind>("product_kind", Is::opaque, "Kind of product, a word of the store's.")
        .mvt("kind"),
    column<&Application::purchased>("purchased", Clock::utc_text, "When it was bought or downloaded.")
        .mvt("isodate"),
    column<&Application::apple_id>("apple_id", Is::email, "Account that it was bought with.").mvt("-"),
    column<&Application::account_number>("account_number", "Number of that account.").mvt("-"),
    column<&Application::is_redownload>("is_redownload", "Whether it was bought earlier.")
        .mvt("is-purchased-redownload"),
    column<&Application::has_purchases>("has_purchases", "Whether it has or had things to buy inside.")
        .mvt("hasOrEverHasHadIAP"),
    column<&Application::store_cohort>(
        "store_cohort", Is::opaque, "How the person came to the app, in the store's code.")
        .mvt("storeCohort"),
    column<&Application::distributor_id>("distributor_id", Is::app_id, "The other store that it came from.")
        .mvt("-"),
    column<&Application::icon_sha256>("icon_sha256", Is::hash, "SHA-256 of its icon in the backup.")
        .mvt("icon_sha256"),
    column<&Application::has_metadata>("has_metadata",
        "Whether it has metadata of a store; without, it was installed by other means or comes with the "
        "system.")
        .mvt("-"),
};
constexpr std::array kEvents { Event {
    "purchased", "app_installed", "{item_name} {bundle_id} from {source_app}" } };
constexpr auto kApplications
    = table<Application>("ios_application", "One row per installed app, with what the store said of it.",
        Relation::installed, kColumns, kEvents, "applications");

void read_metadata(plist::Value const& metadata, Application& app)
{
    auto const text = [&](std::string_view key) { return metadata.find(key).as_text(); };
    app.has_metadata = metadata.kind() == plist::Kind::dictionary;
    app.bundle_id = text("softwareVersionBundleId");
    app.item_name = text("itemName");
    app.artist = text("artistName");
    app.short_version = text("bundleShortVersionString");
    app.bundle_version = text("bundleVersion");
    app.item_id = metadata.find("itemId").as_int();
    app.source_app = text("sourceApp");
    app.product_kind = text("kind");
    app.is_redownload = metadata.find("is-purchased-redownload").as_bool();
    app.has_purchases = metadata.find("hasOrEverHasHadIAP").as_bool();
    app.store_cohort = text("storeCohort");
    app.distributor_id = metadata.find("distributor-info").find("distributorID").as_text();
    auto const download = metadata.find("com.apple.iTunesStore.downloadInfo");
    if (auto const date = download.find("purchaseDate").as_text())
        app.purchased = Time::iso(*date);
    else
        app.purchased = plist_time(download.find("purchaseDate"));
    app.apple_id = download.find("accountInfo").find("AppleID").as_text();
    app.account_number = download.find("accountInfo").find("DSPersonID").as_int();
}

Result<void> read_backup(plist::Value const& root, Context& context)
{
    std::uint64_t number = 0;
    for (auto const& entry : root.find("Applications").entries()) {
        Origin const origin { ++number };
        Application app;
        app.listed_as = entry.key.as_text();
        if (auto const icon = entry.value.find("PlaceholderIcon").as_data())
            app.icon_sha256 = sha256_hex(*icon);
        if (auto const bytes = entry.value.find("iTunesMetadata").as_data()) {
            auto const metadata = plist::Document::parse(*bytes, context.limits().depth);
            if (metadata)
                read_metadata(metadata->root(), app);
            else
                context.note(
                    Level::warning, metadata.error().fault, "the metadata of an app cannot be read", origin);
        }
        EXHIBIT_TRY(context.add(kApplications, app, origin));
    }
    return {};
}

Result<void> parse(Input const& input, Context& context)
{
    auto const file = EXHIBIT_TRY(open_plist(input, context));
    if (file.root().kind() != plist::Kind::dictionary)
        return fail(Fault::malformed, "the property list is no dictionary");
    if (!input.path.ends_with("/iTunesMetadata.plist"))
        return read_backup(file.root(), context);
    Application app;
    read_metadata(file.root(), app);
    return context.add(kApplications, app, {});
}

constexpr std::array kPaths {
    "@backup/Info.plist"sv,
    "/private/var/containers/Bundle/Application/*/iTunesMetadata.plist"sv,
};
constexpr std::array<Table const*, 1> kTables { &kApplications };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.applications",
    .title = "Installed applications",
    .doc = "Apps with their store, date and account of purchase. Read from the list `Applications` of the "
           "backup's Info.plist and "
           "from the file iTunesMetadata.plist beside each app's bundle in a file system. Apps that came "
           "from no store have no such "
           "file and appear in a backup only.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::ios::applications
