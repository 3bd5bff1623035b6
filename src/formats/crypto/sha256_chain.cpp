#include "formats/crypto/sha256_chain.hpp"

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#endif

namespace exhibit {

#if defined(__x86_64__)

namespace {

#define EXHIBIT_SHA_TARGET __attribute__((target("sha,sse4.1,ssse3"), always_inline))

// FIPS 180-4, 4.2.2.
alignas(16) constexpr std::array<std::uint32_t, 64> kRound { 0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5,
    0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
    0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc,
    0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
    0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
    0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3,
    0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5,
    0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
    0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2 };

/// A hash state as the instructions want it: words a b e f and c d g h, from high lane to low.
struct Lanes {
    __m128i abef;
    __m128i cdgh;
};

/// Eight words in order, the first in the low lane.
struct Words {
    __m128i low;
    __m128i high;
};

EXHIBIT_SHA_TARGET inline Words load(Sha256State const& state)
{
    auto const* at = reinterpret_cast<__m128i const*>(state.data());
    return { _mm_loadu_si128(at), _mm_loadu_si128(at + 1) };
}

EXHIBIT_SHA_TARGET inline void store(Sha256State& state, Words words)
{
    auto* const at = reinterpret_cast<__m128i*>(state.data());
    _mm_storeu_si128(at, words.low);
    _mm_storeu_si128(at + 1, words.high);
}

EXHIBIT_SHA_TARGET inline Lanes to_lanes(Words words)
{
    auto const badc = _mm_shuffle_epi32(words.low, 0xB1);
    auto const hgfe = _mm_shuffle_epi32(words.high, 0x1B);
    return { _mm_alignr_epi8(badc, hgfe, 8), _mm_blend_epi16(hgfe, badc, 0xF0) };
}

EXHIBIT_SHA_TARGET inline Words to_words(Lanes lanes)
{
    auto const abef = _mm_shuffle_epi32(lanes.abef, 0x1B);
    auto const ghcd = _mm_shuffle_epi32(lanes.cdgh, 0xB1);
    return { _mm_blend_epi16(abef, ghcd, 0xF0), _mm_alignr_epi8(ghcd, abef, 8) };
}

// NOLINTBEGIN(portability-simd-intrinsics): the rest of it is instructions of the processor too
EXHIBIT_SHA_TARGET inline void four_rounds(Lanes& state, __m128i message, std::size_t group)
{
    auto const constants = _mm_load_si128(reinterpret_cast<__m128i const*>(kRound.data()) + group);
    auto const sum = _mm_add_epi32(message, constants);
    state.cdgh = _mm_sha256rnds2_epu32(state.cdgh, state.abef, sum);
    state.abef = _mm_sha256rnds2_epu32(state.abef, state.cdgh, _mm_shuffle_epi32(sum, 0x0E));
}

/// The block that an HMAC hashes after its padded key: 32 bytes of digest, the end mark, and a length of
/// 64 + 32 bytes.
EXHIBIT_SHA_TARGET inline Lanes compress_digest(Lanes start, Words digest)
{
    auto state = start;
    __m128i w0 = digest.low;
    __m128i w1 = digest.high;
    __m128i w2 = _mm_set_epi32(0, 0, 0, static_cast<int>(0x80000000U));
    __m128i w3 = _mm_set_epi32((64 + 32) * 8, 0, 0, 0);
    four_rounds(state, w0, 0);
    four_rounds(state, w1, 1);
    four_rounds(state, w2, 2);
    four_rounds(state, w3, 3);
#pragma GCC unroll 12
    for (std::size_t group = 4; group < 16; ++group) {
        auto const mixed = _mm_add_epi32(_mm_sha256msg1_epu32(w0, w1), _mm_alignr_epi8(w3, w2, 4));
        auto const next = _mm_sha256msg2_epu32(mixed, w3);
        w0 = w1;
        w1 = w2;
        w2 = w3;
        w3 = next;
        four_rounds(state, next, group);
    }
    return { _mm_add_epi32(state.abef, start.abef), _mm_add_epi32(state.cdgh, start.cdgh) };
}
// NOLINTEND(portability-simd-intrinsics)

} // namespace

bool has_sha_instructions()
{
    unsigned a = 0;
    unsigned b = 0;
    unsigned c = 0;
    unsigned d = 0;
    if (__get_cpuid(1, &a, &b, &c, &d) == 0 || (c & bit_SSSE3) == 0 || (c & bit_SSE4_1) == 0)
        return false;
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (b & bit_SHA) != 0;
}

__attribute__((target("sha,sse4.1,ssse3"))) void advance_with_sha_instructions(
    Sha256Chain& chain, std::uint64_t count)
{
    auto const inner = to_lanes(load(chain.inner));
    auto const outer = to_lanes(load(chain.outer));
    auto last = load(chain.last);
    auto sum = load(chain.sum);
    for (; count != 0; --count) {
        auto const digest = to_words(compress_digest(inner, last));
        last = to_words(compress_digest(outer, digest));
        sum.low = _mm_xor_si128(sum.low, last.low);
        sum.high = _mm_xor_si128(sum.high, last.high);
    }
    store(chain.last, last);
    store(chain.sum, sum);
}

#else

bool has_sha_instructions()
{
    return false;
}

void advance_with_sha_instructions(Sha256Chain&, std::uint64_t)
{
}

#endif

} // namespace exhibit
