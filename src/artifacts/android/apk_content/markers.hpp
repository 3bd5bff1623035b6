#pragma once

#include <array>
#include <cstdint>
#include <string_view>

/// What published rules look for in the code of apps.
namespace exhibit::android {

/// How a marker is to stand in a string of the code.
enum class Stands : std::uint8_t {
    inside, ///< anywhere
    inside_any_case, ///< anywhere, in small or capital letters
    word, ///< with no letter, digit or underscore beside it
};

struct Marker {
    std::string_view set;
    Stands stands;
    std::string_view text;
};

/// Source: the rules that Amnesty International's Security Lab published with its report on NoviSpy (2024).
/// Commands are whole strings of the program, so that short ones are compared as words here.
inline constexpr std::array kMarkers {
    Marker { "novispy_unique", Stands::inside_any_case, "kataklinger vibercajzna" },
    Marker { "novispy_unique", Stands::inside_any_case,
        "select action_command.* from action_command where action_id = ? and trigger_type = ?" },
    Marker { "novispy_unique", Stands::inside_any_case, "6FDF20EAFA2D58AF609C72AE7092BB45" },
    Marker { "novispy_unique", Stands::inside_any_case,
        R"({"cellChangeMonitoring":true,"signalStrengthMonitoring":true,"temperatureDelta":1,)" },
    Marker { "novispy_unique", Stands::inside_any_case,
        R"({"fileUpload":false,"audioRecording":false,"cellChangeMonitoring":true,)" },
    Marker { "novispy_unique", Stands::inside_any_case, R"("serverIp":"188.93.127.34")" },
    Marker { "novispy_unique", Stands::inside_any_case, "ucitavanjepodataka" },
    Marker { "novispy_server", Stands::word, "195.178.51.251" },
    Marker { "novispy_server", Stands::word, "79.101.110.108" },
    Marker { "novispy_server", Stands::word, "188.93.127.34" },
    Marker { "novispy_server", Stands::word, "178.220.122.57" },
    Marker { "novispy_generic", Stands::inside, "test.dat" },
    Marker { "novispy_generic", Stands::inside, "/active.config" },
    Marker { "novispy_generic", Stands::inside, "message_map.ser" },
    Marker { "novispy_generic", Stands::inside, "event type =" },
    Marker { "novispy_generic", Stands::inside, "change type subtree" },
    Marker { "novispy_generic", Stands::inside, "change type content description" },
    Marker { "novispy_generic", Stands::inside, "change type pane title" },
    Marker { "novispy_generic", Stands::inside, "content change type pane_appeared" },
    Marker { "novispy_generic", Stands::inside, "window state changed" },
    Marker { "novispy_generic", Stands::inside, "notification state changed" },
    Marker { "novispy_generic", Stands::inside, "window content changed" },
    Marker { "novispy_generic", Stands::inside, "view scrolled" },
    Marker { "novispy_generic", Stands::inside, "type selection changed" },
    Marker { "novispy_generic", Stands::inside, "type announcement" },
    Marker { "novispy_generic", Stands::inside, "scroll position =" },
    Marker { "novispy_generic", Stands::inside, "imei=%s;imsi=%s;phone=%s;sim_serial=%s;os=%s" },
    Marker { "novispy_generic", Stands::inside, "imei=%s;imsi=%s;phone=%s;sim_serial=%s;roaming=%s;os=%s" },
    Marker { "novispy_generic", Stands::inside, "last message = %s, level = %d, hash = %s, node count = %d" },
    Marker { "novispy_generic", Stands::inside, "MyAccessibilityService" },
    Marker { "novispy_message_command", Stands::word, "C_ARF" },
    Marker { "novispy_message_command", Stands::word, "C_ARN" },
    Marker { "novispy_message_command", Stands::word, "C_AWF" },
    Marker { "novispy_message_command", Stands::word, "C_AWI" },
    Marker { "novispy_message_command", Stands::word, "C_AWN" },
    Marker { "novispy_message_command", Stands::word, "C_CRF" },
    Marker { "novispy_message_command", Stands::word, "C_CRN" },
    Marker { "novispy_message_command", Stands::word, "C_LCW" },
    Marker { "novispy_message_command", Stands::word, "C_MNS" },
    Marker { "novispy_message_command", Stands::word, "C_MXS" },
    Marker { "novispy_message_command", Stands::word, "C_R_F" },
    Marker { "novispy_message_command", Stands::word, "C_R_N" },
    Marker { "novispy_message_command", Stands::word, "C_SMF" },
    Marker { "novispy_message_command", Stands::word, "C_SMN" },
    Marker { "novispy_message_command", Stands::word, "C_SWF" },
    Marker { "novispy_message_command", Stands::word, "C_SWN" },
    Marker { "novispy_message_command", Stands::word, "C_UIR" },
    Marker { "novispy_message_command", Stands::word, "C_UMF" },
    Marker { "novispy_message_command", Stands::word, "C_UMN" },
    Marker { "novispy_message_command", Stands::word, "C_UWF" },
    Marker { "novispy_message_command", Stands::word, "C_UWN" },
    Marker { "novispy_message_command", Stands::word, "C_WLF" },
    Marker { "novispy_message_command", Stands::word, "C_WLN" },
    Marker { "novispy_transfer_command", Stands::word, "CALL_REC_OFF" },
    Marker { "novispy_transfer_command", Stands::word, "CALL_REC_ON" },
    Marker { "novispy_transfer_command", Stands::word, "CHARGING_REC_OFF" },
    Marker { "novispy_transfer_command", Stands::word, "CHARGING_REC_ON" },
    Marker { "novispy_transfer_command", Stands::word, "SECURE_REC_OFF" },
    Marker { "novispy_transfer_command", Stands::word, "SECURE_REC_ON" },
    Marker { "novispy_transfer_command", Stands::word, "SSD_MOBILE_OFF" },
    Marker { "novispy_transfer_command", Stands::word, "SSD_MOBILE_ON" },
    Marker { "novispy_transfer_command", Stands::word, "SSD_WIFI_OFF" },
    Marker { "novispy_transfer_command", Stands::word, "SSD_WIFI_ON" },
    Marker { "novispy_transfer_command", Stands::word, "UPLOAD_INTERVAL" },
    Marker { "novispy_transfer_command", Stands::word, "UPLOAD_MOBILE_OFF" },
    Marker { "novispy_transfer_command", Stands::word, "UPLOAD_MOBILE_ON" },
    Marker { "novispy_transfer_command", Stands::word, "UPLOAD_WIFI_OFF" },
    Marker { "novispy_transfer_command", Stands::word, "UPLOAD_WIFI_ON" },
    Marker { "novispy_transfer_command", Stands::word, "AUTO_WIFI_INTERVAL" },
    Marker { "novispy_transfer_command", Stands::word, "WIFI_LOCK_ON" },
    Marker { "novispy_transfer_command", Stands::word, "WIFI_LOCK_OFF" },
    Marker { "novispy_transfer_command", Stands::word, "AUTO_WIFI_ON" },
    Marker { "novispy_transfer_command", Stands::word, "AUTO_WIFI_OFF" },
    Marker { "novispy_transfer_command", Stands::word, "START_AUDIO" },
    Marker { "novispy_setting", Stands::word, "UIR" },
    Marker { "novispy_setting", Stands::word, "ULW" },
    Marker { "novispy_setting", Stands::word, "ULM" },
    Marker { "novispy_setting", Stands::word, "SSW" },
    Marker { "novispy_setting", Stands::word, "SSM" },
    Marker { "novispy_setting", Stands::word, "CRN" },
    Marker { "novispy_setting", Stands::word, "SRN" },
    Marker { "novispy_setting", Stands::word, "CRC" },
    Marker { "novispy_setting", Stands::word, "MXS" },
    Marker { "novispy_setting", Stands::word, "MNS" },
    Marker { "novispy_setting", Stands::word, "AWF" },
    Marker { "novispy_setting", Stands::word, "AWI" },
    Marker { "novispy_setting", Stands::word, "CHR" },
    Marker { "novispy_setting", Stands::word, "WLS" },
    Marker { "novispy_setting", Stands::word, "A_R_N" },
    Marker { "novispy_setting", Stands::word, "A_R_F" },
    Marker { "novispy_setting", Stands::word, "U_I" },
    Marker { "novispy_setting", Stands::word, "U_W_N" },
    Marker { "novispy_setting", Stands::word, "S_W_N" },
    Marker { "novispy_setting", Stands::word, "U_M_F" },
    Marker { "novispy_setting", Stands::word, "S_M_F" },
    Marker { "novispy_setting", Stands::word, "A_W_F" },
    Marker { "novispy_setting", Stands::word, "A_W_I" },
    Marker { "novispy_setting", Stands::word, "W_L_N" },
    Marker { "novispy_setting", Stands::word, "C_R_F" },
    Marker { "novispy_setting", Stands::word, "CH_R_F" },
    Marker { "novispy_setting", Stands::word, "S_R_N" },
};

/// Tags before the values of FinSpy's configuration, as bytes of the code wherever they stand.
/// Source: rules by Esther Onfroy, published by Amnesty International's Security Lab (2020).
struct Tag {
    std::string_view bytes;
    std::string_view name;
};
inline constexpr std::string_view kTagSet = "finspy_tag";
inline constexpr std::array kTags {
    Tag { { "\x90\x5b\xfe\x00", 4 }, "90 5b fe 00" },
    Tag { { "\x70\x37\x80\x00", 4 }, "70 37 80 00" },
    Tag { { "\x40\x38\x80\x00", 4 }, "40 38 80 00" },
    Tag { { "\xa0\x33\x84", 3 }, "a0 33 84" },
    Tag { { "\x90\x79\x84\x00", 4 }, "90 79 84 00" },
};

} // namespace exhibit::android
