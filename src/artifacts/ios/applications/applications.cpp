#include "artifacts/common/plist_file.hpp"
#include "formats/crypto/digest.hpp"

#include <array>

namespace exhibit::ios::applications {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kContainerFile = "/.com.apple.mobile_container_manager.metadata.plist";

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
    std::optional<bool> has_metadata = false;
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
        "system. Absent when they could not be read.")
        .mvt("-"),
};
struct AppContainer {
    std::string bundle_id;
    std::string container;
};

constexpr std::array kContainerColumns {
    column<&AppContainer::bundle_id>(
        "bundle_id", Is::process, "The app or plugin that the folder belongs to.")
        .mvt("-"),
    column<&AppContainer::container>("container", Is::path, "The folder.").mvt("-"),
};
constexpr auto kContainers = table<AppContainer>("ios_app_container",
    "One row per folder that the system keeps for the data of an app or plugin, also of one that hides "
    "itself.",
    Relation::installed, kContainerColumns);

constexpr std::array kEvents { Event {
    "purchased", "app_installed", "{item_name} {bundle_id} from {source_app}" } };
constexpr auto kApplications
    = table<Application>("ios_application", "One row per installed app, with what the store said of it.",
        Relation::installed, kColumns, kEvents, "applications");

void read_metadata(plist::Value const& metadata, Application& app)
{
    auto const text = [&](std::string_view key) { return metadata.find(key).as_text(); };
    app.has_metadata = true;
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

/// Metadata that are kept with something else.
void read_metadata(Bytes bytes, Application& app, Context& context, Origin origin)
{
    app.has_metadata.reset();
    auto const metadata = plist::Document::parse(bytes, context.limits().depth);
    if (!metadata)
        context.note(Level::warning, metadata.error().fault, "the metadata of an app cannot be read", origin);
    else if (metadata->root().kind() != plist::Kind::dictionary)
        context.note(Level::warning, Fault::malformed, "the metadata of an app are no dictionary", origin);
    else
        read_metadata(metadata->root(), app);
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
        if (auto const metadata = entry.value.find("iTunesMetadata"))
            read_metadata(metadata.as_data().value_or(Bytes {}), app, context, origin);
        EXHIBIT_TRY(context.add(kApplications, app, origin));
    }
    return {};
}

/// The app's own description. One whose store metadata beside it names the same app has its row from there.
Result<void> read_bundle(Input const& input, plist::Value const& root, Context& context)
{
    Application app;
    if (input.beside != nullptr) {
        auto const bytes = EXHIBIT_TRY(read_all(*input.beside, context.limits().whole_file));
        read_metadata(bytes.bytes(), app, context, {});
    }
    auto const bundle_id = root.find("CFBundleIdentifier").as_text();
    if (app.has_metadata.value_or(false) && app.bundle_id == bundle_id)
        return {};
    if (app.bundle_id) // Of another app.
        app = {};
    app.bundle_id = bundle_id;
    if (!app.item_name)
        app.item_name = root.find("CFBundleDisplayName").as_text();
    if (!app.item_name)
        app.item_name = root.find("CFBundleName").as_text();
    app.short_version = root.find("CFBundleShortVersionString").as_text();
    app.bundle_version = root.find("CFBundleVersion").as_text();
    return context.add(kApplications, app, {});
}

/// What the system notes in each folder that it keeps for an app.
Result<void> read_container(Input const& input, plist::Value const& root, Context& context)
{
    auto const path = input.path.substr(0, input.path.rfind('/'));
    if (auto name = root.find("MCMMetadataIdentifier").as_text())
        return context.add(kContainers, AppContainer { *std::move(name), std::string { path } }, {});
    return {};
}

Result<void> parse(Input const& input, Context& context)
{
    auto const file = EXHIBIT_TRY(open_plist(input, context));
    if (file.root().kind() != plist::Kind::dictionary)
        return fail(Fault::malformed, "the property list is no dictionary");
    if (input.path.starts_with("@backup/"))
        return read_backup(file.root(), context);
    if (input.path.ends_with(kContainerFile))
        return read_container(input, file.root(), context);
    if (input.path.ends_with("/Info.plist"))
        return read_bundle(input, file.root(), context);
    Application app;
    read_metadata(file.root(), app);
    return context.add(kApplications, app, {});
}

constexpr std::array kPaths {
    "@backup/Info.plist"sv,
    "/private/var/containers/Bundle/Application/*/iTunesMetadata.plist"sv,
    "/private/var/containers/Bundle/Application/*/*.app/Info.plist"sv,
    "/private/var/mobile/Containers/Data/Application/*/.com.apple.mobile_container_manager.metadata.plist"sv,
    "/private/var/mobile/Containers/Data/PluginKitPlugin/*/.com.apple.mobile_container_manager.metadata.plist"sv,
};
constexpr std::array<Table const*, 2> kTables { &kApplications, &kContainers };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.applications",
    .title = "Installed applications",
    .doc
    = "Apps with their store, date and account of purchase. Read from the list `Applications` of the "
      "backup's Info.plist and "
      "from the file iTunesMetadata.plist beside each app's bundle in a file system. Of an app that has "
      "no such file, or one that names another app, the row comes from its own Info.plist. The folders "
      "for data of apps and plugins come from what the system notes in each, also where no bundle is left.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
    .beside = "iTunesMetadata.plist",
};

} // namespace exhibit::ios::applications
