#include "report/mvt_shapes_android.hpp"

#include <array>

namespace exhibit::report {
namespace {

using enum MvtForm;

// A flag is true, false or null.
#define EXHIBIT_FLAG(column) "json(iif(" column ", 'true', iif(" column "=0, 'false', 'null')))"

constexpr std::string_view kCollectedFiles = R"sql(
LEFT JOIN (
  SELECT entry_id, package, json_group_array(json_patch(json_object(
    'path', path, 'local_name', local_name, 'md5', md5, 'sha1', sha1, 'sha256', sha256, 'sha512', sha512,
    'error', error, 'verified_certificate', )sql" EXHIBIT_FLAG("verified") R"sql(,
    'trusted_certificate', )sql" EXHIBIT_FLAG("trusted") R"sql(),
    iif(certificate_sha256<>'' OR certificate_from_raw<>'', json_object('certificate', json_object(
      'Md5', certificate_md5, 'Sha1', certificate_sha1, 'Sha256', certificate_sha256,
      'ValidFrom', certificate_from_raw, 'ValidTo', certificate_to_raw, 'Issuer', certificate_issuer,
      'Subject', certificate_subject, 'SignatureAlgorithm', certificate_algorithm,
      'SerialNumber', certificate_serial)), '{}'))) AS list
  FROM android_androidqf_package_file GROUP BY entry_id, package
) AS files ON files.entry_id=t.entry_id AND files.package=t.package
)sql";
constexpr std::array kCollectedPackage {
    MvtMember { "installer", "coalesce(t.installer, 'null')" },
    MvtMember { "files", "coalesce(files.list, '[]')", json },
};
constexpr std::array kCollectedPackageParts {
    MvtPart { "android_androidqf_package_file", kCollectedFiles, kCollectedPackage },
};

// A package may stand in a list twice, as it is and as it was in the system image: what belongs to one stands
// between its line and the next package's.
#define EXHIBIT_BLOCK                                                                                        \
    "block AS (SELECT record_id, entry_id, package, locator, first_installed_raw, lead(locator, 1, 1<<62) "  \
    "OVER (PARTITION BY entry_id ORDER BY locator) AS next FROM android_package)"
#define EXHIBIT_OF_BLOCK(row)                                                                                \
    row ".entry_id=block.entry_id AND " row ".package=block.package AND " row                                \
        ".locator>=block.locator AND " row ".locator<block.next"
#define EXHIBIT_FLAGS "'[' || replace(json_quote(replace(p.flags, ' ', '')), '|', '\",\"') || ']'"
#define EXHIBIT_PERMISSION                                                                                   \
    "json_object('name', p.permission, 'type', p.kind, 'granted', " EXHIBIT_FLAG(                            \
        "p.granted") ", 'flags', json(iif(p.flags<>'', " EXHIBIT_FLAGS ", '[]')))"

constexpr std::string_view kPermissionJoin = R"sql(
LEFT JOIN (
  WITH )sql" EXHIBIT_BLOCK R"sql(
  SELECT block.record_id AS owner,
    json_group_array()sql" EXHIBIT_PERMISSION R"sql()
      FILTER (WHERE p.kind<>'requested' AND (p.kind<>'runtime' OR p.user IS NULL)) AS list,
    json_group_array(p.permission) FILTER (WHERE p.kind='requested') AS requested
  FROM block JOIN android_package_permission AS p ON )sql" EXHIBIT_OF_BLOCK("p") R"sql(
  GROUP BY block.record_id
) AS permissions ON permissions.owner=t.record_id
)sql";
constexpr std::string_view kUserJoin = R"sql(
LEFT JOIN (
  WITH )sql" EXHIBIT_BLOCK R"sql(,
  granted AS (
    SELECT block.record_id AS owner, p.user AS user, json_group_array()sql" EXHIBIT_PERMISSION R"sql() AS list
    FROM block JOIN android_package_permission AS p ON )sql" EXHIBIT_OF_BLOCK("p") R"sql(
    WHERE p.kind='runtime' GROUP BY block.record_id, p.user)
  SELECT block.record_id AS owner, json_group_array(json_object(
    'user_id', u.user, 'installed', )sql" EXHIBIT_FLAG("u.installed") R"sql(,
    'hidden', )sql" EXHIBIT_FLAG("u.hidden") R"sql(, 'suspended', )sql" EXHIBIT_FLAG("u.suspended") R"sql(,
    'stopped', )sql" EXHIBIT_FLAG("u.stopped") R"sql(, 'not_launched', )sql" EXHIBIT_FLAG(
    "u.not_launched") R"sql(,
    'enabled', u.enabled_state, 'instant', )sql" EXHIBIT_FLAG("u.instant") R"sql(,
    'virtual', )sql" EXHIBIT_FLAG("u.virtual_preload") R"sql(, 'ce_data_inode', u.data_inode,
    'de_data_inode', u.protected_data_inode, 'distraction_flags', u.distraction_flags,
    'quarantined', )sql" EXHIBIT_FLAG("u.quarantined") R"sql(,
    'install_reason', u.install_reason, 'uninstall_reason', u.uninstall_reason, 'data_dir', u.data_folder,
    'first_install_time', coalesce(u.first_installed_raw, iif(u.user=0, block.first_installed_raw, NULL)),
    'permissions', json(coalesce(granted.list, '[]')))) AS list
  FROM block JOIN android_package_user AS u ON )sql" EXHIBIT_OF_BLOCK("u") R"sql(
  LEFT JOIN granted ON granted.owner=block.record_id AND granted.user=u.user
  GROUP BY block.record_id
) AS users ON users.owner=t.record_id
)sql";
constexpr std::array kPackage {
    MvtMember { "package_type", "iif(t.factory_version, 'hidden_system', 'active')" },
    MvtMember { "timestamp", "t.written_raw" },
    MvtMember { "last_update_time", "t.last_updated_raw" },
    MvtMember { "first_install_time", "t.first_installed_raw" },
};
constexpr std::array kPermissions {
    MvtMember { "permissions", "coalesce(permissions.list, '[]')", json },
    MvtMember { "requested_permissions", "coalesce(permissions.requested, '[]')", json },
};
// Old versions know one user alone.
constexpr std::array kUsers { MvtMember { "users",
    "coalesce(users.list, iif(t.first_installed_raw IS NULL, '[]', json_array(json_object('user_id', 0, "
    "'permissions', json('[]'), 'first_install_time', t.first_installed_raw))))",
    json } };
constexpr std::array kPackageParts {
    MvtPart { "", "", kPackage },
    MvtPart { "android_package_permission", kPermissionJoin, kPermissions },
    MvtPart { "android_package_user", kUserJoin, kUsers },
};
#undef EXHIBIT_FLAG
#undef EXHIBIT_BLOCK
#undef EXHIBIT_OF_BLOCK
#undef EXHIBIT_FLAGS
#undef EXHIBIT_PERMISSION

constexpr std::array kPackageShapes {
    MvtShape { "android_androidqf_package", "", kCollectedPackageParts },
    MvtShape { "android_package", "", kPackageParts },
};

} // namespace

std::span<MvtShape const> android_package_shapes()
{
    return kPackageShapes;
}

} // namespace exhibit::report
