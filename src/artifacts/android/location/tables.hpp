#pragma once

#include "artifact/artifact.hpp"

#include <array>
#include <optional>
#include <string_view>

namespace exhibit::android::location {

struct Client {
    std::string_view provider;
    std::string_view package;
    std::optional<std::int64_t> uid;
    std::optional<std::string_view> part;
    std::optional<std::string_view> request;
    std::optional<bool> in_background;
    std::optional<bool> permitted;
    std::optional<bool> coarse;
    std::optional<bool> active;
};

inline constexpr std::array kClientColumns {
    column<&Client::provider>("provider", Is::opaque,
        "Where the location comes from: `gps`, `network`, `fused` from several, `passive` only when others "
        "ask."),
    column<&Client::package>("package", Is::app_id, "Package that asked."),
    column<&Client::uid>("uid", "Its Linux user id, where it is printed."),
    column<&Client::part>("part", Is::opaque, "Part of the app that asked, as the app names it."),
    column<&Client::request>("request", Is::opaque, "How often and how exactly, as printed."),
    column<&Client::in_background>("in_background", "Whether nothing of the app was in front."),
    column<&Client::permitted>("permitted", "Whether it was given locations at all."),
    column<&Client::coarse>("coarse", "Whether it was given rough locations only."),
    column<&Client::active>("active", "Whether the request was served at that moment."),
};
inline constexpr auto kClients = table<Client>("android_location_client",
    "One row per request for locations that was open at the moment of the dump.", Relation::executed,
    kClientColumns);

struct Total {
    std::string_view provider;
    std::string_view package;
    std::optional<std::int64_t> uid;
    std::optional<std::string_view> part;
    std::optional<std::int64_t> shortest_interval_s;
    std::optional<std::int64_t> longest_interval_s;
    std::optional<std::int64_t> requested_ms;
    std::optional<std::int64_t> active_ms;
    std::optional<std::int64_t> foreground_ms;
    std::optional<std::int64_t> locations;
    std::optional<bool> open;
    std::optional<std::int64_t> since_last_ms;
};

inline constexpr std::array kTotalColumns {
    column<&Total::provider>("provider", Is::opaque,
        "Where the location comes from: `gps`, `network`, `fused` from several, `passive` only when others "
        "ask."),
    column<&Total::package>("package", Is::app_id, "Package that asked."),
    column<&Total::uid>("uid", "Its Linux user id, where it is printed."),
    column<&Total::part>("part", Is::opaque, "Part of the app that asked, as the app names it."),
    column<&Total::shortest_interval_s>(
        "shortest_interval_s", "Shortest time between two locations that it asked for, in seconds."),
    column<&Total::longest_interval_s>("longest_interval_s", "Longest such time, in seconds."),
    column<&Total::requested_ms>(
        "requested_ms", "How long it had requests, in milliseconds; to the minute before Android 12."),
    column<&Total::active_ms>("active_ms", "How long these were served, in milliseconds."),
    column<&Total::foreground_ms>(
        "foreground_ms", "How long of that it was in front or showed a notification, in milliseconds."),
    column<&Total::locations>("locations", "How many locations it was given."),
    column<&Total::open>("open", "Whether it still had a request, where that is printed."),
    column<&Total::since_last_ms>(
        "since_last_ms", "How long before the dump its last request ended, in milliseconds."),
};
inline constexpr auto kTotals = table<Total>("android_location_total",
    "One row per app and provider: what the app asked for since the system started.", Relation::executed,
    kTotalColumns);

struct Entry {
    Time happened;
    std::optional<std::string_view> provider;
    std::string_view action;
    std::optional<std::string_view> package;
    std::optional<std::int64_t> uid;
    std::optional<std::string_view> part;
    std::optional<std::string_view> detail;
};

inline constexpr std::array kEntryColumns {
    column<&Entry::happened>(
        "happened", Clock::local_text, "When; the device writes no year, it is taken from the dump's date."),
    column<&Entry::provider>("provider", Is::opaque, "Provider that it is about."),
    column<&Entry::action>("action", Is::opaque,
        "`ask` and `stop` of an app; `deliver` to it; `client` for a change of its state; `mock_on` and "
        "`mock_off` when an app's invented locations replaced the real ones; `state` for all else."),
    column<&Entry::package>("package", Is::app_id, "Package that it is about."),
    column<&Entry::uid>("uid", "Its Linux user id, where it is printed."),
    column<&Entry::part>("part", Is::opaque, "Part of the app, as the app names it."),
    column<&Entry::detail>("detail", Is::opaque, "The request, or the rest of the line."),
};
inline constexpr std::array kEntryEvents { Event {
    "happened", "location", "location from {provider}: {action} {package} {detail}" } };
inline constexpr auto kEntries = table<Entry>("android_location_event",
    "One row per line of the service's log: the last 100 to 500 since the system started.",
    Relation::executed, kEntryColumns, kEntryEvents);

struct Provider {
    std::string_view provider;
    bool mock = false;
    std::optional<bool> enabled;
    std::optional<std::string_view> package;
    std::optional<std::int64_t> uid;
};

inline constexpr std::array kProviderColumns {
    column<&Provider::provider>("provider", Is::opaque, "Name of the provider."),
    column<&Provider::mock>("mock", "Whether an app's invented locations replaced the real ones."),
    column<&Provider::enabled>("enabled", "Whether it was switched on."),
    column<&Provider::package>("package", Is::app_id, "Package that the locations come from."),
    column<&Provider::uid>("uid", "Its Linux user id."),
};
inline constexpr auto kProviders = table<Provider>("android_location_provider",
    "One row per provider of locations at the moment of the dump.", Relation::present, kProviderColumns);

} // namespace exhibit::android::location
