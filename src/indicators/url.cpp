#include "indicators/url.hpp"

#include "indicators/ascii.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <iterator>

namespace exhibit::indicators {
namespace {

struct Parts {
    std::string_view scheme; ///< empty when none was written
    std::string_view authority;
    std::string_view rest; ///< path, query and fragment
    bool hierarchical = false;
};

/// Where the first such byte is, or the size. (`find_first_of` searches for each byte of its set in turn.)
template<typename Predicate> std::size_t find_if(std::string_view text, Predicate const& predicate)
{
    return static_cast<std::size_t>(std::ranges::find_if(text, predicate) - text.begin());
}

bool is_web(std::string_view scheme)
{
    return scheme.empty() || equals_lowered(scheme, "http") || equals_lowered(scheme, "https");
}

std::string_view scheme_of(std::string_view text)
{
    if (text.empty() || !is_letter(text.front()))
        return {};
    std::size_t size = 1;
    while (size < text.size()
        && (is_alnum(text[size]) || text[size] == '+' || text[size] == '-' || text[size] == '.'))
        ++size;
    if (size >= text.size() || text[size] != ':')
        return {};
    return text.substr(0, size);
}

/// `evil.example:8080/x` has a port, not a scheme.
bool is_port_and_path(std::string_view text)
{
    std::size_t digits = 0;
    while (digits < text.size() && is_digit(text[digits]))
        ++digits;
    return digits != 0 && digits <= 5
        && (digits == text.size() || text[digits] == '/' || text[digits] == '?' || text[digits] == '#');
}

/// Without what programs write before the URL proper, twice at most.
std::string_view unwrapped(std::string_view text)
{
    static constexpr std::array<std::string_view, 4> kWrappers { "view-source", "blob", "feed",
        "filesystem" };
    for (int count = 0; count != 2; ++count) {
        auto const scheme = scheme_of(text);
        if (std::ranges::none_of(kWrappers, [&](auto name) { return equals_lowered(scheme, name); }))
            break;
        text.remove_prefix(scheme.size() + 1);
    }
    return text;
}

Parts split(std::string_view text)
{
    text = unwrapped(text);
    Parts parts;
    parts.scheme = scheme_of(text);
    if (!parts.scheme.empty()) {
        auto const after = text.substr(parts.scheme.size() + 1);
        if (after.starts_with("//") || is_web(parts.scheme)) {
            text = after;
        } else if (is_port_and_path(after)) {
            parts.scheme = {};
        } else {
            parts.rest = after;
            return parts;
        }
    }
    parts.hierarchical = true;
    auto const web = is_web(parts.scheme);
    // Browsers accept any number of slashes of either kind after `http:`.
    std::size_t slashes = 0;
    while (slashes < text.size() && (text[slashes] == '/' || (web && text[slashes] == '\\'))
        && (web || slashes < 2))
        ++slashes;
    if (parts.scheme.empty() && slashes != 0 && slashes != 2) // a path, not a host
        parts.hierarchical = false;
    text.remove_prefix(slashes);
    auto const end
        = find_if(text, [&](char c) { return c == '/' || c == '?' || c == '#' || (web && c == '\\'); });
    parts.authority = text.substr(0, end);
    parts.rest = text.substr(end);
    if (parts.scheme.empty() && parts.authority.find('@') != parts.authority.npos) // a mail address
        parts.hierarchical = false;
    return parts;
}

bool is_default_port(std::string_view port)
{
    return port.empty() || port == "80" || port == "443";
}

/// Takes user name and port off the authority; returns the port.
std::string_view take_port(std::string_view& host)
{
    if (auto const at = host.rfind('@'); at != host.npos)
        host.remove_prefix(at + 1);
    auto const colon = host.rfind(':');
    if (colon == host.npos || host.find(']', colon) != host.npos)
        return {};
    auto port = host.substr(colon + 1);
    if (!std::ranges::all_of(port, is_digit))
        return {};
    host = host.substr(0, colon);
    while (port.size() > 1 && port.front() == '0')
        port.remove_prefix(1);
    return port;
}

void append_escape(std::string& out, char byte)
{
    constexpr std::string_view digits = "0123456789ABCDEF";
    auto const value = static_cast<unsigned char>(byte);
    out += '%';
    out += digits[value >> 4U];
    out += digits[value & 0xFU];
}

bool is_unreserved(char c)
{
    return is_alnum(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

bool stays_as_it_is(char c)
{
    return c > 0x20 && c != 0x7F && c != '"' && c != '<' && c != '>' && c != '`' && c != '%';
}

void append_normal(std::string_view text, std::string& out)
{
    while (!text.empty()) {
        auto const run = find_if(text, [](char c) { return !stays_as_it_is(c); });
        out.append(text.substr(0, run));
        if (run == text.size())
            return;
        if (auto const byte = percent_byte(text, run)) {
            if (is_unreserved(*byte))
                out += *byte;
            else
                append_escape(out, *byte);
            text.remove_prefix(run + 3);
        } else {
            if (text[run] == '%')
                out += '%';
            else
                append_escape(out, text[run]);
            text.remove_prefix(run + 1);
        }
    }
}

/// Appends a path with `.` and `..` segments resolved, never climbing above where `out` ended.
void append_path(std::string_view path, std::string& out)
{
    auto const root = out.size();
    auto const slash_at
        = [](std::string_view text) { return find_if(text, [](char c) { return c == '/' || c == '\\'; }); };
    if (!path.empty())
        path.remove_prefix(1);
    out += '/';
    while (true) {
        auto const end = slash_at(path);
        auto const last = end == path.size();
        auto const begin = out.size();
        append_normal(path.substr(0, end), out);
        auto const segment = std::string_view { out }.substr(begin);
        if (segment == "..") {
            out.resize(begin - 1 > root ? out.rfind('/', begin - 2) + 1 : root + 1);
        } else if (segment == ".") {
            out.resize(begin);
        } else if (!last) {
            out += '/';
        }
        if (last)
            return;
        path.remove_prefix(end + 1);
    }
}

void append_host(Host const& host, std::string& out)
{
    if (!host.address)
        out += host.name;
    else if (host.address->is_v4())
        out += to_text(*host.address);
    else
        out += '[' + to_text(*host.address) + ']';
}

void build_key(Parts const& parts, std::string_view port, Url& url)
{
    if (!is_web(parts.scheme)) {
        for (char const c : parts.scheme)
            url.key += lower(c);
        url.key += ':';
    }
    url.key += "//";
    append_host(url.host, url.key);
    if (!is_default_port(port))
        url.key.append(":").append(port);
    auto const hash = std::min(parts.rest.find('#'), parts.rest.size());
    auto const query = std::min(parts.rest.find('?'), hash);
    auto const path_at = url.key.size();
    append_path(parts.rest.substr(0, query), url.key);
    if (hash - query > 1)
        append_normal(parts.rest.substr(query, hash - query), url.key);
    url.key_without_fragment = url.key.size();
    if (parts.rest.size() - hash > 1)
        append_normal(parts.rest.substr(hash), url.key);
    url.has_more_than_host = url.key.size() - path_at > 1;
}

/// Browsers drop tabs and line breaks inside a URL.
std::string_view without_line_breaks(std::string_view text, std::string& buffer)
{
    auto const breaks = [](char c) { return c == '\t' || c == '\r' || c == '\n'; };
    if (find_if(text, breaks) == text.size())
        return text;
    std::ranges::remove_copy_if(text, std::back_inserter(buffer), breaks);
    return buffer;
}

} // namespace

std::string to_text(Address const& address)
{
    std::array<char, INET6_ADDRSTRLEN> buffer {};
    if (address.is_v4())
        inet_ntop(AF_INET, address.bytes.data() + 12, buffer.data(), buffer.size());
    else
        inet_ntop(AF_INET6, address.bytes.data(), buffer.data(), buffer.size());
    return buffer.data();
}

bool read_url(std::string_view raw, Url& url)
{
    url.key.clear();
    url.key_without_fragment = 0;
    url.has_host = url.has_more_than_host = false;
    std::string joined;
    auto const text = without_line_breaks(trim(raw), joined);
    if (text.empty())
        return false;
    auto const parts = split(text);
    if (!parts.hierarchical) {
        if (parts.scheme.empty())
            return false;
        url.key = text;
        url.key_without_fragment = url.key.size();
        return true;
    }
    auto host = parts.authority;
    auto const port = take_port(host);
    if (!read_host(host, url.host)) {
        url.key = text;
        url.key_without_fragment = url.key.size();
        return !parts.scheme.empty();
    }
    url.has_host = true;
    build_key(parts, port, url);
    return true;
}

} // namespace exhibit::indicators
