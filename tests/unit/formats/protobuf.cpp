#include "formats/protobuf/wire.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <string>

namespace {

using namespace exhibit;
using namespace exhibit::protobuf;

std::string fields_of(std::string_view message)
{
    std::string out;
    auto const result
        = for_each_field(MessageReader { as_bytes(message) }, [&](Field const& field) -> Result<void> {
              out += field.wire == Wire::bytes
                  ? fmt::format("{}='{}'@{} ", field.number, field.text(), field.offset)
                  : fmt::format("{}={} ", field.number, field.integer());
              return {};
          });
    return out + (result ? "" : std::string { result.error().what });
}

TEST(Protobuf, each_wire_type_is_read)
{
    EXPECT_EQ(fields_of({ "\x08\x96\x01\x12\x02hi\x1D\1\0\0\0\x21\2\0\0\0\0\0\0\0", 21 }),
        "1=150 2='hi'@5 3=1 4=2 ");
    EXPECT_EQ(fields_of("\x08\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01"), "1=-1 ");
}

TEST(Protobuf, groups_are_skipped_with_what_they_hold)
{
    EXPECT_EQ(fields_of("\x0B\x10\x01\x13\x14\x0C\x18\x05"), "3=5 ");
    EXPECT_EQ(fields_of("\x0B\x10\x01\x1C"), "a group ends that did not begin");
}

TEST(Protobuf, lengths_and_numbers_are_bounded)
{
    EXPECT_EQ(fields_of("\x12\x7F"
                        "a"),
        "a field runs past the end of its message");
    EXPECT_EQ(
        fields_of("\x08\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01"), "a number longer than ten bytes");
    EXPECT_EQ(fields_of(std::string_view { "\0\1", 2 }), "a field number out of range");
    EXPECT_EQ(fields_of("\x0F"), "a field of an unknown wire type");
    EXPECT_EQ(fields_of(std::string(100, '\x0B')), "groups nested too deeply");
}

TEST(Protobuf, fixed_numbers_are_also_reals)
{
    MessageReader reader { as_bytes(std::string_view { "\x0D\0\0\0\x3F\x11\0\0\0\0\0\0\xE0\x3F", 14 }) };
    Field field;
    ASSERT_TRUE(reader.next(field).value());
    EXPECT_EQ(field.real(), 0.5);
    ASSERT_TRUE(reader.next(field).value());
    EXPECT_EQ(field.real(), 0.5);
}

} // namespace
