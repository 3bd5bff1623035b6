#include "artifacts/common/plist_file.hpp"

#include <array>

namespace exhibit::ios::backup_info {
namespace {

using namespace std::string_view_literals;

struct BackupInfo {
    std::optional<std::string> device_name;
    std::optional<std::string> display_name;
    std::optional<std::string> product_name;
    std::optional<std::string> product_type;
    std::optional<std::string> product_version;
    std::optional<std::string> build_version;
    std::optional<std::string> serial_number;
    std::optional<std::string> phone_number;
    std::optional<std::string> imei;
    std::optional<std::string> imei_2;
    std::optional<std::string> meid;
    std::optional<std::string> iccid;
    std::optional<std::string> guid;
    std::optional<std::string> unique_identifier;
    std::optional<std::string> target_identifier;
    std::optional<std::string> target_type;
    std::optional<std::string> itunes_version;
    Time last_backup;
};

constexpr std::array kColumns {
    column<&BackupInfo::device_name>("device_name", Is::free_text, "Name that the owner gave the device.")
        .mvt("Device Name"),
    column<&BackupInfo::display_name>(
        "display_name", Is::free_text, "The same name as the computer showed it.")
        .mvt("Display Name"),
    column<&BackupInfo::product_name>(
        "product_name", Is::opaque, "Model in words; no indicator names models.")
        .mvt("Product Name"),
    column<&BackupInfo::product_type>(
        "product_type", Is::opaque, "Model such as iPhone9,3; no indicator names models.")
        .mvt("Product Type"),
    column<&BackupInfo::product_version>(
        "product_version", Is::opaque, "Version of iOS; a number, never an indicator.")
        .mvt("Product Version"),
    column<&BackupInfo::build_version>(
        "build_version", Is::opaque, "Build of iOS; a number, never an indicator.")
        .mvt("Build Version"),
    column<&BackupInfo::serial_number>(
        "serial_number", Is::opaque, "Serial number; it names this device alone.")
        .mvt("Serial Number"),
    column<&BackupInfo::phone_number>("phone_number", Is::phone, "The device's own number.")
        .mvt("Phone Number"),
    column<&BackupInfo::imei>("imei", Is::opaque, "IMEI; it names this device alone.").mvt("IMEI"),
    column<&BackupInfo::imei_2>("imei_2", Is::opaque, "IMEI of the second SIM; it names this device alone.")
        .mvt("-"),
    column<&BackupInfo::meid>("meid", Is::opaque, "MEID; it names this device alone.").mvt("MEID"),
    column<&BackupInfo::iccid>("iccid", Is::opaque, "Number of the SIM card; it names that card alone.")
        .mvt("ICCID"),
    column<&BackupInfo::guid>("guid", Is::opaque, "Number of the backup; it names this backup alone.")
        .mvt("GUID"),
    column<&BackupInfo::unique_identifier>(
        "unique_identifier", Is::opaque, "UDID; it names this device alone.")
        .mvt("Unique Identifier"),
    column<&BackupInfo::target_identifier>(
        "target_identifier", Is::opaque, "UDID again; it names this device alone.")
        .mvt("Target Identifier"),
    column<&BackupInfo::target_type>("target_type", Is::opaque, "Always the word Device.").mvt("Target Type"),
    column<&BackupInfo::itunes_version>("itunes_version", Is::opaque,
        "Version of the program that made the backup; a number, never an indicator.")
        .mvt("iTunes Version"),
    column<&BackupInfo::last_backup>(
        "last_backup", Clock::plist, "When the backup was made or last added to.")
        .mvt("Last Backup Date"),
};
constexpr std::array kEvents { Event {
    "last_backup", "backup", "backup of {device_name}, iOS {product_version}" } };
constexpr auto kInfo = table<BackupInfo>("ios_backup_info", "One row: the device as the backup describes it.",
    Relation::context, kColumns, kEvents, "backup_info");

struct App {
    std::string bundle_id;
};

constexpr std::array kAppColumns {
    column<&App::bundle_id>("bundle_id", Is::process, "The app.").mvt("-"),
};
constexpr auto kApps = table<App>("ios_backup_app",
    "One row per app and list of the backup that has it as installed.", Relation::installed, kAppColumns);

BackupInfo read_info(plist::Value const& root)
{
    auto const text = [&](std::string_view key) { return root.find(key).as_text(); };
    BackupInfo info;
    info.device_name = text("Device Name");
    info.display_name = text("Display Name");
    info.product_name = text("Product Name");
    info.product_type = text("Product Type");
    info.product_version = text("Product Version");
    info.build_version = text("Build Version");
    info.serial_number = text("Serial Number");
    info.phone_number = text("Phone Number");
    info.imei = text("IMEI");
    info.imei_2 = text("IMEI 2");
    info.meid = text("MEID");
    info.iccid = text("ICCID");
    info.guid = text("GUID");
    info.unique_identifier = text("Unique Identifier");
    info.target_identifier = text("Target Identifier");
    info.target_type = text("Target Type");
    info.itunes_version = text("iTunes Version");
    info.last_backup = plist_time(root.find("Last Backup Date"));
    return info;
}

/// The list that the phone wrote; the other is of the computer. Containers of plugins and groups stand in it
/// too.
Result<void> read_manifest(plist::Value const& root, Context& context)
{
    std::uint64_t number = 0;
    for (auto const& entry : root.find("Applications").entries()) {
        Origin const origin { ++number };
        if (entry.value.find("ContainerContentClass").as_text().value_or("Data/Application")
            != "Data/Application")
            continue;
        auto name = entry.value.find("CFBundleIdentifier").as_text();
        if (!name)
            name = entry.key.as_text();
        if (name)
            EXHIBIT_TRY(context.add(kApps, App { *std::move(name) }, origin));
    }
    return {};
}

Result<void> parse(Input const& input, Context& context)
{
    auto const file = EXHIBIT_TRY(open_plist(input, context));
    if (file.root().kind() != plist::Kind::dictionary)
        return fail(Fault::malformed, "the property list is no dictionary");
    if (input.path.ends_with("/Manifest.plist"))
        return read_manifest(file.root(), context);
    EXHIBIT_TRY(context.add(kInfo, read_info(file.root()), {}));
    std::uint64_t number = 0;
    for (auto const& app : file.root().find("Installed Applications").elements()) {
        Origin const origin { ++number };
        auto name = app.as_text();
        if (!name) {
            context.note(Level::warning, Fault::malformed, "an installed application is no text", origin);
            continue;
        }
        EXHIBIT_TRY(context.add(kApps, App { *std::move(name) }, origin));
    }
    return {};
}

constexpr std::array kPaths { "@backup/Info.plist"sv, "@backup/Manifest.plist"sv };
constexpr std::array<Table const*, 2> kTables { &kInfo, &kApps };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.backup_info",
    .title = "Backup information",
    .doc
    = "Which device the backup is of, its system version, when it was made, and which apps were "
      "installed. Read from "
      "Info.plist of the backup, and a second list of apps from Manifest.plist; neither is ever encrypted.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::ios::backup_info
