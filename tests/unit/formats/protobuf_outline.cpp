#include "formats/protobuf/outline.hpp"
#include "support/segb_builder.hpp"

#include <gtest/gtest.h>

namespace {

using namespace exhibit;
using namespace exhibit::protobuf;

Guess guess_of(std::string const& bytes)
{
    Field field;
    field.wire = Wire::bytes;
    field.bytes = as_bytes(bytes);
    return guess(field);
}

TEST(ProtobufOutline, text_is_told_from_messages_and_from_bytes)
{
    EXPECT_EQ(guess_of(""), Guess::text);
    EXPECT_EQ(guess_of("com.example.app"), Guess::text);
    EXPECT_EQ(guess_of("0A"), Guess::text) << "it could be read as a number in a message";
    EXPECT_EQ(guess_of("https://example.org/a?b=c\nnext"), Guess::text);
    EXPECT_EQ(guess_of("\xD5\xA2\xD5\xA1\xD6\x80\xD6\x87"), Guess::text);
    EXPECT_EQ(guess_of(test::protobuf_from_text("1: 5 2: \"x\"")), Guess::message);
    // Field 4 of 36 bytes begins like a text: with a quote and a dollar sign.
    EXPECT_EQ(
        guess_of(test::protobuf_from_text("4: \"0E0134C2-8E0C-40AD-8620-099F6D9C0BEB\"")), Guess::message);
    EXPECT_EQ(guess_of("\xFF\xFE\x01"), Guess::bytes);
    Field number;
    EXPECT_EQ(guess(number), Guess::number);
}

std::string outline_of(std::string_view text, std::size_t most = 1000)
{
    auto const message = test::protobuf_from_text(text);
    Outline outline { most };
    auto const result
        = for_each_field(MessageReader { as_bytes(message) }, [&](Field const& field) -> Result<void> {
              FieldPath path;
              EXPECT_TRUE(path.enter(7));
              EXPECT_TRUE(path.enter(field.number));
              outline.add(path, field, guess(field));
              return {};
          });
    EXPECT_TRUE(result);
    return outline.text() + (outline.cut() ? " cut" : "");
}

TEST(ProtobufOutline, each_kind_of_value_is_one_line_behind_its_path)
{
    EXPECT_EQ(outline_of("1: -2 2: 2.5 3: \"a\" 4: hex ff80 5: hex "
                         "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"),
        "7/1=-2\n7/2=2.5\n7/3=a\n7/4=hex ff80\n7/5=(33 bytes)");
    EXPECT_EQ(outline_of("1: 10000000000000000.0"), "7/1=0x4341c37937e08000");
}

TEST(ProtobufOutline, what_does_not_fit_is_left_out_and_said_to_be)
{
    EXPECT_EQ(outline_of("1: 1 2: \"a long text\" 3: 3", 14), "7/1=1\n7/3=3 cut");
}

TEST(ProtobufOutline, paths_are_bounded)
{
    FieldPath path;
    for (std::uint32_t i = 1; i <= FieldPath::kDeepest; ++i)
        EXPECT_TRUE(path.enter(i));
    EXPECT_FALSE(path.enter(99));
    path.leave();
    EXPECT_EQ(path.numbers().size(), FieldPath::kDeepest - 1);
}

} // namespace
