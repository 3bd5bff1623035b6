#include "artifacts/common/plist_file.hpp"
#include "artifacts/ios/common/named_servers.hpp"
#include "formats/crypto/digest.hpp"

#include <array>

namespace exhibit::ios::configuration_profiles {
namespace {

using namespace std::string_view_literals;

struct Profile {
    std::optional<std::string> uuid;
    std::optional<std::string> profile_id;
    std::optional<std::string> display_name;
    std::optional<std::string> description;
    std::optional<std::string> organization;
    std::optional<std::string> payload_type;
    Time installed;
    std::optional<bool> removal_disallowed;
    std::optional<bool> is_managed;
    std::optional<bool> was_encrypted;
    std::optional<bool> installed_by_mdm;
    std::optional<std::string> installed_by;
    std::optional<bool> installed_over_the_air;
    std::optional<std::string> managing_profile;
    std::optional<std::string> enrollment_url;
    std::optional<std::string> content;
};

constexpr std::array kProfileColumns {
    column<&Profile::uuid>("uuid", Is::profile_id, "UUID of the profile (PayloadUUID).").mvt("-"),
    column<&Profile::profile_id>(
        "profile_id", Is::profile_id, "Identifier of the profile (PayloadIdentifier).")
        .mvt("-"),
    column<&Profile::display_name>("display_name", Is::free_text, "Name that the person was shown.").mvt("-"),
    column<&Profile::description>("description", Is::free_text, "Description that the person was shown.")
        .mvt("-"),
    column<&Profile::organization>("organization", Is::free_text, "Who made it, in its own words.").mvt("-"),
    column<&Profile::payload_type>("payload_type", Is::opaque, "Always the word Configuration.").mvt("-"),
    column<&Profile::installed>("installed_at", Clock::plist, "When it was installed.").mvt("install_date"),
    column<&Profile::removal_disallowed>("removal_disallowed", "Whether the person may not remove it.")
        .mvt("-"),
    column<&Profile::is_managed>("is_managed", "Whether device management governs it.").mvt("-"),
    column<&Profile::was_encrypted>("was_encrypted", "Whether it came encrypted for this device.").mvt("-"),
    column<&Profile::installed_by_mdm>("installed_by_mdm", "Whether device management installed it.")
        .mvt("-"),
    column<&Profile::installed_by>(
        "installed_by", Is::process, "The program that installed it, where the system notes it.")
        .mvt("-"),
    column<&Profile::installed_over_the_air>("installed_over_the_air", "Whether it came over the network.")
        .mvt("-"),
    column<&Profile::managing_profile>(
        "managing_profile", Is::profile_id, "The profile that governs this one.")
        .mvt("-"),
    column<&Profile::enrollment_url>("enrollment_url", Is::url, "Where the profile was fetched from.")
        .mvt("-"),
    column<&Profile::content>("content", Is::free_text, "All of the profile, as JSON.").mvt("plist"),
};
constexpr std::array kProfileEvents { Event {
    "installed_at", "profile_installed", "{display_name} {profile_id} of {organization}" } };
constexpr auto kProfiles
    = table<Profile>("ios_configuration_profile", "One row per installed configuration profile.",
        Relation::installed, kProfileColumns, kProfileEvents, "configuration_profiles");

struct Payload {
    std::optional<std::string> profile_uuid;
    std::optional<std::string> payload_type;
    std::optional<std::string> uuid;
    std::optional<std::string> payload_id;
    std::optional<std::string> display_name;
    std::optional<std::string> description;
    std::optional<std::string> organization;
    std::optional<std::string> content;
};

constexpr std::array kPayloadColumns {
    column<&Payload::profile_uuid>("profile_uuid", Is::profile_id, "UUID of the profile that holds it.")
        .mvt("-"),
    column<&Payload::payload_type>("payload_type", Is::opaque,
        "What it sets, such as com.apple.mdm or com.apple.security.root: a name of Apple's that no indicator "
        "has.")
        .mvt("-"),
    column<&Payload::uuid>("uuid", Is::profile_id, "UUID of the payload.").mvt("-"),
    column<&Payload::payload_id>("payload_id", Is::profile_id, "Identifier of the payload.").mvt("-"),
    column<&Payload::display_name>("display_name", Is::free_text, "Its name.").mvt("-"),
    column<&Payload::description>("description", Is::free_text, "Its description.").mvt("-"),
    column<&Payload::organization>("organization", Is::free_text, "Who made it, in its own words.").mvt("-"),
    column<&Payload::content>("content", Is::free_text, "All of the payload, as JSON.").mvt("-"),
};
constexpr auto kPayloads = table<Payload>("ios_configuration_payload",
    "One row per part of a configuration profile: what the profile does.", Relation::installed,
    kPayloadColumns);

struct Server {
    std::optional<std::string> profile_uuid;
    std::optional<std::string> payload_type;
    std::string_view key;
    std::string server;
};

constexpr std::array kServerColumns {
    column<&Server::profile_uuid>("profile_uuid", Is::profile_id, "UUID of the profile.").mvt("-"),
    column<&Server::payload_type>(
        "payload_type", Is::opaque, "What the payload sets: a name of Apple's that no indicator has.")
        .mvt("-"),
    column<&Server::key>(
        "key", Is::opaque, "What the server is for, such as ServerURL or ProxyServer: a name of Apple's.")
        .mvt("-"),
    column<&Server::server>("server", Is::url, "The server: a web address, or a host.").mvt("-"),
};
constexpr auto kServers = table<Server>("ios_configuration_server",
    "One row per server that a payload names: of device management, VPN, proxies and the lookup of names.",
    Relation::installed, kServerColumns);

struct Certificate {
    std::optional<std::string> profile_uuid;
    std::string sha256;
    std::int64_t size = 0;
    std::int64_t position = 0;
};

constexpr std::array kCertificateColumns {
    column<&Certificate::profile_uuid>("profile_uuid", Is::profile_id, "UUID of the profile.").mvt("-"),
    column<&Certificate::sha256>("sha256", Is::cert_hash, "SHA-256 of the certificate.").mvt("-"),
    column<&Certificate::size>("size", "Bytes of the certificate.").mvt("-"),
    column<&Certificate::position>("position", "Place in the chain; 0 signed the profile.").mvt("-"),
};
constexpr auto kCertificates = table<Certificate>("ios_configuration_signer",
    "One row per certificate that a profile was signed with.", Relation::installed, kCertificateColumns);

Profile read_profile(plist::Value const& root)
{
    auto const text = [&](std::string_view key) { return root.find(key).as_text(); };
    Profile profile;
    profile.uuid = text("PayloadUUID");
    profile.profile_id = text("PayloadIdentifier");
    profile.display_name = text("PayloadDisplayName");
    profile.description = text("PayloadDescription");
    profile.organization = text("PayloadOrganization");
    profile.payload_type = text("PayloadType");
    profile.installed = plist_time(root.find("InstallDate"));
    profile.removal_disallowed = plist_flag(root.find("PayloadRemovalDisallowed"));
    profile.is_managed = plist_flag(root.find("IsManaged"));
    profile.was_encrypted = plist_flag(root.find("ProfileWasEncrypted"));
    auto const options = root.find("InstallOptions");
    profile.installed_by_mdm = plist_flag(options.find("installedByMDM"));
    profile.installed_by = options.find("installedBy").as_text();
    profile.installed_over_the_air = plist_flag(options.find("isOTAInstallation"));
    profile.managing_profile = options.find("managingProfileIdentifier").as_text();
    profile.enrollment_url = root.find("OTAProfileStub").find("PayloadContent").find("URL").as_text();
    return profile;
}

Payload read_payload(
    plist::Value const& value, std::optional<std::string> const& profile_uuid, std::string json)
{
    auto const text = [&](std::string_view key) { return value.find(key).as_text(); };
    Payload payload;
    payload.profile_uuid = profile_uuid;
    payload.payload_type = text("PayloadType");
    payload.uuid = text("PayloadUUID");
    payload.payload_id = text("PayloadIdentifier");
    payload.display_name = text("PayloadDisplayName");
    payload.description = text("PayloadDescription");
    payload.organization = text("PayloadOrganization");
    payload.content = std::move(json);
    return payload;
}

Result<void> read_payloads(
    plist::Value const& content, std::optional<std::string> const& uuid, Context& context)
{
    std::uint64_t number = 0;
    auto const add = [&](plist::Value const& value) -> Result<void> {
        Origin const origin { ++number };
        if (value.kind() != plist::Kind::dictionary) {
            context.note(Level::warning, Fault::malformed, "a payload is no dictionary", origin);
            return {};
        }
        auto const payload = read_payload(value, uuid, plist_json(value, context, origin));
        EXHIBIT_TRY(context.add(kPayloads, payload, origin));
        for (auto& [key, server] : ios::named_servers(value, context))
            EXHIBIT_TRY(
                context.add(kServers, { uuid, payload.payload_type, key, std::move(server) }, origin));
        return {};
    };
    if (content.kind() == plist::Kind::dictionary) // Seen where a profile has one payload only.
        return add(content);
    for (auto const& value : content.elements())
        EXHIBIT_TRY(add(value));
    return {};
}

Result<void> read_signers(
    plist::Value const& certificates, std::optional<std::string> const& uuid, Context& context)
{
    std::int64_t position = 0;
    for (auto const& element : certificates.elements()) {
        if (auto const bytes = element.as_data()) {
            Certificate const certificate { uuid, sha256_hex(*bytes),
                static_cast<std::int64_t>(bytes->size()), position };
            EXHIBIT_TRY(
                context.add(kCertificates, certificate, Origin { static_cast<std::uint64_t>(position) + 1 }));
        }
        ++position;
    }
    return {};
}

Result<void> parse(Input const& input, Context& context)
{
    auto const file = EXHIBIT_TRY(open_plist(input, context));
    auto const root = file.root();
    if (root.kind() != plist::Kind::dictionary)
        return fail(Fault::malformed, "the property list is no dictionary");
    auto profile = read_profile(root);
    profile.content = plist_json(root, context, {});
    EXHIBIT_TRY(context.add(kProfiles, profile, {}));
    EXHIBIT_TRY(read_payloads(root.find("PayloadContent"), profile.uuid, context));
    return read_signers(root.find("SignerCerts"), profile.uuid, context);
}

constexpr std::array kPaths {
    "/private/var/containers/Shared/SystemGroup/*/Library/ConfigurationProfiles/profile-*"sv,
    "/private/var/mobile/Library/ConfigurationProfiles/profile-*"sv,
    "/private/var/mobile/Library/UserConfigurationProfiles/profile-*"sv,
    "/private/var/mobile/Library/Logs/CrashReporter/DiagnosticLogs/sysdiagnose/*/"
    "logs/MCState/Shared/profile-*"sv,
};
constexpr std::array<Table const*, 4> kTables { &kProfiles, &kPayloads, &kServers, &kCertificates };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.configuration_profiles",
    .title = "Configuration profiles",
    .doc = "Installed configuration profiles and all that they set: device management, root certificates, "
           "VPN, proxies, filters and "
           "hidden notifications. Read from the files profile-*.stub, one per profile.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::ios::configuration_profiles
