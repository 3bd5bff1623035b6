#include "base/text.hpp"
#include "formats/plist/plist.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace exhibit::plist {
namespace {

// The upper half of the marker byte that starts every object. The lower half is a size or a length.
enum class Marker : std::uint8_t {
    simple = 0x0,
    integer = 0x1,
    real = 0x2,
    date = 0x3,
    data = 0x4,
    ascii = 0x5,
    utf16 = 0x6,
    utf8 = 0x7, // reserved by the format's authors, never seen in files; XML lists are kept with it
    uid = 0x8,
    array = 0xA,
    ordered_set = 0xB,
    set = 0xC,
    dictionary = 0xD,
};

constexpr std::size_t kMagicSize = 8;
constexpr std::uint8_t kNull = 0x00;
constexpr std::uint8_t kFalse = 0x08;
constexpr std::uint8_t kTrue = 0x09;
constexpr std::uint8_t kLengthFollows = 0x0F;
constexpr std::int64_t kEpochMicros = 978'307'200'000'000; // 2001-01-01 UTC
constexpr double kFarthestSeconds = 1e11; // about 3000 years, so that microseconds fit

std::uint64_t big_endian(Bytes bytes)
{
    std::uint64_t value = 0;
    for (auto const byte : bytes)
        value = value << 8U | std::to_integer<std::uint64_t>(byte);
    return value;
}

/// Reads `low` or, where that says so, the integer object that follows the marker.
std::optional<std::uint64_t> read_length(Reader& reader, std::uint8_t low)
{
    if (low != kLengthFollows)
        return low;
    auto const marker = reader.big<std::uint8_t>();
    if (!marker || *marker >> 4U != static_cast<unsigned>(Marker::integer) || (*marker & 0x0FU) > 3)
        return std::nullopt;
    auto const number = reader.take(std::size_t { 1 } << (*marker & 0x0FU));
    if (!number)
        return std::nullopt;
    return big_endian(*number);
}

/// What of `reader` holds `count` items of `width` bytes, if it holds that many.
std::optional<Bytes> take_items(Reader& reader, std::optional<std::uint64_t> count, std::size_t width)
{
    if (!count || *count > reader.left() / width)
        return std::nullopt;
    auto const taken = reader.take(static_cast<std::size_t>(*count) * width);
    return taken ? std::optional { *taken } : std::nullopt;
}

std::string digits_of(std::uint64_t high, std::uint64_t low)
{
    // Shifts the 128 bits through one decimal remainder per digit.
    bool const negative = high >> 63U != 0;
    if (negative) {
        low = ~low + 1;
        high = ~high + (low == 0 ? 1 : 0);
    }
    std::string reversed;
    do {
        std::uint64_t remainder = 0;
        for (auto* part : { &high, &low }) {
            std::uint64_t quotient = 0;
            for (int bit = 63; bit >= 0; --bit) {
                remainder = remainder << 1U | (*part >> static_cast<unsigned>(bit) & 1U);
                quotient = quotient << 1U | (remainder >= 10 ? 1U : 0U);
                remainder = remainder >= 10 ? remainder - 10 : remainder;
            }
            *part = quotient;
        }
        reversed += static_cast<char>('0' + remainder);
    } while (high != 0 || low != 0);
    if (negative)
        reversed += '-';
    return { reversed.rbegin(), reversed.rend() };
}

Kind kind_of(Marker marker)
{
    switch (marker) {
    case Marker::integer:
        return Kind::integer;
    case Marker::real:
        return Kind::real;
    case Marker::date:
        return Kind::date;
    case Marker::data:
        return Kind::data;
    case Marker::ascii:
    case Marker::utf16:
    case Marker::utf8:
        return Kind::text;
    case Marker::uid:
        return Kind::uid;
    case Marker::array:
        return Kind::array;
    case Marker::ordered_set:
    case Marker::set:
        return Kind::set;
    case Marker::dictionary:
        return Kind::dictionary;
    case Marker::simple:
        break;
    }
    return Kind::damaged;
}

} // namespace

std::string_view name_of(Kind kind)
{
    constexpr std::array<std::string_view, 13> names { "absent", "damaged", "null", "boolean", "integer",
        "real", "date", "data", "text", "uid", "array", "set", "dictionary" };
    return names[static_cast<std::size_t>(kind)];
}

Value Value::damaged()
{
    Value value;
    value.m_kind = Kind::damaged;
    return value;
}

