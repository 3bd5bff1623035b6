#pragma once

#include "artifact/artifact.hpp"

#include <array>
#include <optional>
#include <string>

namespace exhibit::android::notifications {

struct Notification {
    Time created;
    Time updated;
    std::string state;
    std::string package;
    std::optional<std::int64_t> uid;
    std::optional<std::int64_t> user;
    std::optional<std::int64_t> importance;
    std::optional<std::string> channel;
    std::optional<std::string> flags;
    std::optional<bool> foreground_service;
    std::optional<std::string> title;
    std::optional<std::string> text;
};

inline constexpr std::array kNotificationColumns {
    column<&Notification::created>("created", Clock::unix_millis, "When the app first gave it out."),
    column<&Notification::updated>("updated", Clock::unix_millis, "When the app last changed it."),
    column<&Notification::state>("state", Is::opaque,
        "`shown` at the moment of the dump, `archived` after it was put away, `snoozed` for later."),
    column<&Notification::package>("package", Is::app_id, "Package that it comes from."),
    column<&Notification::uid>("uid", "Its Linux user id."),
    column<&Notification::user>("user", "Number of the Android user; -1 for all."),
    column<&Notification::importance>("importance",
        "0 hidden, 1 only in the list, 2 without a sound, 3 with one, 4 pops up: apps that must show that "
        "they run, and wish to hide it, use the lowest."),
    column<&Notification::channel>("channel_id", Is::opaque, "Kind of notification, as the app names it."),
    column<&Notification::flags>("flags", Is::opaque, "Flags as printed."),
    column<&Notification::foreground_service>(
        "foreground_service", "Whether it stands for work that goes on in the background."),
    column<&Notification::title>("title", Is::free_text, "Title, where the dump does not leave it out."),
    column<&Notification::text>("text", Is::free_text, "Words, where the dump does not leave them out."),
};
inline constexpr std::array kNotificationEvents { Event {
    "created", "notification", "notification of {package} in {channel_id}: {title}" } };
inline constexpr auto kNotifications = table<Notification>("android_notification",
    "One row per notification that was shown, put away or snoozed at the moment of the dump.",
    Relation::executed, kNotificationColumns, kNotificationEvents);

struct Posted {
    Time posted;
    std::string package;
    std::optional<std::int64_t> uid;
    std::optional<std::int64_t> user;
    std::optional<std::string> channel_id;
    std::optional<std::string> channel;
    std::optional<std::string> title;
    std::optional<std::string> text;
};

inline constexpr std::array kPostedColumns {
    column<&Posted::posted>("posted", Clock::unix_millis, "When it was shown."),
    column<&Posted::package>("package", Is::app_id, "Package that it came from."),
    column<&Posted::uid>("uid", "Its Linux user id."),
    column<&Posted::user>("user", "Number of the Android user."),
    column<&Posted::channel_id>("channel_id", Is::opaque, "Kind of notification, as the app names it."),
    column<&Posted::channel>("channel_name", Is::opaque, "Its name for people."),
    column<&Posted::title>("title", Is::free_text, "Title."),
    column<&Posted::text>("text", Is::free_text, "Words: of messages that were deleted since, too."),
};
inline constexpr std::array kPostedEvents { Event { "posted", "notification", "{package}: {title} {text}" } };
inline constexpr auto kPosted = table<Posted>("android_notification_posted",
    "One row per notification of about the last day, where a person switched the history on.",
    Relation::received, kPostedColumns, kPostedEvents);

} // namespace exhibit::android::notifications
