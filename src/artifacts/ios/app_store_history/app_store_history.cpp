#include "artifacts/common/query.hpp"

namespace exhibit::ios::app_store_history {
namespace {

using namespace std::string_view_literals;

struct KnownApp {
    std::optional<std::string_view> bundle_id;
    std::optional<std::string_view> name;
    std::optional<std::string_view> vendor;
    std::optional<std::string_view> short_version;
    std::optional<std::string_view> bundle_version;
    std::optional<std::int64_t> item_id;
    Time recorded;
    Time removed;
    std::optional<bool> is_beta;
    std::optional<bool> is_clip;
    std::optional<bool> is_part_of_system;
};

constexpr std::array kAppColumns {
    column<&KnownApp::bundle_id>("bundle_id", Is::app_id, "The app.").mvt("-"),
    column<&KnownApp::name>("name", Is::free_text, "Its name.").mvt("-"),
    column<&KnownApp::vendor>("vendor", Is::free_text, "Who published it.").mvt("-"),
    column<&KnownApp::short_version>(
        "short_version", Is::opaque, "Version for people; a number, never an indicator.")
        .mvt("-"),
    column<&KnownApp::bundle_version>(
        "bundle_version", Is::opaque, "Version of the build; a number, never an indicator.")
        .mvt("-"),
    column<&KnownApp::item_id>("item_id", "Number of the app in the store; 0 where it is of none.").mvt("-"),
    column<&KnownApp::recorded>(
        "recorded", Clock::mac, "When the service noted the app: its installation or a later event.")
        .mvt("-"),
    column<&KnownApp::removed>("deleted_at", Clock::mac, "When it was removed, where it is no longer there.")
        .mvt("-"),
    column<&KnownApp::is_beta>("is_beta", "Whether it came as a test version.").mvt("-"),
    column<&KnownApp::is_clip>("is_clip", "Whether it is the small part of an app that starts from a link.")
        .mvt("-"),
    column<&KnownApp::is_part_of_system>("is_part_of_system", "Whether it comes with the system.").mvt("-"),
};
constexpr std::array kAppEvents { Event { "recorded", "app_noted_by_store", "{name} {bundle_id}" },
    Event { "deleted_at", "app_removed", "{name} {bundle_id}" } };
constexpr auto kApps = table<KnownApp>("ios_store_known_app",
    "One row per app that the store's service knows to be or to have been on the device.",
    Relation::installed, kAppColumns, kAppEvents);

struct Purchase {
    std::optional<std::string_view> bundle_id;
    std::optional<std::string_view> name;
    std::optional<std::string_view> vendor;
    std::optional<std::string_view> product_url;
    std::optional<std::int64_t> item_id;
    Time purchased;
    std::optional<std::int64_t> account_number;
    std::optional<bool> is_hidden;
    std::optional<bool> is_off_home_screen;
    std::optional<bool> is_of_family;
};

constexpr std::array kPurchaseColumns {
    column<&Purchase::bundle_id>("bundle_id", Is::app_id, "The app.").mvt("-"),
    column<&Purchase::name>("name", Is::free_text, "Its name.").mvt("-"),
    column<&Purchase::vendor>("vendor", Is::free_text, "Who published it.").mvt("-"),
    column<&Purchase::product_url>("product_url", Is::url, "Its page in the store.").mvt("-"),
    column<&Purchase::item_id>("item_id", "Number of the app in the store.").mvt("-"),
    column<&Purchase::purchased>(
        "purchased", Clock::mac, "When the account got it first, on whichever device; free apps count too.")
        .mvt("-"),
    column<&Purchase::account_number>("account_number",
        "Number of the account; the events of accounts tell its name where it is one of this device.")
        .mvt("-"),
    column<&Purchase::is_hidden>("is_hidden", "Whether the person hid it in the list of purchases.").mvt("-"),
    column<&Purchase::is_off_home_screen>(
        "is_off_home_screen", "Whether the app is one that has no place on the home screen.")
        .mvt("-"),
    column<&Purchase::is_of_family>("is_of_family", "Whether it is shared within a family.").mvt("-"),
};
constexpr std::array kPurchaseEvents { Event { "purchased", "app_purchased", "{name} {bundle_id}" } };
constexpr auto kPurchases = table<Purchase>("ios_store_purchase",
    "One row per app that an account of the store has got, on any device and at any time.", Relation::context,
    kPurchaseColumns, kPurchaseEvents);

struct StoreAccount {
    std::optional<std::int64_t> account_number;
    std::optional<std::string_view> apple_id;
    Time recorded;
    std::optional<std::int64_t> event_type;
};

constexpr std::array kAccountColumns {
    column<&StoreAccount::account_number>("account_number", "Number of the account.").mvt("-"),
    column<&StoreAccount::apple_id>("apple_id", Is::email, "Its name.").mvt("-"),
    column<&StoreAccount::recorded>("recorded", Clock::mac, "When something happened to it.").mvt("-"),
    column<&StoreAccount::event_type>("account_event", "What happened, in the system's code.").mvt("-"),
};
constexpr std::array kAccountEvents { Event {
    "recorded", "store_account_event", "{apple_id} event {account_event}" } };
constexpr auto kAccounts = table<StoreAccount>("ios_store_account_event",
    "One row per event of an account of the store on the device.", Relation::context, kAccountColumns,
    kAccountEvents);

constexpr std::array kAppFields {
    from<&KnownApp::bundle_id>("app.bundle_id"),
    from<&KnownApp::name>("app.item_name"),
    from<&KnownApp::vendor>("app.vendor_name"),
    from<&KnownApp::short_version>("app.short_version"),
    from<&KnownApp::bundle_version>("app.bundle_version"),
    from<&KnownApp::item_id>("app.item_id"),
    from<&KnownApp::recorded>("app.timestamp", Clock::mac),
    from<&KnownApp::removed>("app.deletion_date", Clock::mac),
    from<&KnownApp::is_beta>("app.is_beta"),
    from<&KnownApp::is_clip>("app.is_clip"),
    from<&KnownApp::is_part_of_system>("app.is_system_app"),
};
constexpr std::array kPurchaseFields {
    from<&Purchase::bundle_id>("purchase.bundle_id"),
    from<&Purchase::name>("purchase.long_title"),
    from<&Purchase::name>("purchase.title"),
    from<&Purchase::vendor>("purchase.developer_name"),
    from<&Purchase::product_url>("purchase.product_url"),
    from<&Purchase::item_id>("purchase.store_item_id"),
    from<&Purchase::purchased>("purchase.date_purchased", Clock::mac),
    from<&Purchase::account_number>("purchase.purchaser_dsid"),
    from<&Purchase::is_hidden>("purchase.hidden"),
    from<&Purchase::is_off_home_screen>("purchase.hidden_from_springboard"),
    from<&Purchase::is_of_family>("purchase.family_shared"),
};
constexpr std::array kAccountFields {
    from<&StoreAccount::account_number>("account.account_id"),
    from<&StoreAccount::apple_id>("account.apple_id"),
    from<&StoreAccount::recorded>("account.timestamp", Clock::mac),
    from<&StoreAccount::event_type>("account.event_type"),
};

constexpr auto kPurchaseHistory = "purchase_history_apps"sv;
// The service kept a list for each of its purposes before it had one for all.
constexpr std::array kAppLists { "current_apps"sv, "current_apps_crossfire"sv };

Result<void> parse(Input const& input, Context& context)
{
    auto const database = EXHIBIT_TRY(open_database(input, context));
    bool is_known = database.empty() || database.had_table(kPurchaseHistory);
    for (auto const list : kAppLists) {
        is_known = is_known || database.had_table(list);
        EXHIBIT_TRY(each_row<KnownApp>(database, context, { .alias = "app", .table = list, .deleted = true },
            kAppFields, [&](KnownApp& row, Origin origin) { return context.add(kApps, row, origin); }));
    }
    if (!is_known)
        return fail(Fault::unsupported, "the database has no table of apps or purchases");
    EXHIBIT_TRY(each_row<Purchase>(database, context,
        { .alias = "purchase", .table = kPurchaseHistory, .deleted = true }, kPurchaseFields,
        [&](Purchase& row, Origin origin) { return context.add(kPurchases, row, origin); }));
    return each_row<StoreAccount>(database, context,
        { .alias = "account", .table = "account_events", .deleted = true }, kAccountFields,
        [&](StoreAccount& row, Origin origin) { return context.add(kAccounts, row, origin); });
}

constexpr std::array kPaths { "/private/var/mobile/Library/Caches/com.apple.appstored/storeUser.db"sv };
constexpr std::array<Table const*, 3> kTables { &kApps, &kPurchases, &kAccounts };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.app_store_history",
    .title = "Apps and purchases known to the store",
    .doc = "Apps that the store's service knows on the device, also removed ones and test versions, what the "
           "accounts got from the store on any device, and which accounts these are. Read from storeUser.db. "
           "That an account got an app does not say that it was on this device.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
    .kept = Kept::on_device,
};

} // namespace exhibit::ios::app_store_history
