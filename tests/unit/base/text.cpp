#include "base/text.hpp"

#include <gtest/gtest.h>

namespace {

using namespace exhibit;
using namespace std::string_view_literals;

TEST(Text, invalid_bytes_and_nul_are_made_visible)
{
    EXPECT_EQ(repair_utf8("a\xFFz"), "a\xEF\xBF\xBDz");
    EXPECT_EQ(repair_utf8("a\0b"sv),
        "a\xE2\x90\x80"
        "b");
    EXPECT_EQ(repair_utf8("\xED\xA0\x80"), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
    EXPECT_EQ(repair_utf8("Əliyev Հայ"), "Əliyev Հայ");
    EXPECT_TRUE(is_plain_utf8("a long enough ASCII text, then Հայ"));
    EXPECT_FALSE(is_plain_utf8("12345678\0"sv));
    EXPECT_FALSE(is_plain_utf8("\xC0\x80"));
}

TEST(Text, one_byte_that_is_not_plain_is_seen_wherever_it_stands)
{
    for (std::size_t size = 1; size != 30; ++size)
        for (std::size_t at = 0; at != size; ++at)
            for (char const bad : { '\0', '\x80', '\xFF' }) {
                std::string text(size, 'a');
                EXPECT_TRUE(is_plain_utf8(text)) << size;
                text[at] = bad;
                EXPECT_FALSE(is_plain_utf8(text)) << size << ' ' << at;
            }
}

TEST(Text, evidence_cannot_drive_the_terminal)
{
    EXPECT_EQ(escape_for_terminal("\x1b[2J\r\n\xE2\x80\xAEx\x9b"), "\\x1b[2J\\x0d\\x0a\\u202ex\\x9b");
    EXPECT_EQ(escape_for_terminal("\xC2\x9B"), "\\x9b");
    EXPECT_EQ(
        escape_for_terminal("https://evil\u200b.example/\ufeff"), "https://evil\\u200b.example/\\ufeff");
    EXPECT_EQ(escape_for_terminal("\u200d\u200c"), "\u200d\u200c");
}

TEST(Text, utf16)
{
    EXPECT_EQ(from_utf16be("\x00H\x05\x40"sv), "H\xD5\x80");
    EXPECT_EQ(from_utf16le("H\x00\x3D\xD8\x00\xDE"sv), "H\xF0\x9F\x98\x80");
    EXPECT_EQ(from_utf16be("\xD8\x00"sv), "\xEF\xBF\xBD");
}

TEST(Text, hex)
{
    EXPECT_EQ(to_hex("\x00\xfe"sv), "00fe");
}

TEST(Text, a_star_stays_within_its_folder_and_two_stars_do_not)
{
    EXPECT_TRUE(glob_match("/a/*/c.db", "/a/b/c.db"));
    EXPECT_FALSE(glob_match("/a/*/c.db", "/a/b/x/c.db"));
    EXPECT_TRUE(glob_match("/a/**/c.db", "/a/b/x/c.db"));
    EXPECT_TRUE(glob_match("**/c?.db", "/a/b/x/cc.db"));
    EXPECT_FALSE(glob_match("**/c?.db", "/a/c/.db"));
    EXPECT_TRUE(glob_match("/a/Profiles/*/History.db", "/a/Profiles/1/History.db"));
    EXPECT_TRUE(glob_match("**", ""));
    EXPECT_FALSE(glob_match("a*b*c", "aXbX"));
    EXPECT_TRUE(glob_match("a*b*c", "abbcbc"));
    EXPECT_TRUE(glob_match("/**/x*/y", "/x1/q/x2/y"));
    EXPECT_TRUE(glob_match("/a/b", "/a/b"));
    EXPECT_FALSE(glob_match("/a/b", "/a/b/c"));
    EXPECT_FALSE(glob_match("/a/b", "/a"));
    EXPECT_TRUE(glob_match("/0123456789*", "/0123456789*x")) << "characters of a path are no wildcards";
    EXPECT_TRUE(glob_match("/01*3456789/a", "/01*3456789/a"));
    EXPECT_TRUE(glob_match("/01?3456789/a", "/0123456789/a"));
    EXPECT_FALSE(glob_match("/01*/3456789/a", "/01*/3456789/b"));
    EXPECT_FALSE(glob_match("/ab*b", "/ab")) << "what the star is between may not overlap";
    EXPECT_FALSE(glob_match("*/long/ending", "ending"));
}

TEST(Text, a_uuid_is_told_from_what_looks_like_one)
{
    EXPECT_TRUE(is_uuid("0123abCD-89ef-0123-4567-89abcdefABCD"));
    for (auto const* const none :
        { "", "0123abCD-89ef-0123-4567-89abcdefABC", "0123abCD-89ef-0123-4567-89abcdefABCDE",
            "0123abCD+89ef-0123-4567-89abcdefABCD", "0123abCG-89ef-0123-4567-89abcdefABCD" })
        EXPECT_FALSE(is_uuid(none)) << none;
}

TEST(Text, blanks_are_taken_off_both_ends)
{
    EXPECT_EQ(trimmed(" \ta b\r "), "a b");
    EXPECT_EQ(trimmed("a\n"), "a\n");
    EXPECT_EQ(trimmed("'a'", "'"), "a");
    EXPECT_EQ(trimmed(" \t "), "");
    EXPECT_EQ(trimmed(""), "");
}

} // namespace
