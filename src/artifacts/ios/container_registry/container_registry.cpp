#include "artifacts/common/query.hpp"

#include <array>

namespace exhibit::ios::container_registry {
namespace {

using namespace std::string_view_literals;

struct Identity {
    std::optional<std::string_view> identity;
};

constexpr std::array kColumns {
    column<&Identity::identity>(
        "identity", Is::process, "The app or part of the system, by the name that it is signed with."),
};
constexpr auto kIdentities = table<Identity>("ios_container_identity",
    "One row per app or part of the system that has or had a folder for its data.", Relation::installed,
    kColumns);

constexpr std::array kFields { from<&Identity::identity>("i.code_signing_id_text") };

Result<void> parse(Input const& input, Context& context)
{
    auto const database = EXHIBIT_TRY(open_database(input, context));
    if (!database.empty() && !database.had_table("code_signing_info"))
        return fail(Fault::unsupported, "the database has no table `code_signing_info`");
    return each_row<Identity>(database, context,
        { .alias = "i", .table = "code_signing_info", .deleted = true }, kFields,
        [&](Identity const& row, Origin origin) -> Result<void> {
            return row.identity ? context.add(kIdentities, row, origin) : Result<void> {};
        });
}

constexpr std::array kPaths { "/private/var/root/Library/MobileContainerManager/containers.sqlite3"sv };
constexpr std::array<Table const*, 1> kTables { &kIdentities };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.container_registry",
    .title = "Registry of containers",
    .doc = "Which apps and parts of the system have a folder for their data, also of apps that were removed. "
           "Read from the names in containers.sqlite3; its other tables are not read.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
    .kept = Kept::on_device,
};

} // namespace exhibit::ios::container_registry
