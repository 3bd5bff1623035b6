#include "formats/apk/dex.hpp"

#include "support/apk_builder.hpp"

#include <gtest/gtest.h>

namespace {

using namespace exhibit;

struct Read {
    std::vector<std::string> strings;
    Result<std::uint64_t> count;
};

Read read(std::string const& code)
{
    Read out;
    out.count = apk::visit_dex_strings(as_bytes(code), [&](std::string_view text, std::size_t offset) {
        EXPECT_EQ(code.substr(offset, text.size()), text);
        out.strings.emplace_back(text);
    });
    return out;
}

void put(std::string& code, std::size_t at, std::uint32_t value)
{
    for (std::size_t i = 0; i != 4; ++i)
        code[at + i] = static_cast<char>(value >> (8 * i) & 0xFFU);
}

TEST(Dex, strings_come_in_order_with_their_places)
{
    auto const long_text = std::string(300, 'x');
    auto const got = read(test::dex_of({ "", "a", long_text, "\xc0\x80z" }));
    EXPECT_EQ(got.strings, (std::vector<std::string> { "", "a", long_text, "\xc0\x80z" }));
    EXPECT_EQ(got.count, 4U);
}

TEST(Dex, magic_is_that_of_any_version)
{
    EXPECT_TRUE(apk::has_dex_magic(as_bytes({ "dex\n041\0", 8 })));
    EXPECT_FALSE(apk::has_dex_magic(as_bytes({ "dex\n04\0\0", 8 })));
    EXPECT_FALSE(apk::has_dex_magic(as_bytes("dex\n035")));
    EXPECT_FALSE(read("PK\3\4").count);
}

TEST(Dex, the_form_with_several_parts_is_refused_and_not_read_by_half)
{
    auto code = test::dex_of({ "first" });
    code.replace(4, 3, "041");
    auto const got = read(code);
    ASSERT_FALSE(got.count);
    EXPECT_EQ(got.count.error().fault, Fault::unsupported);
    EXPECT_TRUE(got.strings.empty());
}

TEST(Dex, a_string_outside_of_the_file_ends_it_and_keeps_those_before)
{
    auto code = test::dex_of({ "first", "second" });
    put(code, 0x74, 0xFFFF'FFFF);
    auto const got = read(code);
    EXPECT_EQ(got.strings, std::vector<std::string> { "first" });
    ASSERT_FALSE(got.count);
    EXPECT_EQ(got.count.error().fault, Fault::malformed);
}

TEST(Dex, a_string_without_end_is_not_read_past_the_file)
{
    auto code = test::dex_of({ "first" });
    code.pop_back();
    auto const got = read(code);
    ASSERT_FALSE(got.count);
    EXPECT_EQ(got.count.error().fault, Fault::truncated);
    EXPECT_TRUE(got.strings.empty());
}

TEST(Dex, more_strings_than_the_file_could_hold_are_refused)
{
    auto code = test::dex_of({ "first" });
    put(code, 0x38, 0xFFFF'FFFF);
    EXPECT_FALSE(read(code).count);
    put(code, 0x38, 1);
    put(code, 0x3C, 0xFFFF'FFFF);
    EXPECT_FALSE(read(code).count);
}

TEST(Dex, strings_that_all_lie_at_one_place_do_not_cost_more_than_the_file_is_long)
{
    std::vector<std::string> many(1000, "");
    many[0] = std::string(5000, 'x');
    auto code = test::dex_of(many);
    auto const place = static_cast<std::uint32_t>(0x70 + 4 * many.size());
    for (std::size_t i = 0; i != many.size(); ++i)
        put(code, 0x70 + 4 * i, place);
    auto const got = read(code);
    ASSERT_FALSE(got.count);
    EXPECT_LE(got.strings.size(), code.size() / 5000);
}

} // namespace
