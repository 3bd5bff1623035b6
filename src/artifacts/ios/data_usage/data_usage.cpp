#include "artifacts/ios/common/network_usage.hpp"

namespace exhibit::ios::data_usage {
namespace {

using namespace std::string_view_literals;

constexpr auto kProcesses = table<ios::UsageProcess>("ios_data_usage_process",
    "One row per process that used the mobile network, or any network on old systems.", Relation::traffic,
    ios::kUsageProcessColumns, ios::kUsageProcessEvents, "datausage");
constexpr auto kLive = table<ios::UsageLive>("ios_data_usage_live",
    "One row of traffic counters per process and kind of traffic; also those whose process row is gone.",
    Relation::traffic, ios::kUsageLiveColumns, ios::kUsageLiveEvents, "datausage");
constexpr auto kEntities = table<ios::UsageEntity>("ios_data_usage_entity",
    "One row per kind of row in the database: how many there ever were.", Relation::context,
    ios::kUsageEntityColumns);

Result<void> parse(Input const& input, Context& context)
{
    return ios::read_network_usage(input, context, kProcesses, kLive, kEntities);
}

constexpr std::array kPaths { "/private/var/wireless/Library/Databases/DataUsage.sqlite"sv };
constexpr std::array<Table const*, 3> kTables { &kProcesses, &kLive, &kEntities };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.data_usage",
    .title = "Data usage per process",
    .doc = "Which processes used the network, how much and when: of all that a plain backup holds this tells "
           "most about spyware. "
           "Read from the tables `ZPROCESS` and `ZLIVEUSAGE` of DataUsage.sqlite. Reaches back months to "
           "years, with the last time "
           "and a sum per process only.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
    .key = true,
};

} // namespace exhibit::ios::data_usage
