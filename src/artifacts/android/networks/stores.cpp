#include "artifacts/android/common/text.hpp"
#include "artifacts/android/common/xml_file.hpp"
#include "artifacts/android/networks/tables.hpp"
#include "base/line_reader.hpp"

#include <algorithm>

namespace exhibit::android::networks {
namespace {

/// `AA:BB:CC:DD:EE:FF`
bool is_hardware_address(std::string_view text)
{
    constexpr std::string_view shape = "xx:xx:xx:xx:xx:xx";
    return std::ranges::equal(text, shape,
        [](char c, char wanted) { return wanted == ':' ? c == ':' : to_hex_integer({ &c, 1 }).has_value(); });
}

std::optional<std::string> text_or_nothing(std::string_view text)
{
    auto const value = unless_null(text);
    return value ? std::optional { std::string { *value } } : std::nullopt;
}

void read_wifi_value(Wifi& wifi, std::string_view name, XmlElement const& element)
{
    auto const text = trim(element.text);
    if (name == "SSID")
        wifi.network_name = text.size() > 1 && text.starts_with('"') ? text.substr(1, text.size() - 2) : text;
    else if (name == "CreatorName")
        wifi.creator = text_or_nothing(text);
    else if (name == "CreatorUid" && !wifi.creator)
        wifi.creator = text_of(element, "value");
    else if (name == "LastUpdateName")
        wifi.changed_by = text_or_nothing(text);
    else if (name == "HasEverConnected")
        wifi.has_connected = flag_of(element, "value");
    else if (name == "NumAssociation")
        wifi.associations = integer_of(element, "value");
    else if (name == "HiddenSSID")
        wifi.hidden = flag_of(element, "value");
    else if (name == "DefaultGwMacAddress")
        wifi.gateway = text_or_nothing(text);
}

void read_device_value(BluetoothDevice& device, std::string_view key, std::string_view value)
{
    if (key == "Name")
        device.device_name = text_or_nothing(value);
    else if (key == "DevType")
        device.kind = value == "1" ? "BR/EDR" : value == "2" ? "LE" : value == "3" ? "DUAL" : value;
    else if (key == "LinkKey" || key.starts_with("LE_KEY_"))
        device.paired = true;
    else if (key == "DevClass")
        device.device_class = to_integer(value);
    else if (key == "Timestamp")
        device.written = to_integer(value)
                             .transform([](auto seconds) { return Time::unix_seconds(seconds); })
                             .value_or(Time {});
}

} // namespace

/// `<Network><WifiConfiguration><string name="SSID">"Home"</string><boolean name="HiddenSSID" value="false"
/// />...` Names: WifiConfigurationXmlUtil and NetworkSelectionStatusXmlUtil of the Android Open Source
/// Project. Keys are not read.
Result<void> parse_wifi_store(Input const& input, Context& context)
{
    std::optional<Wifi> wifi;
    Origin found;
    auto const finish = [&]() -> Result<void> {
        auto const done = std::exchange(wifi, std::nullopt);
        return done && !done->network_name.empty() ? context.add(kWifis, *done, found) : Result<void> {};
    };
    auto const read = [&](XmlElement const& element, Origin origin) -> Result<void> {
        if (element.name == "Network") {
            EXHIBIT_TRY(finish());
            wifi.emplace();
            found = origin;
        }
        if (auto const name = element.attribute("name"); wifi && name)
            read_wifi_value(*wifi, *name, element);
        return {};
    };
    EXHIBIT_TRY(for_each_element(input, context, read));
    return finish();
}

/// `[aa:bb:cc:dd:ee:ff]`, then `Name = Headset`, `DevType = 3`, `Timestamp = 1714550400`: btif_config of the
/// Bluetooth stack of the Android Open Source Project. Keys are not read.
Result<void> parse_bluetooth_store(Input const& input, Context& context)
{
    LineReader lines { *input.source, context.limits().text };
    std::optional<BluetoothDevice> device;
    Origin found;
    auto const finish = [&]() -> Result<void> {
        auto const done = std::exchange(device, std::nullopt);
        return done ? context.add(kBluetooth, *done, found) : Result<void> {};
    };
    for (Line line; lines.next(line);) {
        auto value = trim(line.text);
        if (value.starts_with('[')) {
            EXHIBIT_TRY(finish());
            if (auto const address = between(value, "[", "]").value_or(""); is_hardware_address(address)) {
                device.emplace();
                device->address = address;
                found = Origin { line.offset };
            }
            continue;
        }
        auto const key = trim(take_until(value, '='));
        if (device)
            read_device_value(*device, key, trim(value));
    }
    EXHIBIT_TRY(finish());
    return lines.result();
}

} // namespace exhibit::android::networks
