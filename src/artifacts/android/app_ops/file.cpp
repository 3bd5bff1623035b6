#include "artifacts/android/app_ops/tables.hpp"
#include "artifacts/android/common/text.hpp"
#include "artifacts/android/common/xml_file.hpp"

#include <fmt/format.h>

namespace exhibit::android::app_ops {
namespace {

/// The numbers of AppOpsManager of the Android Open Source Project. Makers' own come behind them.
constexpr std::array<std::string_view, 123> kOperationNames { "COARSE_LOCATION", "FINE_LOCATION", "GPS",
    "VIBRATE", "READ_CONTACTS", "WRITE_CONTACTS", "READ_CALL_LOG", "WRITE_CALL_LOG", "READ_CALENDAR",
    "WRITE_CALENDAR", "WIFI_SCAN", "POST_NOTIFICATION", "NEIGHBORING_CELLS", "CALL_PHONE", "READ_SMS",
    "WRITE_SMS", "RECEIVE_SMS", "RECEIVE_EMERGENCY_BROADCAST", "RECEIVE_MMS", "RECEIVE_WAP_PUSH", "SEND_SMS",
    "READ_ICC_SMS", "WRITE_ICC_SMS", "WRITE_SETTINGS", "SYSTEM_ALERT_WINDOW", "ACCESS_NOTIFICATIONS",
    "CAMERA", "RECORD_AUDIO", "PLAY_AUDIO", "READ_CLIPBOARD", "WRITE_CLIPBOARD", "TAKE_MEDIA_BUTTONS",
    "TAKE_AUDIO_FOCUS", "AUDIO_MASTER_VOLUME", "AUDIO_VOICE_VOLUME", "AUDIO_RING_VOLUME",
    "AUDIO_MEDIA_VOLUME", "AUDIO_ALARM_VOLUME", "AUDIO_NOTIFICATION_VOLUME", "AUDIO_BLUETOOTH_VOLUME",
    "WAKE_LOCK", "MONITOR_LOCATION", "MONITOR_HIGH_POWER_LOCATION", "GET_USAGE_STATS", "MUTE_MICROPHONE",
    "TOAST_WINDOW", "PROJECT_MEDIA", "ACTIVATE_VPN", "WRITE_WALLPAPER", "ASSIST_STRUCTURE",
    "ASSIST_SCREENSHOT", "READ_PHONE_STATE", "ADD_VOICEMAIL", "USE_SIP", "PROCESS_OUTGOING_CALLS",
    "USE_FINGERPRINT", "BODY_SENSORS", "READ_CELL_BROADCASTS", "MOCK_LOCATION", "READ_EXTERNAL_STORAGE",
    "WRITE_EXTERNAL_STORAGE", "TURN_ON_SCREEN", "GET_ACCOUNTS", "RUN_IN_BACKGROUND",
    "AUDIO_ACCESSIBILITY_VOLUME", "READ_PHONE_NUMBERS", "REQUEST_INSTALL_PACKAGES", "PICTURE_IN_PICTURE",
    "INSTANT_APP_START_FOREGROUND", "ANSWER_PHONE_CALLS", "RUN_ANY_IN_BACKGROUND", "CHANGE_WIFI_STATE",
    "REQUEST_DELETE_PACKAGES", "BIND_ACCESSIBILITY_SERVICE", "ACCEPT_HANDOVER", "MANAGE_IPSEC_TUNNELS",
    "START_FOREGROUND", "BLUETOOTH_SCAN", "USE_BIOMETRIC", "ACTIVITY_RECOGNITION",
    "SMS_FINANCIAL_TRANSACTIONS", "READ_MEDIA_AUDIO", "WRITE_MEDIA_AUDIO", "READ_MEDIA_VIDEO",
    "WRITE_MEDIA_VIDEO", "READ_MEDIA_IMAGES", "WRITE_MEDIA_IMAGES", "LEGACY_STORAGE", "ACCESS_ACCESSIBILITY",
    "READ_DEVICE_IDENTIFIERS", "ACCESS_MEDIA_LOCATION", "QUERY_ALL_PACKAGES", "MANAGE_EXTERNAL_STORAGE",
    "INTERACT_ACROSS_PROFILES", "ACTIVATE_PLATFORM_VPN", "LOADER_USAGE_STATS", "",
    "AUTO_REVOKE_PERMISSIONS_IF_UNUSED", "AUTO_REVOKE_MANAGED_BY_INSTALLER", "NO_ISOLATED_STORAGE",
    "PHONE_CALL_MICROPHONE", "PHONE_CALL_CAMERA", "RECORD_AUDIO_HOTWORD", "MANAGE_ONGOING_CALLS",
    "MANAGE_CREDENTIALS", "USE_ICC_AUTH_WITH_DEVICE_IDENTIFIER", "RECORD_AUDIO_OUTPUT",
    "SCHEDULE_EXACT_ALARM", "FINE_LOCATION_SOURCE", "COARSE_LOCATION_SOURCE", "MANAGE_MEDIA",
    "BLUETOOTH_CONNECT", "UWB_RANGING", "ACTIVITY_RECOGNITION_SOURCE", "BLUETOOTH_ADVERTISE",
    "RECORD_INCOMING_PHONE_AUDIO", "NEARBY_WIFI_DEVICES", "ESTABLISH_VPN_SERVICE", "ESTABLISH_VPN_MANAGER",
    "ACCESS_RESTRICTED_SETTINGS", "RECEIVE_AMBIENT_TRIGGER_AUDIO", "RECEIVE_EXPLICIT_USER_INTERACTION_AUDIO",
    "RUN_USER_INITIATED_JOBS" };

std::string name_of_operation(std::int64_t number)
{
    auto const at = static_cast<std::size_t>(number);
    if (number < 0 || at >= kOperationNames.size() || kOperationNames.at(at).empty())
        return fmt::format("{}", number);
    return std::string { kOperationNames.at(at) };
}

/// The upper half of a key tells how visible the app was, in steps of a hundred; the lower how it acted.
std::string_view state_of(std::int64_t key)
{
    constexpr std::array<std::string_view, 7> states { "pers", "top", "fgsvcl", "fgsvc", "fg", "bg", "cch" };
    auto const number = key >> 31;
    return number >= 100 && number < 800 ? states.at(static_cast<std::size_t>(number / 100 - 1))
                                         : std::string_view {};
}

std::string_view flag_of_key(std::int64_t key)
{
    switch (key & 0x7FFF'FFFF) {
    case 1:
        return "s";
    case 2:
        return "tp";
    case 4:
        return "up";
    case 8:
        return "tpd";
    case 16:
        return "upd";
    default:
        return {};
    }
}

/// `<pkg n="com.a"><uid n="10231"><op n="27" m="1"><st n="key" t="when" r="refused" d="how long" pp="for
/// whom" pu="its uid"/></op></uid></pkg>`, and `<uid n="10231"><op n="24" m="0"/></uid>` for all packages of
/// a user id.
class File {
public:
    explicit File(Context& context)
        : m_context(context)
    {
    }

