#pragma once

#include <cstddef>
#include <cstdint>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace exhibit {

/// Where in 64 characters of a JSON text those stand that mean something: bit n is character n.
struct JsonBlock {
    static constexpr std::size_t kSize = 64;

    std::uint64_t quotes = 0;
    std::uint64_t escapes = 0;
    std::uint64_t opens = 0; ///< `{` and `[`
    std::uint64_t closes = 0;
};

#if defined(__SSE2__)
inline JsonBlock json_block(char const* text)
{
    constexpr std::size_t width = 16;
    auto const equal = [](__m128i characters, char wanted) {
        auto const found = _mm_movemask_epi8(_mm_cmpeq_epi8(characters, _mm_set1_epi8(wanted)));
        return std::uint64_t { static_cast<std::uint32_t>(found) };
    };
    JsonBlock block;
    for (std::size_t at = 0; at != JsonBlock::kSize; at += width) {
        auto const characters = _mm_loadu_si128(reinterpret_cast<__m128i const*>(text + at));
        auto const braces = _mm_or_si128(characters, _mm_set1_epi8(0x20)); // Brackets become braces.
        block.quotes |= equal(characters, '"') << at;
        block.escapes |= equal(characters, '\\') << at;
        block.opens |= equal(braces, '{') << at;
        block.closes |= equal(braces, '}') << at;
    }
    return block;
}
#else
inline JsonBlock json_block(char const* text)
{
    JsonBlock block;
    for (std::size_t at = 0; at != JsonBlock::kSize; ++at) {
        char const c = text[at];
        block.quotes |= std::uint64_t { c == '"' } << at;
        block.escapes |= std::uint64_t { c == '\\' } << at;
        block.opens |= std::uint64_t { c == '{' || c == '[' } << at;
        block.closes |= std::uint64_t { c == '}' || c == ']' } << at;
    }
    return block;
}
#endif

/// Bit n tells whether an odd number of the bits up to it is set.
constexpr std::uint64_t odd_up_to(std::uint64_t bits)
{
    for (unsigned width = 1; width != 64; width *= 2)
        bits ^= bits << width;
    return bits;
}

} // namespace exhibit
