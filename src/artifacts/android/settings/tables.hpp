#pragma once

#include "artifact/artifact.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace exhibit::android::settings {

struct Setting {
    std::string group;
    std::optional<std::int64_t> user;
    std::string name;
    std::string value;
    std::optional<std::string> written_by;
    std::optional<std::string> default_value;
    std::optional<bool> default_by_system;
    std::optional<std::string> mark;
};

inline constexpr std::array kSettingColumns {
    column<&Setting::group>("setting_group", Is::opaque, "`global`, `secure`, `system` or `config`.")
        .mvt("namespace"),
    column<&Setting::user>("user", "Number of the Android user; empty where the source does not say."),
    column<&Setting::name>("name", Is::opaque, "Name of the setting."),
    column<&Setting::value>("value", Is::system_text, "Its value."),
    column<&Setting::written_by>("written_by", Is::app_id,
        "Package that wrote it last: `android` and the settings app act for a person, `com.android.shell` is "
        "adb.")
        .mvt("pkg"),
    column<&Setting::default_value>("default_value", Is::system_text, "The value it can be reset to.")
        .mvt("default"),
    column<&Setting::default_by_system>("default_by_system", "Whether the system itself set that value.")
        .mvt("defaultSystemSet"),
    column<&Setting::mark>("setting_mark", Is::opaque, "A word that the one who wrote it put beside it.")
        .mvt("-"),
};
inline constexpr auto kSettings = table<Setting>(
    "android_setting", "One row per setting.", Relation::executed, kSettingColumns, {}, "aqf_settings");

struct SettingChange {
    std::string_view group;
    std::optional<std::int64_t> user;
    std::string_view name;
    Time changed;
    std::optional<std::string_view> old_value;
    std::optional<std::string_view> new_value;
    std::optional<std::string_view> written_by;
};

inline constexpr std::array kChangeColumns {
    column<&SettingChange::group>("setting_group", Is::opaque, "`global`, `secure`, `system` or `config`."),
    column<&SettingChange::user>("user", "Number of the Android user."),
    column<&SettingChange::name>("name", Is::opaque, "Name of the setting."),
    column<&SettingChange::changed>(
        "changed", Clock::local_text, "When; the device writes no year, it is taken from the dump's date."),
    column<&SettingChange::old_value>("old_value", Is::system_text, "What it was."),
    column<&SettingChange::new_value>("new_value", Is::system_text, "What it became."),
    column<&SettingChange::written_by>("written_by", Is::app_id, "Package that changed it."),
};
inline constexpr std::array kChangeEvents { Event {
    "changed", "setting_changed", "{name} changed from {old_value} to {new_value} by {written_by}" } };
inline constexpr auto kChanges = table<SettingChange>("android_setting_change",
    "One row per change that the device remembers; only some makers keep such a history.", Relation::executed,
    kChangeColumns, kChangeEvents);

struct SettingOperation {
    std::string_view group;
    std::optional<std::int64_t> user;
    Time performed;
    std::string_view operation;
    std::optional<std::string_view> name;
};

inline constexpr std::array kOperationColumns {
    column<&SettingOperation::group>(
        "setting_group", Is::opaque, "`global`, `secure`, `system` or `config`."),
    column<&SettingOperation::user>("user", "Number of the Android user."),
    column<&SettingOperation::performed>("performed", Clock::local_text, "When."),
    column<&SettingOperation::operation>(
        "operation", Is::opaque, "`update`, `delete`, `reset`, `persist` (the list was stored) or another."),
    column<&SettingOperation::name>(
        "name", Is::opaque, "Name of the setting; empty where the whole list is meant."),
};
inline constexpr std::array kOperationEvents { Event {
    "performed", "setting_operation", "{operation} {name}" } };
inline constexpr auto kSettingOperations = table<SettingOperation>("android_setting_operation",
    "One row per operation of the settings service: the last 20 of a list, without values, where a version "
    "of the system keeps them.",
    Relation::context, kOperationColumns, kOperationEvents);

struct SettingComponent {
    std::string_view group;
    std::optional<std::int64_t> user;
    std::string_view name;
    std::string_view package;
    std::string component;
};

inline constexpr std::array kComponentColumns {
    column<&SettingComponent::group>("setting_group", Is::opaque, "`global`, `secure` or `system`."),
    column<&SettingComponent::user>("user", "Number of the Android user."),
    column<&SettingComponent::name>(
        "name", Is::opaque, "The setting that names it, such as `enabled_accessibility_services`."),
    column<&SettingComponent::package>("package", Is::app_id, "Package that was given this power."),
    column<&SettingComponent::component>(
        "component", Is::opaque, "Class of the component; empty where the setting names a package."),
};
inline constexpr auto kComponents = table<SettingComponent>("android_setting_component",
    "One row per app that a setting gives a power to: reading the screen, notifications, keystrokes, "
    "messages.",
    Relation::permitted, kComponentColumns);

struct SettingServer {
    std::string_view group;
    std::optional<std::int64_t> user;
    std::string_view name;
    std::string_view server;
};

inline constexpr std::array kServerColumns {
    column<&SettingServer::group>("setting_group", Is::opaque, "`global`, `secure` or `system`."),
    column<&SettingServer::user>("user", "Number of the Android user."),
    column<&SettingServer::name>("name", Is::opaque, "The setting, such as `http_proxy`."),
    column<&SettingServer::server>("server", Is::domain, "Host, with a port or as a link, as it is set."),
};
inline constexpr auto kServers = table<SettingServer>("android_setting_server",
    "One row per setting that leads traffic or the look-up of names to a server.", Relation::present,
    kServerColumns);

} // namespace exhibit::android::settings
