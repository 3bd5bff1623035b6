#include "acquisition/ios_file_system/layout.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace exhibit::ios_file_system {

namespace {

using namespace std::string_view_literals;

bool has_folder(Container const& container, std::string const& folder, std::string_view name)
{
    auto const node = container.find(join_path(folder, name));
    return node && node->kind == EntryKind::folder;
}

bool has_any(Container const& container, std::string const& folder, std::span<std::string_view const> paths)
{
    return std::ranges::any_of(
        paths, [&](std::string_view path) { return container.find(join_path(folder, path)).has_value(); });
}

// What only phones have. A Mac has /private/var with db, root, log and networkd, and a home folder with
// Library/Safari, Library/Accounts or Library/Biome; projects of other kinds have `mobile/Library`.
// Short names such as `wireless` say something only with what lies in them.
constexpr std::array kOfPrivateVar { "installd/Library"sv, "wireless/Library"sv,
    "MobileDevice/ProvisioningProfiles"sv, "Keychains/keychain-2.db"sv, "containers/Bundle/Application"sv,
    "containers/Data/System"sv, "containers/Shared/SystemGroup"sv, "preferences/SystemConfiguration"sv,
    "preferences/com.apple.networkextension.plist"sv, "preferences/com.apple.wifi.known-networks.plist"sv,
    "db/diagnostics/shutdown.log"sv, "root/Library/Lockdown"sv, "root/Library/MobileContainerManager"sv,
    "root/Library/Logs/MobileContainerManager"sv };
constexpr std::array kOfHome { "Containers/Data/Application"sv, "Containers/Shared/AppGroup"sv,
    "Library/AddressBook/AddressBook.sqlitedb"sv, "Library/BulletinBoard"sv,
    "Library/Calendar/Calendar.sqlitedb"sv, "Library/CallHistoryDB/CallHistory.storedata"sv,
    "Library/ConfigurationProfiles"sv, "Library/CoreDuet"sv, "Library/FrontBoard"sv, "Library/SMS/sms.db"sv,
    "Library/SMS/Attachments"sv, "Library/SpringBoard"sv, "Library/TCC/TCC.db"sv,
    "Library/UserConfigurationProfiles"sv, "Library/Preferences/com.apple.springboard.plist"sv };
constexpr std::array kOfHomeOfMac { "Library/Accounts/Accounts3.sqlite"sv, "Library/Biome"sv,
    "Library/IdentityServices"sv, "Library/Logs/CrashReporter"sv, "Library/Safari/History.db"sv,
    "Library/Preferences"sv };

/// Whether a folder holds what lies in /private/var of an iPhone.
bool is_private_var(Container const& container, std::string const& folder)
{
    return has_folder(container, folder, "mobile/Library")
        && (has_any(container, folder, kOfPrivateVar)
            || has_any(container, join_path(folder, "mobile"), kOfHome));
}

/// The same for a part of it.
bool is_part_of_private_var(Container const& container, std::string const& folder)
{
    auto const home = join_path(folder, "mobile");
    return has_any(container, folder, kOfPrivateVar) || has_any(container, home, kOfHome)
        || has_any(container, home, kOfHomeOfMac);
}

/// Whether a folder is the unpacked HomeDomain of a backup, which has other names for the folders of apps.
bool is_of_backup(std::string_view folder)
{
    return base_name(folder).ends_with("Domain");
}

/// Where the folder of one partition was: the data partition is mounted at /private/var.
std::optional<Mount> mount_of(Container const& container, std::string const& folder)
{
    if (has_folder(container, folder, "private/var/mobile"))
        return Mount { folder, "" };
    if (is_private_var(container, folder))
        return Mount { folder, "/private/var" };
    return std::nullopt;
}

std::optional<Mount> mount_of_part(Container const& container, std::string const& folder)
{
    if (is_part_of_private_var(container, join_path(folder, "private/var")))
        return Mount { folder, "" };
    if (is_part_of_private_var(container, join_path(folder, "var")))
        return Mount { join_path(folder, "var"), "/private/var" };
    if (is_part_of_private_var(container, folder))
        return Mount { folder, "/private/var" };
    if (!is_of_backup(folder) && has_any(container, folder, kOfHome))
        return Mount { folder, "/private/var/mobile" };
    return std::nullopt;
}

/// The name of the folder says much already.
std::optional<Mount> mount_of_partition(Container const& container, std::string const& partition)
{
    if (auto mount = mount_of_part(container, partition))
        return mount;
    return has_folder(container, partition, "mobile/Library")
        ? std::optional { Mount { partition, "/private/var" } }
        : std::nullopt;
}

} // namespace

bool is_under(std::string_view path, std::string_view folder)
{
    return folder.empty() || path == folder || (path.starts_with(folder) && path[folder.size()] == '/');
}

std::vector<Mount> find_mounts(Container const& container, std::string const& folder)
{
    std::vector<Mount> mounts;
    // Cellebrite's archives have one folder per partition: the system in the first, the data in the second.
    for (auto const* const partition : { "filesystem2", "filesystem1" }) {
        auto const inside = join_path(folder, partition);
        if (!has_folder(container, folder, partition))
            continue;
        if (auto mount = mount_of(container, inside))
            mounts.push_back(std::move(*mount));
        else if (has_folder(container, inside, "System") || has_folder(container, inside, "Applications"))
            mounts.push_back({ inside, "" });
    }
    auto const has_data = std::ranges::any_of(
        mounts, [&](Mount const& mount) { return mount_of(container, mount.folder).has_value(); });
    if (has_data)
        return mounts;
    mounts.clear();
    if (has_folder(container, folder, "var/mobile") && !has_folder(container, folder, "private/var/mobile")) {
        mounts.push_back({ join_path(folder, "var"), "/private/var" });
        mounts.push_back({ folder, "" });
    } else if (auto mount = mount_of(container, folder))
        mounts.push_back(std::move(*mount));
    return mounts;
}

std::vector<Mount> find_part(Container const& container, std::string const& folder)
{
    std::vector<Mount> mounts;
    for (auto const* const partition : { "filesystem2", "filesystem1" })
        if (auto mount = mount_of_partition(container, join_path(folder, partition)))
            mounts.push_back(std::move(*mount));
    if (mounts.empty())
        if (auto mount = mount_of_part(container, folder))
            mounts.push_back(std::move(*mount));
    return mounts;
}

bool put_device_path(std::vector<Mount> const& mounts, std::string_view path, std::string& into)
{
    for (auto const& mount : mounts) {
        if (!is_under(path, mount.folder))
            continue;
        auto relative = path.substr(std::min(mount.folder.size(), path.size()));
        if (relative.starts_with('/'))
            relative.remove_prefix(1);
        into = mount.device;
        if (!relative.empty() || into.empty())
            into += '/';
        into += relative;
        return true;
    }
    return false;
}

} // namespace exhibit::ios_file_system
