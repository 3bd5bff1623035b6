#include "artifacts/ios/common/message_fields.hpp"

#include "support/segb_builder.hpp"

#include <gtest/gtest.h>

namespace {

using namespace exhibit;

struct Row {
    std::optional<std::string_view> name;
    std::optional<std::string_view> deep;
    std::optional<std::int64_t> number;
    Time mac;
    Time unix_time;
};

constexpr std::array kFields {
    ios::taken<&Row::name>({ 1 }),
    ios::taken<&Row::deep>({ 2, 3, 4 }),
    ios::taken<&Row::number>({ 5 }),
    ios::taken<&Row::mac>({ 6 }, Clock::mac),
    ios::taken<&Row::unix_time>({ 7 }, Clock::unix_seconds),
};

struct Filled {
    std::string message;
    Row row;
    std::string others;
    bool read = false;
};

/// The row's text points into `message`.
void fill(Filled& filled, std::string_view text, std::size_t most = 1000)
{
    filled.message = test::protobuf_from_text(text);
    ios::MessageFiller<Row> filler { kFields, filled.row, most };
    filled.read = filler.read(protobuf::MessageReader { as_bytes(filled.message) }).has_value();
    filled.others = filler.others().text();
}

TEST(MessageFields, known_fields_fill_the_row_at_any_depth)
{
    Filled filled;
    fill(filled,
        "1: \"a\" 2: { 1: 9 3: { 4: \"deep\" } } 5: -3 6: 700000000.5 7: 1678307200 8: "
        "\"https://example.org/\"");
    EXPECT_TRUE(filled.read);
    EXPECT_EQ(filled.row.name, "a");
    EXPECT_EQ(filled.row.deep, "deep");
    EXPECT_EQ(filled.row.number, -3);
    ASSERT_TRUE(filled.row.mac.utc);
    EXPECT_EQ(to_iso(*filled.row.mac.utc), "2023-03-08T20:26:40.500000Z");
    EXPECT_EQ(filled.row.unix_time.utc, Time::unix_seconds(std::int64_t { 1678307200 }).utc);
    EXPECT_EQ(filled.others, "2/1=9\n8=https://example.org/");
}

TEST(MessageFields, what_is_none_of_its_kind_and_what_comes_twice_is_told_besides)
{
    Filled filled;
    fill(filled, "1: { 1: \"nested text\" 2: 1 } 1: \"a\" 1: \"b\" 5: 2.5 6: \"text\" 2: \"no message\"");
    EXPECT_EQ(filled.row.name, "a");
    EXPECT_FALSE(filled.row.number);
    EXPECT_TRUE(filled.row.mac.absent());
    EXPECT_EQ(filled.others, "1/1=nested text\n1/2=1\n1=b\n5=2.5\n6=text\n2=no message");
}

TEST(MessageFields, depth_and_text_are_bounded)
{
    std::string text = "1: \"inmost text\"";
    for (int i = 0; i != 30; ++i)
        text = "9: { " + text + " }";
    Filled deep;
    fill(deep, text);
    EXPECT_TRUE(deep.read);
    EXPECT_TRUE(deep.others.starts_with("9/9/9/9/9/9/9/9/9/9/9/9=")) << deep.others;

    Filled cut;
    fill(cut, "8: \"a rather long text\"", 5);
    EXPECT_EQ(cut.others, "");
}

TEST(MessageFields, damage_ends_the_reading_and_keeps_what_came_before)
{
    Filled filled;
    filled.message = test::protobuf_from_text("1: \"a\" 8: \"b\"") + "\x2A\x7F";
    ios::MessageFiller<Row> filler { kFields, filled.row, 1000 };
    EXPECT_FALSE(filler.read(protobuf::MessageReader { as_bytes(filled.message) }));
    EXPECT_EQ(filled.row.name, "a");
    EXPECT_EQ(filler.others().text(), "8=b");
}

} // namespace
