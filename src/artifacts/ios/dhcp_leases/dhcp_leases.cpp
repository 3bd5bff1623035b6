#include "artifacts/common/plist_file.hpp"
#include "base/text.hpp"

#include <array>

namespace exhibit::ios::dhcp_leases {
namespace {

using namespace std::string_view_literals;

struct Lease {
    std::string interface;
    Time began;
    std::optional<std::int64_t> length;
    std::optional<std::string> address;
    std::optional<std::string> router_address;
    std::optional<std::string> router_hardware;
    std::optional<std::string> client_id;
    std::optional<std::string> ssid;
};

constexpr std::array kColumns {
    column<&Lease::interface>(
        "interface", Is::opaque, "The interface, such as en0 for Wi-Fi; the name of the file.")
        .mvt("-"),
    column<&Lease::began>("began", Clock::plist, "When the network gave it the address.").mvt("-"),
    column<&Lease::length>("length", "For how many seconds.").mvt("-"),
    column<&Lease::address>(
        "address", Is::opaque, "The device's address there; no indicator names those of a local network.")
        .mvt("-"),
    column<&Lease::router_address>("router_address", Is::opaque, "The router's address there.").mvt("-"),
    column<&Lease::router_hardware>(
        "router_hardware", Is::opaque, "Hardware address of the router, in hexadecimal.")
        .mvt("-"),
    column<&Lease::client_id>(
        "client_id", Is::opaque, "How the device named itself, in hexadecimal: often its hardware address.")
        .mvt("-"),
    column<&Lease::ssid>("ssid", Is::opaque, "Name of the Wi-Fi network.").mvt("-"),
};
constexpr std::array kEvents { Event { "began", "address_leased", "{ssid} {interface} {address}" } };
constexpr auto kLeases = table<Lease>("ios_dhcp_lease",
    "One row per network that last gave an interface its address.", Relation::context, kColumns, kEvents);

std::optional<std::string> hex_of(plist::Value const& value)
{
    auto const bytes = value.as_data();
    return bytes ? std::optional { to_hex(as_text(*bytes)) } : std::nullopt;
}

Result<void> parse(Input const& input, Context& context)
{
    auto const file = EXHIBIT_TRY(open_plist(input, context));
    auto const root = file.root();
    if (root.kind() != plist::Kind::dictionary)
        return fail(Fault::malformed, "the property list is no dictionary");
    Lease lease;
    auto const name = base_name(input.path);
    lease.interface = name.substr(0, name.find_first_of(".-"));
    lease.began = plist_time(root.find("LeaseStartDate"));
    lease.length = root.find("LeaseLength").as_int();
    lease.address = root.find("IPAddress").as_text();
    lease.router_address = root.find("RouterIPAddress").as_text();
    lease.router_hardware = hex_of(root.find("RouterHardwareAddress"));
    lease.client_id = hex_of(root.find("ClientIdentifier"));
    lease.ssid = root.find("SSID").as_text();
    return context.add(kLeases, lease, {});
}

constexpr std::array kPaths { "/private/var/db/dhcpclient/leases/*"sv };
constexpr std::array<Table const*, 1> kTables { &kLeases };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.dhcp_leases",
    .title = "Addresses in local networks",
    .doc = "The network that each interface last got its address from, with its name, its router and the "
           "time. Read from the files in the folder leases.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
    .kept = Kept::on_device,
};

} // namespace exhibit::ios::dhcp_leases
