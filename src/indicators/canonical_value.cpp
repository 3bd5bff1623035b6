#include "indicators/canonical_value.hpp"

#include "base/text.hpp"
#include "indicators/ascii.hpp"
#include "indicators/device_path.hpp"
#include "indicators/host.hpp"
#include "indicators/url.hpp"

#include <algorithm>
#include <array>

namespace exhibit::indicators {
namespace {

constexpr std::size_t kLongestValue = 4096;
constexpr std::size_t kLongestUrl = 16'384;

void replace_all(std::string& text, std::string_view from, std::string_view to)
{
    auto at = text.find(from);
    if (at == text.npos)
        return;
    std::string replaced;
    std::string_view rest = text;
    for (; at != rest.npos; at = rest.find(from)) {
        replaced.append(rest.substr(0, at)).append(to);
        rest.remove_prefix(at + from.size());
    }
    replaced.append(rest);
    text = std::move(replaced);
}

std::string refanged(std::string_view value)
{
    std::string text { trim(value) };
    if (text.size() > 4 && equals_lowered(std::string_view { text }.substr(0, 3), "hxx"))
        text[1] = text[2] = 't';
    for (std::string_view const dot : { "[.]", "(.)", "{.}", "[dot]" })
        replace_all(text, dot, ".");
    replace_all(text, "[:]", ":");
    replace_all(text, "[://]", "://");
    replace_all(text, "[@]", "@");
    replace_all(text, "[at]", "@");
    return text;
}

/// MD5, SHA-1 and SHA-256 of no bytes at all: lists hold them where a sample could not be fetched.
constexpr std::array<std::string_view, 3> kHashesOfNothing { "d41d8cd98f00b204e9800998ecf8427e",
    "da39a3ee5e6b4b0d3255bfef95601890afd80709",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" };

constexpr std::string_view kStar
    = "a star stands for nothing in such a value; a pattern with LIKE or MATCHES says that";

std::unexpected<Error> not_one(std::string_view what)
{
    return fail(Fault::malformed, what);
}

Result<CanonicalValue> canonical_network(Network const& network)
{
    // Wider networks than these hold millions of unrelated machines.
    constexpr unsigned widest_v4 = 96 + 8;
    constexpr unsigned widest_v6 = 16;
    if (network.bits < (network.address.is_v4() ? widest_v4 : widest_v6))
        return not_one("the network is too wide");
    CanonicalValue result;
    result.space = Space::address;
    if (network.bits == 128)
        result.key = network.address.key();
    else
        result.network = network;
    return result;
}

Result<CanonicalValue> canonical_host_or_url(std::string_view value, Kind kind)
{
    auto const text = refanged(value);
    Url url;
    CanonicalValue result;
    if (text.ends_with('*') || text.contains("/*"))
        return not_one(kStar);
    if (kind == Kind::url) {
        if (!read_url(text, url))
            return not_one("it is no URL");
        result.space = Space::url;
        result.key = url.key;
        return result;
    }
    if (auto const network = parse_network(text))
        return canonical_network(*network);
    std::string_view host = text;
    if (host.starts_with("*."))
        host.remove_prefix(2);
    else if (host.starts_with('.'))
        host.remove_prefix(1);
    auto const bare = parse_address(host); // also IPv6 without brackets
    if (!bare && (!read_url(host, url) || !url.has_host))
        return not_one("it is no host");
    auto const address = bare ? bare : url.host.address;
    if (!bare && url.has_more_than_host)
        result = { Space::url, url.key, {} };
    else if (address)
        result = { Space::address, std::string { address->key() }, {} };
    else
        result = { Space::host, url.host.name, {} };
    return result;
}

Result<CanonicalValue> canonical_address(std::string_view value)
{
    auto const text = refanged(value);
    if (auto const network = parse_network(text))
        return canonical_network(*network);
    auto host = canonical_host_or_url(text, Kind::domain);
    if (!host || host->space != Space::address)
        return not_one("it is no IP address");
    return host;
}

Result<CanonicalValue> canonical_path(std::string_view value)
{
    std::string text { trim(value) };
    if (text.contains('*'))
        return not_one(kStar);
    if (text.find('\\') != text.npos || (text.size() > 1 && text[1] == ':'))
        return not_one("it is a path of Windows");
    // Published relative paths (`Library/Preferences/...`) are relative to the home of iOS's user.
    if (!text.starts_with('/') && !text.starts_with('~') && text.find("://") == text.npos)
        text = std::string { "~/" }.append(text);
    CanonicalValue result;
    result.space = Space::path;
    if (!read_device_path(text, result.key) || result.key == "/")
        return not_one("it is no path of a file");
    return result;
}

/// The process of `process/bundle.id`, as DataUsage writes it; of a path without its beginning the last part.
std::string_view process_name(std::string_view text)
{
    auto const slash = text.find('/');
    bool const is_attributed = slash != text.npos && slash != 0 && slash == text.rfind('/')
        && text.substr(slash).find('.') != text.npos;
    return is_attributed ? text.substr(0, slash) : base_name(text);
}

/// The name of a file or process. One with its whole path is compared as a path: other folders may hold
/// harmless files of that name.
Result<CanonicalValue> canonical_name(Kind kind, std::string_view value)
{
    auto const text = trim(value);
    if (text.contains('*'))
        return not_one(kStar);
    if (text.starts_with('/') || text.starts_with("~/"))
        return canonical_path(text);
    CanonicalValue result;
    result.space = space_of(kind);
    result.key = kind == Kind::process ? process_name(text) : base_name(text);
    if (result.key.empty())
        return not_one("it is no name");
    return result;
}

Result<CanonicalValue> canonical_hash(Kind kind, std::string_view value)
{
    CanonicalValue result;
    result.space = kind == Kind::cert_hash ? Space::cert_hash : Space::hash;
    if (!read_hash(value, result.key))
        return not_one("it is no MD5, SHA-1 or SHA-256 value");
    auto const wanted = kind == Kind::md5 ? 32U : kind == Kind::sha1 ? 40U : kind == Kind::sha256 ? 64U : 0U;
    if (wanted != 0 && result.key.size() != wanted)
        return not_one("its length is that of another hash");
    if (std::ranges::find(kHashesOfNothing, result.key) != kHashesOfNothing.end())
        return not_one("it is the hash of every empty file");
    return result;
}

struct Digit {
    char value = '0';
    std::size_t size = 0; ///< in bytes; 0 when there is none
};

/// Of ASCII, or of the Arabic and Persian scripts: U+0660 to U+0669, U+06F0 to U+06F9.
Digit digit_at_front(std::string_view text)
{
    if (is_digit(text.front()))
        return { text.front(), 1 };
    for (std::string_view const zero : { "\xD9\xA0", "\xDB\xB0" })
        if (text.size() >= 2 && text[0] == zero[0] && text[1] >= zero[1] && text[1] <= zero[1] + 9)
            return { static_cast<char>('0' + (text[1] - zero[1])), 2 };
    return {};
}

/// What stands between the digits of a phone number: also the spaces of typography and its dashes, U+2010 to
/// U+2015.
std::size_t phone_separator_at_front(std::string_view text)
{
    if (is_ascii(text.front()))
        return std::string_view { " -()./" }.contains(text.front()) ? 1 : 0;
    bool const is_dash
        = text.size() >= 3 && text.starts_with("\xE2\x80") && text[2] >= '\x90' && text[2] <= '\x95';
    return is_dash ? 3 : invisible_at_front(text);
}

template<typename Read>
Result<CanonicalValue> canonical_by(Read const& read, Space space, std::string_view value)
{
    CanonicalValue result;
    result.space = space;
    if (!read(value, result.key))
        return not_one("it is none of its kind");
    return result;
}

/// Whole values compared without regard to case.
Result<CanonicalValue> canonical_identifier(Kind kind, std::string_view value)
{
    auto text = trim(value);
    if (kind == Kind::account && text.starts_with('@'))
        text.remove_prefix(1);
    CanonicalValue result;
    result.space = space_of(kind);
    result.key = to_lower(text);
    if (result.key.empty()
        || (kind != Kind::account && result.key.find_first_of(" \t\r\n") != std::string::npos))
        return not_one("it holds white space");
    if (kind == Kind::app_id && result.key.contains('*'))
        return not_one(kStar);
    return result;
}

} // namespace

Space space_of(Kind kind)
{
    constexpr std::array<Space, kKindCount> spaces { Space::host, Space::address, Space::url, Space::email,
        Space::phone, Space::account, Space::process, Space::file_name, Space::path, Space::hash, Space::hash,
        Space::hash, Space::app_id, Space::cert_hash, Space::profile_id, Space::property_name };
    return spaces[static_cast<std::size_t>(kind)];
}

Kind kind_of(CanonicalValue const& value, Kind published_as)
{
    return value.space == Space::address ? Kind::ip
        : value.space == Space::path     ? Kind::file_path
                                         : published_as;
}

bool read_email(std::string_view raw, std::string& out)
{
    auto text = trim(raw);
    if (auto const open = text.rfind('<'); open != text.npos && text.ends_with('>'))
        text = text.substr(open + 1, text.size() - open - 2);
    if (text.size() > 7 && equals_lowered(text.substr(0, 7), "mailto:"))
        text.remove_prefix(7);
    text = text.substr(0, text.find('?'));
    auto const at = text.rfind('@');
    if (at == text.npos || at == 0 || at + 1 == text.size() || text.size() > 320)
        return false;
    for (char const c : text)
        if (static_cast<unsigned char>(c) <= 0x20)
            return false;
    lower_into(text, out);
    auto const domain = text.substr(at + 1);
    if (!std::ranges::all_of(domain, is_ascii)) {
        Host host;
        if (!read_host(domain, host))
            return false;
        out.replace(at + 1, out.npos, host.name);
    }
    return true;
}

bool read_phone(std::string_view raw, std::string& out)
{
    auto text = trim(raw);
    if (text.size() > 4 && equals_lowered(text.substr(0, 4), "tel:"))
        text.remove_prefix(4);
    out.clear();
    for (auto rest = text; !rest.empty();) {
        auto const size = phone_separator_at_front(rest);
        auto const digit = size == 0 ? digit_at_front(rest) : Digit {};
        if (digit.size != 0 && out.size() <= 22)
            out += digit.value;
        else if (size == 0 && (!rest.starts_with('+') || rest.size() != text.size()))
            return false;
        rest.remove_prefix(std::max({ size, digit.size, 1UZ }));
    }
    if (out.starts_with("00") && !text.starts_with('+'))
        out.erase(0, 2);
    return out.size() >= 5 && out.size() <= 20;
}

bool read_hash(std::string_view raw, std::string& out)
{
    out.clear();
    for (char const c : trim(raw)) {
        if (c == ':' || c == ' ')
            continue;
        if (hex_value(c) < 0 || out.size() == 64)
            return false;
        out += lower(c);
    }
    return out.size() == 32 || out.size() == 40 || out.size() == 64;
}

Result<CanonicalValue> canonical_value(Kind kind, std::string_view value)
{
    if (value.size() > (kind == Kind::url || kind == Kind::domain ? kLongestUrl : kLongestValue))
        return fail(Fault::over_limit, "the value is too long");
    if (trim(value).empty() || value.find('\0') != value.npos)
        return not_one("the value is empty");
    switch (kind) {
    case Kind::domain:
    case Kind::url:
        return canonical_host_or_url(value, kind);
    case Kind::ip:
        return canonical_address(value);
    case Kind::email:
        return canonical_by(read_email, Space::email, refanged(value));
    case Kind::phone:
        return canonical_by(read_phone, Space::phone, value);
    case Kind::process:
    case Kind::file_name:
        return canonical_name(kind, value);
    case Kind::file_path:
        return canonical_path(value);
    case Kind::md5:
    case Kind::sha1:
    case Kind::sha256:
    case Kind::cert_hash:
        return canonical_hash(kind, value);
    case Kind::account:
    case Kind::app_id:
    case Kind::profile_id:
    case Kind::property_name:
        return canonical_identifier(kind, value);
    }
    return not_one("its kind is not known");
}

} // namespace exhibit::indicators
