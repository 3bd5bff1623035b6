#pragma once

#include "artifact/artifact.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace exhibit::android::usb {

struct Connection {
    Time happened;
    std::string action;
    std::string device_address;
    std::optional<std::string> usb_vendor;
    std::optional<std::string> usb_product;
};

inline constexpr std::array kConnectionColumns {
    column<&Connection::happened>("happened", Clock::unix_millis, "When."),
    column<&Connection::action>("action", Is::opaque,
        "`connect`, `disconnect`; `connect_unreadable` when its description made no sense, "
        "`connect_refused` when the system did not take it."),
    column<&Connection::device_address>("device_address", Is::opaque, "Where it was on the bus."),
    column<&Connection::usb_vendor>("usb_vendor", Is::opaque, "Number of the maker, hexadecimal."),
    column<&Connection::usb_product>("usb_product", Is::opaque, "Number of the product, hexadecimal."),
};
inline constexpr std::array kConnectionEvents { Event {
    "happened", "usb_plugged_in", "USB device {usb_vendor}:{usb_product} {action}" } };
inline constexpr auto kConnections = table<Connection>("android_usb_connection",
    "One row per device that was plugged into the phone or pulled out: the last 32 since the system started. "
    "Hubs, mice and keyboards are not among them.",
    Relation::context, kConnectionColumns, kConnectionEvents);

struct Device {
    std::string device_address;
    std::string usb_vendor;
    std::string usb_product;
    std::optional<std::string> maker;
    std::optional<std::string> product_name;
    std::optional<std::string> serial;
    std::optional<std::string> interface_classes;
};

inline constexpr std::array kDeviceColumns {
    column<&Device::device_address>("device_address", Is::opaque, "Where it is on the bus."),
    column<&Device::usb_vendor>("usb_vendor", Is::opaque, "Number of the maker, hexadecimal."),
    column<&Device::usb_product>("usb_product", Is::opaque, "Number of the product, hexadecimal."),
    column<&Device::maker>("maker", Is::opaque, "Name that it gives of its maker."),
    column<&Device::product_name>("product_name", Is::opaque, "Name that it gives of itself."),
    column<&Device::serial>("serial", Is::opaque, "Serial number that it gives."),
    column<&Device::interface_classes>("interface_classes", Is::opaque,
        "Classes of its interfaces: 1 sound, 3 input, 8 storage, 14 video, 255 of the maker's own."),
};
inline constexpr auto kDevices = table<Device>("android_usb_device",
    "One row per device that was plugged into the phone at the moment of the dump.", Relation::context,
    kDeviceColumns);

struct LogEntry {
    Time happened;
    std::optional<std::string> log;
    std::optional<std::string> usb_state;
    std::string message;
};

inline constexpr std::array kLogColumns {
    column<&LogEntry::happened>(
        "happened", Clock::local_text, "When; the device writes no year, it is taken from the dump's date."),
    column<&LogEntry::log>("log_title", Is::opaque, "Title of the log."),
    column<&LogEntry::usb_state>("usb_state", Is::opaque,
        "State of the cable, where the line tells it: `CONNECTED`, `CONFIGURED` by a computer, "
        "`DISCONNECTED`."),
    column<&LogEntry::message>("message", Is::free_text, "The line."),
};
inline constexpr std::array kLogEvents { Event { "happened", "usb", "{message}" } };
inline constexpr auto kLog = table<LogEntry>("android_usb_event",
    "One row per line of the service's logs, up to 200 since the system started: cables to chargers and "
    "computers, and apps that were started for a device.",
    Relation::context, kLogColumns, kLogEvents);

struct State {
    std::optional<std::string> functions;
    std::optional<std::string> functions_unlocked;
    std::optional<bool> connected;
    std::optional<bool> configured;
    std::optional<bool> host_connected;
    std::optional<bool> screen_locked;
    std::optional<std::string> accessory;
};

inline constexpr std::array kStateColumns {
    column<&State::functions>("functions", Is::opaque,
        "What the phone offered over the cable: `MTP` files, `PTP` pictures, `ADB` debugging, `RNDIS` and "
        "`NCM` its network."),
    column<&State::functions_unlocked>(
        "functions_unlocked", Is::opaque, "What it offers by itself while the screen is unlocked."),
    column<&State::connected>("connected", "Whether a cable led to something."),
    column<&State::configured>("configured", "Whether a computer was at its other end."),
    column<&State::host_connected>("host_connected", "Whether a device was plugged into the phone."),
    column<&State::screen_locked>("screen_locked", "Whether the screen was locked."),
    column<&State::accessory>("accessory", Is::opaque, "Maker and model of an accessory that was connected."),
};
inline constexpr auto kState = table<State>(
    "android_usb_state", "One row: the cable at the moment of the dump.", Relation::context, kStateColumns);

} // namespace exhibit::android::usb
