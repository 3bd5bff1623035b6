#pragma once

#include "artifact/artifact.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace exhibit::android::adb_keys {

struct Key {
    std::string list;
    std::string owner;
    std::string fingerprint;
    bool valid = false;
    Time last_connected;
    bool inferred = false;
    std::string key;
};

inline constexpr std::array kKeyColumns {
    column<&Key::list>("list", Is::opaque,
        "`user_keys` trusted for good, `system_keys` from the system image, `keystore` with the last "
        "connection."),
    column<&Key::owner>(
        "owner", Is::opaque, "What the computer calls itself: user and host; it can claim any.")
        .mvt("user"),
    column<&Key::fingerprint>("fingerprint", Is::opaque, "MD5 of the key, as the device shows it."),
    column<&Key::valid>("valid", "Whether the key has the form of one."),
    column<&Key::last_connected>("last_connected", Clock::unix_millis, "When that computer last connected."),
    column<&Key::inferred>("inferred",
        "Whether that time was completed: the dump loses a byte of it, so it may be a multiple of 49.7 days "
        "off."),
    column<&Key::key>("key", Is::opaque, "The public key, base64."),
};
inline constexpr std::array kKeyEvents { Event {
    "last_connected", "adb_connected", "{owner} connected over adb" } };
inline constexpr auto kKeys = table<Key>("android_adb_key",
    "One row per computer whose key the device trusts for adb; keys unused for a week are forgotten, unless "
    "told not "
    "to.",
    Relation::context, kKeyColumns, kKeyEvents, "dumpsys_adb_state");

struct State {
    std::optional<bool> connected;
    std::optional<std::string> last_fingerprint;
    std::optional<bool> wifi_enabled;
    std::optional<std::int64_t> tls_port;
    std::optional<std::string> bssid;
    std::optional<std::string> network_name;
};

inline constexpr std::array kStateColumns {
    column<&State::connected>("connected", "Whether a computer was connected over adb.")
        .mvt("connected_to_adb"),
    column<&State::last_fingerprint>("last_fingerprint", Is::opaque, "Fingerprint of the key received last.")
        .mvt("last_key_received"),
    column<&State::wifi_enabled>("wifi_enabled", "Whether adb was reachable over the network."),
    column<&State::tls_port>("tls_port", "Port of that; 0 for none."),
    column<&State::bssid>("bssid", Is::opaque, "Access point of the network that it is allowed on."),
    column<&State::network_name>("network_name", Is::opaque, "Name of that network."),
};
inline constexpr auto kStates = table<State>("android_adb_state",
    "One row: the state of the debugging bridge.", Relation::context, kStateColumns, {}, "dumpsys_adb_state");

struct Network {
    std::string bssid;
};

inline constexpr std::array kNetworkColumns {
    column<&Network::bssid>("bssid", Is::opaque, "Access point of the network."),
};
inline constexpr auto kNetworks = table<Network>("android_adb_network",
    "One row per network on which adb over the air was always allowed.", Relation::context, kNetworkColumns);

/// A key as the device stores it: base64, a space and what the computer calls itself.
Key read_key(std::string_view text, std::string_view list);

/// Adds the keys in a key store: text XML, Android binary XML, or the latter as it comes out of a dump, where
/// every byte that is no UTF-8 was replaced. `taken` bounds times that have to be completed.
Result<void> add_key_store(
    std::string_view content, std::optional<Timestamp> taken, std::uint64_t offset, Context& context);

} // namespace exhibit::android::adb_keys
