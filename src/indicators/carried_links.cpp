#include "indicators/carried_links.hpp"

#include "indicators/ascii.hpp"

#include <algorithm>
#include <cstddef>

namespace exhibit::indicators {
namespace {

constexpr unsigned kMostLinks = 16; // of one carrier
constexpr unsigned kMostEscapes = 3; // one within the other
constexpr std::size_t kLongestLink = 16'384;

bool begins_with(std::string_view text, std::string_view lowered)
{
    return equals_lowered(text.substr(0, lowered.size()), lowered);
}

/// A sign at the front of a text, and how often it is escaped: `%3A` once, `%253A` twice.
struct Sign {
    std::size_t size = 0; ///< 0 when it does not stand there
    unsigned escapes = 0;
};

Sign sign_at_front(std::string_view text, char sign, std::string_view lowered_digits)
{
    if (text.starts_with(sign))
        return { 1, 0 };
    if (!text.starts_with('%'))
        return {};
    std::size_t at = 1;
    unsigned escapes = 1;
    for (; text.substr(at).starts_with("25") && escapes != kMostEscapes; at += 2)
        ++escapes;
    return begins_with(text.substr(at), lowered_digits) ? Sign { at + 2, escapes } : Sign {};
}

/// `://` at the front, one slash being enough: servers drop the second one of a path.
Sign separator_at_front(std::string_view text)
{
    auto const colon = sign_at_front(text, ':', "3a");
    if (colon.size == 0)
        return {};
    auto const slash = sign_at_front(text.substr(colon.size), '/', "2f");
    return slash.size == 0 ? Sign {}
                           : Sign { colon.size + slash.size, std::max(colon.escapes, slash.escapes) };
}

void decode(std::string& text)
{
    std::size_t out = 0;
    for (std::size_t at = 0; at != text.size(); ++at) {
        auto const byte = percent_byte(text, at);
        text[out++] = byte ? *byte : text[at];
        at += byte ? 2U : 0U;
    }
    text.resize(out);
}

void read_link(std::string_view from, unsigned escapes, std::string& link)
{
    auto const cut = [&] { link.resize(std::min(link.find('&'), link.size())); };
    link = from.substr(0, kLongestLink);
    cut();
    for (unsigned done = 0; done != escapes; ++done) {
        if (done != 0)
            cut();
        decode(link);
    }
    link.resize(std::min(link.find_first_of("\"<>` \t\r\n"), link.size())); // of a script or a page
}

} // namespace

bool CarriedLinks::next(std::string& link)
{
    auto const begins_scheme = [](char c) { return c == 'h' || c == 'H'; };
    while (m_found != kMostLinks && m_from < m_carrier.size()) {
        auto const begin = std::find_if(
            m_carrier.begin() + static_cast<std::ptrdiff_t>(m_from), m_carrier.end(), begins_scheme);
        auto const rest = m_carrier.substr(static_cast<std::size_t>(begin - m_carrier.begin()));
        m_from = m_carrier.size() - rest.size() + 1;
        if (!begins_with(rest, "http"))
            continue;
        auto const scheme = rest.size() > 4 && lower(rest[4]) == 's' ? 5UZ : 4UZ;
        auto const separator = separator_at_front(rest.substr(scheme));
        if (separator.size == 0)
            continue;
        ++m_found;
        m_from += scheme + separator.size - 1;
        read_link(rest, separator.escapes, link);
        return true;
    }
    return false;
}

} // namespace exhibit::indicators
