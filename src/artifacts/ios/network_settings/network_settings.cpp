#include "artifacts/common/plist_file.hpp"
#include "artifacts/ios/common/named_servers.hpp"

#include <array>

namespace exhibit::ios::network_settings {
namespace {

using namespace std::string_view_literals;

struct Server {
    std::string_view key;
    std::string server;
};

constexpr std::array kServerColumns {
    column<&Server::key>(
        "key", Is::opaque, "What the server is for, such as HTTPProxy or ServerAddress: a name of Apple's.")
        .mvt("-"),
    column<&Server::server>("server", Is::url, "The server: a web address, or a host.").mvt("-"),
};
constexpr auto kServers = table<Server>("ios_network_server",
    "One row per server of a VPN, a proxy, a filter or the lookup of names that the phone is set to use.",
    Relation::installed, kServerColumns);

struct Provider {
    std::string app;
};

constexpr std::array kProviderColumns {
    column<&Provider::app>("app", Is::app_id, "The app, by its bundle id.").mvt("-"),
};
constexpr auto kProviders = table<Provider>("ios_network_provider",
    "One row per app that set up a VPN, a filter or the lookup of names.", Relation::installed,
    kProviderColumns);

Result<void> parse(Input const& input, Context& context)
{
    auto const file = EXHIBIT_TRY(open_plist(input, context));
    if (file.root().kind() != plist::Kind::dictionary)
        return fail(Fault::malformed, "the property list is no dictionary");
    std::uint64_t number = 0;
    for (auto& [key, server] : ios::named_servers(file.root(), context))
        EXHIBIT_TRY(context.add(kServers, { key, std::move(server) }, Origin { ++number }));
    number = 0;
    for (auto& app : ios::archived_texts(file.root(), "application", context))
        EXHIBIT_TRY(context.add(kProviders, { std::move(app) }, Origin { ++number }));
    return {};
}

constexpr std::array kPaths {
    "/private/var/preferences/com.apple.networkextension.plist"sv,
    "/private/var/preferences/SystemConfiguration/preferences.plist"sv,
    "/private/var/mobile/Library/Logs/CrashReporter/DiagnosticLogs/sysdiagnose/*/logs/Networking/"
    "com.apple.networkextension.plist"sv,
};
constexpr std::array<Table const*, 2> kTables { &kServers, &kProviders };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.network_settings",
    .title = "Network settings",
    .doc = "Where traffic and the lookup of names are led: servers of VPN, filters and proxies, and the apps "
           "that set them up. Read from com.apple.networkextension.plist, a keyed archive, and from "
           "preferences.plist of the network's settings. Keys are known from public notes; capitals in them "
           "do not matter.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::ios::network_settings
