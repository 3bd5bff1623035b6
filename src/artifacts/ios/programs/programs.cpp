#include "artifacts/ios/common/program_file.hpp"

#include <array>

namespace exhibit::ios::programs {
namespace {

using namespace std::string_view_literals;

constexpr auto kPrograms = table<ProgramFile>("ios_program",
    "One row per program, library or script in a folder for data, where iOS and apps keep none.",
    Relation::present, kProgramColumns);

Result<void> parse(Input const& input, Context& context)
{
    auto const file = EXHIBIT_TRY(read_program_file(input, context));
    return file ? context.add(kPrograms, *file, {}) : Result<void> {};
}

constexpr std::array kPaths {
    "/cores/**"sv,
    "/opt/**"sv,
    "/usr/local/**"sv,
    "/private/*"sv,
    "/private/etc/**"sv,
    "/private/tmp/**"sv,
    "/private/var/*"sv,
    "/private/var/*/*"sv,
    "/private/var/Keychains/**"sv,
    "/private/var/audit/**"sv,
    "/private/var/cache/**"sv,
    "/private/var/containers/Bundle/*"sv,
    "/private/var/containers/Bundle/*/*"sv,
    "/private/var/containers/Data/**"sv,
    "/private/var/containers/Shared/**"sv,
    "/private/var/db/**"sv,
    "/private/var/empty/**"sv,
    "/private/var/folders/**"sv,
    "/private/var/hardware/**"sv,
    "/private/var/installd/**"sv,
    "/private/var/internal/**"sv,
    "/private/var/keybags/**"sv,
    "/private/var/lib/**"sv,
    "/private/var/log/**"sv,
    "/private/var/logs/**"sv,
    "/private/var/mobile/Containers/Data/Application/*/Documents/**"sv,
    "/private/var/mobile/Containers/Data/Application/*/tmp/**"sv,
    "/private/var/mobile/Containers/Data/InternalDaemon/**"sv,
    "/private/var/mobile/Containers/Data/PluginKitPlugin/*/Documents/**"sv,
    "/private/var/mobile/Containers/Data/PluginKitPlugin/*/tmp/**"sv,
    "/private/var/mobile/Documents/**"sv,
    "/private/var/mobile/Library/**"sv,
    "/private/var/mobile/Media/*"sv,
    "/private/var/msgs/**"sv,
    "/private/var/networkd/**"sv,
    "/private/var/preferences/**"sv,
    "/private/var/protected/**"sv,
    "/private/var/root/**"sv,
    "/private/var/run/*/*"sv,
    "/private/var/spool/**"sv,
    "/private/var/tmp/**"sv,
    "/private/var/vm/**"sv,
    "/private/var/wireless/**"sv,
};
constexpr std::array<Table const*, 1> kTables { &kPrograms };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.programs",
    .title = "Programs in folders for data",
    .doc
    = "Programs, libraries and scripts by their first bytes, in the folders that spyware was put into and "
      "started from or could be: those of the system and its services, of the users root and mobile, of "
      "logs, databases and temporary files to their bottom, what apps keep as documents or for a while, and "
      "beside the folders of the system, where jailbreaks put programs. Files of other kinds are normal "
      "there "
      "and give no row. What apps share or keep in their own Library is looked into by `ios.app_programs`. "
      "Not "
      "looked into are the folders for programs, below those that lie in it directly other folders of "
      "`/private/var` that are not named here, the assets and updates that the system loads, what is mounted "
      "in "
      "`/private/var/run`, and pictures and other media.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
    .kept = Kept::on_device,
    .most_unpacked = std::uint64_t { 2 } << 30U,
    .first_bytes = true,
};

} // namespace exhibit::ios::programs
