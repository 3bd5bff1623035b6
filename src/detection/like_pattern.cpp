#include "detection/like_pattern.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <sqlite3.h>

namespace exhibit::detection {
namespace {

constexpr char to_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

constexpr bool is_letter(char c)
{
    return c >= 'a' && c <= 'z';
}

/// The byte of a literal that texts hold seldom: a sign before a space or a digit before a letter.
std::size_t anchor_of(std::string_view literal)
{
    auto const rarity = [](char c) { return is_letter(c) ? 0 : c == ' ' || is_digit(c) ? 1 : 2; };
    return static_cast<std::size_t>(std::ranges::max_element(literal, {}, rarity) - literal.begin());
}

bool contains(std::string_view text, std::string_view literal, std::size_t anchor)
{
    auto const sought = literal[anchor];
    auto const is_sought = [&](char c) { return to_lower(c) == sought; };
    auto const after = literal.size() - anchor;
    for (auto at = anchor; at + after <= text.size(); ++at) {
        auto const rest = text.substr(at, text.size() - at - after + 1);
        at = is_letter(sought)
            ? at + static_cast<std::size_t>(std::ranges::find_if(rest, is_sought) - rest.begin())
            : text.find(sought, at);
        if (at == text.npos || at + after > text.size())
            return false;
        if (std::ranges::equal(text.substr(at - anchor, literal.size()), literal, {}, to_lower))
            return true;
    }
    return false;
}

} // namespace

LikePattern::LikePattern(std::string_view pattern)
    : m_pattern(pattern)
{
    bool const starts = !pattern.starts_with('%');
    bool const ends = !pattern.ends_with('%');
    auto literal = pattern.substr(starts ? 0 : 1);
    literal.remove_suffix(ends || literal.empty() ? 0 : 1);
    if (literal.empty() || (starts && ends) || literal.find_first_of("%_") != literal.npos)
        return;
    m_literal = exhibit::to_lower(literal);
    m_form = starts ? Form::beginning : ends ? Form::end : Form::part;
    m_anchor = anchor_of(m_literal);
}

bool LikePattern::matches(std::string_view text) const
{
    if (m_form == Form::general)
        return sqlite3_strlike(m_pattern.c_str(), text.data(), 0) == 0;
    if (m_literal.size() > text.size())
        return false;
    if (m_form == Form::part)
        return contains(text, m_literal, m_anchor);
    auto const at = m_form == Form::beginning ? 0 : text.size() - m_literal.size();
    return std::ranges::equal(text.substr(at, m_literal.size()), m_literal, {}, to_lower);
}

} // namespace exhibit::detection
