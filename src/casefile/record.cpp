#include "casefile/record.hpp"

#include <algorithm>
#include <array>
#include <bit>

namespace exhibit {
namespace {

constexpr std::uint64_t kSerialReal = 7;
constexpr std::uint64_t kSerialZero = 8;
constexpr std::uint64_t kSerialOne = 9;
constexpr std::uint64_t kSerialBlob = 12;

/// Before the values of a record: enough for the types of most tables.
constexpr std::size_t kRoomForTypes = 256;

} // namespace

void RecordBuilder::clear()
{
    m_types.clear();
    m_body.clear();
    (void)m_body.room(kRoomForTypes);
    m_body.take(kRoomForTypes);
}

void RecordBuilder::add_number(std::uint64_t serial, std::uint64_t value, unsigned bytes)
{
    add_varint(m_types, serial);
    // All eight bytes are copied, which takes no call, and those that count stand first.
    auto const first = value << (64 - 8 * bytes);
    auto const big = std::endian::native == std::endian::little ? __builtin_bswap64(first) : first;
    std::memcpy(m_body.room(sizeof big), &big, sizeof big);
    m_body.take(bytes);
}

void RecordBuilder::add(std::int64_t value)
{
    if (value == 0 || value == 1) {
        add_varint(m_types, value == 0 ? kSerialZero : kSerialOne);
        return;
    }
    // By the bytes that a number needs: SQLite stores it in 1, 2, 3, 4, 6 or 8.
    struct Width {
        unsigned bytes;
        std::uint64_t serial;
    };
    static constexpr std::array<Width, 9> kWidths { { { 1, 1 }, { 1, 1 }, { 2, 2 }, { 3, 3 }, { 4, 4 },
        { 6, 5 }, { 6, 5 }, { 8, 6 }, { 8, 6 } } };
    auto const bits
        = static_cast<unsigned>(std::bit_width(static_cast<std::uint64_t>(value < 0 ? ~value : value)));
    auto const [bytes, serial] = kWidths[bits / 8 + 1];
    add_number(serial, static_cast<std::uint64_t>(value), bytes);
}

void RecordBuilder::add(double value)
{
    if (value != value) // SQLite has no NaN: it stores NULL.
        return add_null();
    add_number(kSerialReal, std::bit_cast<std::uint64_t>(value), 8);
}

void RecordBuilder::add(Bytes blob)
{
    add_varint(m_types, kSerialBlob + 2 * blob.size());
    m_body.add(blob);
}

Bytes RecordBuilder::finish()
{
    // The header's length counts itself, so its own width can push it up by one.
    auto header = m_types.size() + 1;
    if (header > 127)
        ++header;
    if (header > kRoomForTypes) {
        m_record.clear();
        add_varint(m_record, header);
        m_record.add(m_types.bytes());
        m_record.add(m_body.bytes().subspan(kRoomForTypes));
        return m_record.bytes();
    }
    auto* const begin = m_body.data() + (kRoomForTypes - header);
    auto const width = write_varint(begin, header);
    std::ranges::copy(m_types.bytes(), begin + width);
    return m_body.bytes().subspan(kRoomForTypes - header);
}

} // namespace exhibit
