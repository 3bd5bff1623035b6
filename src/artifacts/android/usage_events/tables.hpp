#pragma once

#include "artifact/artifact.hpp"

#include <array>
#include <optional>
#include <string>

namespace exhibit::android::usage_events {

struct UsageEvent {
    std::optional<std::int64_t> user;
    Time happened;
    std::string event;
    std::optional<std::string> package;
    std::optional<std::string> component;
    std::optional<std::string> root_package;
};

inline constexpr std::array kEventColumns {
    column<&UsageEvent::user>("user", "Number of the Android user."),
    column<&UsageEvent::happened>("happened", Clock::local_text, "When."),
    column<&UsageEvent::event>("event", Is::opaque,
        "What, such as `ACTIVITY_RESUMED`, `FOREGROUND_SERVICE_START`, `SCREEN_INTERACTIVE`, "
        "`DEVICE_STARTUP`."),
    column<&UsageEvent::package>("package", Is::app_id, "Package."),
    column<&UsageEvent::component>("component", Is::opaque, "Class of the screen or service."),
    column<&UsageEvent::root_package>("root_package", Is::app_id, "Package that opened the screen's task."),
};
inline constexpr std::array kEvents { Event { "happened", "usage_event", "{event} {package} {component}" } };
inline constexpr auto kUsageEvents = table<UsageEvent>("android_usage_event",
    "One row per event that the system counts use by; events printed for several periods once.",
    Relation::executed, kEventColumns, kEvents);

struct UsageTotal {
    std::optional<std::int64_t> user;
    std::string period;
    std::string package;
    Time last_used;
    Time last_visible;
    Time last_component;
    std::optional<std::string> total_used;
    std::optional<std::string> total_visible;
    std::optional<std::int64_t> launches;
};

inline constexpr std::array kTotalColumns {
    column<&UsageTotal::user>("user", "Number of the Android user."),
    column<&UsageTotal::period>("period", Is::opaque, "`daily`, `weekly`, `monthly` or `yearly`."),
    column<&UsageTotal::package>("package", Is::app_id, "Package; it may have been removed since."),
    column<&UsageTotal::last_used>("last_used", Clock::local_text, "When it was last in front."),
    column<&UsageTotal::last_visible>("last_visible", Clock::local_text, "When it was last to be seen."),
    column<&UsageTotal::last_component>(
        "last_component", Clock::local_text, "When another app last used a part of it."),
    column<&UsageTotal::total_used>(
        "total_used", Is::opaque, "How long it was in front, as hours:minutes:seconds."),
    column<&UsageTotal::total_visible>("total_visible", Is::opaque, "How long it was to be seen."),
    column<&UsageTotal::launches>("launches", "How often it was started by hand."),
};
inline constexpr std::array kTotalEvents { Event {
    "last_used", "app_last_used", "{package} last in front ({period})" } };
inline constexpr auto kTotals = table<UsageTotal>("android_usage_total",
    "One row per package and period in which it was used.", Relation::executed, kTotalColumns, kTotalEvents);

/// Reads one of the files in which the system keeps the use of a day, a week, a month or a year.
Result<void> parse_interval(Input const& input, Context& context);

} // namespace exhibit::android::usage_events
