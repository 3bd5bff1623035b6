#pragma once

#include "base/bytes.hpp"

#include <array>
#include <cstdint>
#include <vector>

/// Bits and prefix codes of lossless WebP data (RFC 9649).
namespace exhibit::media {

/// Bits from the lowest of each byte on.
class BitReader {
public:
    explicit BitReader(Bytes bytes)
        : m_bytes(bytes)
    {
    }

    /// `count` is 24 at most.
    Result<std::uint32_t> bits(unsigned count)
    {
        if (count > m_bytes.size() * 8 - m_at)
            return fail(Fault::truncated, "lossless WebP data ends early", m_at / 8);
        std::uint32_t out = 0;
        for (unsigned i = 0; i != count; ++i, ++m_at)
            out |= (std::to_integer<std::uint32_t>(m_bytes[m_at / 8]) >> (m_at % 8) & 1U) << i;
        return out;
    }

private:
    Bytes m_bytes;
    std::size_t m_at = 0; ///< in bits
};

constexpr unsigned kLongestCode = 15;

/// A canonical prefix code, from the lengths of its symbols.
class PrefixCode {
public:
    explicit PrefixCode(std::vector<std::uint8_t> const& lengths);

    /// Whether every sequence of bits means something, and nothing two things.
    [[nodiscard]] bool is_complete() const { return m_complete; }
    Result<std::uint32_t> read(BitReader& bits) const;

    /// Entries of the decoding table that a reader with tables of 8 bits fills before it notices that a code
    /// is not complete: a first table, and one more for each longer code's beginning.
    [[nodiscard]] std::uint32_t table_entries() const;

private:
    std::array<std::uint32_t, kLongestCode + 1> m_counts {}; ///< symbols by length
    std::vector<std::uint32_t> m_symbols; ///< by length, then by number
    bool m_complete = false;
};

} // namespace exhibit::media
