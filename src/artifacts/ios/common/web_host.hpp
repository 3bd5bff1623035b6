#pragma once

#include <string_view>

namespace exhibit::ios {

/// The host of the web site that a folder or file of WebKit is named after, such as `https_www.example.org_0`
/// or `http_example.org_8080.localstorage`, wherever in the path it stands: the innermost, since what a site
/// stores inside the page of another lies in a folder of its own below the other's. Empty when there is none.
std::string_view web_host_of(std::string_view path);

} // namespace exhibit::ios
