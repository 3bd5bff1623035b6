#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Where the domains of a backup lie on the device. Apps' containers are named by a UUID on the device; here
/// the bundle or group id stands in its place, since only that is in a backup:
/// `/private/var/mobile/Containers/Data/Application/com.example.app/Documents/x`.
namespace exhibit::ios_backup {

/// The folder that a domain stands for, absolute. For a domain that is not known:
/// `/private/var/@unknown_domain/` and the domain.
std::string domain_root(std::string_view domain);

/// Writes the path of an entry on the device into `into`. An empty relative path is the domain's root.
void put_device_path(std::string_view domain, std::string_view relative_path, std::string& into);

/// The relative paths that a pattern can only mean in this domain: those of its endings that are free of
/// wildcards and whose beginning fits the domain's root. Empty when the pattern lies elsewhere.
std::vector<std::string> relative_paths(std::string_view pattern, std::string_view domain);

/// All domains that every device has, without those of apps.
std::vector<std::string_view> system_domains();

} // namespace exhibit::ios_backup
