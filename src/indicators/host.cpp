#include "indicators/host.hpp"

#include "indicators/ascii.hpp"

#include <algorithm>
#include <cstdint>
#include <idn2.h>
#include <memory>

namespace exhibit::indicators {
namespace {

constexpr std::size_t kLongestHost = 253; // RFC 1035, as text without the trailing dot
constexpr std::size_t kLongestRaw = 1024; // as UTF-8 or with percent escapes, before mapping

bool is_ascii_host_char(char c)
{
    return is_alnum(c) || c == '-' || c == '_' || c == '.';
}

bool has_empty_label(std::string_view host)
{
    return host.empty() || host.front() == '.' || host.find("..") != host.npos;
}

void drop_trailing_dots(std::string& name)
{
    while (name.ends_with('.'))
        name.pop_back();
}

bool decode_percent(std::string_view raw, std::string& out)
{
    out.clear();
    for (std::size_t at = 0; at != raw.size(); ++at) {
        if (raw[at] != '%') {
            out += raw[at];
            continue;
        }
        auto const byte = percent_byte(raw, at);
        if (!byte)
            return false;
        out += *byte;
        at += 2;
    }
    return true;
}

bool to_a_labels(std::string& name)
{
    // Non-transitional first, as browsers do; transitional for names that only it accepts.
    for (int const flags : { IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL, IDN2_NFC_INPUT | IDN2_TRANSITIONAL }) {
        std::uint8_t* found = nullptr;
        auto const status
            = idn2_lookup_u8(reinterpret_cast<std::uint8_t const*>(name.c_str()), &found, flags);
        std::unique_ptr<std::uint8_t, decltype(&idn2_free)> const owner { found, &idn2_free };
        if (status == IDN2_OK) {
            name = reinterpret_cast<char const*>(found);
            return true;
        }
    }
    return false;
}

} // namespace

bool read_host(std::string_view raw, Host& host)
{
    host.address.reset();
    host.name.clear();
    if (raw.empty() || raw.size() > kLongestRaw)
        return false;
    if (raw.front() == '[') {
        host.address = raw.back() == ']' ? parse_address(raw) : std::nullopt;
        return host.address.has_value();
    }
    if (raw.find('%') == raw.npos)
        host.name = raw;
    else if (!decode_percent(raw, host.name))
        return false;
    bool ascii = true;
    for (char& c : host.name) {
        if (is_ascii_host_char(c))
            c = lower(c);
        else if (static_cast<unsigned char>(c) < 0x80)
            return false;
        else
            ascii = false;
    }
    // The mapping yields bytes that no host has: a no-break space becomes a space.
    if (!ascii && !(to_a_labels(host.name) && std::ranges::all_of(host.name, is_ascii_host_char)))
        return false;
    drop_trailing_dots(host.name);
    if (host.name.size() > kLongestHost || has_empty_label(host.name))
        return false;
    host.address = parse_url_address(host.name);
    if (host.address)
        host.name.clear();
    return true;
}

} // namespace exhibit::indicators
