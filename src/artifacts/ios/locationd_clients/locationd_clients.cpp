#include "artifacts/common/plist_file.hpp"
#include "artifacts/ios/common/device_path.hpp"
#include "base/text.hpp"
#include "formats/plist/json.hpp"

#include <algorithm>
#include <array>

namespace exhibit::ios::locationd_clients {
namespace {

using namespace std::string_view_literals;

struct LocationClient {
    std::string client_key;
    std::optional<std::string> process;
    std::optional<std::string> bundle_id;
    std::optional<std::string> bundle_path;
    std::optional<std::string> executable;
    std::optional<std::string> registered;
    std::optional<bool> is_whitelisted;
    std::optional<std::int64_t> authorization;
    std::optional<std::int64_t> supported_authorizations;
    Time consumption_began;
    Time receiving_stopped;
    Time location_stopped;
    Time background_stopped;
    Time visit_stopped;
    Time significant_stopped;
    Time significant_once_stopped;
    Time fence_stopped;
    Time beacon_stopped;
    std::string content;
};

constexpr std::array kColumns {
    column<&LocationClient::client_key>("client_key", Is::opaque,
        "Name of the client as stored, a bundle id or path; `bundle_id` and `process` hold what can be "
        "compared.")
        .mvt("package"),
    column<&LocationClient::process>("process", Is::process, "Last part of the client's name.").mvt("-"),
    column<&LocationClient::bundle_id>(
        "bundle_id", Is::process, "The app or part of the system, stated by the row or by the client's name.")
        .mvt("BundleId"),
    column<&LocationClient::bundle_path>("bundle_path", Is::path,
        "Folder of the app or of a part of the system; where the row states none, the one that the client's "
        "name states.")
        .mvt("BundlePath"),
    column<&LocationClient::executable>("executable", Is::path,
        "The program; where the row states none, the one that the client's name states.")
        .mvt("Executable"),
    column<&LocationClient::registered>("registered", Is::path, "The program that registered the client.")
        .mvt("Registered"),
    column<&LocationClient::is_whitelisted>(
        "is_whitelisted", "Whether it may use the location without asking.")
        .mvt("Whitelisted"),
    column<&LocationClient::authorization>("authorization", "What it may do, in the system's code.")
        .mvt("Authorization"),
    column<&LocationClient::supported_authorizations>(
        "supported_authorizations", "What it may ask for, in the system's code.")
        .mvt("SupportedAuthorizationMask"),
    column<&LocationClient::consumption_began>("consumption_began", Clock::mac, "When its current use began.")
        .mvt("ConsumptionPeriodBegin"),
    column<&LocationClient::receiving_stopped>(
        "receiving_stopped", Clock::mac, "When it last stopped receiving anything.")
        .mvt("ReceivingLocationInformationTimeStopped"),
    column<&LocationClient::location_stopped>(
        "location_stopped", Clock::mac, "When it last stopped receiving the location.")
        .mvt("LocationTimeStopped"),
    column<&LocationClient::background_stopped>(
        "background_stopped", Clock::mac, "The same in the background.")
        .mvt("BackgroundLocationTimeStopped"),
    column<&LocationClient::visit_stopped>(
        "visit_stopped", Clock::mac, "When it last stopped receiving visits.")
        .mvt("VisitTimeStopped"),
    column<&LocationClient::significant_stopped>(
        "significant_stopped", Clock::mac, "When it last stopped receiving large moves.")
        .mvt("SignificantTimeStopped"),
    column<&LocationClient::significant_once_stopped>(
        "significant_once_stopped", Clock::mac, "The same for a request that does not outlive the program.")
        .mvt("NonPersistentSignificantTimeStopped"),
    column<&LocationClient::fence_stopped>(
        "fence_stopped", Clock::mac, "When it last stopped watching an area.")
        .mvt("FenceTimeStopped"),
    column<&LocationClient::beacon_stopped>(
        "beacon_stopped", Clock::mac, "When it last stopped watching for a beacon.")
        .mvt("BeaconRegionTimeStopped"),
    column<&LocationClient::content>("content", Is::free_text, "All of the row, as JSON.").mvt("-"),
};
constexpr std::array kEvents {
    Event { "consumption_began", "location_began", "{client_key}" },
    Event { "receiving_stopped", "location_stopped", "{client_key}, anything" },
    Event { "location_stopped", "location_stopped", "{client_key}, location" },
    Event { "background_stopped", "location_stopped", "{client_key}, in the background" },
    Event { "visit_stopped", "location_stopped", "{client_key}, visits" },
    Event { "significant_stopped", "location_stopped", "{client_key}, large moves" },
    Event { "significant_once_stopped", "location_stopped", "{client_key}, large moves once" },
    Event { "fence_stopped", "location_stopped", "{client_key}, an area" },
    Event { "beacon_stopped", "location_stopped", "{client_key}, a beacon" },
};
constexpr auto kClients
    = table<LocationClient>("ios_location_client", "One row per program that asked for the location.",
        Relation::permitted, kColumns, kEvents, "locationd_clients");

std::optional<std::string> path_of(plist::Value const& value)
{
    auto const text = value.as_text();
    return text ? std::optional { ios::device_path(*text) } : std::nullopt;
}

/// Newer systems put a letter before each name, `i` before a bundle id and `p` before a path, and a colon
/// behind it: `icom.apple.Maps:`. Apple's own programs are in every such list.
bool has_letters(plist::Value const& clients)
{
    for (auto const& entry : clients.entries()) {
        auto const key = entry.key.as_text().value_or("");
        if (key.ends_with(':') && (key.starts_with("icom.apple.") || key.starts_with("p/")))
            return true;
    }
    return false;
}

std::string_view name_of(std::string_view key, std::optional<std::string> const& bundle_id, bool letters)
{
    if (letters && key.ends_with(':') && (key.starts_with('i') || key.starts_with("p/")))
        key.remove_prefix(1);
    while (key.ends_with(':'))
        key.remove_suffix(1);
    if (letters)
        return key;
    if (key.starts_with("p/"))
        return key.substr(1);
    auto const rest = key.substr(std::min<std::size_t>(key.size(), 1));
    bool const is_bundle_id = rest == bundle_id || rest.starts_with("com.") || rest.starts_with("org.")
        || rest.starts_with("net.");
    return key.starts_with('i') && is_bundle_id ? rest : key;
}

/// The path in the name of a client, behind a letter for its kind or a word: `p/usr/libexec/routined:`,
/// `com.apple.locationd.executable-/usr/libexec/routined`, `com.apple.locationd.bundle-/System/...`.
std::string_view path_in(std::string_view key)
{
    auto const slash = key.find('/');
    if (slash == std::string_view::npos || (slash > 1 && key[slash - 1] != '-'))
        return {};
    auto path = key.substr(slash);
    while (path.ends_with(':'))
        path.remove_suffix(1);
    return path.size() > 1 ? path : std::string_view {};
}

/// Folders of code end so.
bool is_bundle(std::string_view path)
{
    constexpr std::array endings { ".bundle"sv, ".app"sv, ".appex"sv, ".framework"sv };
    return std::ranges::any_of(endings, [&](auto ending) { return path.ends_with(ending); });
}

LocationClient read_client(plist::Entry const& entry, bool letters, std::size_t text_limit)
{
    auto const& value = entry.value;
    auto const time = [&](std::string_view key) { return plist_time(value.find(key)); };
    LocationClient client;
    client.client_key = entry.key.as_text().value_or("");
    client.bundle_id = value.find("BundleId").as_text();
    auto const name = name_of(client.client_key, client.bundle_id, letters);
    client.process = base_name(name);
    if (!client.bundle_id && name.find('/') == std::string_view::npos)
        client.bundle_id = name;
    client.bundle_path = path_of(value.find("BundlePath"));
    client.executable = path_of(value.find("Executable"));
    if (auto const path = path_in(client.client_key); !path.empty())
        if (auto& place = is_bundle(path) ? client.bundle_path : client.executable; !place || place->empty())
            place = ios::device_path(path);
    client.registered = path_of(value.find("Registered"));
    client.is_whitelisted = plist_flag(value.find("Whitelisted"));
    client.authorization = value.find("Authorization").as_int();
    client.supported_authorizations = value.find("SupportedAuthorizationMask").as_int();
    client.consumption_began = time("ConsumptionPeriodBegin");
    client.receiving_stopped = time("ReceivingLocationInformationTimeStopped");
    client.location_stopped = time("LocationTimeStopped");
    client.background_stopped = time("BackgroundLocationTimeStopped");
    client.visit_stopped = time("VisitTimeStopped");
    client.significant_stopped = time("SignificantTimeStopped");
    client.significant_once_stopped = time("NonPersistentSignificantTimeStopped");
    client.fence_stopped = time("FenceTimeStopped");
    client.beacon_stopped = time("BeaconRegionTimeStopped");
    client.content = plist::to_json(value, text_limit).text;
    return client;
}

Result<void> parse(Input const& input, Context& context)
{
    auto const file = EXHIBIT_TRY(open_plist(input, context));
    if (file.root().kind() != plist::Kind::dictionary)
        return fail(Fault::malformed, "the property list is no dictionary");
    bool const letters = has_letters(file.root());
    std::uint64_t number = 0;
    for (auto const& entry : file.root().entries()) {
        ++number;
        if (entry.value.kind() == plist::Kind::dictionary) // Others are notes of the system to itself.
            EXHIBIT_TRY(
                context.add(kClients, read_client(entry, letters, context.limits().text), Origin { number }));
    }
    return {};
}

constexpr std::array kPaths {
    "/private/var/root/Library/Caches/locationd/clients.plist"sv,
    "/private/var/mobile/Library/Caches/locationd/clients.plist"sv,
};
constexpr std::array<Table const*, 1> kTables { &kClients };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.locationd_clients",
    .title = "Location clients",
    .doc = "Programs that asked for the location, and when each last stopped receiving it; parts of the "
           "system among them, which "
           "spyware made use of. Read from clients.plist of the location daemon.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::ios::locationd_clients
