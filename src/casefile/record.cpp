#include "casefile/record.hpp"

#include <algorithm>
#include <bit>

namespace exhibit {
namespace {

constexpr std::uint8_t kSerialReal = 7;
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
