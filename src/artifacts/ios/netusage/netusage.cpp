#include "artifacts/ios/common/network_usage.hpp"

namespace exhibit::ios::netusage {
namespace {

using namespace std::string_view_literals;

constexpr auto kProcesses
    = table<ios::UsageProcess>("ios_netusage_process", "One row per process that used a network.",
        Relation::traffic, ios::kUsageProcessColumns, ios::kUsageProcessEvents, "netusage");
constexpr auto kLive = table<ios::UsageLive>("ios_netusage_live",
    "One row of traffic counters per process and kind of traffic; also those whose process row is gone.",
    Relation::traffic, ios::kUsageLiveColumns, ios::kUsageLiveEvents, "netusage");
constexpr auto kEntities = table<ios::UsageEntity>("ios_netusage_entity",
    "One row per kind of row in the database: how many there ever were.", Relation::context,
    ios::kUsageEntityColumns);

struct Attachment {
    std::optional<std::int64_t> attachment_id;
    std::optional<std::string_view> network_name;
    std::optional<std::int64_t> kind_number;
    Time first_used;
    Time last_used;
};

constexpr std::array kAttachmentColumns {
    column<&Attachment::attachment_id>("attachment_id", "Number of the network.").mvt("-"),
    column<&Attachment::network_name>("network_name", Is::opaque,
        "Name and hardware address of a Wi-Fi network, or the carrier; "
        "indicators do not name networks.")
        .mvt("-"),
    column<&Attachment::kind_number>("kind_number", "1 Wi-Fi, 2 mobile.").mvt("-"),
    column<&Attachment::first_used>("first_used", Clock::mac, "When the device was first on it.").mvt("-"),
    column<&Attachment::last_used>("last_used", Clock::mac, "When it was last on it.").mvt("-"),
};
constexpr std::array kAttachmentEvents {
    Event { "first_used", "network_first_joined", "{network_name}" },
    Event { "last_used", "network_last_joined", "{network_name}" },
};
constexpr auto kAttachments = table<Attachment>("ios_netusage_network",
    "One row per network that the device was on.", Relation::context, kAttachmentColumns, kAttachmentEvents);

struct Route {
    std::optional<std::int64_t> route_id;
    std::optional<std::int64_t> attachment_id;
    std::optional<std::string_view> network_name;
    std::optional<std::int64_t> kind_number;
    Time counted;
    std::optional<std::int64_t> bytes_in;
    std::optional<std::int64_t> bytes_out;
    std::optional<std::int64_t> connection_attempts;
    std::optional<std::int64_t> connection_successes;
};

constexpr std::array kRouteColumns {
    column<&Route::route_id>("route_id", "Number of the row.").mvt("-"),
    column<&Route::attachment_id>("attachment_id", "The network in ios_netusage_network.").mvt("-"),
    column<&Route::network_name>(
        "network_name", Is::opaque, "Its name, absent when its row is gone; indicators do not name networks.")
        .mvt("-"),
    column<&Route::kind_number>("kind_number", "What is counted, in the system's code.").mvt("-"),
    column<&Route::counted>("counted", Clock::mac, "When the counters were last written.").mvt("-"),
    column<&Route::bytes_in>("bytes_in", "Bytes received over it.").mvt("-"),
    column<&Route::bytes_out>("bytes_out", "Bytes sent over it.").mvt("-"),
    column<&Route::connection_attempts>("connection_attempts", "Connections that were tried.").mvt("-"),
    column<&Route::connection_successes>("connection_successes", "Connections that came about.").mvt("-"),
};
constexpr std::array kRouteEvents {
    Event { "counted", "network_carried",
        "{network_name}: {bytes_in|uncounted} bytes in, {bytes_out|uncounted} out" },
};
constexpr auto kRoutes = table<Route>("ios_netusage_route",
    "One row of traffic counters of a network, of which there may be several.", Relation::context,
    kRouteColumns, kRouteEvents);

constexpr std::array kAttachmentFields {
    from<&Attachment::attachment_id>("attachment.Z_PK"),
    from<&Attachment::network_name>("attachment.ZIDENTIFIER"),
    from<&Attachment::kind_number>("attachment.ZKIND"),
    from<&Attachment::first_used>("attachment.ZFIRSTTIMESTAMP", Clock::mac),
    from<&Attachment::last_used>("attachment.ZTIMESTAMP", Clock::mac),
};
constexpr std::array kRouteFields {
    from<&Route::route_id>("route.Z_PK"),
    from<&Route::attachment_id>("route.ZHASNETWORKATTACHMENT"),
    from<&Route::network_name>("attachment.ZIDENTIFIER"),
    from<&Route::kind_number>("route.ZKIND"),
    from<&Route::counted>("route.ZTIMESTAMP", Clock::mac),
    from<&Route::bytes_in>("route.ZBYTESIN"),
    from<&Route::bytes_out>("route.ZBYTESOUT"),
    from<&Route::connection_attempts>("route.ZCONNATTEMPTS"),
    from<&Route::connection_successes>("route.ZCONNSUCCESSES"),
};

Result<void> parse(Input const& input, Context& context)
{
    auto const database = EXHIBIT_TRY(open_database(input, context));
    // Copies without tables lie in several places; they are no failure.
    EXHIBIT_TRY(ios::read_network_usage(database, context, kProcesses, kLive, kEntities));
    EXHIBIT_TRY(each_row<Attachment>(database, context,
        { .alias = "attachment", .table = "ZNETWORKATTACHMENT", .deleted = true }, kAttachmentFields,
        [&](Attachment& row, Origin origin) { return context.add(kAttachments, row, origin); }));
    Select const routes { .alias = "route",
        .table = "ZLIVEROUTEPERF",
        .joins = { { "attachment", "ZNETWORKATTACHMENT", "Z_PK", "route.ZHASNETWORKATTACHMENT" } },
        .deleted = true };
    return each_row<Route>(database, context, routes, kRouteFields,
        [&](Route& row, Origin origin) { return context.add(kRoutes, row, origin); });
}

constexpr std::array kPaths {
    "/private/var/networkd/netusage.sqlite"sv,
    "/private/var/networkd/db/netusage.sqlite"sv,
};
constexpr std::array<Table const*, 5> kTables { &kProcesses, &kLive, &kEntities, &kAttachments, &kRoutes };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.netusage",
    .title = "Network usage per process",
    .doc = "Which processes used which network, how much and when, over Wi-Fi too. Read from "
           "netusage.sqlite, which is in file "
           "systems only.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
    .kept = Kept::on_device,
};

} // namespace exhibit::ios::netusage
