#include "formats/json/json_elements.hpp"

#include "formats/json/json_fields.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace {

using namespace exhibit;

/// Hands out a few bytes at a time, so that elements lie across reads; the first few whole.
class SlowSource final : public Source {
public:
    explicit SlowSource(std::string_view text)
        : m_text(text)
    {
    }
    [[nodiscard]] std::uint64_t size() const override { return m_text.size(); }
    [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const override
    {
        auto const few = into.size() <= 4 ? into.size() : 2;
        auto const part = m_text.substr(std::min<std::size_t>(offset, m_text.size()), few);
        std::memcpy(into.data(), part.data(), part.size());
        return part.size();
    }

private:
    std::string_view m_text;
};

std::string elements_of(Source const& source, std::size_t longest = 1000)
{
    JsonElements elements { source, longest };
    std::string out;
    for (JsonElement element; elements.next(element);)
        out += fmt::format("{}@{};", element.text, element.offset);
    if (elements.left_out() != 0)
        out += fmt::format("left out {};", elements.left_out());
    return out + (elements.result() ? "" : std::string { elements.result().error().what });
}

std::string elements_of(std::string_view text, std::size_t longest = 1000)
{
    auto const slow = elements_of(SlowSource { text }, longest);
    EXPECT_EQ(elements_of(MemorySource { as_bytes(text) }, longest), slow);
    return slow;
}

TEST(JsonElements, an_array_and_a_run_of_values_are_cut_the_same_way)
{
    EXPECT_EQ(
        elements_of(R"([ {"a":[1,{"b":"}]\""}]} , 5,"x\\"])"), R"({"a":[1,{"b":"}]\""}]}@2;5@27;"x\\"@29;)");
    EXPECT_EQ(elements_of("{\"a\":1}\n{\"b\":2}\r\n"), "{\"a\":1}@0;{\"b\":2}@8;");
    EXPECT_EQ(elements_of("[[1],[2]]"), "[1]@1;[2]@5;");
    EXPECT_EQ(elements_of("17"), "17@0;");
    EXPECT_EQ(elements_of(""), "");
}

TEST(JsonElements, whole_blocks_are_cut_as_single_characters_are)
{
    constexpr std::string_view alphabet = "\"\"\"\\{{}}[],:aaaaaa 1";
    std::uint32_t state = 1;
    for (int round = 0; round != 3000; ++round) {
        std::string text = "[{";
        for (int i = 0; i != 400; ++i) {
            state = state * 1'664'525 + 1'013'904'223;
            text += alphabet[(state >> 16U) % (round % 2 == 0 ? alphabet.size() : 13)];
        }
        (void)elements_of(text, 10'000);
    }
}

TEST(JsonElements, a_text_that_ends_within_an_element_gives_those_before)
{
    EXPECT_EQ(elements_of(R"([{"a":1},{"b":)"), R"({"a":1}@1;the JSON text ends within a value)");
    EXPECT_EQ(elements_of(R"(["open)"), "the JSON text ends within a value");
}

TEST(JsonElements, a_list_that_is_not_closed_was_cut)
{
    EXPECT_EQ(elements_of(R"([{"a":1},)"), R"({"a":1}@1;the JSON text ends within a list)");
    EXPECT_EQ(elements_of(R"([{"a":1})"), R"({"a":1}@1;the JSON text ends within a list)");
    EXPECT_EQ(elements_of("[ "), "the JSON text ends within a list");
    EXPECT_EQ(elements_of("[]"), "");
    EXPECT_EQ(elements_of("[[1]"), "[1]@1;the JSON text ends within a list");
}

TEST(JsonElements, a_mark_of_the_encoding_is_left_out_and_utf_16_is_read)
{
    using namespace std::string_literals;
    EXPECT_EQ(elements_of("\xEF\xBB\xBF[1,2]"), "1@4;2@6;");
    auto const wide = "\xFF\xFE[\0\"\0\xE9\0\"\0]\0"s;
    EXPECT_EQ(elements_of(MemorySource { as_bytes(wide) }), "\"\u00E9\"@1;");
}

TEST(JsonElements, an_element_above_the_limit_is_left_out_and_counted)
{
    EXPECT_EQ(elements_of(R"(["1234567890","12"])", 6),
        R"("12"@14;left out 1;)"
        "a part of the JSON text is longer than the limit "
        "and was left out");
}

TEST(JsonFields, scalars_are_text_numbers_beyond_64_bits_included)
{
    JsonObjectReader reader;
    std::string out;
    auto const result = reader.read("{\"s\":\"a\\n\", \"big\": 123456789012345678901234567890 , "
                                    "\"t\":true,\"n\":null,\"o\":{},\"\\u0061\":\"\xFF\"}",
        [&](std::string_view key, JsonValue& value) -> Result<void> {
            out += fmt::format("{}={};", key, json_text(value).value_or("-"));
            return {};
        });
    ASSERT_TRUE(result.has_value());
    EXPECT_EQ(out, "s=a\n;big=123456789012345678901234567890;t=true;n=-;o=-;a=\xEF\xBF\xBD;");
}

TEST(JsonFields, what_is_no_object_is_refused)
{
    JsonObjectReader reader;
    auto const ignore = [](std::string_view, JsonValue&) -> Result<void> { return {}; };
    EXPECT_FALSE(reader.read("[1]", ignore).has_value());
    EXPECT_FALSE(reader.read("{\"a\":", ignore).has_value());
    EXPECT_FALSE(reader.read("", ignore).has_value());
}

std::string elements_of_stretches(Source const& source, std::uint64_t least, std::size_t most)
{
    std::string out;
    auto const stretches = JsonElements::cut(source, least, most, {}).value();
    EXPECT_LE(stretches.size(), most);
    for (auto const& stretch : stretches) {
        JsonElements elements { source, stretch };
        for (JsonElement element; elements.next(element);)
            out += fmt::format("{}@{};", element.text, element.offset);
        out += elements.result() ? "" : std::string { elements.result().error().what };
    }
    return out;
}

TEST(JsonElements, the_stretches_of_a_text_hold_each_of_its_elements_once)
{
    for (std::string_view const text :
        { R"([ {"a":[1,{"b":"}]\""}]} , 5,"x,{\\","y",[[1],[2]],{}])", "{\"a\":1}\n{\"b\":2}\r\n3 4",
            "[1,2,3,4] 5 6 [7]", "[[1],[2]", "[1,2,{\"a\":", "\xEF\xBB\xBF[1,22,333]", "", "[]" }) {
        auto const whole = elements_of(text);
        for (std::size_t const most : { 1U, 2U, 3U, 31U })
            for (std::uint64_t const least : { 1U, 4U, 10U }) {
                EXPECT_EQ(elements_of_stretches(SlowSource { text }, least, most), whole) << text;
                EXPECT_EQ(elements_of_stretches(MemorySource { as_bytes(text) }, least, most), whole) << text;
            }
    }
    EXPECT_EQ(JsonElements::cut(MemorySource { as_bytes("[1,2,3,4,5,6]") }, 4, 31, {}).value().size(), 3U);
    std::string const utf16 { "\xFF\xFE[\0001\0,\0002\0]\0", 12 };
    EXPECT_EQ(JsonElements::cut(MemorySource { as_bytes(utf16) }, 1, 31, {}).value().size(), 1U);
}

} // namespace
