// "Record Format", https://www.sqlite.org/fileformat2.html#record_format
#include "formats/sqlite/record.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <bit>

namespace exhibit::sqlite {

std::optional<Varint> read_long_varint(Bytes bytes)
{
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < 9 && i < bytes.size(); ++i) {
        auto const byte = static_cast<std::uint64_t>(bytes[i]);
        if (i == 8)
            return Varint { value << 8U | byte, 9 };
        value = value << 7U | (byte & 0x7fU);
        if ((byte & 0x80U) == 0)
            return Varint { value, i + 1 };
    }
    return std::nullopt;
}

bool is_shortest(Varint varint)
{
    if (varint.size == 1)
        return true;
    if (varint.size == 9)
        return varint.value >> 56U != 0;
    return varint.value >> (7 * (varint.size - 1)) != 0;
}

double Field::real() const
{
    if (!is_real())
        return 0;
    return std::bit_cast<double>(Reader { body }.big<std::uint64_t>().value_or(0));
}

bool split_record(Bytes payload, std::size_t most_fields, std::vector<Field>& fields)
{
    auto const header = read_varint(payload);
    if (!header || header->value > payload.size() || header->value < header->size)
        return false;
    // Rows of a table have as many fields as the one before: where they go is looked up once.
    auto* into = fields.data();
    auto room = fields.size();
    std::size_t count = 0;
    auto const types_end = static_cast<std::size_t>(header->value);
    auto body_at = types_end;
    for (auto at = header->size; at != types_end; ++count) {
        Varint type { static_cast<std::uint64_t>(payload[at]), 1 };
        if (type.value >= 0x80) {
            auto const read = read_long_varint(payload.subspan(at, types_end - at));
            if (!read)
                return false;
            type = *read;
        }
        auto const size = body_or_none(type.value);
        if (size > payload.size() - body_at || count == most_fields)
            return false;
        if (count == room) {
            fields.resize(++room);
            into = fields.data();
        }
        into[count] = { type.value, { payload.data() + body_at, size } };
        at += type.size;
        body_at += size;
    }
    fields.resize(count);
    return body_at == payload.size();
}

std::string to_utf8(Bytes text, Encoding encoding)
{
    switch (encoding) {
    case Encoding::utf16le:
        return from_utf16le(as_text(text));
    case Encoding::utf16be:
        return from_utf16be(as_text(text));
    case Encoding::utf8:
        break;
    }
    return std::string { as_text(text) };
}

namespace {

bool is_well_formed_utf16(Bytes text, bool big_endian)
{
    if (text.size() % 2 != 0)
        return false;
    bool high = false;
    for (std::size_t at = 0; at < text.size(); at += 2) {
        auto const unit = static_cast<unsigned>(text[big_endian ? at : at + 1]) & 0xfcU;
        bool const is_low = unit == 0xdcU;
        if (high != is_low)
            return false;
        high = unit == 0xd8U;
    }
    return !high;
}

} // namespace

bool is_well_formed(Bytes text, Encoding encoding)
{
    if (encoding != Encoding::utf8)
        return is_well_formed_utf16(text, encoding == Encoding::utf16be);
    auto rest = as_text(text);
    for (auto end = rest.find('\0'); end != rest.npos; end = rest.find('\0')) {
        if (!is_plain_utf8(rest.substr(0, end)))
            return false;
        rest.remove_prefix(end + 1);
    }
    return is_plain_utf8(rest);
}

StoredValue stored_value(Field const& field, Encoding encoding)
{
    if (field.is_integer())
        return field.integer();
    if (field.is_real())
        return field.real();
    if (field.is_text())
        return to_utf8(field.body, encoding);
    if (field.is_blob())
        return std::vector<std::byte> { field.body.begin(), field.body.end() };
    return {};
}

} // namespace exhibit::sqlite
