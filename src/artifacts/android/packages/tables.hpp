#pragma once

#include "artifact/artifact.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace exhibit::android::packages {

/// One `Package [...]` block of the package manager's dump.
struct Package {
    std::string package;
    std::optional<std::int64_t> uid;
    std::string version_name;
    std::optional<std::int64_t> version_code;
    std::optional<std::int64_t> min_sdk;
    std::optional<std::int64_t> target_sdk;
    std::string code_path;
    std::optional<std::string> installer;
    std::optional<std::string> initiating_package;
    std::optional<std::string> originating_package;
    std::optional<std::string> update_owner;
    std::optional<std::int64_t> package_source;
    Time first_installed;
    Time last_updated;
    Time written;
    std::optional<bool> system;
    bool factory_version = false;
    bool debuggable = false;
    bool test_only = false;
    std::optional<std::string> shared_user;
    std::string signatures;
    std::string flags;
};

inline constexpr std::array kPackageColumns {
    column<&Package::package>("package", Is::app_id, "Name of the package.").mvt("package_name"),
    column<&Package::uid>("uid", "Linux user id that the package runs as, for user 0.").mvt("app_id"),
    column<&Package::version_name>("version_name", Is::opaque, "Version as its maker words it."),
    column<&Package::version_code>("version_code", "Version number that must grow with every update."),
    column<&Package::min_sdk>("min_sdk", "Oldest Android version (API level) it installs on."),
    column<&Package::target_sdk>("target_sdk", "Android version (API level) it was built for."),
    column<&Package::code_path>("code_path", Is::path, "Folder or file that holds its code."),
    column<&Package::installer>("installer", Is::app_id,
        "Package that is recorded as its installer; an installer may claim any name."),
    column<&Package::initiating_package>("initiating_package", Is::app_id,
        "Package that asked for the installation; the system fills this in."),
    column<&Package::originating_package>(
        "originating_package", Is::app_id, "Package that the installer says the file came from."),
    column<&Package::update_owner>(
        "update_owner", Is::app_id, "Package that alone may update it without asking."),
    column<&Package::package_source>("package_source",
        "Where the file came from, as the installer says: 0 unspecified, 1 other, 2 store, 3 local file, 4 "
        "downloaded file."),
    column<&Package::first_installed>("first_installed", Clock::local_text,
        "First installation, the earliest where users are told apart; system packages carry the date of "
        "their image.")
        .mvt("first_install_time"),
    column<&Package::last_updated>("last_updated", Clock::local_text, "Last installation or update.")
        .mvt("last_update_time"),
    column<&Package::written>("written", Clock::local_text, "Date of the code's file.").mvt("timestamp"),
    column<&Package::system>("system", "Whether it came with the system image."),
    column<&Package::factory_version>(
        "factory_version", "Whether this is the version in the system image that an update has replaced.")
        .mvt("-"),
    column<&Package::debuggable>("debuggable", "Whether a debugger may be attached to it."),
    column<&Package::test_only>(
        "test_only", "Whether it is marked for tests: only adb installs such packages."),
    column<&Package::shared_user>(
        "shared_user", Is::opaque, "Name of the user id that it shares with other packages."),
    column<&Package::signatures>("signatures", Is::opaque,
        "The dump's own short numbers for its signers: equal for equal signers, and no certificate hash."),
    column<&Package::flags>("flags", Is::opaque, "Flags of the package as printed."),
};
inline constexpr std::array kPackageEvents {
    Event { "first_installed", "package_first_install", "{package} first installed by {installer}" },
    Event { "last_updated", "package_update", "{package} {version_name} installed or updated" },
};
inline constexpr auto kPackages
    = table<Package>("android_package", "One row per package that the system knows.", Relation::installed,
        kPackageColumns, kPackageEvents, "dumpsys_packages");

struct PackageUser {
    std::int64_t user = 0;
    std::string package;
    std::optional<bool> installed;
    std::optional<bool> hidden;
    std::optional<bool> suspended;
    std::optional<bool> stopped;
    std::optional<bool> not_launched;
    std::optional<std::int64_t> enabled_state;
    std::optional<bool> instant;
    std::optional<bool> virtual_preload;
    std::optional<std::int64_t> install_reason;
    std::optional<std::int64_t> uninstall_reason;
    std::optional<std::int64_t> data_inode;
    std::optional<std::int64_t> protected_data_inode;
    std::optional<std::int64_t> distraction_flags;
    std::optional<bool> quarantined;
    std::optional<std::string> data_folder;
    Time first_installed;
    std::optional<std::string> disabled_by;
};

