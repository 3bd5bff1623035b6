#pragma once

#include <cstddef>
#include <string_view>

namespace exhibit {

/// The most bytes of a text that many rows repeat: a long one would cost its length once per row.
constexpr std::size_t kLongestRepeated = 4096;

/// At most `most` bytes of UTF-8, without a part of a character at the end.
constexpr std::string_view beginning_of(std::string_view text, std::size_t most = kLongestRepeated)
{
    if (text.size() <= most)
        return text;
    while (most != 0 && (static_cast<unsigned char>(text[most]) & 0xC0U) == 0x80U)
        --most;
    return text.substr(0, most);
}

} // namespace exhibit
