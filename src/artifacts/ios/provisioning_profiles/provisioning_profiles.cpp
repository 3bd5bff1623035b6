#include "artifacts/common/certificate.hpp"
#include "artifacts/common/plist_file.hpp"
#include "base/text.hpp"
#include "formats/crypto/cms.hpp"
#include "formats/plist/json.hpp"

#include <array>

namespace exhibit::ios::provisioning_profiles {
namespace {

using namespace std::string_view_literals;

struct Profile {
    std::optional<std::string> app_folder;
    std::optional<std::string> uuid;
    std::optional<std::string> name;
    std::optional<std::string> app_name;
    std::optional<std::string> bundle_id;
    std::optional<std::string> team_name;
    std::optional<std::string> team_id;
    std::string_view kind;
    std::optional<bool> all_devices;
    std::optional<std::int64_t> devices;
    std::optional<bool> is_personal;
    std::optional<bool> may_be_debugged;
    Time created;
    Time expires;
    Time written;
    std::string entitlements;
};

constexpr std::array kProfileColumns {
    column<&Profile::app_folder>("app_folder", Is::path,
        "Folder of the app that brings it; absent for a profile that the device keeps by itself."),
    column<&Profile::uuid>("uuid", Is::profile_id, "Identifier of the profile."),
    column<&Profile::name>("name", Is::free_text, "Name that its maker gave it."),
    column<&Profile::app_name>("app_name", Is::free_text, "Name of the app or group of apps that it is for."),
    column<&Profile::bundle_id>(
        "bundle_id", Is::app_id, "The app that it is for, without the prefix of the team; `*` for any."),
    column<&Profile::team_name>("team_name", Is::free_text, "Whom Apple gave it to: a company or a person."),
    column<&Profile::team_id>("team_id", Is::opaque, "Apple's sign for them, which no indicator names."),
    column<&Profile::kind>("kind", Is::opaque,
        "`enterprise`: for any device; `ad hoc`: for listed devices; `development`: for listed devices, and "
        "the app may be debugged; `personal`: the same with an account that costs nothing; `store`."),
    column<&Profile::all_devices>("all_devices", "Whether apps with it run on any device."),
    column<&Profile::devices>("devices", "How many devices it lists; absent where it lists none."),
    column<&Profile::is_personal>(
        "is_personal", "Whether it was made with an account that costs nothing; it lasts a week then."),
    column<&Profile::may_be_debugged>("may_be_debugged", "Whether a computer may debug the app."),
    column<&Profile::created>("created", Clock::plist, "When it was made."),
    column<&Profile::expires>("expires", Clock::plist, "When apps with it no longer start."),
    column<&Profile::written>("written", Clock::entry_modified,
        "When its file was written, where the copy kept the time: often, not always, when the app was "
        "installed."),
    column<&Profile::entitlements>("entitlements", Is::free_text, "What the app may do, as JSON."),
};
constexpr std::array kProfileEvents {
    Event { "created", "provisioning_profile_made", "{kind} {name} of {team_name} for {bundle_id}" },
    Event { "written", "provisioning_profile_written", "{kind} {name} of {team_name} for {bundle_id}" },
};
constexpr auto kProfiles = table<Profile>("ios_provisioning_profile",
    "One row per provisioning profile: what lets an app run that did not come from the App Store.",
    Relation::installed, kProfileColumns, kProfileEvents);

struct Certificate {
    std::optional<std::string> profile_uuid;
    std::string sha256;
    std::string sha1;
    std::string md5;
    std::optional<std::string> subject;
    std::optional<std::string> issuer;
    Time valid_from;
    Time valid_to;
};

constexpr std::array kCertificateColumns {
    column<&Certificate::profile_uuid>("profile_uuid", Is::profile_id, "Identifier of the profile."),
    column<&Certificate::sha256>("certificate_sha256", Is::cert_hash, "SHA-256 of the certificate."),
    column<&Certificate::sha1>("certificate_sha1", Is::cert_hash, "SHA-1 of the certificate."),
    column<&Certificate::md5>("certificate_md5", Is::cert_hash, "MD5 of the certificate."),
    column<&Certificate::subject>(
        "certificate_subject", Is::free_text, "Whom the certificate names; Apple has checked it."),
    column<&Certificate::issuer>("certificate_issuer", Is::opaque, "Who issued it; normally Apple."),
    column<&Certificate::valid_from>("certificate_from", Clock::utc_text, "Start of its validity."),
    column<&Certificate::valid_to>("certificate_to", Clock::utc_text, "End of its validity."),
};
constexpr auto kCertificates = table<Certificate>("ios_provisioning_certificate",
    "One row per certificate with which apps of a profile may be signed.", Relation::installed,
    kCertificateColumns);

constexpr std::size_t kMostCertificates = 1000; // A large company's profile lists some dozens.

std::string_view kind_of(Profile const& profile, bool lists_devices)
{
    if (profile.all_devices.value_or(false))
        return "enterprise";
    if (!lists_devices)
        return "store";
    if (profile.is_personal.value_or(false))
        return "personal";
    return profile.may_be_debugged.value_or(false) ? "development" : "ad hoc";
}

/// What follows the team's prefix in `A1B2C3D4E5.com.example.app`.
std::optional<std::string> bundle_id_of(plist::Value const& entitlements)
{
    auto id = entitlements.find("application-identifier").as_text();
    if (!id || id->find('.') == std::string::npos)
        return id;
    return id->substr(id->find('.') + 1);
}

Profile read_profile(plist::Value const& root, Context const& context)
{
    auto const entitlements = root.find("Entitlements");
    auto const devices = root.find("ProvisionedDevices");
    Profile profile;
    profile.uuid = root.find("UUID").as_text();
    profile.name = root.find("Name").as_text();
    profile.app_name = root.find("AppIDName").as_text();
    profile.bundle_id = bundle_id_of(entitlements);
    profile.team_name = root.find("TeamName").as_text();
    profile.team_id = root.find("TeamIdentifier").at(0).as_text();
    profile.all_devices = plist_flag(root.find("ProvisionsAllDevices"));
    if (devices.kind() == plist::Kind::array)
        profile.devices = static_cast<std::int64_t>(devices.size());
    profile.is_personal = plist_flag(root.find("LocalProvision"));
    profile.may_be_debugged = plist_flag(entitlements.find("get-task-allow"));
    profile.created = plist_time(root.find("CreationDate"));
    profile.expires = plist_time(root.find("ExpirationDate"));
    profile.entitlements = plist::to_json(entitlements, context.limits().text).text;
    profile.kind = kind_of(profile, devices.kind() == plist::Kind::array);
    return profile;
}

Result<void> read_certificates(
    plist::Value const& certificates, std::optional<std::string> const& uuid, Context& context)
{
    std::uint64_t number = 0;
    for (auto const& element : certificates.elements()) {
        if (number == kMostCertificates) {
            context.note(
                Level::warning, Fault::over_limit, "a profile lists more certificates than are read");
            break;
        }
        ++number;
        auto const bytes = element.as_data();
        if (!bytes)
            continue;
        auto facts = read_certificate(*bytes);
        Certificate row { uuid, std::move(facts.sha256), std::move(facts.sha1), std::move(facts.md5), {}, {},
            facts.valid_from, facts.valid_to };
        if (!facts.subject.empty())
            row.subject = std::move(facts.subject);
        if (!facts.issuer.empty())
            row.issuer = std::move(facts.issuer);
        EXHIBIT_TRY(context.add(kCertificates, row, Origin { number }));
    }
    return {};
}

Result<void> parse(Input const& input, Context& context)
{
    auto const file = EXHIBIT_TRY(read_all(*input.source, context.limits().whole_file));
    auto const content = EXHIBIT_TRY(signed_content(file.bytes()));
    auto const document = EXHIBIT_TRY(plist::Document::parse(content, context.limits().depth));
    auto const root = document.root();
    if (root.kind() != plist::Kind::dictionary)
        return fail(Fault::malformed, "the property list is no dictionary");
    auto profile = read_profile(root, context);
    if (base_name(input.path) == "embedded.mobileprovision")
        profile.app_folder = input.path.substr(0, input.path.rfind('/'));
    profile.written = input.modified_time();
    EXHIBIT_TRY(context.add(kProfiles, profile, {}));
    return read_certificates(root.find("DeveloperCertificates"), profile.uuid, context);
}

// The device names those that it keeps by their UUID.
constexpr std::array kPaths {
    "/private/var/containers/Bundle/Application/*/*.app/embedded.mobileprovision"sv,
    "/private/var/MobileDevice/ProvisioningProfiles/*-*-*-*-*"sv,
};
constexpr std::array<Table const*, 2> kTables { &kProfiles, &kCertificates };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.provisioning_profiles",
    .title = "Provisioning profiles",
    .doc
    = "What lets apps run that did not come from the App Store: apps that a company signs for its own "
      "people, apps "
      "of developers, and apps that were put on the device with a free account. Read from the file "
      "embedded.mobileprovision in the bundles of apps and from the profiles that the device keeps. Apps "
      "of the App Store bring none. Signatures are read and not verified.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::ios::provisioning_profiles
