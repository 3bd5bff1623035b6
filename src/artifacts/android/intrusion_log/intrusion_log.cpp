#include "artifacts/android/common/text.hpp"
#include "artifacts/android/intrusion_log/tables.hpp"
#include "artifacts/common/named_field.hpp"
#include "base/line_reader.hpp"
#include "base/text.hpp"
#include "formats/json/json_fields.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <optional>
#include <ranges>
#include <set>
#include <vector>

namespace exhibit::android::intrusion_log {

bool is_known_event(std::string_view name)
{
    // SecurityLogTags.logtags, as the exporter of Google Play services names them; three have a second
    // spelling.
    constexpr std::array<std::string_view, 49> names { "adb_shell_cmd", "adb_shell_interactive",
        "adb_sync_recv_file", "adb_sync_send_file", "app_process_start", "backup_service_toggled",
        "bluetooth_connection", "bluetooth_disconnection", "camera_policy_set", "cert_authority_installed",
        "cert_authority_removed", "cert_validation_failure", "crypto_self_test_completed", "key_destruction",
        "key_generated", "key_import", "key_imported", "key_integrity_violation",
        "keyguard_disabled_features_set", "keyguard_dismiss_auth_attempt", "keyguard_dismissed",
        "keyguard_secured", "log_buffer_size_critical", "logging_started", "logging_stopped",
        "max_password_attempts_set", "max_screen_lock_timeout_set", "media_mount", "media_mounted",
        "media_unmount", "media_unmounted", "nfc_disabled", "nfc_enabled", "os_shutdown", "os_startup",
        "package_installed", "package_uninstalled", "package_updated", "password_changed",
        "password_complexity_required", "password_complexity_set", "password_expiration_set",
        "password_history_length_set", "remote_lock", "user_restriction_added", "user_restriction_removed",
        "wifi_connection", "wifi_disconnection", "wipe_failure" };
    static_assert(std::ranges::is_sorted(names));
    return std::ranges::binary_search(names, name);
}

std::string_view relation_of(SecurityEvent const& event)
{
    std::string_view const name = event.event;
    if (name == "app_process_start")
        return "executed";
    if (name == "package_installed" || name == "package_updated" || name == "package_uninstalled")
        return "installed";
    if (name.starts_with("adb_sync_") || name.starts_with("media_"))
        return "present";
    // Who looks for an app names it too; these do something with one.
    constexpr std::array<std::string_view, 10> uses { "am start", "activity start", "am instrument",
        "activity instrument", "pm install", "package install", "pm grant", "package grant", "appops set",
        "settings put" };
    if (event.command
        && std::ranges::any_of(uses, [&](auto const use) { return event.command->contains(use); }))
        return "present";
    constexpr std::array<std::string_view, 9> powers { "backup_service_toggled", "camera_policy_set",
        "keyguard_disabled_features_set", "max_password_attempts_set", "max_screen_lock_timeout_set",
        "remote_lock", "user_restriction_added", "user_restriction_removed", "wipe_failure" };
    return name.starts_with("password_") || std::ranges::binary_search(powers, name) ? "permitted"
                                                                                     : "context";
}

namespace {

std::optional<std::string> owned(JsonValue& value)
{
    auto const text = json_text(value);
    return text && !text->empty() ? std::optional { std::string { *text } } : std::nullopt;
}

using EventText = NamedField<SecurityEvent, std::optional<std::string>>;
constexpr std::array kEventTexts { EventText { "package", &SecurityEvent::package },
    EventText { "package_name", &SecurityEvent::package },
    EventText { "admin_package", &SecurityEvent::package }, EventText { "process", &SecurityEvent::process },
    EventText { "sha256", &SecurityEvent::sha256 }, EventText { "command", &SecurityEvent::command },
    EventText { "path", &SecurityEvent::path }, EventText { "mount_point", &SecurityEvent::path },
    EventText { "subject", &SecurityEvent::subject }, EventText { "key_id", &SecurityEvent::key_id },
    EventText { "reason", &SecurityEvent::reason }, EventText { "bssid", &SecurityEvent::address },
    EventText { "addr", &SecurityEvent::address }, EventText { "mac_address", &SecurityEvent::address },
    EventText { "boot_state", &SecurityEvent::boot_state },
    EventText { "verified_boot_state", &SecurityEvent::boot_state },
    EventText { "verity_mode", &SecurityEvent::verity_mode },
    EventText { "dm_verity_mode", &SecurityEvent::verity_mode },
    EventText { "restriction", &SecurityEvent::restriction } };

using EventNumber = NamedField<SecurityEvent, std::optional<std::int64_t>>;
constexpr std::array kEventNumbers { EventNumber { "pid", &SecurityEvent::pid },
    EventNumber { "uid", &SecurityEvent::uid }, EventNumber { "target_user", &SecurityEvent::user },
    EventNumber { "user_id", &SecurityEvent::user },
    EventNumber { "version_code", &SecurityEvent::version_code } };

struct Address {
    std::optional<std::string> name;
    std::string ip;
};

/// Java writes `/203.0.113.7` or `host/203.0.113.7`.
Address read_address(std::string_view text)
{
    Address address;
    auto const slash = text.rfind('/');
    if (slash != text.npos && slash != 0)
        address.name = text.substr(0, slash);
    address.ip = slash == text.npos ? text : text.substr(slash + 1);
    return address;
}

/// Lookups and connections count milliseconds, security events nanoseconds; as both have been met otherwise,
/// the size decides: from 1973 to 2100 no two units meet.
Time event_time(JsonValue& value)
{
    auto const number = json_integer(value);
    if (!number)
        return {};
    if (*number >= 100'000'000'000'000'000)
        return Time::unix_nanos(*number);
    if (*number >= 100'000'000'000'000)
        return Time::unix_micros(*number);
    return *number >= 100'000'000'000 ? Time::unix_millis(*number) : Time::unix_seconds(*number);
}

class Log {
public:
    explicit Log(Context& context)
        : m_context(context)
    {
    }

    Result<void> add_line(Line const& line)
    {
        auto const text = trim(line.text);
        if (text.empty())
            return {};
        m_origin = Origin { line.offset };
        auto const read = m_reader.read(
            text, [&](std::string_view key, JsonValue& value) { return add_entry(key, value, text); });
        if (!read && (read.error().fault == Fault::malformed)) {
            m_context.note(Level::warning, Fault::malformed, "a line that is no event", m_origin);
            return {};
        }
        return read;
    }

private:
    Result<void> add_entry(std::string_view key, JsonValue& value, std::string_view text)
    {
        simdjson::ondemand::object object;
        if (value.get_object().get(object) != simdjson::SUCCESS)
            return fail(Fault::malformed, "an event that is no object");
        if (key == "dns_event")
            return add_dns(object);
        if (key == "connect_event")
            return add_connection(object);
        if (key == "security_event")
            return add_security(object);
        return m_context.add(kUnknown, Unknown { key, text }, m_origin);
    }

    Result<void> add_dns(simdjson::ondemand::object object)
    {
        DnsEvent event;
        std::vector<std::string> addresses;
        EXHIBIT_TRY(for_each_field(object, [&](std::string_view key, JsonValue& value) -> Result<void> {
            if (key == "event_id")
                event.event_id = json_integer(value);
            else if (key == "event_time")
                event.happened = event_time(value);
            else if (key == "package_name")
                event.package = owned(value);
            else if (key == "hostname")
                event.domain = owned(value);
            else if (key == "ip_addresses_count")
                event.address_count = json_integer(value);
            else if (key == "ip_addresses")
                return for_each_json_element(value, [&](JsonValue& one) -> Result<void> {
                    addresses.push_back(read_address(json_text(one).value_or("")).ip);
                    return {};
                });
            return {};
        }));
        EXHIBIT_TRY(m_context.add(kDns, event, m_origin));
        for (auto& ip : addresses) {
            if (ip.empty())
                continue;
            DnsAddress const row { event.happened, event.package, event.domain, std::move(ip) };
            EXHIBIT_TRY(m_context.add(kDnsAddresses, row, m_origin));
        }
        return {};
    }

    Result<void> add_connection(simdjson::ondemand::object object)
    {
        Connection event;
        EXHIBIT_TRY(for_each_field(object, [&](std::string_view key, JsonValue& value) -> Result<void> {
            if (key == "event_id")
                event.event_id = json_integer(value);
            else if (key == "event_time")
                event.happened = event_time(value);
            else if (key == "package_name")
                event.package = owned(value);
            else if (key == "port")
                event.port = json_integer(value);
            else if (key == "ip_address") {
                auto address = read_address(json_text(value).value_or(""));
                event.ip = std::move(address.ip);
                event.domain = std::move(address.name);
            }
            return {};
        }));
        return m_context.add(kConnections, event, m_origin);
    }

    Result<void> add_security(simdjson::ondemand::object object)
    {
        constexpr std::size_t most = 64; // One is usual.
        std::optional<std::int64_t> id;
        Time happened;
        std::vector<SecurityEvent> events;
        EXHIBIT_TRY(for_each_field(object, [&](std::string_view key, JsonValue& value) -> Result<void> {
            if (key == "event_id")
                id = json_integer(value);
            else if (key == "event_time")
                happened = event_time(value);
            else if (key != "event_type" && key != "timestamp"
                && events.size() != most) // What another tool adds.
                return read_payload(events.emplace_back(), key, value);
            return {};
        }));
        if (events.empty())
            return fail(Fault::malformed, "a security event without a kind");
        std::ranges::stable_partition(events, &SecurityEvent::known);
        for (auto& event : events) {
            event.event_id = id;
            event.happened = happened;
            EXHIBIT_TRY(add_event(event));
        }
        return {};
    }

    Result<void> add_event(SecurityEvent& event)
    {
        if (!event.known)
            m_context.note(
                Level::note, Fault::unsupported, "a kind of security event that is not known", m_origin);
        event.relation = relation_of(event);
        return m_context.add(kSecurity, event, m_origin);
    }

    Result<void> read_payload(SecurityEvent& event, std::string_view name, JsonValue& value)
    {
        event.event = name;
        event.known = is_known_event(name);
        simdjson::ondemand::object object;
        if (value.get_object().get(object) != simdjson::SUCCESS) {
            // A few events may be a bare value.
            event.success = name == "crypto_self_test_completed" ? flag_of(value) : std::nullopt;
            if (!event.success)
                event.reason = owned(value);
            return {};
        }
        return for_each_field(object, [&](std::string_view key, JsonValue& field) -> Result<void> {
            read_field(event, key, field);
            return {};
        });
    }

    /// Some tools write these as text.
    static std::optional<bool> flag_of(JsonValue& value) { return to_flag(json_text(value).value_or("")); }

    static void read_field(SecurityEvent& event, std::string_view key, JsonValue& value)
    {
        if (auto* const text = field_named(event, kEventTexts, key))
            *text = owned(value);
        else if (auto* const number = field_named(event, kEventNumbers, key))
            *number = json_integer(value);
        else if (key == "start_time")
            event.process_start = json_integer(value).transform(Time::unix_millis).value_or(Time {});
        else if (key == "success" || key == "enabled")
            set_outcome(event, key, flag_of(value));
        else if (auto const other = text_of(value); !other.empty())
            event.detail += fmt::format("{}{}={}", event.detail.empty() ? "" : "\n", key, other);
    }

    static void set_outcome(SecurityEvent& event, std::string_view key, std::optional<bool> flag)
    {
        event.success = flag;
        if (flag && key == "success")
            event.outcome = *flag ? "succeeded" : "failed";
        else if (flag)
            event.outcome = *flag ? "on" : "off";
    }

    /// Lists and objects as they are written.
    static std::string_view text_of(JsonValue& value)
    {
        if (auto const text = json_text(value))
            return *text;
        std::string_view raw;
        return simdjson::to_json_string(value).get(raw) == simdjson::SUCCESS && raw != "null"
            ? raw
            : std::string_view {};
    }

    Context& m_context;
    JsonObjectReader m_reader;
    Origin m_origin;
};

Result<void> parse(Input const& input, Context& context)
{
    LineReader lines { *input.source, context.limits().text };
    Log log { context };
    for (Line line; lines.next(line);) {
        if (line.number % 4096 == 0 && context.stop().stop_requested())
            return fail(Fault::cancelled, "cancelled");
        EXHIBIT_TRY(log.add_line(line));
    }
    return lines.result();
}

constexpr std::array<std::string_view, 1> kPaths { "@intrusion_logs/**" };
constexpr std::array<Table const*, 5> kTables { &kDns, &kDnsAddresses, &kConnections, &kSecurity, &kUnknown };

} // namespace

extern constinit Artifact const kArtifact {
    .id = "android.intrusion_log",
    .title = "Intrusion log",
    .doc = "What Advanced Protection logs for up to twelve months: names looked up, connections, and "
           "security events "
           "such as processes that start, adb commands, installations and certificates. The newest hours are "
           "often "
           "missing; lookups over HTTPS and commands typed in an adb session are not logged.",
    .platform = Platform::android,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::android::intrusion_log
