#include "base/base64.hpp"

#include "base/bytes.hpp"

#include <gtest/gtest.h>

namespace exhibit {
namespace {

using namespace std::literals;

TEST(Base64, is_written_with_padding)
{
    EXPECT_EQ(to_base64(""), "");
    EXPECT_EQ(to_base64("a"), "YQ==");
    EXPECT_EQ(to_base64("ab"), "YWI=");
    EXPECT_EQ(to_base64("abc"), "YWJj");
    EXPECT_EQ(to_base64("\0\xff\xfe\xfd"sv), "AP/+/Q==");
}

TEST(Base64, is_read_with_padding_and_without)
{
    for (auto const bytes : { ""sv, "a"sv, "ab"sv, "abc"sv, "\0\xff\xfe\xfd"sv }) {
        auto text = to_base64(bytes);
        auto const padded = from_base64(text);
        ASSERT_TRUE(padded) << text;
        EXPECT_EQ(as_text(*padded), bytes);
        text.erase(text.find_last_not_of('=') + 1);
        auto const bare = from_base64(text);
        ASSERT_TRUE(bare) << text;
        EXPECT_EQ(as_text(*bare), bytes);
    }
}

TEST(Base64, of_another_spelling_is_refused)
{
    for (auto const text : { "Y"sv, "YQ="sv, "YQ==="sv, "Y==="sv, "===="sv, "YR=="sv, "YWJ="sv, "YW-_"sv,
             "YWJj\n"sv, "Y Q="sv, "YQ==YQ=="sv, "YWJ\0"sv })
        EXPECT_FALSE(from_base64(text)) << text;
}

} // namespace
} // namespace exhibit
