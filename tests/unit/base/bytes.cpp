#include "base/bytes.hpp"

#include "base/source.hpp"

#include <gtest/gtest.h>

namespace {

using namespace exhibit;
using namespace std::string_view_literals;

TEST(Reader, a_length_longer_than_the_data_is_refused_in_place)
{
    Reader reader { as_bytes("\xFF\xFF\xFF\xFFxy"sv) };
    auto const length = reader.big<std::uint32_t>();
    ASSERT_TRUE(length.has_value());
    auto const block = reader.take(*length);
    ASSERT_FALSE(block.has_value());
    EXPECT_EQ(block.error().fault, Fault::truncated);
    EXPECT_EQ(reader.offset(), 4U);
    EXPECT_EQ(reader.text(2).value(), "xy");
}

TEST(Reader, a_count_that_the_data_cannot_hold_is_refused)
{
    Reader reader { as_bytes("\x04\x00\x01\x02\x03"sv) };
    EXPECT_EQ(reader.count_of<std::uint16_t>(1).error().fault, Fault::malformed);
}

Result<std::string> text()
{
    return std::string(100, 'x');
}
Result<int> broken()
{
    return fail(Fault::truncated, "end", 7);
}
Result<std::size_t> two_steps()
{
    auto const name = EXHIBIT_TRY(text());
    auto const number = EXHIBIT_TRY(broken());
    return name.size() + static_cast<std::size_t>(number);
}

TEST(Try, returns_the_error_with_its_offset)
{
    auto const result = two_steps();
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().at, 7U);
}

TEST(Source, a_file_over_the_limit_is_refused_and_reads_stop_at_the_end)
{
    MemorySource const source { as_bytes("0123456789"sv) };
    EXPECT_EQ(read_all(source, 9).error().fault, Fault::over_limit);
    EXPECT_EQ(as_text(read_all(source, 10).value().bytes()), "0123456789");
    std::array<std::byte, 8> buffer {};
    EXPECT_EQ(source.read_at(6, buffer).value(), 4U);
    EXPECT_EQ(source.read_at(60, buffer).value(), 0U);
}

} // namespace
