#pragma once

#include "indicators/address.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace exhibit::indicators {

/// A host in the form in which hosts are compared: an address, or lower-case A-labels without a
/// trailing dot. Reused from value to value, so that its buffer is allocated once.
struct Host {
    std::string name; ///< empty when it is an address
    std::optional<Address> address;
};

/// Reads the host of a URL or a bare host: percent escapes are decoded, international names become
/// A-labels (IDNA 2008 with UTS 46 mapping), numbers become addresses as in browsers.
/// Returns false when it can be no host.
bool read_host(std::string_view raw, Host& host);

/// The host one label up (`b.c` for `a.b.c`), empty after the last.
inline std::string_view parent_host(std::string_view host)
{
    auto const dot = host.find('.');
    return dot == host.npos ? std::string_view {} : host.substr(dot + 1);
}

} // namespace exhibit::indicators
