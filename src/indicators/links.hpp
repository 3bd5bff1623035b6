#pragma once

#include <cstdint>
#include <string_view>

namespace exhibit::indicators {

/// A link or mail address found in prose.
struct Link {
    enum class Type : std::uint8_t {
        url, ///< with a scheme: `https://a.example/b`
        host, ///< without one: `a.example`, `www.a.example/b`, `203.0.113.7/x`
        email,
    };
    Type type = Type::url;
    std::string_view text; ///< a part of the prose, without the punctuation around it
    bool emphasized = false; ///< `_` stands behind it: one at its front may be emphasis too
};

/// Finds the links of a text, one after the other, in one pass: URLs with any scheme, host names and
/// IPv4 addresses without one (people and attackers write `a.example/b` too), mail addresses.
/// Punctuation that ends a sentence, quotes, closing brackets that were not opened in the link, white
/// space and invisible characters end a link. What it finds need not exist: `end.Start` is a host to it.
class LinkFinder {
public:
    explicit LinkFinder(std::string_view text)
        : m_text(text)
    {
    }

    /// The next link. Returns false at the end.
    bool next(Link& link);

private:
    bool url_at(std::size_t colon, Link& link);
    bool host_at(std::size_t dot, Link& link);
    static bool emphasized_host(std::string_view run, Link& link);
    bool email_at(std::size_t at_sign, Link& link);
    [[nodiscard]] std::size_t link_end(std::size_t from) const;
    [[nodiscard]] std::size_t url_end(std::size_t authority) const;
    [[nodiscard]] std::size_t word_begin(std::size_t from) const;
    [[nodiscard]] std::size_t word_end(std::size_t from) const;

    std::string_view m_text;
    std::size_t m_from = 0; ///< where the part that is not searched yet begins
    std::size_t m_colon = 0; ///< next ':' at or after m_from, once looked for
    std::size_t m_dot = 0; ///< likewise '.'
    bool m_started = false;
};

/// Whether a link was written as those write it who warn of it, so that nobody opens it:
/// `hxxps://evil.example`.
bool is_defanged(std::string_view link);

/// In prose without spaces, words of another script and emoji may stand directly before a host and
/// after any link: this is the part of the link that is then meant. Empty when there is no such part;
/// equal to the link's text when all of it is ASCII. Never cuts within a word of Latin or alike script,
/// so that `xü.a.example` does not become `.a.example`.
std::string_view ascii_core(Link const& link);

} // namespace exhibit::indicators
