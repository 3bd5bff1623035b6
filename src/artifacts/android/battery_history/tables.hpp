#pragma once

#include "artifact/artifact.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace exhibit::android::battery_history {

struct BatteryEvent {
    Time happened;
    std::string_view elapsed;
    std::string_view event;
    std::string_view change;
    std::optional<std::int64_t> uid;
    std::optional<std::int64_t> version_code;
    std::optional<std::string_view> package;
    std::optional<std::string> component;
    std::optional<std::string_view> detail;
};

consteval auto columns_on(Clock clock)
{
    return std::array {
        column<&BatteryEvent::happened>("happened", clock,
            "When: the last time stamp of the history with the elapsed time added; empty before the first "
            "one.")
            .mvt("timestamp"),
        column<&BatteryEvent::elapsed>("elapsed", Is::opaque, "The time as the line has it.")
            .mvt("time_elapsed"),
        column<&BatteryEvent::event>("event", Is::opaque,
            "What: `top` an app in front, `job`, `proc`, `fg`, `sync`, `wake_lock`, `pkginst` an "
            "installation, "
            "`pkgunin` a removal, or a part of the device such as `camera`, `audio`, `gps` and `screen`."),
        column<&BatteryEvent::change>("change", Is::opaque, "`start`, `end` or `once`.").mvt("-"),
        column<&BatteryEvent::uid>("uid", "Linux user id of the app."),
        column<&BatteryEvent::version_code>("version_code", "Version of an installed package."),
        column<&BatteryEvent::package>("package", Is::app_id, "Package.").mvt("package_name"),
        column<&BatteryEvent::component>("component", Is::opaque, "Class of a job or an alarm.")
            .mvt("service"),
        column<&BatteryEvent::detail>("detail", Is::opaque, "The event's words where they name no package."),
    };
}

inline constexpr auto kHistoryColumns = columns_on(Clock::local_text);
inline constexpr auto kCheckinColumns = columns_on(Clock::unix_millis);

inline constexpr std::array kEvents { Event {
    "happened", "battery_event", "{event} {change}: {package} {detail}" } };
inline constexpr auto kHistory = table<BatteryEvent>("android_battery_event",
    "One row per event of the battery history that names an app, or that switched a part of the device.",
    Relation::executed, kHistoryColumns, kEvents, "dumpsys_battery_history");
inline constexpr auto kCheckin = table<BatteryEvent>("android_battery_checkin_event",
    "The same history in the form that is made for machines, with times in UTC.", Relation::executed,
    kCheckinColumns, kEvents);

/// Fills in what `text`, the words of an event, say: a component, a package, or other words.
void set_subject(BatteryEvent& event, std::string_view text);

/// Events for which the number beside the words is a version, not a user id.
bool has_version(std::string_view event);

Result<void> parse_history(Input const& input, Context& context);
Result<void> parse_checkin(Input const& input, Context& context);

} // namespace exhibit::android::battery_history
