#pragma once

#include "base/bytes.hpp"
#include "formats/sqlite/pages.hpp"

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace exhibit::sqlite {

/// SQLite's variable-length integer: 1 to 9 bytes, most significant first.
struct Varint {
    std::uint64_t value = 0;
    std::size_t size = 0;
};

/// Nothing where the bytes end before the integer does.
std::optional<Varint> read_long_varint(Bytes bytes);
inline std::optional<Varint> read_varint(Bytes bytes)
{
    if (!bytes.empty() && static_cast<unsigned>(bytes[0]) < 0x80)
        return Varint { static_cast<std::uint64_t>(bytes[0]), 1 };
    return read_long_varint(bytes);
}

/// Whether SQLite, which writes no longer form than needed, could have written it.
bool is_shortest(Varint varint);

/// Bytes of the shortest form.
constexpr std::size_t varint_size(std::uint64_t value)
{
    std::size_t size = 1;
    while (size < 9 && value >> (7 * size) != 0)
        ++size;
    return size;
}

/// One of these bytes, for values of less than 9 of them.
constexpr std::byte varint_byte(std::uint64_t value, std::size_t index)
{
    auto const behind = varint_size(value) - 1 - index;
    return static_cast<std::byte>((value >> (7 * behind) & 0x7fU) | (behind == 0 ? 0U : 0x80U));
}

/// Larger than any body: of the two serial types that no database file may hold.
inline constexpr auto kNoBody = std::numeric_limits<std::uint64_t>::max();
/// Of the serial types that say nothing of a length. Inside of the function it would be made anew each time.
inline constexpr std::array<std::uint64_t, 12> kFixedSizes { 0, 1, 2, 3, 4, 6, 8, 8, 0, 0, kNoBody, kNoBody };

/// Bytes that a value of this serial type takes in the body of a record, or `kNoBody`.
constexpr std::uint64_t body_or_none(std::uint64_t serial_type)
{
    return serial_type < kFixedSizes.size() ? kFixedSizes[serial_type]
                                            : (serial_type - kFixedSizes.size()) / 2;
}

/// The same, nothing for those two types.
constexpr std::optional<std::uint64_t> body_size(std::uint64_t serial_type)
{
    auto const size = body_or_none(serial_type);
    return size == kNoBody ? std::nullopt : std::optional { size };
}

/// One column of a record, undecoded.
struct Field {
    std::uint64_t type = 0;
    Bytes body;

    [[nodiscard]] bool is_null() const { return type == 0; }
    [[nodiscard]] bool is_integer() const { return (type >= 1 && type <= 6) || type == 8 || type == 9; }
    [[nodiscard]] bool is_real() const { return type == 7; }
    [[nodiscard]] bool is_text() const { return type >= 13 && type % 2 == 1; }
    [[nodiscard]] bool is_blob() const { return type >= 12 && type % 2 == 0; }

    /// 0 unless `is_integer`
    [[nodiscard]] std::int64_t integer() const
    {
        if (type == 9)
            return 1;
        if (!is_integer() || body.empty())
            return 0;
        // The first byte carries the sign.
        auto value = static_cast<std::int8_t>(body.front()) < 0 ? ~std::uint64_t { 0 } : 0;
        for (auto const byte : body)
            value = value << 8U | static_cast<std::uint64_t>(byte);
        return static_cast<std::int64_t>(value);
    }
    [[nodiscard]] double real() const; ///< 0 unless `is_real`
};

/// Splits a whole record. Fails unless header and body fill the payload exactly, as SQLite requires; what is
/// in `fields` then says nothing. Else it is filled anew; its capacity is kept.
bool split_record(Bytes payload, std::size_t most_fields, std::vector<Field>& fields);

/// Text of the database's encoding as UTF-8.
std::string to_utf8(Bytes text, Encoding encoding);

/// Whether bytes are well-formed text in the encoding. Text with NUL in it is, as SQLite sees it.
bool is_well_formed(Bytes text, Encoding encoding);

/// A value whose bytes were overwritten, though the rest of its row was not.
struct Lost {
    bool operator==(Lost const&) const = default;
};

/// A value by itself. Text is UTF-8.
using StoredValue
    = std::variant<std::monostate, std::int64_t, double, std::string, std::vector<std::byte>, Lost>;

StoredValue stored_value(Field const& field, Encoding encoding);

} // namespace exhibit::sqlite
