#include "casefile/record.hpp"

#include <bit>
#include <cstring>

namespace exhibit {
namespace {

constexpr std::uint64_t kSerialReal = 7;
constexpr std::uint64_t kSerialZero = 8;
constexpr std::uint64_t kSerialOne = 9;
constexpr std::uint64_t kSerialBlob = 12;
constexpr std::uint64_t kSerialText = 13;

void put_big(std::vector<std::byte>& out, std::uint64_t value, unsigned bytes)
{
    std::array<std::byte, 8> all {};
    for (unsigned i = 0; i != 8; ++i)
        all[i] = static_cast<std::byte>(value >> (8 * (7 - i)) & 0xFFU);
    out.insert(out.end(), all.end() - bytes, all.end());
}

bool fits(std::int64_t value, unsigned bits)
{
    auto const half = std::int64_t { 1 } << (bits - 1);
    return value >= -half && value < half;
}

} // namespace

void put_varint(std::vector<std::byte>& out, std::uint64_t value)
{
    if (value < 0x80) {
        out.push_back(static_cast<std::byte>(value));
        return;
    }
    if (value >> 56U != 0) { // Nine bytes: the last one carries all of its eight bits.
        auto const high = value >> 8U;
        for (unsigned i = 8; i-- != 0;)
            out.push_back(static_cast<std::byte>((high >> (7 * i) & 0x7FU) | 0x80U));
        out.push_back(static_cast<std::byte>(value & 0xFFU));
        return;
    }
    unsigned groups = 1;
    while (value >> (7 * groups) != 0)
        ++groups;
    for (unsigned i = groups; i-- != 0;)
        out.push_back(static_cast<std::byte>((value >> (7 * i) & 0x7FU) | (i == 0 ? 0U : 0x80U)));
}

void RecordBuilder::clear()
{
    m_types.clear();
    m_body.clear();
}

void RecordBuilder::put_serial(std::uint64_t type)
{
    put_varint(m_types, type);
}

void RecordBuilder::add_null()
{
    put_serial(0);
}

void RecordBuilder::add(std::int64_t value)
{
    if (value == 0 || value == 1) {
        put_serial(value == 0 ? kSerialZero : kSerialOne);
        return;
    }
    struct Width {
        unsigned bytes;
        std::uint64_t serial;
    };
    constexpr std::array widths { Width { 1, 1 }, Width { 2, 2 }, Width { 3, 3 }, Width { 4, 4 },
        Width { 6, 5 } };
    for (auto const width : widths)
        if (fits(value, 8 * width.bytes)) {
            put_serial(width.serial);
            put_big(m_body, static_cast<std::uint64_t>(value), width.bytes);
            return;
        }
    put_serial(6);
    put_big(m_body, static_cast<std::uint64_t>(value), 8);
}

void RecordBuilder::add(double value)
{
    if (value != value) { // SQLite has no NaN: it stores NULL.
        add_null();
        return;
    }
    put_serial(kSerialReal);
    put_big(m_body, std::bit_cast<std::uint64_t>(value), 8);
}

void RecordBuilder::add(std::string_view text)
{
    put_serial(kSerialText + 2 * text.size());
    auto const bytes = as_bytes(text);
    m_body.insert(m_body.end(), bytes.begin(), bytes.end());
}

void RecordBuilder::add(Bytes blob)
{
    put_serial(kSerialBlob + 2 * blob.size());
    m_body.insert(m_body.end(), blob.begin(), blob.end());
}

Bytes RecordBuilder::finish()
{
    // The header's length counts itself, so its own width can push it up by one.
    auto header = m_types.size() + 1;
    if (header > 127)
        ++header;
    m_record.clear();
    m_record.reserve(header + m_body.size());
    put_varint(m_record, header);
    m_record.insert(m_record.end(), m_types.begin(), m_types.end());
    m_record.insert(m_record.end(), m_body.begin(), m_body.end());
    return m_record;
}

} // namespace exhibit
