#include "acquisition/ios_backup/domains.hpp"

#include "base/text.hpp"

#include <array>

namespace exhibit::ios_backup {

namespace {

struct Root {
    std::string_view name;
    std::string_view path;
};

// Checked against the manifest of a real backup of iOS 14.3: the relative paths of MediaDomain and
// CameraRollDomain begin with `Media/`, those of HealthDomain with `Health/` and `locationd/`, which lie in
// /private/var/mobile/Library on the device.
constexpr std::array kDomains {
    Root { "BooksDomain", "/private/var/mobile/Media/Books" },
    Root { "CameraRollDomain", "/private/var/mobile" },
    Root { "DatabaseDomain", "/private/var/db" },
    Root { "HealthDomain", "/private/var/mobile/Library" },
    Root { "HomeDomain", "/private/var/mobile" },
    Root { "HomeKitDomain", "/private/var/mobile" },
    Root { "InstallDomain", "/private/var/installd" },
    Root { "KeyboardDomain", "/private/var/mobile" },
    Root { "KeychainDomain", "/private/var/Keychains" },
    Root { "ManagedPreferencesDomain", "/private/var/Managed Preferences" },
    Root { "MediaDomain", "/private/var/mobile" },
    Root { "MobileDeviceDomain", "/private/var/MobileDevice" },
    Root { "NetworkDomain", "/private/var/networkd" },
    Root { "ProtectedDomain", "/private/var/protected" },
    Root { "RootDomain", "/private/var/root" },
    Root { "SystemPreferencesDomain", "/private/var/preferences" },
    Root { "TonesDomain", "/private/var/mobile" },
    Root { "WirelessDomain", "/private/var/wireless" },
};

// A domain with a name behind it has one folder per app, group or service.
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
        if (domain.starts_with(container.name)) {
            into += container.path;
            into += domain.substr(container.name.size());
            return;
        }
    for (auto const& known : kDomains)
        if (domain == known.name) {
            into += known.path;
            return;
        }
    into += kUnknown;
    into += domain;
}

} // namespace

std::string domain_root(std::string_view domain)
{
    std::string root;
    append_root(domain, root);
    return root;
}

void put_device_path(std::string_view domain, std::string_view relative_path, std::string& into)
{
    into.clear();
    append_root(domain, into);
    if (relative_path.empty())
        return;
    into += '/';
    into += relative_path;
}

std::vector<std::string> relative_paths(std::string_view pattern, std::string_view domain)
{
    auto const root = domain_root(domain);
    std::vector<std::string> found;
    for (auto slash = pattern.rfind('/'); slash != pattern.npos && slash != 0;
        slash = pattern.rfind('/', slash - 1)) {
        auto const ending = pattern.substr(slash + 1);
        if (ending.find_first_of("*?") != ending.npos)
            break;
        if (!ending.empty() && glob_match(pattern.substr(0, slash), root))
            found.emplace_back(ending);
    }
    return found;
}

std::vector<std::string_view> system_domains()
{
    std::vector<std::string_view> names;
    for (auto const& known : kDomains)
        names.push_back(known.name);
    return names;
}

} // namespace exhibit::ios_backup