    Result<void> add(XmlElement const& element, Origin origin)
    {
        if (element.name == "pkg") {
            m_package = element.attribute("n").value_or("");
            m_uid.reset();
        } else if (element.name == "uid") {
            if (element.depth <= 2)
                m_package.clear();
            m_uid = integer_of(element, "n");
        } else if (element.name == "op") {
            return add_operation(element, origin);
        } else if (element.name == "st") {
            return add_state(element, origin);
        }
        return {};
    }

private:
    Result<void> add_operation(XmlElement const& element, Origin origin)
    {
        auto const number = integer_of(element, "n");
        m_operation = number ? name_of_operation(*number) : std::string {};
        m_mode.reset();
        if (auto const mode = integer_of(element, "m");
            mode && *mode >= 0 && static_cast<std::size_t>(*mode) < kModes.size())
            m_mode = kModes.at(static_cast<std::size_t>(*mode));
        if (m_operation.empty())
            return {};
        if (m_mode) { // Without it, it has the mode that such an operation begins with.
            Operation row;
            row.uid = m_uid;
            if (!m_package.empty())
                row.package = m_package;
            row.operation = m_operation;
            row.mode = *m_mode;
            EXHIBIT_TRY(m_context.add(kOperations, row, origin));
        }
        // Before Android 9 an operation had its times itself.
        return element.attribute("t") || element.attribute("r") ? add_state(element, origin)
                                                                : Result<void> {};
    }

    Result<void> add_state(XmlElement const& element, Origin origin)
    {
        auto const key = element.name == "st" ? integer_of(element, "n").value_or(0) : 0;
        AccessRow row;
        row.uid = m_uid;
        row.package = m_package;
        row.operation = m_operation;
        row.mode = m_mode;
        row.state = unless_null(state_of(key));
        row.path_flag = unless_null(flag_of_key(key));
        row.tag = element.attribute("id");
        row.proxy_package = element.attribute("pp");
        if (auto const uid = integer_of(element, "pu"); uid && *uid >= 0)
            row.proxy_uid = uid;
        for (auto const& [kind, name] : { std::pair { "access", "t" }, std::pair { "reject", "r" } }) {
            row.access = kind;
            row.accessed = time_of(element, name);
            row.duration_ms = row.access == "access" ? integer_of(element, "d") : std::nullopt;
            if (!row.accessed.absent())
                EXHIBIT_TRY(m_context.add(kAccesses, row, origin));
        }
        return {};
    }

    Context& m_context;
    std::string m_package;
    std::optional<std::int64_t> m_uid;
    std::string m_operation;
    std::optional<std::string_view> m_mode;
};

} // namespace

Result<void> parse_file(Input const& input, Context& context)
{
    File file { context };
    return for_each_element(
        input, context, [&](XmlElement const& element, Origin origin) { return file.add(element, origin); });
}

} // namespace exhibit::android::app_ops