Value Value::open(Layout const& layout, std::uint64_t object, unsigned depth_left)
{
    // An entry of the table takes a byte or more, so the product below cannot wrap.
    if (depth_left == 0 || object >= layout.offsets.size())
        return damaged();
    Reader table { layout.offsets };
    if (!table.seek(static_cast<std::size_t>(object) * layout.offset_width))
        return damaged();
    auto const entry = table.take(layout.offset_width);
    if (!entry)
        return damaged();
    auto const offset = big_endian(*entry);
    if (offset < kMagicSize || offset >= layout.objects.size())
        return damaged();
    Value value;
    value.m_layout = layout;
    value.m_object = object;
    value.m_depth_left = static_cast<std::uint16_t>(depth_left);
    value.read(layout.objects.subspan(static_cast<std::size_t>(offset)));
    return value;
}

void Value::read(Bytes from_marker)
{
    Reader reader { from_marker };
    auto const byte = std::to_integer<std::uint8_t>(from_marker.front());
    (void)reader.skip(1);
    auto const marker = static_cast<Marker>(byte >> 4U);
    auto const low = static_cast<std::uint8_t>(byte & 0x0FU);
    std::optional<Bytes> payload;
    switch (marker) {
    case Marker::simple:
        m_kind = byte == kNull ? Kind::null : byte == kFalse || byte == kTrue ? Kind::boolean : Kind::damaged;
        m_payload = from_marker.first(1);
        return;
    case Marker::integer:
    case Marker::real:
    case Marker::date: {
        bool const known = marker == Marker::integer ? low <= 4
            : marker == Marker::real                 ? low == 2 || low == 3
                                                     : low == 3;
        payload = take_items(reader, known ? std::optional { 1ULL << low } : std::nullopt, 1);
        break;
    }
    case Marker::data:
    case Marker::ascii:
    case Marker::utf8:
        payload = take_items(reader, read_length(reader, low), 1);
        break;
    case Marker::utf16:
        m_encoding = Encoding::utf16;
        payload = take_items(reader, read_length(reader, low), 2);
        break;
    case Marker::uid:
        payload = take_items(reader, low < 8 ? std::optional { low + 1ULL } : std::nullopt, 1);
        break;
    case Marker::array:
    case Marker::ordered_set:
    case Marker::set:
        payload = take_items(reader, read_length(reader, low), m_layout.reference_width);
        break;
    case Marker::dictionary:
        payload = take_items(reader, read_length(reader, low), std::size_t { m_layout.reference_width } * 2);
        break;
    }
    m_kind = payload ? kind_of(marker) : Kind::damaged;
    m_payload = payload.value_or(Bytes {});
}

std::optional<bool> Value::as_bool() const
{
    if (m_kind == Kind::boolean)
        return std::to_integer<std::uint8_t>(m_payload.front()) == kTrue;
    if (auto const number = as_int(); number && (*number == 0 || *number == 1))
        return *number == 1;
    return std::nullopt;
}

std::optional<std::int64_t> Value::as_int() const
{
    if (m_kind != Kind::integer)
        return std::nullopt;
    if (m_payload.size() <= 8) // Eight bytes are signed, fewer are not.
        return static_cast<std::int64_t>(big_endian(m_payload));
    auto const high = big_endian(m_payload.first(8));
    auto const low = static_cast<std::int64_t>(big_endian(m_payload.last(8)));
    if (high != (low < 0 ? ~std::uint64_t { 0 } : 0))
        return std::nullopt;
    return low;
}

std::optional<std::uint64_t> Value::as_unsigned() const
{
    if (m_kind == Kind::integer && m_payload.size() > 8 && big_endian(m_payload.first(8)) == 0)
        return big_endian(m_payload.last(8));
    auto const number = as_int();
    return number && *number >= 0 ? std::optional { static_cast<std::uint64_t>(*number) } : std::nullopt;
}

std::optional<std::string> Value::as_digits() const
{
    if (m_kind != Kind::integer)
        return std::nullopt;
    if (auto const number = as_int())
        return std::to_string(*number);
    return digits_of(big_endian(m_payload.first(8)), big_endian(m_payload.last(8)));
}

std::optional<double> Value::as_real() const
{
    if (m_kind == Kind::real && m_payload.size() == 4)
        return std::bit_cast<float>(static_cast<std::uint32_t>(big_endian(m_payload)));
    if (m_kind == Kind::real)
        return std::bit_cast<double>(big_endian(m_payload));
    if (auto const number = as_int())
        return static_cast<double>(*number);
    if (auto const number = as_unsigned())
        return static_cast<double>(*number);
    return std::nullopt;
}

