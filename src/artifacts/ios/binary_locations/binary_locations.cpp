#include "artifacts/common/plist_file.hpp"
#include "artifacts/ios/common/device_path.hpp"
#include "base/text.hpp"

#include <array>

namespace exhibit::ios::binary_locations {
namespace {

using namespace std::string_view_literals;

struct BinaryLocation {
    std::string binary_uuid;
    std::string path;
    std::string process;
};

constexpr std::array kColumns {
    column<&BinaryLocation::binary_uuid>(
        "binary_uuid", Is::opaque, "UUID of the binary; indicators do not name these.")
        .mvt("-"),
    column<&BinaryLocation::path>("path", Is::path, "Where it lay.").mvt("-"),
    column<&BinaryLocation::process>("process", Is::process, "Its name.").mvt("-"),
};
constexpr auto kLocations = table<BinaryLocation>("ios_binary_location",
    "One row per program or library that the system saw running when it sampled processes.",
    Relation::executed, kColumns);

Result<void> parse(Input const& input, Context& context)
{
    auto const file = EXHIBIT_TRY(open_plist(input, context));
    if (file.root().kind() != plist::Kind::dictionary)
        return fail(Fault::malformed, "the property list is no dictionary");
    std::uint64_t number = 0;
    for (auto const& entry : file.root().entries()) {
        Origin const origin { ++number };
        auto const path = entry.value.as_text();
        if (!path) {
            context.note(Level::warning, Fault::malformed, "the path of a binary is no text", origin);
            continue;
        }
        BinaryLocation row;
        row.binary_uuid = entry.key.as_text().value_or("");
        row.path = ios::device_path(*path);
        row.process = base_name(row.path);
        EXHIBIT_TRY(context.add(kLocations, row, origin));
    }
    return {};
}

constexpr std::array kPaths {
    "/private/var/db/spindump/UUIDToBinaryLocations"sv,
    "/private/var/**/*sysdiagnose_*/logs/tailspindb/UUIDToBinaryLocations"sv,
};
constexpr std::array<Table const*, 1> kTables { &kLocations };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.binary_locations",
    .title = "Binaries seen running",
    .doc = "Programs and libraries that the system saw running when it sampled processes, by UUID and path: "
           "of those too that are gone. "
           "Read from the property list UUIDToBinaryLocations, also from a copy in a sysdiagnose that lies "
           "unpacked on the device.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
    .kept = Kept::on_device,
};

} // namespace exhibit::ios::binary_locations
