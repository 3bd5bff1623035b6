#include "formats/backup_path/backup_path.hpp"

#include <array>

namespace exhibit::backup_path {
namespace {

struct Root {
    std::string_view domain;
    std::string_view folder;
};

// Where each domain begins; told from the first path component of its files in a backup of iOS 14.3 and their
// places in file system dumps. The relative paths of MediaDomain and CameraRollDomain begin with `Media/`,
// those of HealthDomain with `Health/` and `locationd/`, which lie in /private/var/mobile/Library on the
// device.
constexpr std::array kRoots {
    Root { "HomeDomain", "/private/var/mobile" },
    Root { "CameraRollDomain", "/private/var/mobile" },
    Root { "MediaDomain", "/private/var/mobile" },
    Root { "RootDomain", "/private/var/root" },
    Root { "WirelessDomain", "/private/var/wireless" },
    Root { "SystemPreferencesDomain", "/private/var/preferences" },
    Root { "ManagedPreferencesDomain", "/private/var/Managed Preferences" },
    Root { "KeychainDomain", "/private/var/Keychains" },
    Root { "DatabaseDomain", "/private/var/db" },
    Root { "InstallDomain", "/private/var/installd" },
    Root { "HealthDomain", "/private/var/mobile/Library" },
    Root { "HomeKitDomain", "/private/var/mobile" },
    Root { "KeyboardDomain", "/private/var/mobile" },
    Root { "TonesDomain", "/private/var/mobile" },
    Root { "BooksDomain", "/private/var/mobile/Media/Books" },
    Root { "MobileDeviceDomain", "/private/var/MobileDevice" },
    Root { "NetworkDomain", "/private/var/networkd" },
    Root { "ProtectedDomain", "/private/var/protected" },
};

// Domains of containers: what follows the hyphen is the app or group.
constexpr std::array kContainers {
    Root { "AppDomain-", "/private/var/mobile/Containers/Data/Application/" },
    Root { "AppDomainGroup-", "/private/var/mobile/Containers/Shared/AppGroup/" },
    Root { "AppDomainPlugin-", "/private/var/mobile/Containers/Data/PluginKitPlugin/" },
    Root { "SysContainerDomain-", "/private/var/containers/Data/System/" },
    Root { "SysSharedContainerDomain-", "/private/var/containers/Shared/SystemGroup/" },
};

constexpr std::string_view kUnknown = "/private/var/@unknown_domain/";

void append_root(std::string_view domain, std::string& into)
{
    for (auto const& container : kContainers)
        if (domain.starts_with(container.domain)) {
            into += container.folder;
            into += domain.substr(container.domain.size());
            return;
        }
    for (auto const& root : kRoots)
        if (domain == root.domain) {
            into += root.folder;
            return;
        }
    into += kUnknown;
    into += domain;
}

} // namespace

void device_path(std::string_view domain, std::string_view path, std::string& into)
{
    into.clear();
    append_root(domain, into);
    if (path.empty())
        return;
    if (!path.starts_with('/'))
        into += '/';
    into += path;
}

std::string device_path(std::string_view domain, std::string_view path)
{
    std::string into;
    device_path(domain, path, into);
    return into;
}

std::vector<std::string_view> system_domains()
{
    std::vector<std::string_view> names;
    names.reserve(kRoots.size());
    for (auto const& root : kRoots)
        names.push_back(root.domain);
    return names;
}

std::string_view app_of(std::string_view domain)
{
    for (std::string_view const kind : { "AppDomain-", "AppDomainPlugin-" })
        if (domain.starts_with(kind))
            return domain.substr(kind.size());
    return {};
}

} // namespace exhibit::backup_path