std::optional<Time> Value::as_date() const
{
    if (m_kind != Kind::date)
        return std::nullopt;
    auto const seconds = std::bit_cast<double>(big_endian(m_payload));
    Time time { seconds, std::nullopt };
    if (std::isfinite(seconds) && seconds != 0 && std::fabs(seconds) < kFarthestSeconds)
        time.utc = plausible_micros(std::llround(seconds * 1e6) + kEpochMicros);
    return time;
}

std::optional<Bytes> Value::as_data() const
{
    return m_kind == Kind::data ? std::optional { m_payload } : std::nullopt;
}

std::optional<std::string_view> Value::as_text(std::string& scratch) const
{
    if (m_kind != Kind::text)
        return std::nullopt;
    auto const stored = exhibit::as_text(m_payload);
    if (m_encoding == Encoding::ascii_or_utf8) {
        if (is_plain_utf8(stored))
            return stored;
        scratch = repair_utf8(stored);
        return scratch;
    }
    scratch = from_utf16be(stored);
    if (scratch.find('\0') != std::string::npos)
        scratch = repair_utf8(scratch);
    return scratch;
}

std::optional<std::string> Value::as_text() const
{
    std::string scratch;
    auto const text = as_text(scratch);
    if (!text)
        return std::nullopt;
    return text->data() == scratch.data() ? std::move(scratch) : std::string { *text };
}

bool Value::is_text(std::string_view text) const
{
    if (m_kind != Kind::text && m_kind != Kind::data)
        return false;
    if (m_encoding == Encoding::ascii_or_utf8)
        return exhibit::as_text(m_payload) == text;
    // A UTF-16 unit becomes one to three bytes.
    auto const units = m_payload.size() / 2;
    return units <= text.size() && text.size() <= units * 3
        && from_utf16be(exhibit::as_text(m_payload)) == text;
}

std::optional<std::uint64_t> Value::as_uid() const
{
    return m_kind == Kind::uid ? std::optional { big_endian(m_payload) } : std::nullopt;
}

Value Value::child(Bytes reference) const
{
    return open(m_layout, big_endian(reference), m_depth_left - 1U);
}

std::size_t Value::slots() const
{
    return m_payload.size() / m_layout.reference_width;
}

std::size_t Value::size() const
{
    if (m_kind == Kind::dictionary)
        return slots() / 2;
    return m_kind == Kind::array || m_kind == Kind::set ? slots() : 0;
}

Value Value::at(std::size_t index) const
{
    if ((m_kind != Kind::array && m_kind != Kind::set) || index >= slots())
        return {};
    return child(m_payload.subspan(index * m_layout.reference_width, m_layout.reference_width));
}

bool Value::is_reference_to(Bytes reference, std::string_view text) const
{
    return child(reference).is_text(text);
}

Value Value::find(std::string_view key) const
{
    if (m_kind != Kind::dictionary)
        return {};
    std::size_t const width = m_layout.reference_width;
    auto const keys = m_payload.first(m_payload.size() / 2);
    for (std::size_t at = 0; at != keys.size(); at += width)
        if (is_reference_to(keys.subspan(at, width), key))
            return child(m_payload.subspan(keys.size() + at, width));
    return {};
}

void Value::find_into(std::span<std::string_view const> keys, std::span<Value> found) const
{
    for (auto const& [key, value] : entries()) {
        for (std::size_t i = 0; i != keys.size(); ++i) {
            if (!found[i] && key.is_text(keys[i])) {
                found[i] = value;
                break;
            }
        }
    }
}

Elements Value::elements() const
{
    return { *this, m_kind == Kind::dictionary ? 0 : size() };
}

Entries Value::entries() const
{
    return { *this, m_kind == Kind::dictionary ? size() : 0 };
}

Value Value::with_depth(unsigned depth_left) const
{
    auto value = *this;
    value.m_depth_left = static_cast<std::uint16_t>(std::clamp(depth_left, 1U, 0xFFFFU));
    return value;
}

Entry Entries::Iterator::operator*() const
{
    std::size_t const width = m_container.m_layout.reference_width;
    auto const payload = m_container.m_payload;
    return { m_container.child(payload.subspan(m_index * width, width)),
        m_container.child(payload.subspan((m_count + m_index) * width, width)) };
}

} // namespace exhibit::plist
