#pragma once

#include "base/byte_buffer.hpp"
#include "base/bytes.hpp"

#include <cstddef>
#include <cstdint>
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
    void add_null() { add_varint(m_types, 0); }
    void add(std::int64_t value);
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
    static constexpr std::uint64_t kSerialText = 13;

    void add_number(std::uint64_t serial, std::uint64_t value, unsigned bytes);

    ByteBuffer m_types;
    ByteBuffer m_body; ///< the values, behind room for the types
    ByteBuffer m_record; ///< of a record whose types need more room
};

} // namespace exhibit
