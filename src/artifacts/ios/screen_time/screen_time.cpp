#include "artifacts/common/other_device.hpp"
#include "artifacts/common/query.hpp"

#include <array>

namespace exhibit::ios::screen_time {
namespace {

using namespace std::string_view_literals;

struct ScreenTime {
    std::optional<std::int64_t> usage_id;
    std::optional<std::string_view> bundle_id;
    std::optional<std::string_view> domain;
    std::optional<std::string_view> category;
    std::optional<std::int64_t> seconds;
    Time started;
    Time last_event;
    std::optional<std::int64_t> period_minutes;
    std::optional<std::string_view> device_name;
    std::optional<std::string_view> device_id;
    std::optional<std::string_view> person_name;
    // Not stored: what `device_id` is told from.
    std::optional<std::int64_t> local_state;
};

constexpr std::array kColumns {
    column<&ScreenTime::usage_id>("usage_id", "Number of the row.").mvt("-"),
    column<&ScreenTime::bundle_id>("bundle_id", Is::app_id, "The app.").mvt("-"),
    column<&ScreenTime::domain>("domain", Is::domain, "The web site.").mvt("-"),
    column<&ScreenTime::category>("category", Is::opaque, "Category of the app or site, from the system.")
        .mvt("-"),
    column<&ScreenTime::seconds>("seconds", "How long it was used in the period.").mvt("-"),
    column<&ScreenTime::started>("started", Clock::mac, "When the period began.").mvt("-"),
    column<&ScreenTime::last_event>("last_event", Clock::mac, "When it was last used in the period.")
        .mvt("-"),
    column<&ScreenTime::period_minutes>("period_minutes", "Length of the period.").mvt("-"),
    column<&ScreenTime::device_name>(
        "device_name", Is::free_text, "The device, of all that share the account.")
        .mvt("-"),
    column<&ScreenTime::device_id>("device_id", Is::opaque,
        "Number of the device, where it is not this one; its name, or `another device`, where it has none.")
        .mvt("-"),
    column<&ScreenTime::person_name>("person_name", Is::free_text, "The person, of a family.").mvt("-"),
};
constexpr std::array kEvents { Event { "started", "screen_time", "{bundle_id} {domain} for {seconds} s" } };
constexpr auto kUsage = table<ScreenTime>("ios_screen_time",
    "One row per app or web site and period in which it was used.", Relation::executed, kColumns, kEvents);

constexpr std::array kFields {
    from<&ScreenTime::usage_id>("item.Z_PK"),
    from<&ScreenTime::bundle_id>("item.ZBUNDLEIDENTIFIER"),
    from<&ScreenTime::domain>("item.ZDOMAIN"),
    from<&ScreenTime::category>("category.ZIDENTIFIER"),
    from<&ScreenTime::seconds>("item.ZTOTALTIMEINSECONDS"),
    from<&ScreenTime::started>("block.ZSTARTDATE", Clock::mac),
    from<&ScreenTime::last_event>("block.ZLASTEVENTDATE", Clock::mac),
    from<&ScreenTime::period_minutes>("block.ZDURATIONINMINUTES"),
    from<&ScreenTime::device_name>("device.ZNAME"),
    from<&ScreenTime::device_id>("device.ZIDENTIFIER"),
    from<&ScreenTime::person_name>("person.ZGIVENNAME"),
    from<&ScreenTime::local_state>("device.ZLOCALUSERDEVICESTATE"),
};

/// Whether one of the devices is marked as the one that keeps the database: only it has a state of its own.
Result<bool> knows_this_device(sqlite::Database const& database, Context& context)
{
    bool knows = false;
    EXHIBIT_TRY(each_cells(database, context, { "device", "ZCOREDEVICE" }, { "device.ZLOCALUSERDEVICESTATE" },
        [&](sqlite::Cells const& cells, std::span<std::size_t const> found, Origin) -> Result<void> {
            knows = knows || (!found.empty() && cells.integer(0).has_value());
            return {};
        }));
    return knows;
}

Result<void> parse(Input const& input, Context& context)
{
    auto const database = EXHIBIT_TRY(open_database(input, context));
    if (!database.empty() && !database.had_table("ZUSAGETIMEDITEM"))
        return fail(Fault::unsupported, "the database has no table `ZUSAGETIMEDITEM`");
    Select const items { .alias = "item",
        .table = "ZUSAGETIMEDITEM",
        .joins = { { "category", "ZUSAGECATEGORY", "Z_PK", "item.ZCATEGORY" },
            { "block", "ZUSAGEBLOCK", "Z_PK", "category.ZBLOCK" },
            { "usage", "ZUSAGE", "Z_PK", "block.ZUSAGE" },
            { "device", "ZCOREDEVICE", "Z_PK", "usage.ZDEVICE" },
            { "person", "ZCOREUSER", "Z_PK", "usage.ZUSER" } },
        .deleted = true };
    // Of what is synchronized nothing is this device's own but what is marked so.
    bool const only_marked
        = input.path.ends_with("-Cloud.sqlite") || EXHIBIT_TRY(knows_this_device(database, context));
    return each_row<ScreenTime>(database, context, items, kFields, [&](ScreenTime& row, Origin origin) {
        if (row.local_state || !only_marked)
            row.device_id.reset();
        else if (!row.device_id)
            row.device_id = row.device_name.value_or(kSomeOtherDevice);
        return context.add(kUsage, row, origin);
    });
}

constexpr std::array kPaths {
    "/private/var/mobile/Library/Application Support/com.apple.remotemanagementd/RMAdminStore-Local.sqlite"sv,
    "/private/var/mobile/Library/Application Support/com.apple.remotemanagementd/RMAdminStore-Cloud.sqlite"sv,
};
constexpr std::array<Table const*, 1> kTables { &kUsage };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.screen_time",
    .title = "Screen Time",
    .doc
    = "How long apps and web sites were used, hour by hour, where Screen Time is on. Read from "
      "RMAdminStore-Local.sqlite and "
      "RMAdminStore-Cloud.sqlite; the second holds what other devices of the account and of the family did.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
    .kept = Kept::on_device,
};

} // namespace exhibit::ios::screen_time
