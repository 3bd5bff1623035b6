#include "artifacts/common/query.hpp"

#include <algorithm>
#include <array>

namespace exhibit::ios::keychain {
namespace {

using namespace std::string_view_literals;

struct KeychainItem {
    std::string_view item_class;
    std::optional<std::int64_t> item_number;
    std::optional<std::string_view> access_group;
    std::optional<std::string_view> app_id;
    Time created;
    Time modified;
    std::optional<std::string_view> protection;
    std::optional<bool> is_synchronized;
    std::optional<bool> is_deleted;
    std::optional<std::string_view> uuid;
};

constexpr std::array kColumns {
    column<&KeychainItem::item_class>(
        "item_class", Is::opaque, "password, internet password, certificate or key: one of four fixed words.")
        .mvt("-"),
    column<&KeychainItem::item_number>("item_number", "Number of the item.").mvt("-"),
    column<&KeychainItem::access_group>(
        "access_group", Is::app_id, "The app, or group of apps, that may read it.")
        .mvt("-"),
    column<&KeychainItem::app_id>("app_id", Is::app_id,
        "The group without the ten characters of the team that signed the app, where it begins with these.")
        .mvt("-"),
    column<&KeychainItem::created>("created", Clock::mac, "When it was stored.").mvt("-"),
    column<&KeychainItem::modified>("modified", Clock::mac, "When it was last changed.").mvt("-"),
    column<&KeychainItem::protection>("protection", Is::opaque,
        "When it can be read, such as ak after first unlock: a code of the system's.")
        .mvt("-"),
    column<&KeychainItem::is_synchronized>(
        "is_synchronized", "Whether it is shared with the person's other devices.")
        .mvt("-"),
    column<&KeychainItem::is_deleted>("is_deleted", "Whether it was deleted, and only the row is left.")
        .mvt("-"),
    column<&KeychainItem::uuid>("uuid", Is::opaque, "The item's own number, made up by the device.").mvt("-"),
};
constexpr std::array kEvents {
    Event { "created", "keychain_created", "{item_class} of {access_group}" },
    Event { "modified", "keychain_modified", "{item_class} of {access_group}" },
};
constexpr auto kItems = table<KeychainItem>("ios_keychain_item",
    "One row per secret that this device alone keeps in its keychain: who owns it and when it was stored. "
    "The secret itself is encrypted and not read.",
    Relation::present, kColumns, kEvents);

constexpr auto kSynchronized = table<KeychainItem>("ios_keychain_synchronized_item",
    "One row per secret that the devices of an account share: which of them stored it is not told.",
    Relation::context, kColumns, kEvents);

constexpr std::array kFields {
    from<&KeychainItem::access_group>("item.agrp"),
    from<&KeychainItem::created>("item.cdat", Clock::mac),
    from<&KeychainItem::modified>("item.mdat", Clock::mac),
    from<&KeychainItem::protection>("item.pdmn"),
    from<&KeychainItem::is_synchronized>("item.sync"),
    from<&KeychainItem::is_deleted>("item.tomb"),
    from<&KeychainItem::uuid>("item.UUID"),
};

/// `A1B2C3D4E5.org.example.app` without the team's id: ten digits and capital letters.
std::optional<std::string_view> without_team(std::optional<std::string_view> group)
{
    constexpr std::size_t team = 10;
    constexpr auto is_of_team = [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); };
    if (!group || group->size() <= team + 1 || (*group)[team] != '.'
        || !std::ranges::all_of(group->substr(0, team), is_of_team))
        return std::nullopt;
    return group->substr(team + 1);
}

struct Kind {
    std::string_view table;
    std::string_view words;
};
constexpr std::array kKinds {
    Kind { "genp", "password" },
    Kind { "inet", "internet password" },
    Kind { "cert", "certificate" },
    Kind { "keys", "key" },
};

Result<void> parse(Input const& input, Context& context)
{
    auto const database = EXHIBIT_TRY(open_database(input, context));
    auto const is_there = [&](Kind const& kind) { return database.had_table(kind.table); };
    if (!database.empty() && std::ranges::none_of(kKinds, is_there))
        return fail(Fault::unsupported, "the database has no table of the keychain");
    for (auto const& kind : kKinds)
        EXHIBIT_TRY(each_row<KeychainItem>(database, context,
            { .alias = "item", .table = kind.table, .deleted = true }, kFields,
            [&](KeychainItem& row, Origin origin) {
                row.item_class = kind.words;
                row.app_id = without_team(row.access_group);
                if (origin.recovered == Recovered::live)
                    row.item_number = static_cast<std::int64_t>(origin.locator);
                return context.add(row.is_synchronized == true ? kSynchronized : kItems, row, origin);
            }));
    return {};
}

constexpr std::array kPaths {
    "/private/var/Keychains/keychain-2.db"sv,
    "/private/var/Keychains/keychain-2-debug.db"sv,
};
constexpr std::array<Table const*, 2> kTables { &kItems, &kSynchronized };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.keychain",
    .title = "Keychain items",
    .doc = "Which apps keep secrets in the keychain and since when. Groups of removed apps stay. Read from "
           "what is not encrypted in "
           "keychain-2.db; no secret is read.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
    .kept = Kept::on_device,
};

} // namespace exhibit::ios::keychain
