#include "formats/plist/object_bytes.hpp"
#include "formats/plist/plist.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace exhibit::plist {
namespace {

constexpr std::int64_t kEpochMicros = 978'307'200'000'000; // 2001-01-01 UTC
constexpr double kFarthestSeconds = 1e11; // about 3000 years, so that microseconds fit

/// Most keys differ in their length or their first character: that is seen without a call.
[[gnu::always_inline]] inline std::uint16_t mark_of(std::string_view key)
{
    auto const first = key.empty() ? 0U : static_cast<unsigned char>(key.front());
    return static_cast<std::uint16_t>(key.size() << 8U | first);
}

/// An object, and how many times it is shown at one level of a list.
struct Shown {
    std::uint64_t object = 0;
    std::uint64_t times = 0;
};

/// Leaves one entry for each object.
void join(std::vector<Shown>& level)
{
    std::ranges::sort(level, {}, &Shown::object);
    std::size_t kept = 0;
    for (auto const& shown : level)
        if (kept != 0 && level[kept - 1].object == shown.object)
            level[kept - 1].times += shown.times;
        else
            level[kept++] = shown;
    level.resize(kept);
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

/// The exponents of two that the sizes of these objects may have.
bool is_scalar_size(Marker marker, std::uint8_t exponent)
{
    if (marker == Marker::integer)
        return exponent <= 4;
    return exponent == 3 || (exponent == 2 && marker == Marker::real);
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

Time date_of(double seconds)
{
    Time time { seconds, std::nullopt };
    if (std::isfinite(seconds) && seconds != 0 && std::fabs(seconds) < kFarthestSeconds)
        time.utc = plausible_micros(std::llround(seconds * 1e6) + kEpochMicros);
    return time;
}

Value Value::damaged()
{
    Value value;
    value.m_kind = Kind::damaged;
    return value;
}

Value Value::null()
{
    Value value;
    value.m_kind = Kind::null;
    return value;
}

Value Value::open(Layout const& layout, Bytes reference, unsigned depth_left)
{
    return open(layout, big_endian(reference), depth_left);
}

Value Value::open(Layout const& layout, std::uint64_t object, unsigned depth_left)
{
    Value value;
    value.open_here(layout, object, depth_left);
    return value;
}

void Value::open_here(Layout const& layout, std::uint64_t object, unsigned depth_left)
{
    auto const bytes = depth_left == 0 ? Bytes {} : bytes_of(layout, object);
    if (bytes.empty()) {
        *this = damaged();
        return;
    }
    m_layout = layout;
    m_payload = {};
    m_object = object;
    m_depth_left = static_cast<std::uint16_t>(depth_left);
    m_encoding = Encoding::ascii_or_utf8;
    read(bytes);
}

void Value::read(Bytes object)
{
    auto const byte = std::to_integer<std::uint8_t>(object.front());
    auto const marker = static_cast<Marker>(byte >> 4U);
    auto const low = static_cast<std::uint8_t>(byte & 0x0FU);
    std::optional<Extent> extent;
    std::size_t width = 1;
    m_kind = Kind::damaged;
    switch (marker) {
    case Marker::simple:
        m_kind = byte == kNull ? Kind::null : byte == kFalse || byte == kTrue ? Kind::boolean : Kind::damaged;
        m_payload = object.first(1);
        return;
    case Marker::integer:
    case Marker::real:
    case Marker::date:
        if (is_scalar_size(marker, low))
            extent = Extent { 1, 1ULL << low };
        break;
    case Marker::uid:
        if (low < 8)
            extent = Extent { 1, low + 1ULL };
        break;
    case Marker::data:
    case Marker::ascii:
    case Marker::utf8:
        extent = read_extent(object, low);
        break;
    case Marker::utf16:
        m_encoding = Encoding::utf16;
        width = 2;
        extent = read_extent(object, low);
        break;
    case Marker::array:
    case Marker::ordered_set:
    case Marker::set:
        width = m_layout.reference_width;
        extent = read_extent(object, low);
        break;
    case Marker::dictionary:
        width = std::size_t { m_layout.reference_width } * 2;
        extent = read_extent(object, low);
        break;
    }
    if (!extent || (extent->count > object.size() || extent->count * width > object.size() - extent->start))
        return;
    m_kind = kind_of(marker);
    m_payload = object.subspan(extent->start, static_cast<std::size_t>(extent->count) * width);
}

std::optional<bool> Value::as_bool() const
{
    if (m_kind == Kind::boolean)
        return std::to_integer<std::uint8_t>(m_payload.front()) == kTrue;
    if (auto const number = as_int(); number && (*number == 0 || *number == 1))
        return *number == 1;
    return std::nullopt;
}

bool Value::read_int(std::int64_t& number) const
{
    if (m_kind != Kind::integer)
        return false;
    if (m_payload.size() <= 8) { // Eight bytes are signed, fewer are not.
        number = static_cast<std::int64_t>(big_endian(m_payload));
        return true;
    }
    auto const high = big_endian(m_payload.first(8));
    number = static_cast<std::int64_t>(big_endian(m_payload.last(8)));
    return high == (number < 0 ? ~std::uint64_t { 0 } : 0);
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
    return date_of(std::bit_cast<double>(big_endian(m_payload)));
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

std::uint64_t Value::uid() const
{
    return big_endian(m_payload);
}

Value Value::child(Bytes reference) const
{
    return open(m_layout, reference, m_depth_left - 1U);
}

std::size_t Value::slots() const
{
    return m_payload.size() / m_layout.reference_width;
}

bool Value::is_container() const
{
    return m_kind == Kind::dictionary || m_kind == Kind::array || m_kind == Kind::set;
}

template<typename Function> void Value::each_reference(Function const& function) const
{
    if (!is_container())
        return;
    std::size_t const width = m_layout.reference_width;
    for (std::size_t at = 0; at != m_payload.size(); at += width)
        function(big_endian(m_payload.subspan(at, width)));
}

std::uint64_t Value::references_beyond(std::uint64_t objects) const
{
    std::uint64_t beyond = 0;
    each_reference([&](std::uint64_t object) { beyond += object >= objects ? 1U : 0U; });
    return beyond;
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

Value Value::find(std::string_view key) const
{
    std::array<Value, 1> found;
    find_into(std::span { &key, 1 }, found);
    return found.front();
}

[[gnu::flatten]] void Value::find_into(std::span<std::string_view const> keys, std::span<Value> found) const
{
    if (m_kind != Kind::dictionary)
        return;
    std::size_t const width = m_layout.reference_width;
    auto const half = m_payload.size() / 2;
    std::array<std::uint16_t, 16> marks {};
    for (std::size_t i = 0; i != std::min(keys.size(), marks.size()); ++i)
        marks[i] = mark_of(keys[i]);
    auto missing = keys.size();
    for (std::size_t at = 0; at != half && missing != 0; at += width) {
        auto const reference = m_payload.subspan(at, width);
        auto const stored = short_text(bytes_of(m_layout, big_endian(reference)));
        auto const mark = stored ? mark_of(*stored) : std::uint16_t { 0 };
        for (std::size_t i = 0; i != keys.size(); ++i) {
            if (stored && i < marks.size() && marks[i] != mark)
                continue;
            if ((stored ? *stored == keys[i] : child(reference).is_text(keys[i])) && !found[i]) {
                found[i] = child(m_payload.subspan(half + at, width));
                --missing;
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

std::uint64_t Value::values_below(std::uint64_t most) const
{
    std::vector<Shown> level { { m_object, 1 } };
    std::uint64_t seen = 0;
    for (unsigned depth_left = m_depth_left; !level.empty() && depth_left != 0; --depth_left) {
        std::vector<Shown> below;
        for (auto const& shown : level) {
            auto const container = open(m_layout, shown.object, depth_left);
            auto const count = container.is_container() ? container.slots() : 0;
            if (count > (most - seen) / shown.times)
                return most;
            seen += count * shown.times;
            container.each_reference([&](std::uint64_t child) {
                if (may_be_container(bytes_of(m_layout, child)))
                    below.push_back({ child, shown.times });
            });
        }
        join(below);
        level = std::move(below);
    }
    return seen;
}

Entry Entries::Iterator::operator*() const
{
    std::size_t const width = m_container.m_layout.reference_width;
    auto const payload = m_container.m_payload;
    return { m_container.child(payload.subspan(m_index * width, width)),
        m_container.child(payload.subspan((m_count + m_index) * width, width)) };
}

} // namespace exhibit::plist
