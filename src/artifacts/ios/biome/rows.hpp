#pragma once

#include "artifact/artifact.hpp"

#include <array>

/// The rows of Biome. One struct serves all tables, since one reader fills it from the fields of a stream's
/// messages; each table shows what its streams have.
namespace exhibit::ios::biome {

struct Record {
    std::string_view stream;
    Time happened;
    Time ended;
    Time written;
    std::optional<std::string> device_id;
    std::optional<std::string_view> bundle_id;
    std::optional<std::string_view> detail;
    std::optional<std::int64_t> value_number;
    std::optional<std::string_view> app_version;
    std::optional<std::string_view> guid;
    Time installed;
    std::optional<std::string_view> url;
    std::optional<std::string_view> domain;
    std::optional<std::string_view> title;
    std::optional<std::string_view> text;
    std::optional<std::string_view> handle;
    std::optional<std::string_view> recipient;
    std::optional<std::string_view> chat;
    std::optional<std::string_view> chat_account;
    std::optional<std::string_view> relation;
    std::string_view record_state;
    std::int64_t payload_size = 0;
    bool checksum_ok = false;
    bool is_tombstone = false;
    std::optional<std::string> other_values;
};

inline constexpr auto kStream = column<&Record::stream>(
    "stream", Is::opaque, "Name of the stream, such as App.InFocus: a name of the system's.")
                                    .mvt("-");
inline constexpr auto kHappened = column<&Record::happened>("happened", Clock::mac,
    "When it happened or began, as the record says; where it says nothing, when it was written.")
                                      .mvt("-");
inline constexpr auto kEnded = column<&Record::ended>("ended", Clock::mac, "When it ended.").mvt("-");
inline constexpr auto kWritten
    = column<&Record::written>("written", Clock::mac, "When the record was written.").mvt("-");
inline constexpr auto kDevice = column<&Record::device_id>("device_id", Is::opaque,
    "The other device of the same account that it came from, by a number of the system's.")
                                    .mvt("-");
inline constexpr auto kGuid
    = column<&Record::guid>("guid", Is::opaque, "The record's own number, made up by the system.").mvt("-");
inline constexpr auto kOthers = column<&Record::other_values>("other_values", Is::free_text,
    "What else the record holds, one value a line behind the numbers of its fields, whose meaning is not "
    "known.")
                                    .mvt("-");

inline constexpr std::array kAppColumns {
    kStream,
    kHappened,
    kEnded,
    column<&Record::bundle_id>("bundle_id", Is::app_id, "The app.").mvt("-"),
    column<&Record::value_number>(
        "value_number", "For App.InFocus 1 when it came to the front, 0 when it left.")
        .mvt("-"),
    column<&Record::detail>(
        "detail", Is::free_text, "What it did: kind of action, activity or change of screen.")
        .mvt("-"),
    kGuid,
    kWritten,
    kDevice,
    kOthers,
};
inline constexpr std::array kAppEvents { Event {
    "happened", "app_used", "{stream} {bundle_id} {value_number} {detail}" } };
inline constexpr auto kApps = table<Record>("ios_biome_app",
    "One row per use of an app that the system noted: in front, an action, the camera, a place.",
    Relation::executed, kAppColumns, kAppEvents);

inline constexpr std::array kInstallColumns {
    kStream,
    kHappened,
    column<&Record::installed>(
        "installed_at", Clock::unix_seconds, "When the app was installed, as the record says.")
        .mvt("-"),
    column<&Record::bundle_id>("bundle_id", Is::app_id, "The app.").mvt("-"),
    column<&Record::title>("title", Is::opaque, "Name of the app as shown.").mvt("-"),
    column<&Record::app_version>("app_version", Is::opaque, "Its version; a number, never an indicator.")
        .mvt("-"),
    column<&Record::value_number>(
        "value_number", "What was done with it, as a number of the system's whose meaning is not published.")
        .mvt("-"),
    kGuid,
    kWritten,
    kDevice,
    kOthers,
};
inline constexpr std::array kInstallEvents { Event {
    "happened", "app_installed_or_removed", "{stream} {bundle_id} {app_version} {value_number}" } };
inline constexpr auto kInstalls
    = table<Record>("ios_biome_app_install", "One row per app that was installed, updated or removed.",
        Relation::installed, kInstallColumns, kInstallEvents);

inline constexpr std::array kPageColumns {
    kStream,
    kHappened,
    kEnded,
    column<&Record::url>("url", Is::url, "Address of the page.").mvt("-"),
    column<&Record::domain>("domain", Is::domain, "Its host.").mvt("-"),
    column<&Record::title>("title", Is::free_text, "Its title.").mvt("-"),
    column<&Record::bundle_id>("bundle_id", Is::app_id, "The app that showed it.").mvt("-"),
    kGuid,
    kWritten,
    kDevice,
    kOthers,
};
inline constexpr std::array kPageEvents { Event { "happened", "page_visited", "{url} {domain} {title}" } };
inline constexpr auto kPages = table<Record>("ios_biome_page",
    "One row per page that was opened, or host that was, in Safari and apps.", Relation::visited,
    kPageColumns, kPageEvents);

inline constexpr std::array kNotificationColumns {
    kStream,
    kHappened,
    column<&Record::bundle_id>("bundle_id", Is::app_id, "The app that showed the notification.").mvt("-"),
    column<&Record::title>("title", Is::free_text, "Title of the notification.").mvt("-"),
    column<&Record::text>("text", Is::free_text, "What it says.").mvt("-"),
    column<&Record::value_number>(
        "value_number", "What became of it, as a number of the system's whose meaning is not published.")
        .mvt("-"),
    kGuid,
    kWritten,
    kDevice,
    kOthers,
};
inline constexpr std::array kNotificationEvents { Event {
    "happened", "notification", "{bundle_id} {title} {text}" } };
inline constexpr auto kNotifications = table<Record>("ios_biome_notification",
    "One row per notification that was shown or dealt with; also of messages that are gone.",
    Relation::received, kNotificationColumns, kNotificationEvents);

inline constexpr std::array kMessageColumns {
    kStream,
    kHappened,
    column<&Record::handle>("handle", Is::handle,
        "Who sent it; where that is not said, the other side of the conversation. Of a mail the address that "
        "it says it is from.")
        .mvt("-"),
    column<&Record::recipient>("recipient", Is::free_text, "Of a mail: to whom it is addressed.").mvt("-"),
    column<&Record::chat>("chat", Is::opaque,
        "The conversation, as the app names it; an account that stands in it has a column of its own.")
        .mvt("-"),
    column<&Record::chat_account>(
        "chat_account", Is::handle, "The account that the conversation is with, where its name has one.")
        .mvt("-"),
    column<&Record::relation>("row_relation", Is::opaque,
        "`contacted` where a handle is known: somebody wrote or called, one way or the other.")
        .mvt("-"),
    column<&Record::title>("title", Is::free_text, "Subject of a mail.").mvt("-"),
    column<&Record::text>("text", Is::free_text, "What was written.").mvt("-"),
    column<&Record::bundle_id>("bundle_id", Is::app_id, "The app.").mvt("-"),
    column<&Record::value_number>("value_number",
        "Direction, in streams of Siri's, as a number of the system's whose meaning is not published.")
        .mvt("-"),
    kGuid,
    kWritten,
    kDevice,
    kOthers,
};
inline constexpr std::array kMessageEvents { Event {
    "happened", "message_noted", "{stream} {handle} {title} {text}" } };
inline constexpr auto kMessages = table<Record>("ios_biome_message",
    "One row per message, mail or call that the system noted for its search and suggestions; also of those "
    "that are gone. Which way it went is not told.",
    Relation::context, kMessageColumns, kMessageEvents);

inline constexpr std::array kDeviceColumns {
    kStream,
    kHappened,
    kEnded,
    column<&Record::detail>("detail", Is::opaque,
        "What it is about: name of a network, address of a device, number of a boot. No indicator lists "
        "them.")
        .mvt("-"),
    column<&Record::title>("title", Is::opaque, "Name of the other device.").mvt("-"),
    column<&Record::value_number>(
        "value_number", "The state: 1 for locked, on, connected, plugged in or booted; 0 for the opposite.")
        .mvt("-"),
    kGuid,
    kWritten,
    kDevice,
    kOthers,
};
inline constexpr std::array kDeviceEvents { Event {
    "happened", "device_state", "{stream} {detail} {title} {value_number}" } };
inline constexpr auto kDeviceStates = table<Record>("ios_biome_device_state",
    "One row per change of a state of the device: locked, plugged in, networks, boots.", Relation::context,
    kDeviceColumns, kDeviceEvents);

inline constexpr std::array kRecordColumns {
    kStream,
    kHappened,
    column<&Record::record_state>("record_state", Is::opaque,
        "`written`, `deleted`, or `unknown` for a state whose meaning is not known.")
        .mvt("-"),
    column<&Record::payload_size>("payload_size", "Size of what it holds, in bytes; 0 where that is gone.")
        .mvt("-"),
    column<&Record::checksum_ok>(
        "checksum_ok", "Whether its checksum is right; it is wrong where the place was used again or zeroed.")
        .mvt("-"),
    column<&Record::is_tombstone>(
        "is_tombstone", "Whether it stands in a list of what was removed from the stream.")
        .mvt("-"),
    kDevice,
    kOthers,
};
inline constexpr std::array kRecordEvents { Event {
    "happened", "biome_record", "{stream} {record_state} {payload_size}" } };
inline constexpr auto kRecords = table<Record>("ios_biome_record",
    "One row per record that no other table has: of streams that are not known in detail, and those whose "
    "content is gone.",
    Relation::context, kRecordColumns, kRecordEvents);

/// One file of a stream.
struct Segment {
    std::string_view stream;
    std::optional<std::string> device_id;
    bool is_tombstone = false;
    std::optional<std::int64_t> format_version = {};
    Time created = {};
    std::int64_t records = 0;
    std::int64_t deleted_records = 0;
    std::int64_t erased_records = 0;
};

inline constexpr std::array kSegmentColumns {
    column<&Segment::stream>("stream", Is::opaque, "Name of the stream: a name of the system's.").mvt("-"),
    column<&Segment::created>("created", Clock::mac, "When the file was begun; version 2 tells it.").mvt("-"),
    column<&Segment::format_version>("format_version", "Version of SEGB; none where the file is no SEGB.")
        .mvt("-"),
    column<&Segment::records>("records", "Records in it, also deleted ones.").mvt("-"),
    column<&Segment::deleted_records>("deleted_records", "Of these, those that are marked as deleted.")
        .mvt("-"),
    column<&Segment::erased_records>("erased_records", "Of these, those of which only the time is left.")
        .mvt("-"),
    column<&Segment::is_tombstone>("is_tombstone", "Whether it lists what was removed from the stream.")
        .mvt("-"),
    column<&Segment::device_id>("device_id", Is::opaque,
        "The other device of the same account that it came from, by a number of the system's.")
        .mvt("-"),
};
inline constexpr auto kSegments = table<Segment>("ios_biome_segment",
    "One row per file of a stream, with how much was deleted from it.", Relation::context, kSegmentColumns);

} // namespace exhibit::ios::biome
