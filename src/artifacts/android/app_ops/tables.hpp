#pragma once

#include "artifact/artifact.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace exhibit::android::app_ops {

/// By their numbers, as files and dumps before Android 9 have them.
inline constexpr std::array<std::string_view, 6> kModes { "allow", "ignore", "deny", "default", "foreground",
    "ask" };

struct Operation {
    std::optional<std::int64_t> uid;
    std::optional<std::string> package;
    std::string operation;
    std::string mode;
};

inline constexpr std::array kOperationColumns {
    column<&Operation::uid>("uid", "Linux user id."),
    column<&Operation::package>(
        "package", Is::app_id, "Package; empty where the mode holds for all packages of the user id.")
        .mvt("package_name"),
    column<&Operation::operation>("operation", Is::opaque, "What may be done, such as RECORD_AUDIO.")
        .mvt("-"),
    column<&Operation::mode>(
        "mode", Is::opaque, "`allow`, `ignore`, `deny`, `default`, `foreground` or `ask`.")
        .mvt("-"),
};
inline constexpr auto kOperations = table<Operation>("android_app_op",
    "One row per package and operation that the system keeps account of.", Relation::permitted,
    kOperationColumns, {}, "dumpsys_appops");

struct UserState {
    std::optional<std::int64_t> uid;
    std::optional<std::string> state;
    std::optional<std::string> capability;
    std::optional<bool> widget_visible;
};

inline constexpr std::array kUserStateColumns {
    column<&UserState::uid>("uid", "Linux user id."),
    column<&UserState::state>("state", Is::opaque, "How visible its processes were, as for accesses."),
    column<&UserState::capability>("capability", Is::opaque,
        "What its processes may do in that state, a letter each: L location, C camera, M microphone, N "
        "network and so on, `-` what not."),
    column<&UserState::widget_visible>(
        "widget_visible", "Whether a widget of its was to be seen on the home screen."),
};
inline constexpr auto kUserStates = table<UserState>("android_app_op_state",
    "One row per user id that the system keeps account of, with its state at the dump.", Relation::context,
    kUserStateColumns);

struct AccessRow {
    std::optional<std::int64_t> uid;
    std::string_view package;
    std::string_view operation;
    std::optional<std::string_view> mode;
    std::string_view access;
    std::optional<std::string> state;
    std::optional<std::string> path_flag;
    Time accessed;
    std::optional<std::int64_t> age_ms;
    std::optional<std::int64_t> duration_ms;
    std::optional<std::string> tag;
    std::optional<std::string> proxy_package;
    std::optional<std::int64_t> proxy_uid;
};

inline constexpr std::array kAccessColumns {
    column<&AccessRow::uid>("uid", "Linux user id."),
    column<&AccessRow::package>("package", Is::app_id, "Package that did it."),
    column<&AccessRow::operation>("operation", Is::opaque, "What it did, such as RECORD_AUDIO."),
    column<&AccessRow::mode>("mode", Is::opaque, "Whether that is allowed to it now."),
    column<&AccessRow::access>(
        "access", Is::opaque, "`access`, `reject` when it was refused, or `running` while it still went on."),
    column<&AccessRow::state>("state", Is::opaque,
        "How visible the app was, or its user id is while it goes on: pers, top, fgsvcl, fgsvc, fg, bg, cch; "
        "from "
        "`bg` on nobody saw it."),
    column<&AccessRow::path_flag>("path_flag", Is::opaque,
        "s for itself, tp and up as a trusted or untrusted proxy for another, tpd and upd through one."),
    column<&AccessRow::accessed>(
        "accessed", Clock::local_text, "The last time in this state; of what still goes on, when it began."),
    column<&AccessRow::age_ms>("age_ms", "How long before the dump that was, in milliseconds: negative."),
    column<&AccessRow::duration_ms>(
        "duration_ms", "How long it went on, or has gone on so far, in milliseconds."),
    column<&AccessRow::tag>("attribution_tag", Is::opaque, "The part of the app that it names for it."),
    column<&AccessRow::proxy_package>("proxy_package", Is::app_id, "Package that it acted for or through."),
    column<&AccessRow::proxy_uid>("proxy_uid", "User id of that package."),
};
inline constexpr std::array kAccessEvents { Event {
    "accessed", "app_op", "{package}: {operation} {access} ({state})" } };
inline constexpr auto kAccesses = table<AccessRow>("android_app_op_access",
    "One row per package, operation and state: only the last time in each is kept.", Relation::executed,
    kAccessColumns, kAccessEvents);

/// Reads `appops.xml` or `appops_accesses.xml`.
Result<void> parse_file(Input const& input, Context& context);

} // namespace exhibit::android::app_ops
