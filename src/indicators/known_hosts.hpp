#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace exhibit::indicators {

enum class SharedHost : std::uint8_t {
    no,
    public_suffix, ///< of the public suffix list, its private section (github.io, blogspot.com ...) included
    shared_service, ///< rules/common/shared_hosts.txt
    shortener, ///< rules/common/shorteners.txt
    single_label, ///< `localhost`, `router`: no host of the public network
};
std::string_view name_of(SharedHost);

/// Whether many unrelated people have pages below this host; it is canonical (see `read_host`).
SharedHost shared_host(std::string_view host);

/// Whether the host is one of a link shortener, whose links tell nothing about where they lead.
bool is_shortener(std::string_view host);

/// Whether a URL is a link of a shortener: to be shown as unresolved, never to be contacted.
bool is_short_link(std::string_view url);

} // namespace exhibit::indicators
