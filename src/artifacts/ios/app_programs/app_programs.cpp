#include "artifacts/ios/common/program_file.hpp"

#include <array>

namespace exhibit::ios::app_programs {
namespace {

using namespace std::string_view_literals;

constexpr auto kPrograms = table<ProgramFile>("ios_app_program",
    "One row per program or library among the data of apps and of their groups, where apps keep none.",
    Relation::present, kProgramColumns);

Result<void> parse(Input const& input, Context& context)
{
    auto const file = EXHIBIT_TRY(read_program_file(input, context));
    // Scripts are data of some apps, such as terminals.
    return file && file->kind != "script" ? context.add(kPrograms, *file, {}) : Result<void> {};
}

constexpr std::array kPaths {
    "/private/var/mobile/Containers/Data/Application/*/Library/**"sv,
    "/private/var/mobile/Containers/Data/Application/*/SystemData/**"sv,
    "/private/var/mobile/Containers/Data/PluginKitPlugin/*/Library/**"sv,
    "/private/var/mobile/Containers/Data/PluginKitPlugin/*/SystemData/**"sv,
    "/private/var/mobile/Containers/Shared/AppGroup/**"sv,
};
constexpr std::array<Table const*, 1> kTables { &kPrograms };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.app_programs",
    .title = "Programs among the data of apps",
    .doc
    = "Programs and libraries by their first bytes, in what apps keep in their own Library and what groups "
      "of apps share. iOS starts none from there, but an exploit in an app can write there. Apart from "
      "`ios.programs`, since these are most of the files of a phone: where they have to be unpacked, the "
      "smallest are looked at, and the others are said not to have been.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
    .kept = Kept::on_device,
    .most_unpacked = std::uint64_t { 1 } << 30U,
    .first_bytes = true,
};

} // namespace exhibit::ios::app_programs