inline constexpr std::array kPackageUserColumns {
    column<&PackageUser::package>("package", Is::app_id, "Name of the package."),
    column<&PackageUser::user>("user", "Number of the Android user: 0 is the owner, others are profiles."),
    column<&PackageUser::installed>("installed", "Whether it is installed for this user."),
    column<&PackageUser::hidden>("hidden", "Whether an administrator hid it from this user."),
    column<&PackageUser::suspended>("suspended", "Whether it was suspended."),
    column<&PackageUser::stopped>("stopped", "Whether it was stopped by force or never started."),
    column<&PackageUser::not_launched>("not_launched", "Whether it was never started."),
    column<&PackageUser::enabled_state>("enabled_state",
        "0 as in its manifest, 1 enabled, 2 disabled, 3 disabled by the user, 4 disabled until used."),
    column<&PackageUser::instant>("instant", "Whether it runs without being installed."),
    column<&PackageUser::virtual_preload>(
        "virtual_preload", "Whether it only stands for an app that is still to be downloaded."),
    column<&PackageUser::install_reason>("install_reason",
        "0 unknown, 1 policy, 2 restored, 3 device setup, 4 asked for by the user, 5 rolled back."),
    column<&PackageUser::uninstall_reason>(
        "uninstall_reason", "0 unknown, 1 removed by the person, where it was removed for this user."),
    column<&PackageUser::data_inode>("data_inode", "Number of its data folder in the file system."),
    column<&PackageUser::protected_data_inode>(
        "protected_data_inode", "Number of the folder of what it may read before the first unlock."),
    column<&PackageUser::distraction_flags>(
        "distraction_flags", "How a launcher is asked to keep it out of sight, a bit mask."),
    column<&PackageUser::quarantined>("quarantined", "Whether it was put in quarantine."),
    column<&PackageUser::data_folder>("data_folder", Is::path, "Where it keeps its data for this user."),
    column<&PackageUser::first_installed>(
        "first_installed", Clock::local_text, "First installation for this user."),
    column<&PackageUser::disabled_by>("disabled_by", Is::app_id, "Package that last enabled or disabled it."),
};
inline constexpr std::array kPackageUserEvents { Event {
    "first_installed", "package_installed_for_user", "{package} installed for user {user}" } };
inline constexpr auto kPackageUsers = table<PackageUser>("android_package_user",
    "One row per package and user of the device: work profiles and second users hold packages of their own.",
    Relation::installed, kPackageUserColumns, kPackageUserEvents);

struct Permission {
    std::string_view package;
    std::string_view permission;
    std::string_view kind;
    std::optional<bool> granted;
    std::optional<std::int64_t> user;
    std::optional<std::string_view> flags;
};

inline constexpr std::array kPermissionColumns {
    column<&Permission::package>("package", Is::app_id, "Name of the package."),
    column<&Permission::permission>("permission", Is::opaque, "Name of the permission."),
    column<&Permission::kind>("kind", Is::opaque,
        "`declared` by the package for others, `requested` in its manifest, `install` granted with the "
        "installation, `runtime` decided by a person."),
    column<&Permission::granted>("granted", "Whether it is granted; empty where the dump does not say."),
    column<&Permission::user>("user", "Number of the Android user; empty when it is the same for all."),
    column<&Permission::flags>("flags", Is::opaque, "How the decision was made, as printed."),
};
inline constexpr auto kPermissions = table<Permission>("android_package_permission",
    "One row per permission that a package has to do with.", Relation::permitted, kPermissionColumns);

struct ComponentState {
    std::string_view package;
    std::int64_t user = 0;
    std::string_view component;
    bool enabled = false;
};

inline constexpr std::array kComponentColumns {
    column<&ComponentState::package>("package", Is::app_id, "Name of the package."),
    column<&ComponentState::user>("user", "Number of the Android user."),
    column<&ComponentState::component>("component", Is::opaque, "Class of the component."),
    column<&ComponentState::enabled>("enabled",
        "True if it was switched on, false if off: an app without its launcher activity has no icon."),
};
inline constexpr auto kComponents = table<ComponentState>("android_package_component",
    "One row per component that was switched on or off against its manifest.", Relation::context,
    kComponentColumns);

struct Resolver {
    std::string_view kind;
    std::string_view matched_by;
    std::string_view action;
    std::string_view package;
    std::string component;
    std::int64_t filters = 1;
};

