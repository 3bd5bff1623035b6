#include "artifacts/common/chrome_history.hpp"

namespace exhibit::ios::chrome_history {
namespace {

using namespace std::string_view_literals;

using chrome::Visit;

constexpr auto kVisits = table<Visit>("ios_chrome_visit",
    "One row per page visit in Chrome, and one for each page whose visits are gone.", Relation::visited,
    chrome::kVisitColumns, chrome::kVisitEvents, "chrome_history");

Result<void> parse(Input const& input, Context& context)
{
    auto const database = EXHIBIT_TRY(open_database(input, context));
    return chrome::each_visit(
        database, context, [&](Visit& row, Origin origin) { return context.add(kVisits, row, origin); });
}

// Every profile has a folder: Default, Profile 1 and so on.
constexpr std::array kPaths {
    "/private/var/mobile/Containers/Data/Application/*/Library/Application Support/Google/Chrome/*/History"sv,
};
constexpr std::array<Table const*, 1> kTables { &kVisits };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.chrome_history",
    .title = "Chrome history",
    .doc = "Pages opened in Chrome, in every profile. Read from the tables `visits` and `urls` of the file "
           "History. Chrome keeps some "
           "three months.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::ios::chrome_history
