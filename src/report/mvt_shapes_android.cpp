#include "report/mvt_shapes_android.hpp"

#include <array>

namespace exhibit::report {
namespace {

using enum MvtForm;

// One record per package, with its operations, each with its uses. Times are the device's own text.
constexpr std::array kAppOperations {
    MvtMember { "uid", "CAST(t.uid AS TEXT)" },
    MvtMember { "permissions", "operations.list", json },
};
constexpr std::array kAppOperationParts {
    MvtPart { "android_app_op_access",
        "LEFT JOIN (SELECT o.entry_id, o.uid, o.package, json_group_array(json_object('name', o.operation, "
        "'access', o.mode, 'entries', json(coalesce(uses.list, '[]')))) AS list FROM android_app_op AS o "
        "LEFT JOIN (SELECT entry_id, uid, package, operation, json_group_array(json_object('access', "
        "upper(substr(access, 1, 1)) || substr(access, 2), 'type', state || '-' || path_flag, 'timestamp', "
        "accessed_raw)) AS list FROM android_app_op_access GROUP BY entry_id, uid, package, operation) AS "
        "uses ON "
        "uses.entry_id=o.entry_id AND uses.package=o.package AND uses.operation=o.operation AND uses.uid IS "
        "o.uid "
        "WHERE o.package IS NOT NULL GROUP BY o.entry_id, o.uid, o.package) AS operations ON "
        "operations.entry_id=t.entry_id AND operations.package=t.package AND operations.uid IS t.uid",
        kAppOperations },
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

constexpr std::array kPackage {
    MvtMember { "permissions", "coalesce(permissions.list, '[]')", json },
    MvtMember { "requested_permissions", "coalesce(permissions.requested, '[]')", json },
};
constexpr std::array kPackageParts {
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

constexpr std::array kShapes {
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
    return kShapes;
}

} // namespace exhibit::report
