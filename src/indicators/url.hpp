#pragma once

#include "indicators/host.hpp"

#include <string>
#include <string_view>

namespace exhibit::indicators {

/// A URL in the form in which URLs are compared. Buffers are reused from value to value.
struct Url {
    Host host;
    std::string key; ///< canonical form, see `read_url`
    std::size_t key_without_fragment = 0; ///< length of the key up to `#`
    bool has_host = false;
    bool has_more_than_host = false; ///< a path beyond `/`, a query or a fragment

    [[nodiscard]] std::string_view page() const
    {
        return std::string_view { key }.substr(0, key_without_fragment);
    }
};

/// Reads a URL, with or without a scheme. Its canonical form: `http` and `https` are one (the scheme
/// is left out), user name, password and default port are gone, the host is canonical, the path is not
/// empty and has no `.` or `..` segments, `\` is `/`, needless percent escapes are decoded and the others
/// upper case. Path and query keep their case and order. A text without a host (`mailto:`, `data:`)
/// yields `has_host == false` and itself as the key. Returns false for what is no URL at all.
bool read_url(std::string_view raw, Url& url);

/// `203.0.113.7`, `2001:db8::1`
std::string to_text(Address const&);

} // namespace exhibit::indicators
