#include "artifacts/android/common/section.hpp"
#include "artifacts/android/common/text.hpp"
#include "artifacts/android/networks/tables.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace exhibit::android::networks {
namespace {

struct Network {
    std::string network_kind;
    std::optional<std::string> interface;
    std::optional<std::int64_t> uid;
    std::optional<std::string> private_dns;
    std::optional<std::string> proxy;
};

constexpr std::array kNetworkColumns {
    column<&Network::network_kind>(
        "network_kind", Is::opaque, "`WIFI`, `CELLULAR`, `VPN` and others, joined by `|`."),
    column<&Network::interface>("interface", Is::opaque, "Name of the interface."),
    column<&Network::uid>("uid", "Linux user id of the app that owns it, as a VPN's."),
    column<&Network::private_dns>("private_dns", Is::domain, "Server that names are looked up at over TLS."),
    column<&Network::proxy>("proxy", Is::domain, "Proxy for web traffic, as printed."),
};
constexpr auto kNetworks = table<Network>("android_network",
    "One row per network that was up at the acquisition.", Relation::present, kNetworkColumns);

std::optional<std::string> owned(std::optional<std::string_view> text)
{
    auto const value = unless_null(trim(text.value_or("")));
    return value ? std::optional { std::string { *value } } : std::nullopt;
}

/// `NetworkAgentInfo{network{100} ... [ Transports: WIFI|VPN ... OwnerUid: 10231 ...] lp{{InterfaceName: tun0
/// ... }}}`
Result<void> add_network(std::string_view text, Origin origin, Context& context)
{
    auto const word_after = [&](std::string_view key) -> std::optional<std::string> {
        auto const at = text.find(key);
        if (at == text.npos)
            return std::nullopt;
        auto rest = trim(text.substr(at + key.size()));
        return owned(rest.substr(0, rest.find_first_of(" ]},")));
    };
    Network network;
    network.network_kind = word_after("Transports: ").value_or("");
    if (network.network_kind.empty())
        return {};
    network.interface = word_after("InterfaceName: ");
    auto owner = word_after("OwnerUid: ");
    if (!owner)
        owner = word_after("EstablishingAppUid: "); // Android 9 and 10; -1 for all but VPNs
    if (owner != "-1")
        network.uid = to_integer(owner.value_or(""));
    network.private_dns = word_after("PrivateDnsServerName: ");
    if (auto const host = between(text, "HttpProxy: [", "]")) {
        auto const port = word_after("HttpProxy: [" + std::string { *host } + "]");
        network.proxy = fmt::format("{}:{}", *host, port.value_or(""));
    }
    EXHIBIT_TRY(context.add(kNetworks, network, origin));
    auto servers = between(text, "DnsAddresses: [", "]").value_or("");
    while (!servers.empty()) {
        auto server = trim(take_until(servers, ','));
        (void)eat(server, "/");
        if (!server.empty())
            EXHIBIT_TRY(
                context.add(kResolvers, Resolver { network.interface, std::string { server } }, origin));
    }
    return {};
}

Result<void> parse_connectivity(Input const& input, Context& context)
{
    SectionReader lines { input, context };
    std::optional<std::size_t> current; // how far in the heading stands; each network has headings below it
    for (Line line; lines.next(line);) {
        auto const text = trim(line.text);
        auto const indent = indent_of(line.text);
        if (text == "Current Networks:")
            current = indent;
        else if (current && indent <= *current && text.ends_with(':'))
            current.reset();
        if (current && text.starts_with("NetworkAgentInfo{"))
            EXHIBIT_TRY(add_network(text, Origin { line.offset }, context));
    }
    return lines.result();
}

/// `ID: 0 SSID: "Home" PROVIDER-NAME: null ...`; a name that is no UTF-8 is printed as hexadecimal digits,
/// without quotes.
std::optional<std::string_view> network_name(std::string_view text)
{
    auto name = between(text, "SSID: ", " PROVIDER-NAME:");
    if (name && name->size() > 1 && name->starts_with('"') && name->ends_with('"'))
        name = name->substr(1, name->size() - 2);
    return name;
}

/// `ID: 0 SSID: "Home" PROVIDER-NAME: null ...` opens a network, further lines describe it.
Result<void> parse_wifi(Input const& input, Context& context)
{
    SectionReader lines { input, context };
    std::optional<Wifi> wifi;
    Origin origin;
    auto const finish = [&]() -> Result<void> {
        if (wifi)
            EXHIBIT_TRY(context.add(kWifis, *wifi, origin));
        wifi.reset();
        return {};
    };
    for (Line line; lines.next(line);) {
        auto text = trim(line.text);
        if (auto const name = network_name(text)) {
            EXHIBIT_TRY(finish());
            wifi.emplace();
            wifi->network_name = *name;
            origin = Origin { line.offset };
        } else if (text.contains("Configured networks End")) {
            EXHIBIT_TRY(finish());
        }
        if (!wifi)
            continue;
        if (auto const creator = value_of(text, "cname"))
            wifi->creator = owned(creator);
        if (auto const changer = value_of(text, "lname"))
            wifi->changed_by = owned(changer);
        if (auto const at = text.find("hasEverConnected: "); at != text.npos)
            wifi->has_connected = text.substr(at + 18).starts_with("true");
        if (auto const at = text.find("numAssociation "); at != text.npos)
            wifi->associations = leading_integer(text.substr(at + 15));
    }
    EXHIBIT_TRY(finish());
    return lines.result();
}

/// `AA:BB:CC:DD:EE:FF [ DUAL ] Name`; since Android 13 the class stands before the name, and another address
/// of the device may follow the first: `AA:BB:CC:DD:EE:FF => 11:22:33:44:55:66 [ LE ][ 0x000918 ] Name`.
/// Samsung puts
/// `(Connected)` first.
std::optional<BluetoothDevice> to_device(std::string_view text)
{
    constexpr std::size_t length_of_address = 17;
    (void)eat(text, "(Connected)");
    BluetoothDevice device;
    device.address = take_word(text);
    if (device.address.size() != length_of_address || std::ranges::count(device.address, ':') != 5)
        return std::nullopt;
    if (eat(text, "=> "))
        (void)take_word(text);
    if (!eat(text, "["))
        return std::nullopt;
    device.kind = trim(take_until(text, ']'));
    device.paired = true;
    if (eat(text, "[ 0x"))
        if (auto const number = to_hex_integer(trim(take_until(text, ']'))); number && *number <= 0xFF'FFFF)
            device.device_class = static_cast<std::int64_t>(*number);
    device.device_name = owned(text);
    return device;
}

/// The devices below `Bonded devices:`, also `Bonded devices[Enhance]:`. A name may go on over several lines.
Result<void> parse_bluetooth(Input const& input, Context& context)
{
    SectionReader lines { input, context };
    std::optional<std::size_t> bonded; // how far in the heading stands
    for (Line line; lines.next(line);) {
        auto const text = trim(line.text);
        auto const indent = indent_of(line.text);
        if (text.starts_with("Bonded devices") && text.ends_with(':')) {
            bonded = indent;
        } else if (auto const device = bonded ? to_device(text) : std::nullopt) {
            EXHIBIT_TRY(context.add(kBluetooth, *device, Origin { line.offset }));
        } else if (bonded && indent <= *bonded && text.find_first_of(":=") != text.npos) {
            bonded.reset();
        }
    }
    return lines.result();
}

Result<void> parse(Input const& input, Context& context)
{
    auto const service = base_name(input.path);
    if (service == "WifiConfigStore.xml")
        return parse_wifi_store(input, context);
    if (service == "bt_config.conf")
        return parse_bluetooth_store(input, context);
    if (service == "dnsresolver" || service == "netd")
        return parse_resolver(input, context);
    if (service == "connectivity")
        return parse_connectivity(input, context);
    return service == "wifi" ? parse_wifi(input, context) : parse_bluetooth(input, context);
}

constexpr std::array<std::string_view, 9> kPaths { "@dumpsys/connectivity", "@dumpsys/dnsresolver",
    "@dumpsys/netd", "@dumpsys/wifi", "@dumpsys/bluetooth_manager", "/data/misc/wifi/WifiConfigStore.xml",
    "/data/misc/apexdata/com.android.wifi/WifiConfigStore.xml", "/data/misc/bluedroid/bt_config.conf",
    "/data/misc/bluetooth/bt_config.conf" };
constexpr std::array<Table const*, 5> kTables { &kNetworks, &kResolvers, &kResolverNames, &kWifis,
    &kBluetooth };

} // namespace

extern constinit Artifact const kArtifact {
    .id = "android.networks",
    .title = "Networks and paired devices",
    .doc = "Networks that were up, with their name servers, proxies and the app that owns a VPN; wireless "
           "networks that the "
           "device remembers and who added them; paired Bluetooth devices. It shows the moment of the "
           "acquisition.",
    .platform = Platform::android,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::android::networks