inline constexpr std::array kResolverColumns {
    column<&Resolver::kind>("kind", Is::opaque, "`activity`, `receiver`, `service` or `provider`.").mvt("-"),
    column<&Resolver::matched_by>("matched_by", Is::opaque,
        "Which table it stands in: `actions`, `typed_actions`, `schemes`, `mime_types` and so on.")
        .mvt("resolver_type"),
    column<&Resolver::action>(
        "action", Is::opaque, "The action, scheme or type that the component wants to be called for.")
        .mvt("key"),
    column<&Resolver::package>("package", Is::app_id, "Name of the package.").mvt("package_name"),
    column<&Resolver::component>("component", Is::opaque, "Class of the component."),
    column<&Resolver::filters>("filters", "How many of its filters ask for that.").mvt("filter_count"),
};
inline constexpr auto kResolvers = table<Resolver>("android_package_resolver",
    "One row per component and thing it wants to be called for, such as receivers of arriving messages.",
    Relation::permitted, kResolverColumns, {}, "dumpsys_receivers");

struct Session {
    std::int64_t session = 0;
    std::string state;
    std::optional<std::int64_t> user;
    std::optional<std::string> package;
    std::optional<std::string> label;
    std::optional<std::string> installer;
    std::optional<std::string> initiating_package;
    std::optional<std::string> originating_package;
    std::optional<std::int64_t> installer_uid;
    Time created;
    Time updated;
    Time committed;
    std::optional<std::string> originating_url;
    std::optional<std::string> referrer_url;
    std::optional<std::int64_t> package_source;
    std::optional<std::int64_t> install_reason;
    std::optional<std::int64_t> install_flags;
    std::optional<std::int64_t> size;
    std::string_view outcome;
    std::optional<std::string_view> relation;
    std::optional<std::int64_t> final_status;
    std::optional<std::string> final_message;
};

inline constexpr std::array kSessionColumns {
    column<&Session::session>("session", "Number of the session."),
    column<&Session::state>(
        "state", Is::opaque, "`active`, `orphaned`, `finalized` or `historical`; `stored` in the file."),
    column<&Session::user>("user", "Number of the Android user."),
    column<&Session::package>("package", Is::app_id, "Package that was to be installed."),
    column<&Session::label>("label", Is::free_text, "Name that the installer gave the app."),
    column<&Session::installer>("installer", Is::app_id, "Package that installs."),
    column<&Session::initiating_package>("initiating_package", Is::app_id, "Package that asked for it."),
    column<&Session::originating_package>(
        "originating_package", Is::app_id, "Package that the file is said to come from."),
    column<&Session::installer_uid>("installer_uid", "User id of the installer; 2000 is adb."),
    column<&Session::created>("created", Clock::unix_millis, "When the session began."),
    column<&Session::updated>("updated", Clock::unix_millis, "When it last changed."),
    column<&Session::committed>("committed", Clock::unix_millis, "When its content was complete."),
    column<&Session::originating_url>("originating_url", Is::url, "Where the file is said to come from."),
    column<&Session::referrer_url>("referrer_url", Is::url, "Page that led to it."),
    column<&Session::package_source>(
        "package_source", "0 unspecified, 1 other, 2 store, 3 local file, 4 downloaded file."),
    column<&Session::install_reason>("install_reason",
        "0 unknown, 1 policy, 2 restored, 3 device setup, 4 asked for by the user, 5 rolled back."),
    column<&Session::install_flags>("install_flags", "Flags of the installation, a bit mask."),
    column<&Session::size>("size", "Bytes that were announced; -1 if none were."),
    column<&Session::outcome>("session_outcome", Is::opaque,
        "`installed`, `refused` by what checks apps or by a restriction, `declined` by the person, "
        "`abandoned`, "
        "`failed`, or `open`."),
    column<&Session::relation>("row_relation", Is::opaque,
        "`attempted` where the app was not installed, or not yet; absent elsewhere."),
    column<&Session::final_status>("final_status", "1 success, 0 not finished, negative: an error."),
    column<&Session::final_message>("final_message", Is::system_text, "Why it failed."),
};
inline constexpr std::array kSessionEvents {
    Event { "created", "install_session", "{initiating_package} began to install {package}" },
    Event { "committed", "install_commit", "installation of {package} committed: {session_outcome}" },
};
inline constexpr auto kSessions = table<Session>("android_install_session",
    "One row per installation since the last start, failed ones too; in the file those that are not over.",
    Relation::installed, kSessionColumns, kSessionEvents);

struct Certificate {
    std::string_view package;
    bool current = true;
    std::string sha256;
    std::string sha1;
    std::string md5;
    std::string subject;
    std::string issuer;
    Time valid_from;
    Time valid_to;
};

