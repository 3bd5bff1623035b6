#include "artifacts/common/plist_file.hpp"

#include <array>

namespace exhibit::ios::known_wifi {
namespace {

using namespace std::string_view_literals;

struct Network {
    std::string ssid;
    std::optional<std::string> add_reason;
    std::optional<std::string> bundle_id;
    std::optional<std::string> security;
    std::optional<bool> is_hidden;
    std::optional<bool> is_captive;
    Time added;
    Time updated;
    Time joined_by_person;
    Time joined_by_system;
    Time discovered;
};

constexpr auto kKeyPrefix = "wifi.network.ssid."sv;

constexpr std::array kNetworkColumns {
    column<&Network::ssid>("ssid", Is::opaque, "Name of the network; indicators do not name networks.")
        .mvt("-"),
    column<&Network::add_reason>("add_reason", Is::opaque,
        "How the device came to know it, such as Cloud Sync: words of the system's.")
        .mvt("-"),
    column<&Network::bundle_id>("bundle_id", Is::app_id, "The app that added it.").mvt("-"),
    column<&Network::security>("security", Is::opaque, "Such as WPA2 Personal: words of the system's.")
        .mvt("-"),
    column<&Network::is_hidden>("is_hidden", "Whether it does not tell its name.").mvt("-"),
    column<&Network::is_captive>("is_captive", "Whether it asked for a login on a web page.").mvt("-"),
    column<&Network::added>("added", Clock::plist, "When it was added.").mvt("-"),
    column<&Network::updated>("updated", Clock::plist, "When it was last changed.").mvt("-"),
    column<&Network::joined_by_person>("joined_by_person", Clock::plist, "When the person last joined it.")
        .mvt("-"),
    column<&Network::joined_by_system>(
        "joined_by_system", Clock::plist, "When the device last joined it by itself.")
        .mvt("-"),
    column<&Network::discovered>("discovered", Clock::plist, "When it was last in reach.").mvt("-"),
};
constexpr std::array kNetworkEvents {
    Event { "added", "wifi_added", "{ssid} {add_reason}" },
    Event { "joined_by_person", "wifi_joined", "{ssid}, by the person" },
    Event { "joined_by_system", "wifi_joined", "{ssid}, by itself" },
};
constexpr auto kNetworks = table<Network>("ios_wifi_network",
    "One row per Wi-Fi network that the device knows.", Relation::context, kNetworkColumns, kNetworkEvents);

struct AccessPoint {
    std::string ssid;
    std::optional<std::string> bssid;
    Time last_associated;
    std::optional<std::int64_t> channel;
    std::optional<double> latitude;
    std::optional<double> longitude;
    Time located;
};

constexpr std::array kAccessPointColumns {
    column<&AccessPoint::ssid>("ssid", Is::opaque, "Name of the network; indicators do not name networks.")
        .mvt("-"),
    column<&AccessPoint::bssid>(
        "bssid", Is::opaque, "Hardware address of the access point; indicators do not name these.")
        .mvt("-"),
    column<&AccessPoint::last_associated>(
        "last_associated", Clock::plist, "When the device was last connected to it.")
        .mvt("-"),
    column<&AccessPoint::channel>("channel", "Radio channel.").mvt("-"),
    column<&AccessPoint::latitude>("latitude", "Degrees north, where the device noted its place.").mvt("-"),
    column<&AccessPoint::longitude>("longitude", "Degrees east.").mvt("-"),
    column<&AccessPoint::located>("located", Clock::plist, "When it noted its place.").mvt("-"),
};
constexpr std::array kAccessPointEvents { Event { "last_associated", "wifi_associated", "{ssid} {bssid}" } };
constexpr auto kAccessPoints = table<AccessPoint>("ios_wifi_access_point",
    "One row per access point of a network.", Relation::context, kAccessPointColumns, kAccessPointEvents);

Network read_network(std::string ssid, plist::Value const& value)
{
    Network network;
    network.ssid = std::move(ssid);
    network.add_reason = value.find("AddReason").as_text();
    network.bundle_id = value.find("BundleID").as_text();
    network.security = value.find("SupportedSecurityTypes").as_text();
    network.is_hidden = plist_flag(value.find("Hidden"));
    network.is_captive = plist_flag(value.find("CaptiveProfile").find("CaptiveNetwork"));
    network.added = plist_time(value.find("AddedAt"));
    network.updated = plist_time(value.find("UpdatedAt"));
    network.joined_by_person = plist_time(value.find("JoinedByUserAt"));
    network.joined_by_system = plist_time(value.find("JoinedBySystemAt"));
    network.discovered = plist_time(value.find("LastDiscoveredAt"));
    return network;
}

Result<void> add_known(plist::Entry const& entry, Context& context, Origin origin)
{
    auto const& value = entry.value;
    auto const bytes = value.find("SSID").as_data();
    auto name = entry.key.as_text().value_or("");
    if (name.starts_with(kKeyPrefix))
        name.erase(0, kKeyPrefix.size());
    auto const network = read_network(bytes ? std::string { as_text(*bytes) } : std::move(name), value);
    EXHIBIT_TRY(context.add(kNetworks, network, origin));
    for (auto const& point : value.find("BSSList").elements()) {
        AccessPoint row;
        row.ssid = network.ssid;
        row.bssid = point.find("BSSID").as_text();
        row.last_associated = plist_time(point.find("LastAssociatedAt"));
        row.channel = point.find("Channel").as_int();
        row.latitude = point.find("LocationLatitude").as_real();
        row.longitude = point.find("LocationLongitude").as_real();
        row.located = plist_time(point.find("LocationTimestamp"));
        EXHIBIT_TRY(context.add(kAccessPoints, row, origin));
    }
    return {};
}

/// The list of systems before iOS 14.
Result<void> add_old(plist::Value const& value, Context& context, Origin origin)
{
    Network network;
    network.ssid = value.find("SSID_STR").as_text().value_or("");
    network.joined_by_person = plist_time(value.find("lastJoined"));
    network.joined_by_system = plist_time(value.find("lastAutoJoined"));
    network.added = plist_time(value.find("addedAt"));
    network.is_hidden = plist_flag(value.find("HIDDEN_NETWORK"));
    network.is_captive = plist_flag(value.find("CaptiveNetwork"));
    EXHIBIT_TRY(context.add(kNetworks, network, origin));
    AccessPoint point;
    point.ssid = network.ssid;
    point.bssid = value.find("BSSID").as_text();
    point.channel = value.find("CHANNEL").as_int();
    point.last_associated = network.joined_by_person;
    return point.bssid ? context.add(kAccessPoints, point, origin) : Result<void> {};
}

Result<void> parse(Input const& input, Context& context)
{
    auto const file = EXHIBIT_TRY(open_plist(input, context));
    if (file.root().kind() != plist::Kind::dictionary)
        return fail(Fault::malformed, "the property list is no dictionary");
    std::uint64_t number = 0;
    for (auto const& entry : file.root().entries()) {
        ++number;
        auto const key = entry.key.as_text().value_or("");
        // Networks that providers share have keys of another form.
        bool const is_network = key.starts_with(kKeyPrefix) || entry.value.find("SSID").as_data()
            || entry.value.find("AddReason");
        if (is_network && entry.value.kind() == plist::Kind::dictionary)
            EXHIBIT_TRY(add_known(entry, context, Origin { number }));
        else if (key == "List of known networks" || key == "List of scanned networks with private mac")
            for (auto const& network : entry.value.elements())
                EXHIBIT_TRY(add_old(network, context, Origin { number }));
    }
    return {};
}

constexpr std::array kPaths {
    "/private/var/preferences/com.apple.wifi.known-networks.plist"sv,
    "/private/var/preferences/SystemConfiguration/com.apple.wifi.plist"sv,
    "/private/var/preferences/SystemConfiguration/com.apple.wifi-private-mac-networks.plist"sv,
    "/private/var/preferences/com.apple.wifi-private-mac-networks.plist"sv,
};
constexpr std::array<Table const*, 2> kTables { &kNetworks, &kAccessPoints };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.known_wifi",
    .title = "Known Wi-Fi networks",
    .doc = "Wi-Fi networks that the device knows, who added them, when it joined them, and where their "
           "access points were. Read from "
           "com.apple.wifi.known-networks.plist, and com.apple.wifi.plist on older systems.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
    .kept = Kept::if_encrypted,
};

} // namespace exhibit::ios::known_wifi
