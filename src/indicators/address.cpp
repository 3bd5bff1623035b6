#include "indicators/address.hpp"

#include "base/number.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cstring>

namespace exhibit::indicators {
namespace {

constexpr std::size_t kV4At = 12;

Address from_v4(std::uint32_t number)
{
    Address address;
    address.bytes[10] = address.bytes[11] = 0xFF;
    for (std::size_t i = 0; i != 4; ++i)
        address.bytes[kV4At + i] = static_cast<std::uint8_t>(number >> (24U - 8U * i));
    return address;
}

std::optional<Address> parse_v6(std::string_view text)
{
    std::array<char, INET6_ADDRSTRLEN + 1> buffer {};
    if (text.size() >= buffer.size())
        return std::nullopt;
    std::ranges::copy(text, buffer.begin());
    Address address;
    if (inet_pton(AF_INET6, buffer.data(), address.bytes.data()) != 1)
        return std::nullopt;
    return address;
}

std::optional<std::uint32_t> v4_part(std::string_view part)
{
    int base = 10;
    if (part.size() > 1 && part[0] == '0') {
        auto const hex = part[1] == 'x' || part[1] == 'X';
        base = hex ? 16 : 8;
        part.remove_prefix(hex ? 2 : 1);
        if (part.empty())
            return 0;
    }
    return whole_number<std::uint32_t>(part, base);
}

std::optional<Address> parse_dotted(std::string_view text)
{
    std::uint32_t number = 0;
    for (int left = 4; left != 0; --left) {
        auto const dot = left == 1 ? text.size() : text.find('.');
        if (dot == text.npos || dot == 0 || dot > 3)
            return std::nullopt;
        auto const part = whole_number<std::uint32_t>(text.substr(0, dot));
        if (!part || *part > 255)
            return std::nullopt;
        number = number << 8U | *part;
        text.remove_prefix(left == 1 ? dot : dot + 1);
    }
    return from_v4(number);
}

} // namespace

bool Address::is_v4() const
{
    constexpr std::array<std::uint8_t, kV4At> prefix { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF };
    return std::equal(prefix.begin(), prefix.end(), bytes.begin());
}

bool Address::is_special() const
{
    // RFC 6890 and its successors: what routes to no particular machine on the public network.
    constexpr std::array<std::string_view, 20> special { "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10",
        "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.168.0.0/16",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "::/127",
        "fc00::/7", "fe80::/10", "ff00::/8", "2001:db8::/32", "100::/64" };
    return std::ranges::any_of(
        special, [&](std::string_view network) { return parse_network(network)->contains(*this); });
}

std::optional<Address> parse_address(std::string_view text)
{
    if (text.starts_with('[') && text.ends_with(']'))
        text = text.substr(1, text.size() - 2);
    if (text.find(':') == text.npos)
        return parse_dotted(text);
    if (auto const zone = text.find('%'); zone != text.npos)
        text = text.substr(0, zone);
    return parse_v6(text);
}

std::optional<Address> parse_url_address(std::string_view host)
{
    // By the WHATWG URL standard a host whose last label is a number is an IPv4 address.
    if (host.empty() || host.back() < '0' || (host.back() > '9' && (host.back() | 0x20) > 'f'))
        return std::nullopt;
    std::array<std::uint32_t, 4> parts {};
    std::size_t count = 0;
    while (true) {
        auto const dot = std::min(host.find('.'), host.size());
        auto const part = v4_part(host.substr(0, dot));
        if (!part || dot == 0 || count == parts.size())
            return std::nullopt;
        parts[count++] = *part;
        if (dot == host.size())
            break;
        host.remove_prefix(dot + 1);
    }
    std::uint64_t number = parts[count - 1]; // the last part fills all bytes that are left
    if (number >= 1ULL << (8U * (5 - count)))
        return std::nullopt;
    for (std::size_t i = 0; i + 1 < count; ++i) {
        if (parts[i] > 255)
            return std::nullopt;
        number |= std::uint64_t { parts[i] } << (24U - 8U * i);
    }
    return from_v4(static_cast<std::uint32_t>(number));
}

Address masked(Address address, unsigned bits)
{
    for (unsigned i = 0; i != address.bytes.size(); ++i) {
        auto const kept = bits >= 8 * (i + 1) ? 8U : bits <= 8 * i ? 0U : bits - 8 * i;
        address.bytes[i] = static_cast<std::uint8_t>(address.bytes[i] & (0xFF00U >> kept));
    }
    return address;
}

bool Network::contains(Address const& other) const
{
    return masked(other, bits) == address;
}

std::optional<Network> parse_network(std::string_view text)
{
    auto const slash = text.find('/');
    if (slash == text.npos)
        return std::nullopt;
    auto const address = parse_address(text.substr(0, slash));
    auto const stated = whole_number<unsigned>(text.substr(slash + 1));
    if (!address || !stated || *stated > (address->is_v4() ? 32U : 128U))
        return std::nullopt;
    auto const bits = *stated + (address->is_v4() ? unsigned { 8 * kV4At } : 0U);
    return Network { masked(*address, bits), bits };
}

} // namespace exhibit::indicators
