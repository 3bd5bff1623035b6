#include "artifacts/ios/biome/streams.hpp"

#include "base/text.hpp"

namespace exhibit::ios::biome {
namespace {

using namespace std::string_view_literals;
using R = Record;

// Numbers of fields: what iLEAPP and its contributors found out, and published, from phones of their own with
// iOS 15 to 26. Apple publishes none of them.

constexpr std::array kInFocus {
    taken<&R::value_number>({ 3 }),
    taken<&R::happened>({ 4 }, Clock::mac),
    taken<&R::bundle_id>({ 6 }),
};
constexpr std::array kIntent {
    taken<&R::bundle_id>({ 2 }),
    taken<&R::detail>({ 4 }),
};
constexpr std::array kActivity {
    taken<&R::bundle_id>({ 1 }),
    taken<&R::detail>({ 2 }),
    taken<&R::guid>({ 8 }),
};
constexpr std::array kLocationActivity {
    taken<&R::bundle_id>({ 1 }),
    taken<&R::detail>({ 2 }),
};
constexpr std::array kAutoFocus { taken<&R::bundle_id>({ 1 }) };
constexpr std::array kScreenTime {
    taken<&R::bundle_id>({ 3 }),
    taken<&R::value_number>({ 1 }),
};
constexpr std::array kNowPlaying {
    taken<&R::happened>({ 2 }, Clock::mac),
    taken<&R::bundle_id>({ 15 }),
    taken<&R::detail>({ 8 }),
};
constexpr std::array kTextInput {
    taken<&R::happened>({ 2 }, Clock::mac),
    taken<&R::bundle_id>({ 3 }),
};
constexpr std::array kInstallation {
    taken<&R::bundle_id>({ 1, 1 }),
    taken<&R::guid>({ 1, 2 }),
    taken<&R::value_number>({ 2 }),
    taken<&R::installed>({ 3, 1 }, Clock::unix_seconds),
    taken<&R::app_version>({ 3, 3 }),
};
constexpr std::array kWebUsage {
    taken<&R::guid>({ 1 }),
    taken<&R::happened>({ 2 }, Clock::mac),
    taken<&R::url>({ 4 }),
    taken<&R::domain>({ 5 }),
    taken<&R::bundle_id>({ 6 }),
};
// Its own time, field 2, is rounded to half an hour: the time of the record is better.
constexpr std::array kNavigations {
    taken<&R::domain>({ 1 }),
    taken<&R::url>({ 8 }),
};
constexpr std::array kNotification {
    taken<&R::guid>({ 1 }),
    taken<&R::happened>({ 2 }, Clock::mac),
    taken<&R::value_number>({ 3 }),
    taken<&R::title>({ 8 }),
    taken<&R::text>({ 9 }),
    taken<&R::bundle_id>({ 14 }),
};
constexpr std::array kHarvestedMessage {
    taken<&R::guid>({ 1 }),
    taken<&R::chat>({ 2 }),
    taken<&R::text>({ 10 }),
    taken<&R::handle>({ 11, 1 }),
};
std::string_view address_in(std::string_view sender)
{
    auto const open = sender.rfind('<');
    auto const address = open == std::string_view::npos ? sender : sender.substr(open + 1);
    return address.substr(0, address.find('>'));
}

/// One of the heads of a mail: 1 its name, 2 its value. All of them stay among the other values, since an
/// address has a name beside it.
bool take_mail_head(protobuf::Field const& field, Clock, R& row)
{
    std::string_view name;
    std::string_view value;
    auto const read = protobuf::for_each_field(
        protobuf::MessageReader { field }, [&](protobuf::Field const& part) -> Result<void> {
            if (part.number == 1 && protobuf::is_text(part))
                name = part.text();
            if (part.number == 2 && protobuf::is_text(part))
                value = part.text();
            return {};
        });
    constexpr std::size_t longest_name = 4;
    if (!read || name.size() > longest_name)
        return false;
    auto const lower = to_lower(name);
    if (lower == "from" && !row.handle && address_in(value).contains('@'))
        row.handle = address_in(value);
    if (lower == "to" && !row.recipient)
        row.recipient = value;
    return false;
}

constexpr std::array kHarvestedMail {
    ios::MessageField<R> { { 10 }, Clock::none, &take_mail_head },
    taken<&R::guid>({ 2 }),
    taken<&R::happened>({ 3 }, Clock::mac),
    taken<&R::title>({ 11 }),
};
constexpr std::array kMessageRead { taken<&R::guid>({ 1 }) };
constexpr std::array kRemembered {
    taken<&R::bundle_id>({ 1, 4 }),
    taken<&R::value_number>({ 1, 6 }),
    taken<&R::chat>({ 1, 12 }),
    taken<&R::guid>({ 1, 13 }),
};
constexpr std::array kState { taken<&R::value_number>({ 1 }) };
constexpr std::array kBacklight {
    taken<&R::happened>({ 1 }, Clock::mac),
    taken<&R::value_number>({ 2 }),
};
constexpr std::array kNamedState {
    taken<&R::detail>({ 1 }),
    taken<&R::value_number>({ 2 }),
};
constexpr std::array kBluetooth {
    taken<&R::detail>({ 1 }),
    taken<&R::title>({ 2 }),
    taken<&R::value_number>({ 3 }),
};

// Streams that were moved from knowledgeC keep its form, whatever they are about: 1 name of the stream, 2 and
// 3 begin and end, 4 value, 5 number, 7 further values, 8 when it was made.
constexpr auto kDkBegan = taken<&R::happened>({ 2 }, Clock::mac);
constexpr auto kDkEnded = taken<&R::ended>({ 3 }, Clock::mac);
constexpr auto kDkGuid = taken<&R::guid>({ 5 });
constexpr std::array kDkAny { kDkBegan };
constexpr std::array kDkApp { kDkBegan, kDkEnded, kDkGuid, taken<&R::bundle_id>({ 4, 3 }),
    taken<&R::detail>({ 7, 2, 3 }) };
constexpr std::array kDkInstall { kDkBegan, kDkGuid, taken<&R::bundle_id>({ 4, 3 }),
    taken<&R::title>({ 7, 2, 3 }) };
constexpr std::array kDkPage { kDkBegan, kDkEnded, kDkGuid, taken<&R::url>({ 4, 3 }),
    taken<&R::title>({ 7, 2, 3 }) };
constexpr std::array kDkState { kDkBegan, kDkEnded, kDkGuid, taken<&R::detail>({ 4, 3 }),
    taken<&R::value_number>({ 4, 4 }) };

constexpr std::array kStreams {
    Stream { "App.Activity", &kApps, kActivity },
    Stream { "App.InFocus", &kApps, kInFocus },
    Stream { "App.Install", &kInstalls, kDkInstall },
    Stream { "App.Installation", &kInstalls, kInstallation },
    Stream { "App.Intent", &kApps, kIntent },
    Stream { "App.LocationActivity", &kApps, kLocationActivity },
    Stream { "App.WebUsage", &kPages, kWebUsage },
    Stream { "AppIntent", &kApps, kIntent },
    Stream { "Backlight", &kDeviceStates, kBacklight },
    Stream { "CameraCapture.AutoFocusROI", &kApps, kAutoFocus },
    Stream { "CarPlay.Connected", &kDeviceStates, kState },
    Stream { "Device.BootSession", &kDeviceStates, kNamedState },
    Stream { "Device.Display.Backlight", &kDeviceStates, kBacklight },
    Stream { "Device.KeybagLocked", &kDeviceStates, kState },
    Stream { "Device.Power.LowPowerMode", &kDeviceStates, kState },
    Stream { "Device.Power.PluggedIn", &kDeviceStates, kState },
    Stream { "Device.ScreenLocked", &kDeviceStates, kState },
    Stream { "Device.SilentMode", &kDeviceStates, kState },
    Stream { "Device.Wireless.AirplaneMode", &kDeviceStates, kState },
    Stream { "Device.Wireless.Bluetooth", &kDeviceStates, kBluetooth },
    Stream { "Device.Wireless.CellularDataEnabled", &kDeviceStates, kState },
    Stream { "Device.Wireless.WiFi", &kDeviceStates, kNamedState },
    Stream { "Media.NowPlaying", &kApps, kNowPlaying },
    Stream { "Messages.Read", &kMessages, kMessageRead },
    Stream { "Notification", &kNotifications, kNotification },
    Stream { "Notification.Usage", &kNotifications, kNotification },
    Stream { "NotificationUsage", &kNotifications, kNotification },
    Stream { "NowPlaying", &kApps, kNowPlaying },
    Stream { "ProactiveHarvesting.Mail", &kMessages, kHarvestedMail },
    Stream { "ProactiveHarvesting.Messages", &kMessages, kHarvestedMessage },
    Stream { "Safari.Navigations", &kPages, kNavigations },
    Stream { "ScreenTime.AppUsage", &kApps, kScreenTime },
    Stream { "Siri.Remembers.CallHistory", &kMessages, kRemembered },
    Stream { "Siri.Remembers.InteractionHistory", &kMessages, kRemembered },
    Stream { "Siri.Remembers.MessageHistory", &kMessages, kRemembered },
    Stream { "Text.InputSession", &kApps, kTextInput },
    Stream { "TextInputSession", &kApps, kTextInput },
    Stream { "_DKEvent.App.Activity", &kApps, kDkApp },
    Stream { "_DKEvent.App.InFocus", &kApps, kDkApp },
    Stream { "_DKEvent.App.Install", &kInstalls, kDkInstall },
    Stream { "_DKEvent.App.LocationActivity", &kApps, kDkApp },
    Stream { "_DKEvent.App.MediaUsage", &kApps, kDkApp },
    Stream { "_DKEvent.App.Usage", &kApps, kDkApp },
    Stream { "_DKEvent.App.WebUsage", &kApps, kDkApp },
    Stream { "_DKEvent.Audio.InputRoute", &kDeviceStates, kDkState },
    Stream { "_DKEvent.Audio.OutputRoute", &kDeviceStates, kDkState },
    Stream { "_DKEvent.Bluetooth.IsConnected", &kDeviceStates, kDkState },
    Stream { "_DKEvent.Carplay.IsConnected", &kDeviceStates, kDkState },
    Stream { "_DKEvent.Device.IsLockedImputed", &kDeviceStates, kDkState },
    Stream { "_DKEvent.Device.IsPluggedIn", &kDeviceStates, kDkState },
    Stream { "_DKEvent.Device.LowPowerMode", &kDeviceStates, kDkState },
    Stream { "_DKEvent.Display.IsBacklit", &kDeviceStates, kDkState },
    Stream { "_DKEvent.Keybag.IsLocked", &kDeviceStates, kDkState },
    Stream { "_DKEvent.Safari.History", &kPages, kDkPage },
    Stream { "_DKEvent.System.AirplaneMode", &kDeviceStates, kDkState },
    Stream { "_DKEvent.Wifi.Connection", &kDeviceStates, kDkState },
};

bool is_account(std::string_view text)
{
    bool const is_number = text.size() > 1 && text.front() == '+'
        && text.find_first_not_of("0123456789", 1) == std::string_view::npos;
    return is_number || text.contains('@');
}

} // namespace

std::optional<std::string_view> account_in_chat(std::string_view chat)
{
    constexpr auto of_two = ";-;"sv;
    auto const at = chat.rfind(of_two);
    if (at != std::string_view::npos && at + of_two.size() != chat.size())
        return chat.substr(at + of_two.size());
    return !chat.contains(';') && is_account(chat) ? std::optional { chat } : std::nullopt;
}

Stream find_stream(std::string_view name)
{
    for (auto const& stream : kStreams)
        if (stream.name == name)
            return stream;
    if (name.starts_with("_DKEvent."))
        return { name, &kRecords, kDkAny };
    return { name, &kRecords, {} };
}

} // namespace exhibit::ios::biome
