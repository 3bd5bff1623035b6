#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace exhibit::indicators {

/// An IP address; IPv4 is held as IPv4-mapped IPv6, so that both spellings are equal.
struct Address {
    std::array<std::uint8_t, 16> bytes {};

    [[nodiscard]] bool is_v4() const;
    /// Private, loopback, link-local, documentation, multicast or unspecified: nobody's server.
    [[nodiscard]] bool is_special() const;
    [[nodiscard]] std::string_view key() const
    {
        return { reinterpret_cast<char const*>(bytes.data()), bytes.size() };
    }
    friend bool operator==(Address const&, Address const&) = default;
};

/// Dotted IPv4 (four decimal numbers) or IPv6, with or without brackets and zone; nothing else around it.
std::optional<Address> parse_address(std::string_view text);

/// IPv4 as browsers read host names: also `0x7f.1`, `017700000001` and `2130706433`.
std::optional<Address> parse_url_address(std::string_view host);

/// An address and how many of its leading bits count (of 128).
struct Network {
    Address address;
    unsigned bits = 128;

    [[nodiscard]] bool contains(Address const&) const;
};

/// `203.0.113.0/24`, `2001:db8::/32`. Bits beyond the prefix are cleared.
std::optional<Network> parse_network(std::string_view text);

/// The address with all but its first `bits` bits cleared.
Address masked(Address, unsigned bits);

} // namespace exhibit::indicators
