#include "artifacts/common/plist_file.hpp"
#include "formats/plist/json.hpp"

#include <array>

namespace exhibit::ios::cellular {
namespace {

using namespace std::string_view_literals;

struct CellularSetting {
    std::string key;
    std::string value;
};

constexpr std::array kSettingColumns {
    column<&CellularSetting::key>(
        "key", Is::opaque, "Name of the setting: a name of Apple's that no indicator has.")
        .mvt("-"),
    column<&CellularSetting::value>("value", Is::free_text, "Its value, as JSON.").mvt("-"),
};
constexpr auto kSettings = table<CellularSetting>("ios_cellular_setting",
    "One row per setting of the service for the mobile network.", Relation::context, kSettingColumns);

struct LastSim {
    std::optional<std::string> phone;
    std::optional<std::string> iccid;
    std::optional<std::int64_t> country;
    std::optional<std::int64_t> network;
    std::optional<std::string> system_version;
};

constexpr std::array kSimColumns {
    column<&LastSim::phone>("phone", Is::phone, "The device's own number.").mvt("-"),
    column<&LastSim::iccid>("iccid", Is::opaque, "Number of the SIM; no indicator names these.").mvt("-"),
    column<&LastSim::country>("country_code", "Country code (MCC) of the network that last served it.")
        .mvt("-"),
    column<&LastSim::network>("network_code", "Code (MNC) of that network.").mvt("-"),
    column<&LastSim::system_version>(
        "system_version", Is::opaque, "Version of iOS when this was written; a number, never an indicator.")
        .mvt("-"),
};
constexpr auto kSims = table<LastSim>(
    "ios_last_sim", "One row for the SIM that was last in use.", Relation::context, kSimColumns);

Result<void> parse(Input const& input, Context& context)
{
    auto const file = EXHIBIT_TRY(open_plist(input, context));
    auto const root = file.root();
    if (root.kind() != plist::Kind::dictionary)
        return fail(Fault::malformed, "the property list is no dictionary");
    LastSim sim;
    sim.phone = root.find("PhoneNumber").as_text();
    sim.iccid = root.find("LastKnownICCID").as_text();
    sim.country = root.find("LastKnownServingMcc").as_int();
    sim.network = root.find("LastKnownServingMnc").as_int();
    sim.system_version = root.find("lastKnownOSVersion").as_text();
    if (sim.phone || sim.iccid)
        EXHIBIT_TRY(context.add(kSims, sim, {}));
    std::uint64_t number = 0;
    for (auto const& entry : root.entries()) {
        CellularSetting setting;
        setting.key = entry.key.as_text().value_or("");
        setting.value = plist::to_json(entry.value, context.limits().text).text;
        EXHIBIT_TRY(context.add(kSettings, setting, Origin { ++number }));
    }
    return {};
}

constexpr std::array kPaths { "/private/var/wireless/Library/Preferences/com.apple.commcenter*.plist"sv };
constexpr std::array<Table const*, 2> kTables { &kSims, &kSettings };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.cellular",
    .title = "Mobile network",
    .doc = "The device's number, its SIM and what else the service for the mobile network keeps: IMEI, "
           "carrier, roaming. Another SIM than the person knows of is worth a question. Read from the files "
           "com.apple.commcenter*.plist.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::ios::cellular
