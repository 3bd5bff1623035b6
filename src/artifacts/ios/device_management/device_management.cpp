#include "artifacts/common/plist_file.hpp"

#include <array>

namespace exhibit::ios::device_management {
namespace {

using namespace std::string_view_literals;

struct Management {
    std::optional<std::string> organization;
    std::optional<std::string> server_url;
    std::optional<std::string> enrollment_url;
    std::optional<bool> is_supervised;
    std::optional<bool> is_unremovable;
};

constexpr std::array kManagementColumns {
    column<&Management::organization>("organization", Is::free_text, "Who manages it, in its own words.")
        .mvt("-"),
    column<&Management::server_url>("server_url", Is::url, "The server that manages the phone.").mvt("-"),
    column<&Management::enrollment_url>(
        "enrollment_url", Is::url, "Where the phone enrolls when it is set up.")
        .mvt("-"),
    column<&Management::is_supervised>(
        "is_supervised", "Whether it is supervised, which allows more than other management.")
        .mvt("-"),
    column<&Management::is_unremovable>("is_unremovable", "Whether the person may not end it.").mvt("-"),
};
constexpr auto kManagements = table<Management>("ios_device_management",
    "One row per file that tells who manages the phone, also where nobody does.", Relation::installed,
    kManagementColumns);

struct Setting {
    std::optional<std::string> setting;
    std::optional<bool> allowed;
};

constexpr std::array kSettingColumns {
    column<&Setting::setting>(
        "setting", Is::opaque, "What is allowed or not, such as allowLockdownMode: a name of Apple's.")
        .mvt("-"),
    column<&Setting::allowed>("allowed", "What holds in the end.").mvt("-"),
};
constexpr auto kSettings = table<Setting>("ios_effective_setting",
    "One row per thing that settings and profiles allow or forbid.", Relation::context, kSettingColumns);

Result<void> read_settings(plist::Value const& settings, Context& context)
{
    std::uint64_t number = 0;
    for (auto const& entry : settings.entries()) {
        Setting const setting { entry.key.as_text(), plist_flag(entry.value.find("value")) };
        EXHIBIT_TRY(context.add(kSettings, setting, Origin { ++number }));
    }
    return {};
}

Result<void> parse(Input const& input, Context& context)
{
    auto const file = EXHIBIT_TRY(open_plist(input, context));
    auto const root = file.root();
    if (root.kind() != plist::Kind::dictionary)
        return fail(Fault::malformed, "the property list is no dictionary");
    if (input.path.ends_with("/EffectiveUserSettings.plist"))
        return read_settings(root.find("restrictedBool"), context);
    Management const management { root.find("OrganizationName").as_text(), root.find("ServerURL").as_text(),
        root.find("ConfigurationURL").as_text(), plist_flag(root.find("IsSupervised")),
        plist_flag(root.find("IsMDMUnremovable")) };
    return context.add(kManagements, management, {});
}

constexpr std::array kPaths {
    "/private/var/**/ConfigurationProfiles/MDM.plist"sv,
    "/private/var/**/ConfigurationProfiles/CloudConfigurationDetails.plist"sv,
    "/private/var/mobile/Library/UserConfigurationProfiles/EffectiveUserSettings.plist"sv,
    "/private/var/mobile/Library/Logs/CrashReporter/DiagnosticLogs/sysdiagnose/*/logs/MCState/Shared/"
    "MDM.plist"sv,
    "/private/var/mobile/Library/Logs/CrashReporter/DiagnosticLogs/sysdiagnose/*/logs/MCState/Shared/"
    "CloudConfigurationDetails.plist"sv,
    "/private/var/mobile/Library/Logs/CrashReporter/DiagnosticLogs/sysdiagnose/*/logs/MCState/User/"
    "EffectiveUserSettings.plist"sv,
};
constexpr std::array<Table const*, 2> kTables { &kManagements, &kSettings };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.device_management",
    .title = "Device management",
    .doc
    = "Who manages the phone, apart from profiles, and what settings and profiles allow in the end. Read "
      "from MDM.plist, CloudConfigurationDetails.plist and EffectiveUserSettings.plist.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::ios::device_management
