#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace exhibit::ios {

/// The web site that WebKit named a folder or file after, such as `https_www.example.org_0` or
/// `http_example.org_8080.localstorage-wal`.
struct NamedSite {
    std::string scheme;
    std::string_view host;
    std::optional<std::uint16_t> port; ///< where it is not the usual one
    bool has_port = false; ///< the name tells of a port, be it the usual one
    std::size_t end = 0; ///< where the name goes on behind host and port

    [[nodiscard]] std::string url() const;
};
std::optional<NamedSite> site_of_name(std::string_view name);

/// The host of the web site that a folder or file of WebKit is named after, wherever in the path it stands:
/// the innermost, since what a site stores inside the page of another lies in a folder of its own below the
/// other's. Empty when there is none.
std::string_view web_host_of(std::string_view path);

} // namespace exhibit::ios
