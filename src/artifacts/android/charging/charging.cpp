#include "artifacts/common/query.hpp"

#include <array>

namespace exhibit::android::charging {
namespace {

using namespace std::string_view_literals;

struct Battery {
    Time happened;
    std::optional<std::int64_t> level;
    std::optional<std::int64_t> charging;
    std::optional<std::int64_t> saver;
    std::optional<std::string_view> zone;
    std::optional<std::string_view> place;
};

constexpr std::array kColumns {
    column<&Battery::happened>("happened", Clock::unix_millis, "When the level changed."),
    column<&Battery::level>("battery_percent", "Level of the battery in percent."),
    column<&Battery::charging>("charging", "0 not, 1 quickly, 2 slowly, 3 without a wire."),
    column<&Battery::saver>("battery_saver", "1 while power was saved, else 2."),
    column<&Battery::zone>("time_zone", Is::opaque, "Time zone that the phone was set to."),
    column<&Battery::place>("place", Is::opaque, "Place that it was charged at, where that is told."),
};
constexpr std::array kEvents { Event {
    "happened", "battery_level", "battery at {battery_percent} %, time zone {time_zone}" } };
constexpr auto kBattery = table<Battery>("android_battery_level",
    "One row per change of the battery's level, for about two months.", Relation::context, kColumns, kEvents);

// Meaning of the numbers: ALEAPP's module for Turbo.
constexpr std::array kFields {
    from<&Battery::happened>("event.timestamp_millis", Clock::unix_millis),
    from<&Battery::level>("event.battery_level"),
    from<&Battery::charging>("event.charge_type"),
    from<&Battery::saver>("event.battery_saver"),
    from<&Battery::zone>("event.timezone"),
    from<&Battery::place>("place.place_name"),
};

Result<void> parse(Input const& input, Context& context)
{
    auto const database = EXHIBIT_TRY(open_database(input, context));
    Select const rows { .alias = "event",
        .table = "battery_event",
        .joins = { { "place", "charging_places", "_id", "event.place_key" } } };
    return each_row<Battery>(database, context, rows, kFields,
        [&](Battery& row, Origin origin) { return context.add(kBattery, row, origin); });
}

constexpr std::array kPaths {
    "/data/data/com.google.android.apps.turbo/databases/turbo.db"sv,
    "/data/user/*/com.google.android.apps.turbo/databases/turbo.db"sv,
};
constexpr std::array<Table const*, 1> kTables { &kBattery };

} // namespace

extern constinit Artifact const kArtifact {
    .id = "android.charging",
    .title = "Battery levels and time zones",
    .doc = "When the phone was charged, and the time zones that it was set to, as Google's device health "
           "service notes "
           "them: a plug in strange hands, and journeys, show in it.",
    .platform = Platform::android,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::android::charging
