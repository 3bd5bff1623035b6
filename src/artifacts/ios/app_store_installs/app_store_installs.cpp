#include "artifacts/common/query.hpp"
#include "artifacts/ios/common/device_path.hpp"

namespace exhibit::ios::app_store_installs {
namespace {

using namespace std::string_view_literals;

struct StoreInstall {
    std::optional<std::int64_t> install_id;
    std::optional<std::string_view> bundle_id;
    std::optional<std::string_view> name;
    std::optional<std::string_view> vendor;
    std::optional<std::string_view> version;
    std::optional<std::string_view> client_id;
    std::optional<std::string> path;
    Time recorded;
    Time last_started;
    std::optional<std::string_view> apple_id;
    std::optional<std::int64_t> account_number;
    std::optional<std::int64_t> item_id;
    std::optional<std::int64_t> phase;
    std::optional<std::int64_t> update_type;
    std::optional<std::int64_t> source_type;
    std::optional<bool> is_automatic;
    std::optional<bool> is_redownload;
    std::optional<bool> is_remote;
    std::optional<std::string_view> transaction_id;
    std::optional<std::string_view> bundle_url;
};

constexpr std::array kInstallColumns {
    column<&StoreInstall::install_id>("install_id", "Number of the row.").mvt("-"),
    column<&StoreInstall::bundle_id>("bundle_id", Is::app_id, "The app.").mvt("-"),
    column<&StoreInstall::name>("name", Is::free_text, "Its name.").mvt("-"),
    column<&StoreInstall::vendor>("vendor", Is::free_text, "Who published it.").mvt("-"),
    column<&StoreInstall::version>(
        "version", Is::opaque, "Version of the build; a number, never an indicator.")
        .mvt("-"),
    column<&StoreInstall::client_id>("client_id", Is::app_id,
        "What asked for it: com.apple.AppStore; something else for TestFlight, device management and others.")
        .mvt("-"),
    column<&StoreInstall::path>("path", Is::path, "Where the app was put.").mvt("-"),
    column<&StoreInstall::recorded>("recorded", Clock::mac, "When the installation was asked for.").mvt("-"),
    column<&StoreInstall::last_started>(
        "last_started", Clock::mac, "When the system last went on with the installation.")
        .mvt("-"),
    column<&StoreInstall::apple_id>("apple_id", Is::email, "Account that it was bought with.").mvt("-"),
    column<&StoreInstall::account_number>("account_number", "Number of that account.").mvt("-"),
    column<&StoreInstall::item_id>("item_id", "Number of the app in the store.").mvt("-"),
    column<&StoreInstall::phase>("phase", "How far the installation is, in the system's code.").mvt("-"),
    column<&StoreInstall::update_type>("update_type", "Whether it is new or an update, in the system's code.")
        .mvt("-"),
    column<&StoreInstall::source_type>("source_type", "Kind of source, in the system's code.").mvt("-"),
    column<&StoreInstall::is_automatic>("is_automatic", "Whether the system asked for it by itself.")
        .mvt("-"),
    column<&StoreInstall::is_redownload>("is_redownload", "Whether it was bought earlier.").mvt("-"),
    column<&StoreInstall::is_remote>("is_remote", "Whether another device asked for it.").mvt("-"),
    column<&StoreInstall::transaction_id>(
        "transaction_id", Is::opaque, "Number of the purchase; no indicator names these.")
        .mvt("-"),
};
constexpr std::array kInstallEvents { Event {
    "recorded", "app_store_install", "{name} {bundle_id} for {client_id}" } };
constexpr auto kInstalls = table<StoreInstall>("ios_store_install",
    "One row per installation or update that the store's service works on or has done.", Relation::installed,
    kInstallColumns, kInstallEvents);

struct StorePackage {
    std::optional<std::int64_t> install_id;
    std::optional<std::string_view> bundle_id;
    Time recorded;
    std::optional<std::string_view> url;
    std::optional<std::int64_t> package_type;
    std::optional<std::int64_t> size;
    std::optional<std::int64_t> disk_usage;
};

constexpr std::array kPackageColumns {
    column<&StorePackage::install_id>("install_id", "The installation that it belongs to.").mvt("-"),
    column<&StorePackage::bundle_id>("bundle_id", Is::app_id, "The app, where that row is there.").mvt("-"),
    column<&StorePackage::recorded>("recorded", Clock::mac, "When it was asked for.").mvt("-"),
    column<&StorePackage::url>("url", Is::url, "Where it is downloaded from.").mvt("-"),
    column<&StorePackage::package_type>("package_type", "Kind of package, in the system's code.").mvt("-"),
    column<&StorePackage::size>("size", "Its size in bytes.").mvt("-"),
    column<&StorePackage::disk_usage>("disk_usage", "What it takes on the disk, in bytes.").mvt("-"),
};
constexpr std::array kPackageEvents { Event { "recorded", "app_package", "{bundle_id} from {url}" } };
constexpr auto kPackages
    = table<StorePackage>("ios_store_package", "One row per package that is downloaded for an installation.",
        Relation::contacted, kPackageColumns, kPackageEvents);

struct StoreUpdate {
    std::optional<std::string_view> bundle_id;
    Time installed;
    Time recorded;
    Time released;
    std::optional<std::int64_t> state;
    std::optional<std::int64_t> item_id;
};

constexpr std::array kUpdateColumns {
    column<&StoreUpdate::bundle_id>("bundle_id", Is::app_id, "The app.").mvt("-"),
    column<&StoreUpdate::installed>("update_installed", Clock::mac, "When the update was installed.")
        .mvt("-"),
    column<&StoreUpdate::recorded>("recorded", Clock::mac, "When the system learned of it.").mvt("-"),
    column<&StoreUpdate::released>("released", Clock::mac, "When this version came to the store.").mvt("-"),
    column<&StoreUpdate::state>("update_state", "1 for done, 4 for waiting, in the system's code.").mvt("-"),
    column<&StoreUpdate::item_id>("item_id", "Number of the app in the store.").mvt("-"),
};
constexpr std::array kUpdateEvents { Event { "update_installed", "app_updated", "{bundle_id}" } };
constexpr auto kUpdates
    = table<StoreUpdate>("ios_store_update", "One row per update of an app that the store knows of.",
        Relation::installed, kUpdateColumns, kUpdateEvents);

struct BetaApp {
    std::optional<std::string_view> bundle_id;
    std::optional<std::string_view> version;
    std::optional<std::string_view> email;
    Time last_seen;
    Time expires;
};

constexpr std::array kBetaColumns {
    column<&BetaApp::bundle_id>("bundle_id", Is::app_id, "The app.").mvt("-"),
    column<&BetaApp::version>("version", Is::opaque, "Its version; a number, never an indicator.").mvt("-"),
    column<&BetaApp::email>("email", Is::email, "The account that was invited to test it.").mvt("-"),
    column<&BetaApp::last_seen>("last_seen", Clock::mac, "When the system last saw it.").mvt("-"),
    column<&BetaApp::expires>("expires", Clock::mac, "When the test version stops to work.").mvt("-"),
};
constexpr std::array kBetaEvents { Event { "last_seen", "beta_app_seen", "{bundle_id} {version}" } };
constexpr auto kBetaApps = table<BetaApp>("ios_beta_app",
    "One row per app that came as a test version, past the review of the store.", Relation::installed,
    kBetaColumns, kBetaEvents);

constexpr std::array kInstallFields {
    from<&StoreInstall::install_id>("install.pid"),
    from<&StoreInstall::bundle_id>("install.bundle_id"),
    from<&StoreInstall::name>("install.bundle_name"),
    from<&StoreInstall::vendor>("install.vendor_name"),
    from<&StoreInstall::version>("install.bundle_version"),
    from<&StoreInstall::client_id>("install.client_id"),
    from<&StoreInstall::bundle_url>("install.bundle_url"),
    from<&StoreInstall::recorded>("install.timestamp", Clock::mac),
    from<&StoreInstall::last_started>("install.last_start_date", Clock::mac),
    from<&StoreInstall::apple_id>("install.apple_id"),
    from<&StoreInstall::account_number>("install.account_id"),
    from<&StoreInstall::item_id>("install.item_id"),
    from<&StoreInstall::phase>("install.phase"),
    from<&StoreInstall::update_type>("install.update_type"),
    from<&StoreInstall::source_type>("install.source_type"),
    from<&StoreInstall::is_automatic>("install.automatic_type"),
    from<&StoreInstall::is_redownload>("install.redownload"),
    from<&StoreInstall::is_remote>("install.remote_install"),
    from<&StoreInstall::transaction_id>("install.transaction_id"),
};
constexpr std::array kPackageFields {
    from<&StorePackage::install_id>("package.parent_id"),
    from<&StorePackage::bundle_id>("install.bundle_id"),
    from<&StorePackage::recorded>("package.timestamp", Clock::mac),
    from<&StorePackage::url>("package.package_url"),
    from<&StorePackage::package_type>("package.package_type"),
    from<&StorePackage::size>("package.bytes_total"),
    from<&StorePackage::disk_usage>("package.disk_usage"),
};
constexpr std::array kUpdateFields {
    from<&StoreUpdate::bundle_id>("app_update.bundle_id"),
    from<&StoreUpdate::installed>("app_update.install_date", Clock::mac),
    from<&StoreUpdate::recorded>("app_update.timestamp", Clock::mac),
    from<&StoreUpdate::released>("app_update.current_version_release_date", Clock::mac),
    from<&StoreUpdate::state>("app_update.update_state"),
    from<&StoreUpdate::item_id>("app_update.store_item_id"),
};
constexpr std::array kOtherUpdateFields {
    from<&StoreUpdate::bundle_id>("app_update.bundle_id"),
    from<&StoreUpdate::installed>("app_update.install_date", Clock::mac),
    from<&StoreUpdate::recorded>("app_update.timestamp", Clock::mac),
    from<&StoreUpdate::state>("app_update.update_state"),
    from<&StoreUpdate::item_id>("app_update.item_id"),
};
constexpr std::array kBetaFields {
    from<&BetaApp::bundle_id>("beta.bundle_id"),
    from<&BetaApp::version>("beta.bundle_short_version"),
    from<&BetaApp::email>("beta.email"),
    from<&BetaApp::last_seen>("beta.last_seen_date", Clock::mac),
    from<&BetaApp::expires>("beta.expiration_date", Clock::mac),
};

Result<void> parse(Input const& input, Context& context)
{
    auto const database = EXHIBIT_TRY(open_database(input, context));
    if (!database.empty() && !database.had_table("app_install"))
        return fail(Fault::unsupported, "the database has no table `app_install`");
    EXHIBIT_TRY(each_row<StoreInstall>(database, context,
        { .alias = "install", .table = "app_install", .deleted = true }, kInstallFields,
        [&](StoreInstall& row, Origin origin) {
            if (row.bundle_url)
                row.path = ios::device_path(*row.bundle_url);
            return context.add(kInstalls, row, origin);
        }));
    Select const packages { .alias = "package",
        .table = "app_package",
        .joins = { { "install", "app_install", "pid", "package.parent_id" } },
        .deleted = true };
    EXHIBIT_TRY(each_row<StorePackage>(database, context, packages, kPackageFields,
        [&](StorePackage& row, Origin origin) { return context.add(kPackages, row, origin); }));
    auto const add_update
        = [&](StoreUpdate& row, Origin origin) { return context.add(kUpdates, row, origin); };
    EXHIBIT_TRY(each_row<StoreUpdate>(database, context,
        { .alias = "app_update", .table = "app_updates", .deleted = true }, kUpdateFields, add_update));
    EXHIBIT_TRY(each_row<StoreUpdate>(database, context,
        { .alias = "app_update", .table = "mapi_app_update", .deleted = true }, kOtherUpdateFields,
        add_update));
    return each_row<BetaApp>(database, context,
        { .alias = "beta", .table = "beta_app_info", .deleted = true }, kBetaFields,
        [&](BetaApp& row, Origin origin) { return context.add(kBetaApps, row, origin); });
}

constexpr std::array kPaths {
    "/private/var/containers/Data/System/*/Documents/Persistence/storeSystem.db"sv
};
constexpr std::array<Table const*, 4> kTables { &kInstalls, &kPackages, &kUpdates, &kBetaApps };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.app_store_installs",
    .title = "Installations by the store's service",
    .doc = "Apps that the store's service installed or updates, what asked for them, with which account, and "
           "from where their packages come; and apps that came as test versions. Read from storeSystem.db. "
           "Rows of an installation go away some time after it is done.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
    .kept = Kept::on_device,
};

} // namespace exhibit::ios::app_store_installs
