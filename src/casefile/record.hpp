#pragma once

#include "base/byte_buffer.hpp"
#include "base/bytes.hpp"

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace exhibit {

/// The longest that an integer of variable length gets.
constexpr std::size_t kLongestVarint = 9;

/// Writes SQLite's big-endian integer of variable length and returns how many bytes it took. `out` has room
/// for the longest.
inline std::size_t write_varint(std::byte* out, std::uint64_t value)
{
    if (value < 0x80) {
        *out = static_cast<std::byte>(value);
        return 1;
    }
    if (value >> 56U != 0) { // The last of nine bytes carries all of its eight bits.
        out[8] = static_cast<std::byte>(value & 0xFFU);
        value >>= 8U;
        for (std::size_t i = 8; i-- != 0; value >>= 7U)
            out[i] = static_cast<std::byte>((value & 0x7FU) | 0x80U);
        return kLongestVarint;
    }
    std::size_t count = 1;
    while (value >> (7 * count) != 0)
        ++count;
    for (std::size_t i = count; i-- != 0; value >>= 7U)
        out[i] = static_cast<std::byte>((value & 0x7FU) | (i + 1 == count ? 0U : 0x80U));
    return count;
}

inline void add_varint(ByteBuffer& buffer, std::uint64_t value)
{
    buffer.take(write_varint(buffer.room(kLongestVarint), value));
}

/// Builds one record in SQLite's file format (serial types, then values), cell by cell.
/// Source: "Database File Format" of the SQLite documentation, section 2.1.
class RecordBuilder {
public:
    void clear();
    void add_null() { add_type(0); }
    void add(std::int64_t value)
    {
        if (value == 0 || value == 1)
            return add_type(value == 0 ? kSerialZero : kSerialOne);
        auto const bits
            = static_cast<unsigned>(std::bit_width(static_cast<std::uint64_t>(value < 0 ? ~value : value)));
        auto const [bytes, serial] = kWidths[bits / 8 + 1];
        add_number(serial, static_cast<std::uint64_t>(value), bytes);
    }
    void add(double value);
    void add(std::string_view text) ///< must be valid UTF-8 without NUL
    {
        add_varint(m_types, kSerialText + 2 * text.size());
        m_body.add(as_bytes(text));
    }
    void add(Bytes blob);

    /// The finished record. Valid until the next call of any other function.
    [[nodiscard]] Bytes finish();

private:
    static constexpr std::uint8_t kSerialZero = 8;
    static constexpr std::uint8_t kSerialOne = 9;
    static constexpr std::uint64_t kSerialText = 13;

    /// By the bytes that a number needs: SQLite stores it in 1, 2, 3, 4, 6 or 8.
    struct Width {
        std::uint8_t bytes;
        std::uint8_t serial;
    };
    static constexpr std::array<Width, 9> kWidths { { { 1, 1 }, { 1, 1 }, { 2, 2 }, { 3, 3 }, { 4, 4 },
        { 6, 5 }, { 6, 5 }, { 8, 6 }, { 8, 6 } } };

    /// Of those that say no length, which take a byte.
    void add_type(std::uint8_t serial)
    {
        *m_types.room(1) = std::byte { serial };
        m_types.take(1);
    }

    void add_number(std::uint8_t serial, std::uint64_t value, unsigned bytes)
    {
        add_type(serial);
        // All eight bytes are copied, which takes no call, and those that count stand first.
        auto const first = value << (64 - 8 * bytes);
        auto const big = std::endian::native == std::endian::little ? __builtin_bswap64(first) : first;
        std::memcpy(m_body.room(sizeof big), &big, sizeof big);
        m_body.take(bytes);
    }

    ByteBuffer m_types;
    ByteBuffer m_body; ///< the values, behind room for the types
    ByteBuffer m_record; ///< of a record whose types need more room
};

} // namespace exhibit
