#include "artifacts/common/plist_file.hpp"
#include "base/text.hpp"
#include "formats/crypto/digest.hpp"
#include "formats/plist/json.hpp"

#include <array>

namespace exhibit::ios::pairing_records {
namespace {

using namespace std::string_view_literals;

struct PairingRecord {
    std::string host_id;
    std::optional<std::string> system_buid;
    std::optional<std::string> host_name;
    Time written;
    std::optional<std::string> certificate_sha256;
    bool has_escrow_bag = false;
};

constexpr std::array kRecordColumns {
    column<&PairingRecord::host_id>("host_id", Is::opaque,
        "The id under which the computer is trusted; the name of the file where it is not inside.")
        .mvt("-"),
    column<&PairingRecord::system_buid>(
        "system_buid", Is::opaque, "The id of the computer's installation of Apple's programs.")
        .mvt("-"),
    column<&PairingRecord::host_name>("host_name", Is::opaque, "The name of the computer, where it is kept.")
        .mvt("-"),
    column<&PairingRecord::written>("written", Clock::entry_modified,
        "When the file was last changed, as the acquisition has it: for a record that was not renewed, the "
        "day on which the computer was trusted.")
        .mvt("-"),
    column<&PairingRecord::certificate_sha256>(
        "certificate_sha256", Is::opaque, "SHA-256 of the computer's certificate; made anew for each device.")
        .mvt("-"),
    column<&PairingRecord::has_escrow_bag>("has_escrow_bag",
        "Whether the file holds a key bag: with it the computer can read data while the device is locked.")
        .mvt("-"),
};
constexpr std::array kRecordEvents { Event { "written", "trust_record_written", "{host_id} {host_name}" } };
constexpr auto kRecords = table<PairingRecord>("ios_pairing_record",
    "One row per computer that the device trusts, and per key bag that is kept for one.", Relation::permitted,
    kRecordColumns, kRecordEvents);

struct LockdownSetting {
    std::string key;
    std::string value;
    std::optional<bool> flag;
};

constexpr std::array kSettingColumns {
    column<&LockdownSetting::key>("key", Is::opaque,
        "Domain and name of the value, such as com.apple.mobile.wireless_lockdown-EnableWifiDebugging: "
        "names of Apple's that no indicator has.")
        .mvt("-"),
    column<&LockdownSetting::value>(
        "value", Is::free_text, "The value, as JSON; keys and certificates are left out.")
        .mvt("-"),
    column<&LockdownSetting::flag>("flag", "The value, where it is yes or no, or 1 or 0.").mvt("-"),
};
constexpr auto kSettings = table<LockdownSetting>("ios_lockdown_setting",
    "One row per value that computers can ask the device for.", Relation::context, kSettingColumns);

Result<void> read_settings(plist::Value const& root, Context& context)
{
    std::uint64_t number = 0;
    for (auto const& entry : root.entries()) {
        ++number;
        if (entry.value.kind() == plist::Kind::data) // Keys and certificates of the device.
            continue;
        LockdownSetting setting;
        setting.key = entry.key.as_text().value_or("");
        setting.value = plist::to_json(entry.value, context.limits().text).text;
        setting.flag = plist_flag(entry.value);
        EXHIBIT_TRY(context.add(kSettings, setting, Origin { number }));
    }
    return {};
}

Result<void> read_record(Input const& input, plist::Value const& root, Context& context)
{
    PairingRecord record;
    auto const name = base_name(input.path);
    record.host_id = root.find("HostID").as_text().value_or(std::string { name.substr(0, name.rfind('.')) });
    record.system_buid = root.find("SystemBUID").as_text();
    record.host_name = root.find("HostName").as_text();
    record.written = input.modified_time();
    if (auto const certificate = root.find("HostCertificate").as_data())
        record.certificate_sha256 = sha256_hex(*certificate);
    record.has_escrow_bag = root.find("EscrowBag").as_data().has_value();
    return context.add(kRecords, record, {});
}

Result<void> parse(Input const& input, Context& context)
{
    auto const file = EXHIBIT_TRY(open_plist(input, context));
    if (file.root().kind() != plist::Kind::dictionary)
        return fail(Fault::malformed, "the property list is no dictionary");
    return input.path.ends_with("/data_ark.plist") ? read_settings(file.root(), context)
                                                   : read_record(input, file.root(), context);
}

constexpr std::array kPaths {
    "/private/var/root/Library/Lockdown/pair_records/*.plist"sv,
    "/private/var/root/Library/Lockdown/escrow_records/*.plist"sv,
    "/private/var/root/Library/Lockdown/data_ark.plist"sv,
};
constexpr std::array<Table const*, 2> kTables { &kRecords, &kSettings };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.pairing_records",
    .title = "Computers that are trusted",
    .doc = "Computers that the device trusts and that may therefore take its content over a cable or Wi-Fi, "
           "and what it tells computers of itself. Read from the pairing records of the lockdown service and "
           "from data_ark.plist. Times are those of the files. A record that the person does not know means "
           "that somebody had the unlocked device in hand.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
    .kept = Kept::on_device,
};

} // namespace exhibit::ios::pairing_records
