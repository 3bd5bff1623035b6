#pragma once

#include "base/bytes.hpp"

#include <bit>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace exhibit::plist {

/// Writes the binary form that XML lists are read in. Objects are added before what refers to them,
/// so the last one added is the root.
class BinaryWriter {
public:
    using Object = std::uint32_t;

    BinaryWriter() { append("bplist00"); }

    Object add_boolean(bool value) { return add_marker(value ? 0x09 : 0x08); }
    /// A marker that no reader takes for a value.
    Object add_damaged() { return add_marker(0x0F); }
    Object add_integer(std::int64_t value)
    {
        auto const object = add_marker(0x13);
        append_big(static_cast<std::uint64_t>(value), 8);
        return object;
    }
    Object add_large_integer(std::uint64_t value)
    {
        auto const object = add_marker(0x14);
        append_big(0, 8);
        append_big(value, 8);
        return object;
    }
    Object add_real(double value) { return add_double(0x23, value); }
    /// Seconds since 2001-01-01 UTC.
    Object add_date(double value) { return add_double(0x33, value); }
    Object add_data(std::string_view bytes) { return add_sized(0x40, bytes); }
    /// With the marker of ASCII text, which the reader takes as UTF-8.
    Object add_text(std::string_view utf8) { return add_sized(0x50, utf8); }
    Object add_uid(std::uint64_t value)
    {
        auto const object = add_marker(0x87);
        append_big(value, 8);
        return object;
    }
    Object add_array(std::span<Object const> elements)
    {
        auto const object = add_length(0xA0, elements.size());
        append_references(elements);
        return object;
    }
    /// `keys` and `values` have the same length.
    Object add_dictionary(std::span<Object const> keys, std::span<Object const> values)
    {
        auto const object = add_length(0xD0, keys.size());
        append_references(keys);
        append_references(values);
        return object;
    }

    std::vector<std::byte> finish() &&
    {
        auto const table = m_out.size();
        for (auto const offset : m_offsets)
            append_big(offset, kOffsetWidth);
        append_big(0, 6);
        append_big(kOffsetWidth, 1);
        append_big(sizeof(Object), 1);
        append_big(m_offsets.size(), 8);
        append_big(m_offsets.size() - 1, 8);
        append_big(table, 8);
        return std::move(m_out);
    }

private:
    static constexpr unsigned kOffsetWidth = 8;

    Object add_marker(std::uint8_t marker)
    {
        m_offsets.push_back(m_out.size());
        append_big(marker, 1);
        return static_cast<Object>(m_offsets.size() - 1);
    }
    Object add_length(std::uint8_t marker, std::uint64_t length)
    {
        bool const fits = length < 15;
        auto const object = add_marker(static_cast<std::uint8_t>(marker | (fits ? length : 15)));
        if (!fits) {
            append_big(0x13, 1);
            append_big(length, 8);
        }
        return object;
    }
    Object add_sized(std::uint8_t marker, std::string_view content)
    {
        auto const object = add_length(marker, content.size());
        append(content);
        return object;
    }
    Object add_double(std::uint8_t marker, double value)
    {
        auto const object = add_marker(marker);
        append_big(std::bit_cast<std::uint64_t>(value), 8);
        return object;
    }
    void append(std::string_view content)
    {
        auto const bytes = as_bytes(content);
        m_out.insert(m_out.end(), bytes.begin(), bytes.end());
    }
    void append_big(std::uint64_t value, unsigned width)
    {
        for (auto shift = width * 8; shift != 0; shift -= 8)
            m_out.push_back(static_cast<std::byte>(value >> (shift - 8)));
    }
    void append_references(std::span<Object const> objects)
    {
        for (auto const object : objects)
            append_big(object, sizeof(Object));
    }

    std::vector<std::byte> m_out;
    std::vector<std::uint64_t> m_offsets;
};

} // namespace exhibit::plist
