#include "acquisition/ios_file_system/layout.hpp"

#include <algorithm>

namespace exhibit::ios_file_system {

namespace {

bool has_folder(Container const& container, std::string const& folder, std::string_view name)
{
    auto const node = container.find(join_path(folder, name));
    return node && node->kind == EntryKind::folder;
}

/// Whether a folder holds what lies in /private/var of an iPhone. A Mac has a /private/var without `mobile`.
bool is_private_var(Container const& container, std::string const& folder)
{
    if (!has_folder(container, folder, "mobile/Library"))
        return false;
    for (auto const* const name :
        { "root", "wireless", "containers", "db", "preferences", "installd", "Keychains" })
        if (has_folder(container, folder, name))
            return true;
    return false;
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

bool is_under(std::string_view path, std::string_view folder)
{
    return folder.empty() || path == folder || (path.starts_with(folder) && path[folder.size()] == '/');
}

} // namespace

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