inline constexpr std::array kCertificateColumns {
    column<&Certificate::package>("package", Is::app_id, "Name of the package."),
    column<&Certificate::current>(
        "current_signer", "False for a key that its maker has replaced by another and proved so."),
    column<&Certificate::sha256>("certificate_sha256", Is::cert_hash, "SHA-256 of the signing certificate."),
    column<&Certificate::sha1>("certificate_sha1", Is::cert_hash, "SHA-1 of the signing certificate."),
    column<&Certificate::md5>("certificate_md5", Is::cert_hash, "MD5 of the signing certificate."),
    column<&Certificate::subject>(
        "certificate_subject", Is::opaque, "Whom the certificate names; anybody may write anything there."),
    column<&Certificate::issuer>("certificate_issuer", Is::opaque, "Who issued it; normally the same."),
    column<&Certificate::valid_from>("certificate_from", Clock::utc_text, "Start of its validity."),
    column<&Certificate::valid_to>("certificate_to", Clock::utc_text, "End of its validity."),
};
inline constexpr auto kCertificates = table<Certificate>("android_package_certificate",
    "One row per package and certificate that it is signed with, as the package manager keeps it.",
    Relation::installed, kCertificateColumns);

struct ListedPackage {
    std::string_view package;
    std::optional<std::int64_t> uid;
    std::optional<bool> debuggable;
    std::string_view data_folder;
    std::optional<std::string_view> label;
};

inline constexpr std::array kListedColumns {
    column<&ListedPackage::package>("package", Is::app_id, "Name of the package."),
    column<&ListedPackage::uid>("uid", "Linux user id that it runs as, for user 0."),
    column<&ListedPackage::debuggable>("debuggable", "Whether a debugger may be attached to it."),
    column<&ListedPackage::data_folder>("data_folder", Is::path, "Where it keeps its data."),
    column<&ListedPackage::label>("label", Is::opaque, "What SELinux makes of it, such as `untrusted_app`."),
};
inline constexpr auto kListedPackages = table<ListedPackage>("android_package_listed",
    "One row per package in the list that native services use: it should name the same as the package "
    "manager.",
    Relation::installed, kListedColumns);

struct SharedUser {
    std::string_view name;
    std::int64_t uid = 0;
};

inline constexpr std::array kSharedUserColumns {
    column<&SharedUser::name>("name", Is::opaque, "Name that its packages share."),
    column<&SharedUser::uid>("uid", "User id that they run as."),
};
inline constexpr auto kSharedUsers = table<SharedUser>("android_shared_user",
    "One row per user id that several packages share, from the list of the package manager.",
    Relation::context, kSharedUserColumns);

struct SharedPermission {
    std::string_view shared_user;
    std::string_view permission;
    std::string_view kind;
    std::optional<bool> granted;
    std::optional<std::int64_t> user;
    std::optional<std::string_view> flags;
};

inline constexpr std::array kSharedPermissionColumns {
    column<&SharedPermission::shared_user>("shared_user", Is::opaque, "Name of the shared user id."),
    column<&SharedPermission::permission>("permission", Is::opaque, "Name of the permission."),
    column<&SharedPermission::kind>(
        "kind", Is::opaque, "`install` granted with the installation, `runtime` decided by a person."),
    column<&SharedPermission::granted>("granted", "Whether it is granted."),
    column<&SharedPermission::user>("user", "Number of the Android user; empty when it is the same for all."),
    column<&SharedPermission::flags>("flags", Is::opaque, "How the decision was made, a bit mask."),
};
inline constexpr auto kSharedPermissions = table<SharedPermission>("android_shared_user_permission",
    "One row per permission of a shared user id, which all of its packages have: in the files of a device.",
    Relation::permitted, kSharedPermissionColumns);

struct Verifier {
    std::string_view role;
    std::string_view package;
    std::optional<std::int64_t> uid;
};

inline constexpr std::array kVerifierColumns {
    column<&Verifier::role>("role", Is::opaque, "`required` or `optional`, or another role as printed."),
    column<&Verifier::package>("package", Is::app_id, "Package that checks apps before installation."),
    column<&Verifier::uid>("uid", "Its user id."),
};
inline constexpr auto kVerifiers = table<Verifier>("android_package_verifier",
    "One row per package that verifies installations: normally the Play Store alone.", Relation::context,
    kVerifierColumns);

struct Warning {
    std::string_view text;
};

inline constexpr std::array kWarningColumns {
    column<&Warning::text>("text", Is::system_text,
        "The message with its own date, in the words and the date format of the device's language."),
};
inline constexpr auto kWarnings = table<Warning>("android_package_warning",
    "One row per message of the package manager: changed signatures, data of packages that are gone.",
    Relation::context, kWarningColumns);

} // namespace exhibit::android::packages
