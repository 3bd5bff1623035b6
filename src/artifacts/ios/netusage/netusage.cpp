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
    std::optional<std::int64_t> bytes_in;
    std::optional<std::int64_t> bytes_out;
    std::optional<std::int64_t> connection_attempts;
    std::optional<std::int64_t> connection_successes;
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
    column<&Attachment::bytes_in>("bytes_in", "Bytes received over it.").mvt("-"),
    column<&Attachment::bytes_out>("bytes_out", "Bytes sent over it.").mvt("-"),
    column<&Attachment::connection_attempts>("connection_attempts", "Connections that were tried.").mvt("-"),
    column<&Attachment::connection_successes>("connection_successes", "Connections that came about.")
        .mvt("-"),
};
constexpr std::array kAttachmentEvents {
    Event { "first_used", "network_first_joined", "{network_name}" },
    Event { "last_used", "network_last_joined", "{network_name}" },
};
constexpr auto kAttachments = table<Attachment>("ios_netusage_network",
    "One row per network that the device was on.", Relation::context, kAttachmentColumns, kAttachmentEvents);

constexpr std::array kAttachmentFields {
    from<&Attachment::attachment_id>("attachment.Z_PK"),
    from<&Attachment::network_name>("attachment.ZIDENTIFIER"),
    from<&Attachment::kind_number>("attachment.ZKIND"),
    from<&Attachment::first_used>("attachment.ZFIRSTTIMESTAMP", Clock::mac),
    from<&Attachment::last_used>("attachment.ZTIMESTAMP", Clock::mac),
    from<&Attachment::bytes_in>("route.ZBYTESIN"),
    from<&Attachment::bytes_out>("route.ZBYTESOUT"),
    from<&Attachment::connection_attempts>("route.ZCONNATTEMPTS"),
    from<&Attachment::connection_successes>("route.ZCONNSUCCESSES"),
};

Result<void> parse(Input const& input, Context& context)
{
    auto const database = EXHIBIT_TRY(open_database(input, context));
    // Copies without tables lie in several places; they are no failure.
    EXHIBIT_TRY(ios::read_network_usage(database, context, kProcesses, kLive, kEntities));
    Select const attachments { .alias = "attachment",
        .table = "ZNETWORKATTACHMENT",
        .joins = { { "route", "ZLIVEROUTEPERF", "ZHASNETWORKATTACHMENT", "attachment.Z_PK" } } };
    return each_row<Attachment>(database, context, attachments, kAttachmentFields,
        [&](Attachment& row, Origin origin) { return context.add(kAttachments, row, origin); });
}

constexpr std::array kPaths {
    "/private/var/networkd/netusage.sqlite"sv,
    "/private/var/networkd/db/netusage.sqlite"sv,
};
constexpr std::array<Table const*, 4> kTables { &kProcesses, &kLive, &kEntities, &kAttachments };

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
