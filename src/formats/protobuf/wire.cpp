#include "formats/protobuf/wire.hpp"

namespace exhibit::protobuf {
namespace {

constexpr unsigned kStartGroup = 3;
constexpr unsigned kEndGroup = 4;
constexpr unsigned kDeepestGroup = 64;

} // namespace

Result<std::uint64_t> MessageReader::varint()
{
    auto const at = m_reader.offset();
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 70; shift += 7) {
        std::uint64_t const byte = EXHIBIT_TRY(m_reader.big<std::uint8_t>());
        if (shift < 64)
            value |= (byte & 0x7FU) << shift;
        if ((byte & 0x80U) == 0)
            return value;
    }
    return fail(Fault::malformed, "a number longer than ten bytes", at);
}

Result<void> MessageReader::read_value(Field& field, unsigned wire)
{
    field.value = 0;
    field.bytes = {};
    switch (wire) {
    case 0:
        field.wire = Wire::varint;
        field.value = EXHIBIT_TRY(varint());
        return {};
    case 1:
        field.wire = Wire::fixed64;
        field.value = EXHIBIT_TRY(m_reader.little<std::uint64_t>());
        return {};
    case 2: {
        field.wire = Wire::bytes;
        auto const size = EXHIBIT_TRY(varint());
        if (size > m_reader.left())
            return fail(Fault::truncated, "a field runs past the end of its message", field.offset);
        field.offset = m_reader.offset();
        field.bytes = EXHIBIT_TRY(m_reader.take(static_cast<std::size_t>(size)));
        return {};
    }
    case 5:
        field.wire = Wire::fixed32;
        field.value = EXHIBIT_TRY(m_reader.little<std::uint32_t>());
        return {};
    default:
        return fail(Fault::malformed, "a field of an unknown wire type", field.offset);
    }
}

Result<void> MessageReader::skip_group(std::uint32_t number)
{
    auto const at = m_reader.offset();
    unsigned open = 1;
    Field ignored;
    while (open != 0) {
        auto const tag = EXHIBIT_TRY(varint());
        auto const wire = static_cast<unsigned>(tag & 7U);
        if (wire == kStartGroup && ++open > kDeepestGroup)
            return fail(Fault::over_limit, "groups nested too deeply", at);
        if (wire == kEndGroup && --open == 0 && tag >> 3U != number)
            return fail(Fault::malformed, "a group ends that did not begin", at);
        if (wire != kStartGroup && wire != kEndGroup)
            EXHIBIT_TRY(read_value(ignored, wire));
    }
    return {};
}

Result<bool> MessageReader::next(Field& field)
{
    while (m_reader.left() != 0) {
        field.offset = m_reader.offset();
        auto const tag = EXHIBIT_TRY(varint());
        auto const wire = static_cast<unsigned>(tag & 7U);
        if (tag >> 3U == 0 || tag >> 3U > 0x1FFF'FFFFU)
            return fail(Fault::malformed, "a field number out of range", field.offset);
        field.number = static_cast<std::uint32_t>(tag >> 3U);
        if (wire == kStartGroup) {
            EXHIBIT_TRY(skip_group(field.number));
            continue;
        }
        EXHIBIT_TRY(read_value(field, wire));
        return true;
    }
    return false;
}

} // namespace exhibit::protobuf
