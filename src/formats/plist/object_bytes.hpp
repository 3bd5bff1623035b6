#pragma once

#include "base/text.hpp"
#include "formats/plist/plist.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

// The bytes of the objects in a binary property list, as `Value` reads them.

namespace exhibit::plist {

// The upper half of the marker byte that starts every object. The lower half is a size or a length.
enum class Marker : std::uint8_t {
    simple = 0x0,
    integer = 0x1,
    real = 0x2,
    date = 0x3,
    data = 0x4,
    ascii = 0x5, // what is not ASCII in it is read as UTF-8
    utf16 = 0x6,
    utf8 = 0x7, // reserved by the format's authors, not seen in files
    uid = 0x8,
    array = 0xA,
    ordered_set = 0xB,
    set = 0xC,
    dictionary = 0xD,
};

inline constexpr std::uint8_t kNull = 0x00;
inline constexpr std::uint8_t kFalse = 0x08;
inline constexpr std::uint8_t kTrue = 0x09;
inline constexpr std::uint8_t kLengthFollows = 0x0F;

[[gnu::always_inline]] inline std::uint64_t big_endian(Bytes bytes)
{
    // Of lists with fewer than 256 objects, or bytes, as most are.
    if (bytes.size() == 1)
        return std::to_integer<std::uint64_t>(bytes.front());
    if (bytes.size() == 2)
        return std::to_integer<std::uint64_t>(bytes.front()) << 8U
            | std::to_integer<std::uint64_t>(bytes.back());
    std::uint64_t value = 0;
    for (auto const byte : bytes)
        value = value << 8U | std::to_integer<std::uint64_t>(byte);
    return value;
}

/// Where the content of an object starts, counted from its marker, and how many items it has.
struct Extent {
    std::size_t start = 1;
    std::uint64_t count = 0;
};

/// An extent whose count is `low` or, where that says so, the integer object after the marker.
inline std::optional<Extent> read_extent(Bytes object, std::uint8_t low)
{
    if (low != kLengthFollows)
        return Extent { 1, low };
    Reader reader { object.subspan(1) };
    auto const marker = reader.big<std::uint8_t>();
    if (!marker || *marker >> 4U != static_cast<unsigned>(Marker::integer) || (*marker & 0x0FU) > 3)
        return std::nullopt;
    auto const number = reader.take(std::size_t { 1 } << (*marker & 0x0FU));
    if (!number)
        return std::nullopt;
    return Extent { 2 + number->size(), big_endian(*number) };
}

/// From an object's marker to the end of all objects; empty when there is no such object.
[[gnu::always_inline]] inline Bytes bytes_of(Layout const& layout, std::uint64_t object)
{
    // An entry of the table takes a byte or more, so the product cannot wrap.
    auto const table = layout.offsets;
    if (object >= table.size() || object * layout.offset_width > table.size() - layout.offset_width)
        return {};
    auto const offset = big_endian(
        table.subspan(static_cast<std::size_t>(object) * layout.offset_width, layout.offset_width));
    if (offset < kMagicSize || offset >= layout.objects.size())
        return {};
    return layout.objects.subspan(static_cast<std::size_t>(offset));
}

/// Arrays, sets and dictionaries have the highest markers.
inline bool may_be_container(Bytes object)
{
    return !object.empty()
        && std::to_integer<std::uint8_t>(object.front()) >> 4U >= static_cast<unsigned>(Marker::array);
}

/// The text of an object in the form that nearly all keys have: ASCII of fewer than 15 characters, or
/// of fewer than 256. Nothing for any other object.
[[gnu::always_inline]] inline std::optional<std::string_view> short_text(Bytes object)
{
    if (object.empty())
        return std::nullopt;
    auto const marker = std::to_integer<std::uint8_t>(object.front());
    std::size_t length = marker & 0x0FU;
    std::size_t start = 1;
    if (length == kLengthFollows && object.size() > 2 && object[1] == std::byte { 0x10 }) {
        length = std::to_integer<std::size_t>(object[2]);
        start = 3;
    } else if (length == kLengthFollows) {
        return std::nullopt;
    }
    if (marker >> 4U != static_cast<unsigned>(Marker::ascii) || length > object.size() - start)
        return std::nullopt;
    return as_text(object.subspan(start, length));
}

} // namespace exhibit::plist
