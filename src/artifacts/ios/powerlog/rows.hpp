#pragma once

#include "artifact/artifact.hpp"

#include <array>

/// The rows of PowerLog.
namespace exhibit::ios::powerlog {

inline constexpr auto kHappenedDoc
    = "When, corrected by the difference to the device's clock that the database tells; raw as stored.";
inline constexpr auto kAppDoc
    = "The app; for parts of the system the name of the service or process, as the database has it.";
inline constexpr auto kSourceDoc = "The table that it comes from: a name of the system's.";

struct Process {
    std::string_view source;
    Time happened;
    Time ended;
    std::optional<std::string_view> process;
    std::optional<std::string_view> bundle_id;
    std::optional<std::string_view> launchd_label;
    std::optional<std::int64_t> pid;
    std::optional<double> cpu_time;
    std::optional<std::int64_t> bytes_read;
    std::optional<std::int64_t> bytes_written;
    std::optional<std::int64_t> tasks_started;
    std::optional<std::string_view> task;
    std::optional<std::string_view> launch_reason;
};

inline constexpr std::array kProcessColumns {
    column<&Process::source>("source", Is::opaque, kSourceDoc).mvt("-"),
    column<&Process::happened>("happened", Clock::unix_seconds, kHappenedDoc).mvt("-"),
    column<&Process::ended>("ended", Clock::unix_seconds, "When the interval ended, corrected likewise.")
        .mvt("-"),
    column<&Process::process>("process", Is::process, "The process.").mvt("-"),
    column<&Process::bundle_id>("bundle_id", Is::process, kAppDoc).mvt("-"),
    column<&Process::launchd_label>(
        "launchd_label", Is::process, "The service that it was started as, by its label.")
        .mvt("-"),
    column<&Process::pid>("pid", "Number of the process.").mvt("-"),
    column<&Process::cpu_time>("cpu_time", "Time that it computed, in the unit of the database.").mvt("-"),
    column<&Process::bytes_read>("bytes_read", "Bytes read from storage.").mvt("-"),
    column<&Process::bytes_written>("bytes_written", "Bytes written to storage.").mvt("-"),
    column<&Process::tasks_started>("tasks_started", "Processes of the service that were started.").mvt("-"),
    column<&Process::task>("task", Is::opaque, "Name of the work in the background that it did.").mvt("-"),
    column<&Process::launch_reason>(
        "launch_reason", Is::opaque, "Why it was started for that: a word of the system's.")
        .mvt("-"),
};
inline constexpr std::array kProcessEvents { Event {
    "happened", "process_ran", "{process} {bundle_id} {launchd_label} {pid} {task}" } };
inline constexpr auto kProcesses = table<Process>("ios_powerlog_process",
    "One row per process or service that was started, measured, or worked in the background.",
    Relation::executed, kProcessColumns, kProcessEvents);

struct Traffic {
    Time happened;
    Time ended;
    std::optional<std::string_view> process;
    std::optional<std::string_view> bundle_id;
    std::optional<std::int64_t> wwan_in;
    std::optional<std::int64_t> wwan_out;
    std::optional<std::int64_t> wifi_in;
    std::optional<std::int64_t> wifi_out;
};

inline constexpr std::array kTrafficColumns {
    column<&Traffic::happened>("happened", Clock::unix_seconds,
        "When the interval began, corrected by the difference to the device's clock that the database tells; "
        "raw as stored.")
        .mvt("-"),
    column<&Traffic::ended>("ended", Clock::unix_seconds, "When it ended, corrected likewise.").mvt("-"),
    column<&Traffic::process>("process", Is::process, "The process.").mvt("-"),
    column<&Traffic::bundle_id>("bundle_id", Is::process, kAppDoc).mvt("-"),
    column<&Traffic::wwan_in>("wwan_in", "Bytes received over the mobile network.").mvt("-"),
    column<&Traffic::wwan_out>("wwan_out", "Bytes sent over the mobile network.").mvt("-"),
    column<&Traffic::wifi_in>("wifi_in", "Bytes received over Wi-Fi.").mvt("-"),
    column<&Traffic::wifi_out>("wifi_out", "Bytes sent over Wi-Fi.").mvt("-"),
};
inline constexpr std::array kTrafficEvents { Event { "happened", "network_used",
    "{process} {bundle_id} sent {wwan_out|uncounted} bytes over the mobile network, "
    "{wifi_out|uncounted} over Wi-Fi" } };
inline constexpr auto kTraffic
    = table<Traffic>("ios_powerlog_traffic", "One row per process and interval in which it used the network.",
        Relation::traffic, kTrafficColumns, kTrafficEvents);

struct App {
    Time noted;
    std::optional<std::string_view> bundle_id;
    std::optional<std::string_view> name;
    std::optional<std::string_view> process;
    std::optional<std::string_view> app_version;
    std::optional<std::string_view> build;
    std::optional<std::int64_t> app_type;
    Time deleted_at;
};

inline constexpr std::array kAppColumns {
    column<&App::noted>("noted", Clock::unix_seconds,
        "When the list was written, corrected by the difference to the device's clock; raw as stored.")
        .mvt("-"),
    column<&App::bundle_id>("bundle_id", Is::app_id, "The app.").mvt("-"),
    column<&App::name>("name", Is::opaque, "Its name as shown.").mvt("-"),
    column<&App::process>("process", Is::process, "Name of its program.").mvt("-"),
    column<&App::app_version>("app_version", Is::opaque, "Its version; a number, never an indicator.")
        .mvt("-"),
    column<&App::build>("build", Is::opaque, "Its build; a number, never an indicator.").mvt("-"),
    column<&App::app_type>(
        "app_type", "1 for a service in the background, 3 for Apple's apps, 4 for those of others.")
        .mvt("-"),
    column<&App::deleted_at>(
        "deleted_at", Clock::unix_seconds, "When it was removed; none while it is there.")
        .mvt("-"),
};
inline constexpr std::array kAppEvents { Event { "deleted_at", "app_removed", "{bundle_id} {name}" } };
inline constexpr auto kApps = table<App>("ios_powerlog_app",
    "One row per app that is or was installed, each time that the list was written.", Relation::installed,
    kAppColumns, kAppEvents);

struct Use {
    std::string_view source;
    Time happened;
    Time ended;
    std::string_view sensor;
    std::optional<std::string_view> bundle_id;
    std::optional<std::string_view> process;
    std::optional<std::string_view> client;
    std::optional<std::int64_t> pid;
    std::optional<std::string_view> use_state;
    std::optional<std::string_view> detail;
    std::optional<std::string_view> route;
    std::optional<double> screen_on_s;
    std::optional<double> background_s;
    std::optional<std::string_view> sender_device;
    std::optional<std::int64_t> messages_in;
    std::optional<std::int64_t> bytes_in;
};

inline constexpr std::array kUseColumns {
    column<&Use::source>("source", Is::opaque, kSourceDoc).mvt("-"),
    column<&Use::happened>("happened", Clock::unix_seconds, kHappenedDoc).mvt("-"),
    column<&Use::ended>("ended", Clock::unix_seconds, "When it ended, corrected likewise.").mvt("-"),
    column<&Use::sensor>("sensor", Is::opaque,
        "`camera`, `audio`, `location`, `wake` (kept the device awake), `nearby` (AirDrop, and messages of "
        "devices nearby), or `app` for an "
        "app's "
        "state.")
        .mvt("-"),
    column<&Use::bundle_id>("bundle_id", Is::process, kAppDoc).mvt("-"),
    column<&Use::process>("process", Is::process, "The process.").mvt("-"),
    column<&Use::client>("client", Is::process, "Who asked for the location, as the service for it has it.")
        .mvt("-"),
    column<&Use::pid>("pid", "Number of the process.").mvt("-"),
    column<&Use::use_state>(
        "use_state", Is::opaque, "On or off, began or ended, or the app's state: as stored.")
        .mvt("-"),
    column<&Use::detail>("detail", Is::opaque, "Which camera, kind of place, purpose, or reason.").mvt("-"),
    column<&Use::route>("route", Is::opaque,
        "Where sound came from or went, such as Speaker; over which kind of link messages came.")
        .mvt("-"),
    column<&Use::screen_on_s>("screen_on_s", "Seconds in which the app was on the screen.").mvt("-"),
    column<&Use::background_s>("background_s", "Seconds in which it ran in the background.").mvt("-"),
    column<&Use::sender_device>(
        "sender_device", Is::opaque, "The device nearby that messages came from, by its number.")
        .mvt("-"),
    column<&Use::messages_in>("messages_in", "Messages that came from it.").mvt("-"),
    column<&Use::bytes_in>("bytes_in", "Bytes that came from it.").mvt("-"),
};
inline constexpr std::array kUseEvents { Event {
    "happened", "app_or_sensor_used", "{sensor} {bundle_id} {process} {use_state} {detail}" } };
inline constexpr auto kUses = table<Use>("ios_powerlog_use",
    "One row per use of camera, sound or location, per hold on sleep, and per change of an app's state.",
    Relation::executed, kUseColumns, kUseEvents);

struct Interface {
    Time happened;
    std::optional<std::string_view> name;
    std::optional<std::int64_t> bytes_in;
    std::optional<std::int64_t> bytes_out;
};

inline constexpr std::array kInterfaceColumns {
    column<&Interface::happened>("happened", Clock::unix_seconds, kHappenedDoc).mvt("-"),
    column<&Interface::name>(
        "interface", Is::opaque, "Such as pdp_ip0 for the mobile network, en0 for Wi-Fi.")
        .mvt("-"),
    column<&Interface::bytes_in>("bytes_in", "Bytes received since it was last counted.").mvt("-"),
    column<&Interface::bytes_out>("bytes_out", "Bytes sent likewise.").mvt("-"),
};
inline constexpr auto kInterfaces = table<Interface>("ios_powerlog_interface",
    "One row per count of what went through a network interface.", Relation::traffic, kInterfaceColumns);

struct Push {
    Time happened;
    std::optional<std::string_view> topic;
    std::optional<std::string_view> bundle_id;
    std::optional<std::string_view> connection;
    std::optional<std::int64_t> priority;
    std::optional<bool> dropped;
    std::optional<std::string_view> server;
    std::optional<std::string_view> server_ip;
};

inline constexpr std::array kPushColumns {
    column<&Push::happened>("happened", Clock::unix_seconds, kHappenedDoc).mvt("-"),
    column<&Push::topic>("topic", Is::app_id, "Whom it was for: an app or service, by its topic.").mvt("-"),
    column<&Push::bundle_id>("bundle_id", Is::app_id, "The app.").mvt("-"),
    column<&Push::connection>("connection", Is::opaque, "Over which network: a word of the system's.")
        .mvt("-"),
    column<&Push::priority>("push_priority", "Its priority: 10 at once, 5 when convenient.").mvt("-"),
    column<&Push::dropped>("dropped", "Whether it was dropped.").mvt("-"),
    column<&Push::server>("server", Is::domain, "The server that sent it.").mvt("-"),
    column<&Push::server_ip>("server_ip", Is::ip, "Its address.").mvt("-"),
};
inline constexpr std::array kPushEvents { Event { "happened", "push_received", "{topic} {bundle_id}" } };
inline constexpr auto kPushes = table<Push>("ios_powerlog_push",
    "One row per push message from Apple's servers.", Relation::contacted, kPushColumns, kPushEvents);

struct Account {
    Time happened;
    Time ended;
    std::optional<std::string_view> topic;
    std::optional<std::int64_t> messages_in;
    std::optional<std::int64_t> messages_out;
    std::optional<std::int64_t> bytes_in;
    std::optional<std::int64_t> bytes_out;
};

inline constexpr std::array kAccountColumns {
    column<&Account::happened>("happened", Clock::unix_seconds, kHappenedDoc).mvt("-"),
    column<&Account::ended>("ended", Clock::unix_seconds, "When the interval ended, corrected likewise.")
        .mvt("-"),
    column<&Account::topic>("topic", Is::app_id, "The service, such as com.apple.madrid for iMessage.")
        .mvt("-"),
    column<&Account::messages_in>("messages_in", "Messages that came.").mvt("-"),
    column<&Account::messages_out>("messages_out", "Messages that were sent.").mvt("-"),
    column<&Account::bytes_in>("bytes_in", "Bytes that came.").mvt("-"),
    column<&Account::bytes_out>("bytes_out", "Bytes that were sent.").mvt("-"),
};
inline constexpr auto kAccounts = table<Account>("ios_powerlog_identity_service",
    "One row per interval and service of iMessage, FaceTime and the like.", Relation::traffic,
    kAccountColumns);

struct State {
    std::string_view source;
    Time happened;
    std::optional<std::string_view> device_state;
    std::optional<std::string_view> reason;
};

inline constexpr std::array kStateColumns {
    column<&State::source>("source", Is::opaque, kSourceDoc).mvt("-"),
    column<&State::happened>("happened", Clock::unix_seconds, kHappenedDoc).mvt("-"),
    column<&State::device_state>(
        "device_state", Is::opaque, "For locks 1 or 0, for sleep and wake a number of the system's.")
        .mvt("-"),
    column<&State::reason>("reason", Is::opaque, "Why it woke: words of the system's.").mvt("-"),
};
inline constexpr std::array kStateEvents { Event {
    "happened", "device_state", "{source} {device_state} {reason}" } };
inline constexpr auto kStates = table<State>("ios_powerlog_device_state",
    "One row per time that the device was locked, unlocked, fell asleep or woke.", Relation::context,
    kStateColumns, kStateEvents);

struct Offset {
    Time happened;
    std::optional<double> offset_s;
};

inline constexpr std::array kOffsetColumns {
    column<&Offset::happened>("happened", Clock::unix_seconds,
        "When it was noted, by the device's clock from then on; raw by the database's own.")
        .mvt("-"),
    column<&Offset::offset_s>("offset_s",
        "What is added to times of the database to get the device's clock, in seconds. Days are normal.")
        .mvt("-"),
};
inline constexpr auto kOffsets = table<Offset>("ios_powerlog_clock_offset",
    "One row per time that the device's clock was compared with the database's own.", Relation::context,
    kOffsetColumns);

} // namespace exhibit::ios::powerlog
