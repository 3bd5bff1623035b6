#pragma once

#include <charconv>
#include <concepts>
#include <cstddef>
#include <optional>
#include <string_view>
#include <system_error>

namespace exhibit {

/// Takes off the number that `text` begins with: no blank, no `+`, no `0x` before it. Nothing, and `text`
/// stays as it is, when there is none or it does not fit. Reals are decimal.
template<typename Number> std::optional<Number> take_number(std::string_view& text, int base = 10)
{
    Number number {};
    std::from_chars_result read {};
    if constexpr (std::floating_point<Number>)
        read = std::from_chars(text.data(), text.data() + text.size(), number);
    else
        read = std::from_chars(text.data(), text.data() + text.size(), number, base);
    if (read.ec != std::errc {})
        return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()));
    return number;
}

/// The number that `text` is, from its first to its last character.
template<typename Number> std::optional<Number> whole_number(std::string_view text, int base = 10)
{
    auto const number = take_number<Number>(text, base);
    return text.empty() ? number : std::nullopt;
}

/// The number that `text` begins with; anything may follow.
template<typename Number> std::optional<Number> leading_number(std::string_view text, int base = 10)
{
    return take_number<Number>(text, base);
}

} // namespace exhibit
