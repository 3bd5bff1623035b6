#pragma once

#include "base/bytes.hpp"

#include <bit>
#include <cstdint>
#include <string_view>

/// The wire format of Protocol Buffers, without any schema.
namespace exhibit::protobuf {

enum class Wire : std::uint8_t { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };

/// One field of a message.
struct Field {
    std::uint32_t number = 0;
    Wire wire = Wire::varint;
    std::uint64_t value = 0; ///< of a varint or a fixed number
    Bytes bytes; ///< of a string, a nested message or packed numbers
    std::uint64_t offset = 0; ///< of the field in the file

    [[nodiscard]] std::int64_t integer() const { return static_cast<std::int64_t>(value); }
    [[nodiscard]] bool flag() const { return value != 0; }
    [[nodiscard]] double real() const
    {
        return wire == Wire::fixed32
            ? static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(value)))
            : std::bit_cast<double>(value);
    }
    [[nodiscard]] std::string_view text() const { return as_text(bytes); }
};

/// Goes over the fields of one message. Nested messages are read by another reader over their bytes, so
/// whoever reads decides how deep to go.
class MessageReader {
public:
    explicit MessageReader(Bytes message, std::uint64_t offset = 0)
        : m_reader(message, offset)
    {
    }
    explicit MessageReader(Field const& nested)
        : m_reader(nested.bytes, nested.offset)
    {
    }

    /// The next field; false at the end. Groups, which nothing has written for long, are skipped.
    Result<bool> next(Field& field);

private:
    Result<std::uint64_t> varint();
    Result<void> skip_group(std::uint32_t number);
    Result<void> read_value(Field& field, unsigned wire);

    Reader m_reader;
};

/// Calls `visit(field)` for each field, until it fails. What stood before damage was visited.
template<typename Visitor> Result<void> for_each_field(MessageReader reader, Visitor&& visit)
{
    Field field;
    while (EXHIBIT_TRY(reader.next(field)))
        EXHIBIT_TRY(visit(field));
    return {};
}

} // namespace exhibit::protobuf
