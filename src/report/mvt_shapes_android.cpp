#include "report/mvt_shapes_android.hpp"

#include <array>

namespace exhibit::report {
namespace {

using enum MvtForm;

/// Three digits behind the second, as six.
#define EXHIBIT_MICROS(column) "CASE WHEN length(" column ")=23 THEN " column " || '000' ELSE " column " END"
/// `u0a231`, as the system writes the user id of an app.
#define EXHIBIT_UID                                                                                          \
    "CASE WHEN t.uid>=10000 THEN printf('u%da%d', t.uid / 100000, t.uid % 100000 - 10000) ELSE CAST(t.uid "  \
    "AS TEXT) END"
/// A time span as Android's TimeUtils prints it: `-4h50m23s772ms`.
#define EXHIBIT_SPAN(ms)                                                                                     \
    "iif(" ms "=0, '0', iif(" ms "<0, '-', '+') || iif(abs(" ms ")<86400000, '', (abs(" ms                   \
    ")/86400000)||'d') || iif(abs(" ms ")<3600000, '', (abs(" ms ")/3600000%24)||'h') || iif(abs(" ms        \
    ")<60000, '', (abs(" ms ")/60000%60)||'m') || iif(abs(" ms ")<1000, '', (abs(" ms                        \
    ")/1000%60)||'s') || (abs(" ms ")%1000)||'ms')"
#define EXHIBIT_COMPONENT(name)                                                                              \
    "CASE WHEN substr(" name                                                                                 \
    ", 1, length(t.package) + 1)=t.package || '.' THEN t.package || '/' || substr(" name                     \
    ", length(t.package) + 1) ELSE t.package || '/' || " name " END"

// One record per package, with its operations, each with its uses. Times are the device's own text.
constexpr std::array kAppOperations {
    MvtMember { "uid", EXHIBIT_UID },
    MvtMember { "permissions", "operations.list", json },
    MvtMember { "default_modes", "modes.list", json },
};
constexpr std::string_view kAppOperationJoin = R"sql(
LEFT JOIN (
  SELECT o.entry_id, o.uid, o.package, json_group_array(json_object('name', o.operation, 'mode', o.mode,
      'entries', json(coalesce(uses.list, '[]')))) AS list
  FROM android_app_op AS o LEFT JOIN (
    SELECT entry_id, uid, package, operation, json_group_array(json_object(
      'event', access, 'access', upper(substr(access, 1, 1)) || substr(access, 2),
      'uid_state', state || coalesce('-' || path_flag, ''),
      'timestamp', iif(length(accessed_raw)=23, accessed_raw || '000', accessed_raw),
      'relative_time', iif(access='running', )sql" EXHIBIT_SPAN("-age_ms") R"sql(,
        '(' || )sql" EXHIBIT_SPAN("age_ms") R"sql( || ')'),
      'duration', )sql" EXHIBIT_SPAN("duration_ms") R"sql(, 'attribution', attribution_tag)) AS list
    FROM android_app_op_access GROUP BY entry_id, uid, package, operation
  ) AS uses ON uses.entry_id=o.entry_id AND uses.package=o.package AND uses.operation=o.operation AND uses.uid IS o.uid
  WHERE o.package IS NOT NULL GROUP BY o.entry_id, o.uid, o.package
) AS operations ON operations.entry_id=t.entry_id AND operations.package=t.package AND operations.uid IS t.uid
LEFT JOIN (
  SELECT entry_id, uid, json_group_object(operation, mode) AS list FROM android_app_op WHERE package IS NULL
  GROUP BY entry_id, uid
) AS modes ON modes.entry_id=t.entry_id AND modes.uid IS t.uid
)sql";
constexpr std::array kAppOperationState {
    MvtMember { "uid_state", "states.state" },
    MvtMember { "capability", "states.capability" },
    MvtMember { "app_widget_visible", "states.widget_visible", flag },
};
constexpr std::array kAppOperationParts {
    MvtPart { "android_app_op_access", kAppOperationJoin, kAppOperations },
    MvtPart { "android_app_op_state",
        "LEFT JOIN android_app_op_state AS states ON states.entry_id=t.entry_id AND states.uid IS t.uid",
        kAppOperationState },
};

// One record per service, with the states that it was seen in.
constexpr std::array kAccessibility {
    MvtMember { "component", EXHIBIT_COMPONENT("t.service") },
    MvtMember { "installed", "states.installed", flag },
    MvtMember { "enabled", "states.enabled", flag },
    MvtMember { "binding", "states.binding", flag },
    MvtMember { "bound", "states.bound", flag },
    MvtMember { "crashed", "states.crashed", flag },
};
constexpr std::array kServicesOfUser {
    MvtMember { "installed_service_count", "counts.installed" },
};
constexpr std::array kAccessibilityParts {
    MvtPart { "android_accessibility_count",
        "LEFT JOIN (SELECT entry_id, user, max(installed_services) AS installed FROM "
        "android_accessibility_count "
        "GROUP BY "
        "entry_id, user) AS counts ON counts.entry_id=t.entry_id AND counts.user=t.user",
        kServicesOfUser },
    MvtPart { "android_accessibility_service",
        "LEFT JOIN (SELECT min(record_id) AS first, max(state='installed') AS installed, "
        "max(state='enabled') "
        "AS enabled, max(state='binding') AS binding, max(state='bound') AS bound, max(state='crashed') AS "
        "crashed FROM android_accessibility_service GROUP BY entry_id, user, package, service) AS states ON "
        "states.first=t.record_id",
        kAccessibility },
};

constexpr std::array kBatteryEvent {
    MvtMember { "timestamp", EXHIBIT_MICROS("t.happened_raw") },
    MvtMember { "event",
        "CASE WHEN t.event IN ('job', 'top') THEN iif(t.change='end', 'end_', 'start_') || t.event ELSE "
        "t.event END" },
    MvtMember { "uid", EXHIBIT_UID },
    MvtMember {
        "service", "CASE WHEN t.component IS NULL THEN '' ELSE " EXHIBIT_COMPONENT("t.component") " END" },
};
constexpr std::array kBatteryEventParts { MvtPart { "", "", kBatteryEvent } };

// `2024-04-30-03-10-00`
#define EXHIBIT_DAY(column) "substr(" column ", 1, 10) || ' ' || replace(substr(" column ", 12), '-', ':')"
constexpr std::array kPackageDay {
    MvtMember { "period_start", EXHIBIT_DAY("t.from_time_raw") },
    MvtMember { "period_end", EXHIBIT_DAY("t.to_time_raw") },
};
constexpr std::array kPackageDayParts { MvtPart { "", "", kPackageDay } };
#undef EXHIBIT_DAY

constexpr std::array kDatabaseOperation {
    MvtMember { "timestamp", "t.started_raw" },
    MvtMember { "duration_ms", "t.took_ms" },
    MvtMember { "status", "t.result" },
    MvtMember { "pool_path", "t.path" },
};
constexpr std::array kDatabaseOperationParts { MvtPart { "", "", kDatabaseOperation } };

constexpr std::array kResolver {
    MvtMember { "resolver_type",
        "CASE t.matched_by WHEN 'actions' THEN 'non_data_action' WHEN 'typed_actions' THEN "
        "'mime_typed_action' "
        "ELSE rtrim(t.matched_by, 's') END" },
    MvtMember { "component", EXHIBIT_COMPONENT("t.component") },
};
constexpr std::array kResolverParts { MvtPart { "", "", kResolver } };
#undef EXHIBIT_COMPONENT
#undef EXHIBIT_MICROS
#undef EXHIBIT_UID
#undef EXHIBIT_SPAN

// One record for the whole state, with the lists of keys in it.
#define EXHIBIT_KEYS(list, more)                                                                             \
    "coalesce((SELECT json_group_array(json_object('user', owner, 'fingerprint', fingerprint, 'key', "       \
    "key" more ")) FROM android_adb_key WHERE entry_id=t.entry_id AND list='" list "'), '[]')"
constexpr std::array kAdbState {
    MvtMember { "user_keys", EXHIBIT_KEYS("user_keys", ""), json },
    MvtMember { "system_keys", EXHIBIT_KEYS("system_keys", ""), json },
    MvtMember {
        "keystore", EXHIBIT_KEYS("keystore", ", 'last_connected', CAST(last_connected_raw AS TEXT)"), json },
};
#undef EXHIBIT_KEYS
constexpr std::array kAdbStateParts { MvtPart { "android_adb_key", "", kAdbState } };

// MVT has a module for what AndroidQF collected itself and another for the same in a bug report.
#define EXHIBIT_COLLECTED "(SELECT entry_id FROM entry WHERE substr(path, 1, 11)='@androidqf/')"

#define EXHIBIT_WORDS(column, between)                                                                       \
    "CASE WHEN " column "<>'' THEN '[' || replace(json_quote(" column "), '" between                         \
    "', '\",\"') || ']' ELSE '[]' END"
#define EXHIBIT_SAME_MOUNT "GROUP BY device_number, root, mount_point, device, file_system, options"
constexpr std::array kMount {
    MvtMember { "options_list", EXHIBIT_WORDS("t.options", ","), json },
    MvtMember { "optional_fields", EXHIBIT_WORDS("t.propagation", " "), json },
    MvtMember { "is_system_partition",
        "t.mount_point || '/' GLOB '/system/*' OR t.mount_point || '/' GLOB '/vendor/*' OR t.mount_point || "
        "'/' "
        "GLOB '/product/*' OR t.mount_point || '/' GLOB '/system_ext/*'",
        flag },
    MvtMember { "process_ids", "coalesce(seen.processes, '[]')", json },
};
constexpr std::array kMountParts {
    MvtPart { "android_mount",
        "LEFT JOIN (SELECT min(record_id) AS first, json_group_array(process_id) AS processes FROM "
        "android_mount "
        "WHERE process_id IS NOT NULL " EXHIBIT_SAME_MOUNT ") AS seen ON seen.first=t.record_id",
        kMount },
};
#undef EXHIBIT_WORDS

constexpr std::array kSettingHistory {
    MvtMember { "user", "CAST(t.user AS TEXT)" },
    MvtMember {
        "defaultSystemSet", "iif(t.default_by_system, 'true', iif(t.default_by_system=0, 'false', NULL))" },
    MvtMember { "history", "coalesce(history.list, '[]')", json },
};
constexpr std::array kSettingParts {
    MvtPart { "android_setting_change",
        "LEFT JOIN (SELECT entry_id, setting_group, user, name, json_group_array(json_object('timestamp', "
        "coalesce(strftime('%Y-%m-%d %H:%M:%S', changed/1000000, 'unixepoch') || printf('.%06d', "
        "changed%1000000), changed_raw), 'oldValue', old_value, 'newValue', new_value, 'pkg', written_by)) "
        "AS "
        "list FROM android_setting_change GROUP BY entry_id, setting_group, user, name) AS history ON "
        "history.entry_id=t.entry_id AND history.setting_group=t.setting_group AND history.user IS t.user "
        "AND "
        "history.name=t.name",
        kSettingHistory },
};

constexpr std::array kProcess {
    MvtMember { "tid", "CASE WHEN t.entry_id IN (SELECT entry_id FROM android_thread) THEN t.pid END" },
};
constexpr std::array kProcessParts { MvtPart { "android_thread", "", kProcess } };

#define EXHIBIT_FILE_TIME                                                                                    \
    "CASE WHEN t.modified_raw LIKE '____-__-__ __:__:__' THEN t.modified_raw || '.000000' ELSE "             \
    "t.modified_raw END"
constexpr std::array kReportFile {
    MvtMember { "path", "'FS' || t.path" },
    MvtMember { "modified_time", EXHIBIT_FILE_TIME },
    MvtMember { "modified_time_utc", "t.modified", time },
    MvtMember { "timezone",
        "(SELECT value FROM acquisition_fact WHERE name='device.time_zone' AND t.modified IS NOT NULL)" },
    MvtMember { "timestamp_source", "iif(t.modified_raw IS NULL, 'filesystem_metadata', 'zip_metadata')" },
};
constexpr std::array kReportFileParts { MvtPart { "", "", kReportFile } };
constexpr std::array kLogFile {
    MvtMember { "path", "e.stored" },
    MvtMember { "modified_time", EXHIBIT_FILE_TIME },
};
constexpr std::array kLogFileParts { MvtPart { "", "", kLogFile } };
#undef EXHIBIT_FILE_TIME
#define EXHIBIT_LOGS                                                                                         \
    "(SELECT entry_id FROM entry WHERE instr('/' || stored, '/logs/') AND NOT instr('/' || stored, '/FS/'))"

// What a dump only counts: how many services it does not name.
#define EXHIBIT_NAMED                                                                                        \
    "(SELECT count(DISTINCT package || '/' || service) FROM android_accessibility_service AS s WHERE "       \
    "s.entry_id=t.entry_id AND s.user=t.user)"
constexpr std::array kServiceCount {
    MvtMember { "component", "NULL" },
    MvtMember { "unnamed_service_count", "t.installed_services - " EXHIBIT_NAMED },
};
constexpr std::array kServiceCountParts { MvtPart { "", "", kServiceCount } };

constexpr std::array kDumpShapes {
    MvtShape { "android_accessibility_service",
        "t.record_id IN (SELECT min(record_id) FROM android_accessibility_service GROUP BY entry_id, user, "
        "package, service)",
        kAccessibilityParts },
    MvtShape { "android_accessibility_count", "t.installed_services > " EXHIBIT_NAMED, kServiceCountParts },
    // Keys of a file that states nothing else are records of their own.
    MvtShape { "android_adb_key", "t.entry_id NOT IN (SELECT entry_id FROM android_adb_state)", {} },
    MvtShape { "android_adb_state", "", kAdbStateParts },
    MvtShape { "android_battery_event", "", kBatteryEventParts },
    MvtShape { "android_database_operation", "", kDatabaseOperationParts },
    MvtShape { "android_package_day", "", kPackageDayParts },
    MvtShape { "android_package_resolver", "t.kind='receiver'", kResolverParts, "dumpsys_receivers" },
    MvtShape { "android_package_resolver", "t.kind='activity'", kResolverParts, "dumpsys_activities" },
    MvtShape { "android_app_op",
        "t.record_id IN (SELECT min(record_id) FROM android_app_op WHERE package IS NOT NULL GROUP BY "
        "entry_id, uid, "
        "package)",
        kAppOperationParts },
    MvtShape { "android_mount",
        "t.process_id IS NULL OR t.record_id IN (SELECT min(record_id) FROM android_mount WHERE process_id "
        "IS "
        "NOT NULL " EXHIBIT_SAME_MOUNT ")",
        kMountParts },
    MvtShape { "android_property", "t.entry_id IN " EXHIBIT_COLLECTED, {}, "aqf_get_prop" },
    MvtShape { "android_property", "t.entry_id NOT IN " EXHIBIT_COLLECTED, {}, "dumpsys_get_prop" },
    MvtShape { "android_process", "t.entry_id IN " EXHIBIT_COLLECTED, {}, "aqf_processes" },
    MvtShape { "android_process", "t.entry_id NOT IN " EXHIBIT_COLLECTED, kProcessParts, "processes" },
    MvtShape { "android_setting", "t.entry_id IN " EXHIBIT_COLLECTED, {}, "aqf_settings" },
    MvtShape { "android_setting", "t.entry_id NOT IN " EXHIBIT_COLLECTED, kSettingParts, "settings" },
    MvtShape { "android_file_time", "t.entry_id IN " EXHIBIT_LOGS, kLogFileParts, "aqf_log_timestamps" },
    MvtShape {
        "android_file_time", "t.entry_id NOT IN " EXHIBIT_LOGS, kReportFileParts, "bugreport_timestamps" },
};
#undef EXHIBIT_COLLECTED
#undef EXHIBIT_LOGS
#undef EXHIBIT_NAMED
#undef EXHIBIT_SAME_MOUNT

} // namespace

std::span<MvtShape const> android_dump_shapes()
{
    return kDumpShapes;
}

} // namespace exhibit::report
