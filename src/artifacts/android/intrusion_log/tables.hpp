#pragma once

#include "artifact/artifact.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace exhibit::android::intrusion_log {

struct DnsEvent {
    Time happened;
    std::optional<std::int64_t> event_id;
    std::optional<std::string> package;
    std::optional<std::string> domain;
    std::optional<std::int64_t> address_count;
};

inline constexpr std::array kDnsColumns {
    column<&DnsEvent::happened>("happened", Clock::unix_millis, "When the name was looked up.")
        .mvt("timestamp+event_time"),
    column<&DnsEvent::event_id>("event_id", "Number of the event in its log."),
    column<&DnsEvent::package>("package", Is::app_id, "Package that asked.").mvt("package_name"),
    column<&DnsEvent::domain>("domain", Is::domain, "The name.").mvt("hostname"),
    column<&DnsEvent::address_count>("address_count", "How many addresses came back; not all are logged.")
        .mvt("ip_addresses_count"),
};
inline constexpr std::array kDnsEvents { Event { "happened", "dns_query", "{package} looked up {domain}" } };
inline constexpr auto kDns = table<DnsEvent>("android_intrusion_dns", "One row per name that was looked up.",
    Relation::traffic, kDnsColumns, kDnsEvents, "dns_event");

struct DnsAddress {
    Time happened;
    std::optional<std::string> package;
    std::optional<std::string> domain;
    std::string ip;
};

inline constexpr std::array kDnsAddressColumns {
    column<&DnsAddress::happened>("happened", Clock::unix_millis, "When the name was looked up."),
    column<&DnsAddress::package>("package", Is::app_id, "Package that asked."),
    column<&DnsAddress::domain>("domain", Is::opaque, "The name; it is compared in the table of lookups."),
    column<&DnsAddress::ip>("ip", Is::ip, "An address that came back."),
};
inline constexpr auto kDnsAddresses = table<DnsAddress>("android_intrusion_dns_address",
    "One row per address that came back for a name.", Relation::traffic, kDnsAddressColumns);

struct Connection {
    Time happened;
    std::optional<std::int64_t> event_id;
    std::optional<std::string> package;
    std::optional<std::string> ip;
    std::optional<std::string> domain;
    std::optional<std::int64_t> port;
};

inline constexpr std::array kConnectionColumns {
    column<&Connection::happened>("happened", Clock::unix_millis, "When the connection began.")
        .mvt("timestamp+event_time"),
    column<&Connection::event_id>("event_id", "Number of the event in its log."),
    column<&Connection::package>("package", Is::app_id, "Package that connected.").mvt("package_name"),
    column<&Connection::ip>("ip", Is::ip, "Address that it connected to.").mvt("ip_address"),
    column<&Connection::domain>("domain", Is::domain, "Name of the address, where one was logged with it.")
        .mvt("-"),
    column<&Connection::port>("port", "Port that it connected to."),
};
inline constexpr std::array kConnectionEvents { Event {
    "happened", "network_connection", "{package} connected to {ip} port {port}" } };
inline constexpr auto kConnections = table<Connection>("android_intrusion_connection",
    "One row per connection.", Relation::traffic, kConnectionColumns, kConnectionEvents, "connect_event");

struct SecurityEvent {
    Time happened;
    std::optional<std::int64_t> event_id;
    std::string event;
    std::string_view relation;
    bool known = false;
    std::optional<std::string> package;
    std::optional<std::string> process;
    Time process_start;
    std::optional<std::int64_t> pid;
    std::optional<std::int64_t> uid;
    std::optional<std::string> sha256;
    std::optional<std::string> command;
    std::optional<std::string> path;
    std::optional<bool> success;
    std::optional<std::string_view> outcome;
    std::optional<std::int64_t> user;
    std::optional<std::int64_t> version_code;
    std::optional<std::string> subject;
    std::optional<std::string> key_id;
    std::optional<std::string> reason;
    std::optional<std::string> address;
    std::optional<std::string> boot_state;
    std::optional<std::string> verity_mode;
    std::optional<std::string> restriction;
    std::string detail;
};

