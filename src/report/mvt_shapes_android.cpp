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
constexpr std::string_view kAppOperationJoin
    = "LEFT JOIN (SELECT o.entry_id, o.uid, o.package, json_group_array(json_object('name', o.operation, "
      "'mode', o.mode, 'entries', json(coalesce(uses.list, '[]')))) AS list FROM android_app_op AS o LEFT "
      "JOIN (SELECT entry_id, uid, package, operation, json_group_array(json_object('event', access, "
      "'access', upper(substr(access, 1, 1)) || substr(access, 2), 'uid_state', state || '-' || path_flag, "
      "'timestamp', CASE WHEN length(accessed_raw)=23 THEN accessed_raw || '000' ELSE accessed_raw END, "
      "'attribution', attribution_tag)) AS list FROM android_app_op_access GROUP BY entry_id, uid, package, "
      "operation) AS uses ON uses.entry_id=o.entry_id AND uses.package=o.package AND "
      "uses.operation=o.operation AND uses.uid IS o.uid WHERE o.package IS NOT NULL GROUP BY o.entry_id, "
      "o.uid, o.package) AS operations ON operations.entry_id=t.entry_id AND operations.package=t.package "
      "AND operations.uid IS t.uid LEFT JOIN (SELECT entry_id, uid, json_group_object(operation, mode) AS "
      "list FROM android_app_op WHERE package IS NULL GROUP BY entry_id, uid) AS modes ON "
      "modes.entry_id=t.entry_id AND modes.uid IS t.uid";
constexpr std::array kAppOperationParts {
    MvtPart { "android_app_op_access", kAppOperationJoin, kAppOperations },
};

constexpr std::array kCollectedPackage {
    MvtMember { "installer", "coalesce(t.installer, 'null')" },
    MvtMember { "files", "coalesce(files.list, '[]')", json },
};
#define EXHIBIT_FLAG(column)                                                                                 \
    "CASE WHEN " column " IS NOT NULL THEN json(iif(" column ", 'true', 'false')) END"
constexpr std::array kCollectedPackageParts {
    MvtPart { "android_androidqf_package_file",
        "LEFT JOIN (SELECT entry_id, package, json_group_array(json_object('path', path, 'local_name', "
        "local_name, "
        "'md5', md5, 'sha1', sha1, 'sha256', sha256, 'sha512', sha512, 'error', error, "
        "'verified_certificate', " EXHIBIT_FLAG(
            "verified") ", 'certificate', json_object('Md5', certificate_md5, 'Sha1', certificate_sha1, "
                        "'Sha256', certificate_sha256, 'ValidFrom', certificate_from_raw, 'ValidTo', "
                        "certificate_to_raw, 'Issuer', "
                        "certificate_issuer, 'Subject', certificate_subject, 'SerialNumber', "
                        "certificate_serial), "
                        "'trusted_certificate', " EXHIBIT_FLAG(
                            "trusted") ")) AS list FROM android_androidqf_package_file GROUP BY "
                                       "entry_id, package) AS files ON files.entry_id=t.entry_id AND "
                                       "files.package=t.package",
        kCollectedPackage },
};

constexpr std::array kPackageTimes {
    MvtMember { "timestamp", "t.written_raw" },
    MvtMember { "last_update_time", "t.last_updated_raw" },
    MvtMember { "first_install_time", "t.first_installed_raw" },
};
constexpr std::array kPackage {
    MvtMember { "permissions", "coalesce(permissions.list, '[]')", json },
    MvtMember { "requested_permissions", "coalesce(permissions.requested, '[]')", json },
};
constexpr std::array kPackageParts {
    MvtPart { "", "", kPackageTimes },
    MvtPart { "android_package_permission",
        "LEFT JOIN (SELECT entry_id, package, json_group_array(json_object('name', permission, "
        "'granted', " EXHIBIT_FLAG(
            "granted") ", 'type', kind)) FILTER (WHERE kind<>'requested') AS list, "
                       "json_group_array(permission) FILTER (WHERE kind='requested') AS requested FROM "
                       "android_package_permission "
                       "GROUP BY entry_id, package) AS permissions ON permissions.entry_id=t.entry_id AND "
                       "permissions.package=t.package",
        kPackage },
};
#undef EXHIBIT_FLAG

