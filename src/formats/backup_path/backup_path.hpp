#pragma once

#include <string>
#include <string_view>
#include <vector>

/// Where the files of an iOS backup lay on the device. A backup names a file by its domain and a path in it.
namespace exhibit::backup_path {

/// `HomeDomain`, `Library/SMS/sms.db` gives `/private/var/mobile/Library/SMS/sms.db`. Containers, whose
/// folders have random names on the device, are named by their app or group instead. A domain that is
/// not known gives `/private/var/@unknown_domain/<domain>/<path>`. An empty path is the domain's folder.
std::string device_path(std::string_view domain, std::string_view path);

/// The same, into a text that is used again and again.
void device_path(std::string_view domain, std::string_view path, std::string& into);

/// All domains that every device has, without those of apps.
std::vector<std::string_view> system_domains();

/// The app whose container a domain is: `AppDomain-org.example.app` gives `org.example.app`, and so do the
/// containers of its extensions. Empty for groups and for the system's domains.
std::string_view app_of(std::string_view domain);

} // namespace exhibit::backup_path