inline constexpr std::array kSecurityColumns {
    column<&SecurityEvent::happened>("happened", Clock::unix_nanos, "When.").mvt("timestamp+event_time"),
    column<&SecurityEvent::event_id>("event_id", "Number of the event in its log."),
    column<&SecurityEvent::event>("event", Is::opaque, "What: the name that Android's security log gives it.")
        .mvt("-"),
    column<&SecurityEvent::relation>("row_relation", Is::opaque,
        "What it says of a program or file that it names: `executed`, `installed`, `permitted`, `present`, "
        "or only `context`.")
        .mvt("-"),
    column<&SecurityEvent::known>("known", "Whether this program knows the event.").mvt("-"),
    column<&SecurityEvent::package>(
        "package", Is::app_id, "Package that it is about, or that administers the device.")
        .mvt("-"),
    column<&SecurityEvent::process>("process", Is::process, "Process that started.").mvt("-"),
    column<&SecurityEvent::process_start>("process_start", Clock::unix_millis, "When that process started.")
        .mvt("-"),
    column<&SecurityEvent::pid>("pid", "Its process id.").mvt("-"),
    column<&SecurityEvent::uid>("uid", "Linux user id of the process or the key's owner.").mvt("-"),
    column<&SecurityEvent::sha256>("sha256", Is::hash, "SHA-256 of the app's base file.").mvt("-"),
    column<&SecurityEvent::command>("command", Is::system_text, "Command that was run over adb.").mvt("-"),
    column<&SecurityEvent::path>("path", Is::path, "File that was copied over adb, or a volume.").mvt("-"),
    column<&SecurityEvent::success>("success", "Whether it succeeded, or was switched on.").mvt("-"),
    column<&SecurityEvent::outcome>(
        "result", Is::opaque, "The same in a word: `succeeded` or `failed`, `on` or `off`.")
        .mvt("-"),
    column<&SecurityEvent::user>("user", "Number of the Android user that it is about.").mvt("-"),
    column<&SecurityEvent::version_code>("version_code", "Version of the package.").mvt("-"),
    column<&SecurityEvent::subject>("subject", Is::free_text, "Whom a certificate names.").mvt("-"),
    column<&SecurityEvent::key_id>("key_id", Is::opaque, "Name of a key.").mvt("-"),
    column<&SecurityEvent::reason>("reason", Is::system_text, "Why.").mvt("-"),
    column<&SecurityEvent::address>(
        "address", Is::opaque, "Hardware address of a network or a Bluetooth device.")
        .mvt("-"),
    column<&SecurityEvent::boot_state>("boot_state", Is::opaque, "State of verified boot; `green` is right.")
        .mvt("-"),
    column<&SecurityEvent::verity_mode>(
        "verity_mode", Is::opaque, "What happens on damage to the system; `enforcing` is right.")
        .mvt("-"),
    column<&SecurityEvent::restriction>("restriction", Is::opaque, "Restriction that was set or lifted.")
        .mvt("-"),
    column<&SecurityEvent::detail>("detail", Is::system_text, "What else was logged, `name=value` per line.")
        .mvt("-"),
};
inline constexpr std::array kSecurityEvents { Event { "happened", "security_event",
    "{event} {package} {process} {command} {path} {subject} {reason} {restriction} {address} {key_id} "
    "{boot_state} {verity_mode} {result} {detail}" } };
inline constexpr auto kSecurity
    = table<SecurityEvent>("android_intrusion_event", "One row per event of the device's security log.",
        Relation::executed, kSecurityColumns, kSecurityEvents, "security_event");

struct Unknown {
    std::string_view kind;
    std::string_view text;
};

inline constexpr std::array kUnknownColumns {
    column<&Unknown::kind>("kind", Is::opaque, "Name of the kind of entry."),
    column<&Unknown::text>("text", Is::system_text, "The entry as logged."),
};
inline constexpr auto kUnknown = table<Unknown>("android_intrusion_unknown",
    "One row per entry of a kind that this program does not know.", Relation::context, kUnknownColumns);

/// Whether a security event is one of the 46 of Android's SecurityLog, by either of its names.
bool is_known_event(std::string_view name);

/// What an event says of the package, process or file that it names.
std::string_view relation_of(SecurityEvent const& event);

} // namespace exhibit::android::intrusion_log