// One record per service, with the states that it was seen in.
constexpr std::array kAccessibility {
    MvtMember { "component", EXHIBIT_COMPONENT("t.service") },
    MvtMember { "installed", "states.installed", flag },
    MvtMember { "enabled", "states.enabled", flag },
    MvtMember { "binding", "states.binding", flag },
    MvtMember { "bound", "states.bound", flag },
    MvtMember { "crashed", "states.crashed", flag },
};
constexpr std::array kAccessibilityParts {
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

// One record for the whole state, with the lists of keys in it.
#define EXHIBIT_KEYS(list, more)                                                                             \
    "coalesce((SELECT json_group_array(json_object('user', owner, 'fingerprint', fingerprint, 'key', "       \
    "key" more ")) FROM android_adb_key WHERE entry_id=t.entry_id AND list='" list "'), '[]')"
constexpr std::array kAdbState {
    MvtMember { "user_keys", EXHIBIT_KEYS("user_keys", ""), json },
    MvtMember { "system_keys", EXHIBIT_KEYS("system_keys", ""), json },
    MvtMember { "keystore", EXHIBIT_KEYS("keystore", ", 'last_connected', last_connected_raw"), json },
};
#undef EXHIBIT_KEYS
constexpr std::array kAdbStateParts { MvtPart { "android_adb_key", "", kAdbState } };

constexpr std::array kTombstone {
    MvtMember { "signal_info",
        "json_object('number', t.signal_number, 'name', t.signal_name, 'code', t.signal_code, 'code_name', "
        "t.signal_code_name)",
        json },
    MvtMember { "file_name", "replace(e.path, rtrim(e.path, replace(e.path, '/', '')), '')" },
};
constexpr std::array kTombstoneParts { MvtPart { "", "", kTombstone } };

// Parties stand one per line.
#define EXHIBIT_LINES(column)                                                                                \
    "CASE WHEN " column " IS NOT NULL THEN '[' || replace(json_quote(" column                                \
    "), '\\n', '\",\"') || ']' ELSE '[]' END"
constexpr std::array kTextMessage {
    MvtMember { "date", "CAST(t.date_raw AS TEXT)" },
    MvtMember { "date_sent", "CAST(t.date_sent_raw AS TEXT)" },
    MvtMember { "recipients", EXHIBIT_LINES("t.recipients"), json },
    MvtMember { "links", "t.body", links },
};
#undef EXHIBIT_LINES
constexpr std::array kTextMessageParts { MvtPart { "", "", kTextMessage } };

constexpr std::array kAndroidShapes {
    MvtShape { "android_accessibility_service",
        "t.record_id IN (SELECT min(record_id) FROM android_accessibility_service GROUP BY entry_id, user, "
        "package, service)",
        kAccessibilityParts },
    // Keys of a file that states nothing else are records of their own.
    MvtShape { "android_adb_key", "t.entry_id NOT IN (SELECT entry_id FROM android_adb_state)", {} },
    MvtShape { "android_adb_state", "", kAdbStateParts },
    MvtShape { "android_battery_event", "", kBatteryEventParts },
    MvtShape { "android_database_operation", "", kDatabaseOperationParts },
    MvtShape { "android_mms", "", kTextMessageParts },
    MvtShape { "android_package_day", "", kPackageDayParts },
    MvtShape { "android_package_resolver", "t.kind='receiver'", kResolverParts, "dumpsys_receivers" },
    MvtShape { "android_package_resolver", "t.kind='activity'", kResolverParts, "dumpsys_activities" },
    MvtShape { "android_sms", "", kTextMessageParts },
    MvtShape { "android_tombstone", "", kTombstoneParts },
    MvtShape { "android_androidqf_package", "", kCollectedPackageParts },
    MvtShape { "android_app_op",
        "t.record_id IN (SELECT min(record_id) FROM android_app_op WHERE package IS NOT NULL GROUP BY "
        "entry_id, uid, "
        "package)",
        kAppOperationParts },
    MvtShape { "android_package", "", kPackageParts },
};

} // namespace

std::span<MvtShape const> android_mvt_shapes()
{
    return kAndroidShapes;
}

} // namespace exhibit::report
