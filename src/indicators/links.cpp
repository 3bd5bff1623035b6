#include "indicators/links.hpp"

#include "indicators/ascii.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>

namespace exhibit::indicators {
namespace {

constexpr std::size_t kLongestScheme = 32;

enum Class : std::uint8_t {
    none = 0,
    host_char = 1, ///< may stand in a host name; all bytes outside ASCII may
    ends_link = 2, ///< stands in no URL
    local_char = 4, ///< may stand in the local part of a mail address
};

constexpr auto kClasses = [] {
    std::array<std::uint8_t, 256> classes {};
    for (unsigned i = 0; i != 256; ++i) {
        auto const c = static_cast<char>(i);
        std::uint8_t bits = none;
        if (is_alnum(c) || c == '-' || c == '_' || i >= 0x80)
            bits = host_char | local_char;
        if (c == '.' || c == '+' || c == '%')
            bits |= local_char;
        constexpr std::string_view enders = "<>\"`{}|^";
        if (i <= 0x20 || i == 0x7F || enders.find(c) != enders.npos)
            bits |= ends_link;
        classes[i] = bits;
    }
    return classes;
}();

bool is(char c, Class what)
{
    return (kClasses[static_cast<unsigned char>(c)] & what) != 0;
}

/// Punctuation of CJK and European typography that stands around links: U+2018 to U+201F (quotes), U+2026,
/// U+00AB, U+00BB, U+3001 to U+3011 and U+FF01 to U+FF1F except digits and letters.
std::size_t punctuation_at_front(std::string_view text)
{
    if (text.size() < 2)
        return 0;
    if (text.starts_with("\xC2\xAB") || text.starts_with("\xC2\xBB"))
        return 2;
    if (text.size() < 3)
        return 0;
    auto const second = static_cast<unsigned char>(text[1]);
    auto const third = static_cast<unsigned char>(text[2]);
    bool const quote
        = text[0] == '\xE2' && second == 0x80 && ((third >= 0x98 && third <= 0x9F) || third == 0xA6);
    bool const cjk = text[0] == '\xE3' && second == 0x80 && third >= 0x81 && third <= 0x91 && third != 0x82;
    bool const wide = text[0] == '\xEF' && second == 0xBC
        && ((third >= 0x81 && third <= 0x8F && third != 0x8D && third != 0x8E) || third == 0x9A
            || third == 0x9B || third == 0x9F);
    return quote || cjk || wide ? 3 : 0;
}

bool ends_at(std::string_view text)
{
    if (is_ascii(text.front()))
        return is(text.front(), ends_link);
    return invisible_at_front(text) != 0 || punctuation_at_front(text) != 0;
}

/// Without what ends a sentence rather than a link: punctuation, and brackets that were not opened in it.
std::string_view without_trailing_punctuation(std::string_view link)
{
    constexpr std::string_view trailing = ".,;:!?'*~";
    auto const surplus = [&](char open, char close) {
        return std::ranges::count(link, close) - std::ranges::count(link, open);
    };
    std::optional<std::ptrdiff_t> round;
    std::optional<std::ptrdiff_t> square;
    while (!link.empty()) {
        auto const last = link.back();
        if (last == ')' || last == ']') {
            auto& left = last == ')' ? round : square;
            if (!left)
                left = last == ')' ? surplus('(', ')') : surplus('[', ']');
            if (*left <= 0)
                break;
            --*left;
        } else if (trailing.find(last) == trailing.npos) {
            break;
        }
        link.remove_suffix(1);
    }
    return link;
}

/// The length of `:8080` at the front; 0 when there is no port.
std::size_t port_at_front(std::string_view text)
{
    if (!text.starts_with(':'))
        return 0;
    std::size_t size = 1;
    while (size < text.size() && size <= 6 && is_digit(text[size]))
        ++size;
    bool const ends = size == text.size() || !is(text[size], host_char);
    return size > 1 && size <= 6 && ends ? size : 0;
}

/// Whether a run of host characters and dots reads like a host: an IPv4 address, or labels with a
/// top-level domain that begins with a letter.
bool looks_like_host(std::string_view run)
{
    auto const dot = run.rfind('.');
    if (dot == run.npos || dot == 0 || dot + 1 == run.size() || run.find("..") != run.npos
        || run.front() == '.')
        return false;
    if (is_digit(run[dot + 1]))
        return std::ranges::count(run, '.') == 3
            && std::ranges::all_of(run, [](char c) { return is_digit(c) || c == '.'; });
    return run.size() - dot > 2;
}

/// Without the `_` of emphasis at the end, as in `_site.example_`: no top-level domain ends so.
std::string_view without_emphasis(std::string_view run)
{
    auto const last = run.find_last_not_of('_');
    return run.substr(0, last == run.npos ? 0 : last + 1);
}

bool begins_path(char c)
{
    return c == '/' || c == '?' || c == '#' || c == '\\';
}

/// How much of what follows `://` is user, host and port: what can stand in none of them and begins no path
/// ends the link, such as the comma between two links. All of it where there is no host.
std::size_t size_of_authority(std::string_view authority, bool has_path)
{
    auto const user = authority.rfind('@');
    auto const host = user == authority.npos ? 0 : user + 1;
    if (host == authority.size() || authority[host] == '[') // none, or an IPv6 address
        return authority.size();
    auto at = host;
    while (at < authority.size()
        && (authority[at] == '.' || authority[at] == '%' || is(authority[at], host_char)))
        ++at;
    auto const port = port_at_front(authority.substr(at));
    bool const is_last = port == 0 && (at != authority.size() || !has_path);
    while (is_last && at > host && authority[at - 1] == '_') // `_https://site.example_` is emphasis
        --at;
    return at == host ? authority.size() : at + port;
}

} // namespace

bool is_defanged(std::string_view link)
{
    auto const scheme = link.substr(0, link.find("://"));
    // A word may run into it, as into any scheme.
    auto const ends = [&](std::string_view end) {
        return scheme.size() >= end.size() && equals_lowered(scheme.substr(scheme.size() - end.size()), end);
    };
    return scheme.size() < link.size() && (ends("hxxp") || ends("hxxps"));
}

std::string_view ascii_core(Link const& link)
{
    auto const text = link.text;
    auto const first_foreign = [](std::string_view in) {
        return static_cast<std::size_t>(std::ranges::find_if_not(in, is_ascii) - in.begin());
    };
    if (link.type != Link::Type::host)
        return text.substr(0, first_foreign(text));
    auto const dot = text.find('.');
    auto begin = std::min(dot, text.size());
    while (begin != 0 && is_ascii(text[begin - 1]))
        --begin;
    if (begin != 0) {
        auto lead = begin - 1;
        while (lead != 0 && (static_cast<unsigned char>(text[lead]) & 0xC0U) == 0x80U)
            --lead;
        // U+2000 and above: symbols, CJK and emoji. Below lie the scripts that write spaces.
        if (static_cast<unsigned char>(text[lead]) < 0xE2)
            return {};
    }
    auto const core = text.substr(begin, first_foreign(text.substr(begin)));
    return dot == begin || dot + 1 >= begin + core.size() ? std::string_view {} : core;
}

std::size_t LinkFinder::link_end(std::size_t from) const
{
    while (from < m_text.size() && !ends_at(m_text.substr(from)))
        ++from;
    return from;
}

std::size_t LinkFinder::url_end(std::size_t authority) const
{
    auto end = authority;
    while (end < m_text.size() && !begins_path(m_text[end]) && !ends_at(m_text.substr(end)))
        ++end;
    bool const has_path = end < m_text.size() && begins_path(m_text[end]);
    auto const size = size_of_authority(m_text.substr(authority, end - authority), has_path);
    return authority + size == end ? link_end(end) : authority + size;
}

std::size_t LinkFinder::word_begin(std::size_t from) const
{
    while (from > m_from) {
        auto const c = m_text[from - 1];
        if (c != '.' && !is(c, host_char))
            break;
        // Three-byte separators end with a continuation byte: look at the whole character.
        if (!is_ascii(c)) {
            auto begin = from - 1;
            while (begin > m_from && (static_cast<unsigned char>(m_text[begin]) & 0xC0U) == 0x80U)
                --begin;
            if (ends_at(m_text.substr(begin)))
                break;
            from = begin;
            continue;
        }
        --from;
    }
    return from;
}

std::size_t LinkFinder::word_end(std::size_t from) const
{
    while (from < m_text.size() && (m_text[from] == '.' || is(m_text[from], host_char))) {
        if (!is_ascii(m_text[from]) && ends_at(m_text.substr(from)))
            break;
        ++from;
    }
    return from;
}

bool LinkFinder::url_at(std::size_t colon, Link& link)
{
    auto begin = colon;
    while (begin > m_from && colon - begin < kLongestScheme
        && (is_alnum(m_text[begin - 1]) || m_text[begin - 1] == '+'))
        --begin;
    auto const scheme = m_text.substr(begin, colon - begin);
    // `seehttps://`: a word may run into the scheme.
    for (std::string_view const web : { "https", "http" }) {
        if (scheme.size() > web.size() && equals_lowered(scheme.substr(scheme.size() - web.size()), web)) {
            begin = colon - web.size();
            break;
        }
    }
    while (begin < colon && !is_letter(m_text[begin]))
        ++begin;
    if (begin == colon)
        return false;
    auto const end = url_end(colon + 3);
    auto const text = without_trailing_punctuation(m_text.substr(begin, end - begin));
    if (text.size() <= colon + 3 - begin)
        return false;
    link = { Link::Type::url, text };
    m_from = begin + text.size();
    return true;
}

bool LinkFinder::email_at(std::size_t at_sign, Link& link)
{
    auto begin = at_sign;
    while (begin > m_from && is(m_text[begin - 1], local_char))
        --begin;
    while (begin < at_sign && !is_ascii(m_text[begin])) // prose that runs into the address
        ++begin;
    auto const end = word_end(at_sign + 1);
    auto const run = without_trailing_punctuation(m_text.substr(begin, end - begin));
    auto const text = without_emphasis(run);
    if (begin == at_sign || text.size() <= at_sign + 1 - begin
        || !looks_like_host(text.substr(at_sign + 1 - begin)))
        return false;
    link = { Link::Type::email, text, text.size() != run.size() };
    m_from = begin + run.size();
    return true;
}

bool LinkFinder::host_at(std::size_t dot, Link& link)
{
    if (dot == m_from || dot + 1 == m_text.size() || !is(m_text[dot - 1], host_char)
        || !is(m_text[dot + 1], host_char))
        return false;
    auto const begin = word_begin(dot);
    auto end = word_end(dot);
    if (begin > m_from && m_text[begin - 1] == '@' && email_at(begin - 1, link))
        return true;
    if (end < m_text.size() && m_text[end] == '@' && email_at(end, link))
        return true;
    if (m_text.substr(end).starts_with("://") && url_at(end, link)) // `word.https://...`
        return true;
    auto const run = without_trailing_punctuation(m_text.substr(begin, end - begin));
    m_from = end; // whatever follows, no later search comes back to this run
    if (run.ends_with('_'))
        return emphasized_host(run, link);
    if (!looks_like_host(run))
        return false;
    if (run.size() == end - begin) {
        end += port_at_front(m_text.substr(end));
        if (end < m_text.size() && (m_text[end] == '/' || m_text[end] == '?' || m_text[end] == '#'))
            end = link_end(end);
    }
    link = { Link::Type::host, without_trailing_punctuation(m_text.substr(begin, end - begin)) };
    m_from = std::max(m_from, begin + link.text.size());
    return true;
}

bool LinkFinder::emphasized_host(std::string_view run, Link& link)
{
    auto host = without_emphasis(run);
    host.remove_prefix(std::min(host.find_first_not_of('_'), host.size()));
    link = { Link::Type::host, host, true };
    return looks_like_host(host);
}

bool LinkFinder::next(Link& link)
{
    auto const find = [&](char c, std::size_t from) { return std::min(m_text.find(c, from), m_text.size()); };
    if (!m_started) {
        m_started = true;
        m_colon = find(':', 0);
        m_dot = find('.', 0);
    }
    while (m_colon < m_text.size() || m_dot < m_text.size()) {
        auto const colon_first = m_colon < m_dot;
        auto const at = colon_first ? m_colon : m_dot;
        auto const found = at >= m_from
            && (colon_first ? m_text.substr(at).starts_with("://") && url_at(at, link) : host_at(at, link));
        auto const from = std::max(m_from, at + 1);
        if (m_colon < from)
            m_colon = find(':', from);
        if (m_dot < from)
            m_dot = find('.', from);
        if (found)
            return true;
    }
    return false;
}

} // namespace exhibit::indicators
