#pragma once

#include "artifact/artifact.hpp"

#include <array>
#include <optional>
#include <string>

namespace exhibit::android::networks {

struct Resolver {
    std::optional<std::string> interface;
    std::string ip;
};

inline constexpr std::array kResolverColumns {
    column<&Resolver::interface>("interface", Is::opaque, "Name of the interface."),
    column<&Resolver::ip>("ip", Is::ip, "Server that names are looked up at."),
};
inline constexpr auto kResolvers = table<Resolver>(
    "android_network_resolver", "One row per network and name server.", Relation::present, kResolverColumns);

struct ResolverName {
    std::string_view kind;
    std::string_view host;
};

inline constexpr std::array kResolverNameColumns {
    column<&ResolverName::kind>("kind", Is::opaque,
        "`private_dns` a server that names are looked up at over TLS, `search_domain` what is put behind "
        "short names."),
    column<&ResolverName::host>("host", Is::domain, "The name."),
};
inline constexpr auto kResolverNames = table<ResolverName>("android_network_resolver_name",
    "One row per name that the service for looking up names was given.", Relation::present,
    kResolverNameColumns);

struct Wifi {
    std::string network_name;
    std::optional<std::string> creator;
    std::optional<std::string> changed_by;
    std::optional<bool> has_connected;
    std::optional<std::int64_t> associations;
    std::optional<bool> hidden;
    std::optional<std::string> gateway;
};

inline constexpr std::array kWifiColumns {
    column<&Wifi::network_name>("network_name", Is::opaque, "Its name."),
    column<&Wifi::creator>("creator", Is::app_id, "Package or user id that added it."),
    column<&Wifi::changed_by>("changed_by", Is::app_id, "Package or user id that changed it last."),
    column<&Wifi::has_connected>("has_connected", "Whether the device ever connected to it."),
    column<&Wifi::associations>("associations", "How often it did."),
    column<&Wifi::hidden>("hidden", "Whether it does not tell its name."),
    column<&Wifi::gateway>("gateway_address", Is::opaque, "Hardware address of its gateway."),
};
inline constexpr auto kWifis = table<Wifi>("android_wifi_network",
    "One row per wireless network that the device remembers.", Relation::contacted, kWifiColumns);

struct BluetoothDevice {
    std::string address;
    std::string kind;
    std::optional<std::string> device_name;
    bool paired = false;
    Time written;
    std::optional<std::int64_t> device_class;
};

inline constexpr std::array kBluetoothColumns {
    column<&BluetoothDevice::address>("address", Is::opaque, "Hardware address; new versions shorten it."),
    column<&BluetoothDevice::kind>("kind", Is::opaque, "`DUAL`, `LE` or `BR/EDR`."),
    column<&BluetoothDevice::device_name>("device_name", Is::free_text, "Name that the device gives itself."),
    column<&BluetoothDevice::paired>("has_key", "Whether the phone keeps a key for it: it is paired."),
    column<&BluetoothDevice::written>(
        "written", Clock::unix_seconds, "When its record was written, mostly at the pairing."),
    column<&BluetoothDevice::device_class>(
        "device_class", "What it is, in Bluetooth's numbers; keyboards have 1280 among them."),
};
inline constexpr std::array kBluetoothEvents { Event {
    "written", "bluetooth_paired", "record of the Bluetooth device {device_name} ({address}) written" } };
inline constexpr auto kBluetooth
    = table<BluetoothDevice>("android_bluetooth_device", "One row per Bluetooth device that the phone knows.",
        Relation::contacted, kBluetoothColumns, kBluetoothEvents);

/// Reads the file in which the system keeps the wireless networks that it knows.
Result<void> parse_wifi_store(Input const& input, Context& context);
/// Reads the file in which the system keeps the Bluetooth devices that it knows.
Result<void> parse_bluetooth_store(Input const& input, Context& context);

/// Reads what the service for looking up names dumps; up to Android 9 that of the network daemon.
Result<void> parse_resolver(Input const& input, Context& context);

} // namespace exhibit::android::networks
