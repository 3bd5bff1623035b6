#pragma once

#include "base/text.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace exhibit::indicators {

// Byte classes that depend on no locale.

constexpr char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

constexpr bool is_letter(char c)
{
    return lower(c) >= 'a' && lower(c) <= 'z';
}

constexpr bool is_alnum(char c)
{
    return is_digit(c) || is_letter(c);
}

constexpr bool is_ascii(char c)
{
    return static_cast<unsigned char>(c) < 0x80;
}

constexpr int hex_value(char c)
{
    if (is_digit(c))
        return c - '0';
    auto const letter = lower(c);
    return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

/// The byte that `%xx` at `at` stands for; nothing when it is no such escape.
constexpr std::optional<char> percent_byte(std::string_view text, std::size_t at)
{
    if (at + 2 >= text.size() || text[at] != '%')
        return std::nullopt;
    auto const high = hex_value(text[at + 1]);
    auto const low = hex_value(text[at + 2]);
    if (high < 0 || low < 0)
        return std::nullopt;
    return static_cast<char>(high * 16 + low);
}

/// Writes the lower-case form of `text` to `out`, whose buffer is reused.
inline std::string_view lower_into(std::string_view text, std::string& out)
{
    out.resize(text.size());
    for (std::size_t i = 0; i != text.size(); ++i)
        out[i] = lower(text[i]);
    return out;
}

/// Whether the text is the same but for the case of ASCII letters; `lowered` is lower-case already.
constexpr bool equals_lowered(std::string_view text, std::string_view lowered)
{
    if (text.size() != lowered.size())
        return false;
    for (std::size_t i = 0; i != text.size(); ++i)
        if (lower(text[i]) != lowered[i])
            return false;
    return true;
}

/// Without white space, control bytes and invisible characters (zero-width, direction marks, BOM,
/// no-break space) at both ends: chat programs and copied text carry them around links.
std::string_view trim(std::string_view text);

/// How many bytes the invisible character or Unicode space at the front takes; 0 when there is none.
std::size_t invisible_at_front(std::string_view text);

} // namespace exhibit::indicators
