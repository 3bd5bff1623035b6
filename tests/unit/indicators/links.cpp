#include "indicators/links.hpp"

#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace {

using exhibit::indicators::Link;
using exhibit::indicators::LinkFinder;
using Texts = std::vector<std::string>;

Texts links_in(std::string_view text)
{
    Texts found;
    LinkFinder finder { text };
    Link link;
    while (finder.next(link)) {
        constexpr std::string_view marks = "uhe";
        found.push_back(marks[static_cast<std::size_t>(link.type)] + (' ' + std::string { link.text }));
    }
    return found;
}

TEST(Links, urls_hosts_and_mail_addresses_are_found_in_order)
{
    EXPECT_EQ(links_in("see https://a.example/b?c=1 or www.d.example/e, write to x.y@f.example!"),
        (Texts { "u https://a.example/b?c=1", "h www.d.example/e", "e x.y@f.example" }));
    EXPECT_EQ(links_in("a.example"), (Texts { "h a.example" }));
    EXPECT_EQ(links_in("203.0.113.7:8080/x"), (Texts { "h 203.0.113.7:8080/x" }));
    EXPECT_EQ(links_in("http://[2001:db8::1]/x"), (Texts { "u http://[2001:db8::1]/x" }));
    EXPECT_EQ(links_in("tg://resolve?domain=x market://details?id=a.b"),
        (Texts { "u tg://resolve?domain=x", "u market://details?id=a.b" }));
    EXPECT_EQ(links_in("bob@a.example,eve@b.example"), (Texts { "e bob@a.example", "e eve@b.example" }));
    EXPECT_EQ(links_in("mailto:bob@a.example"), (Texts { "e bob@a.example" }));
}

TEST(Links, prose_is_no_link)
{
    for (std::string_view const text :
        { "", "...", "The end. Start again.", "wait...what", "3.14 and 1.2.3", "a. b. c.", "://", "http://",
            "x@y", "http:// a", ".hidden", "end.", "12:30", "@.@", "a@b.", "e.g" })
        EXPECT_EQ(links_in(text), Texts {}) << text;
}

TEST(Links, punctuation_around_a_link_is_not_part_of_it)
{
    Texts const link { "u https://a.example/b" };
    for (std::string_view const text : { "(https://a.example/b)", "<https://a.example/b>",
             "\"https://a.example/b\".", "[x](https://a.example/b), y", "*https://a.example/b*",
             "https://a.example/b?!...", "‘https://a.example/b’", "«https://a.example/b»",
             "「https://a.example/b」。", "https://a.example/b，", "{https://a.example/b}" })
        EXPECT_EQ(links_in(text), link) << text;
    EXPECT_EQ(links_in("https://a.example/b_(c)"), (Texts { "u https://a.example/b_(c)" }));
    EXPECT_EQ(links_in("(a.example)"), (Texts { "h a.example" }));
    EXPECT_EQ(links_in("a.example: text"), (Texts { "h a.example" }));
    EXPECT_EQ(links_in("a.example:text"), (Texts { "h a.example" }));
}

TEST(Links, what_cannot_stand_in_a_host_ends_a_link_without_a_path)
{
    Texts const link { "u http://a.example" };
    for (std::string_view const text : { "http://a.example,thanks", "http://a.example;x",
             "http://a.example!important", "http://a.example's page", "http://a.example&x",
             "http://a.example)foo", "_http://a.example_", "http://a.example:text", "http://a.example:443x" })
        EXPECT_EQ(links_in(text), link) << text;
    EXPECT_EQ(links_in("http://a.example,http://b.example;https://c.example:8443,d"),
        (Texts { "u http://a.example", "u http://b.example", "u https://c.example:8443" }));
    for (std::string_view const text : { "http://user:p,w@a.example/b", "http://a.example:8080/b,c",
             "http://a.example?b,c", "http://a%2Eexample/b", "http://[2001:db8::1]:80/b", "app://?b=c",
             "http://a.example\\@b.example/", "http://a_b.example/_c_d" })
        EXPECT_EQ(links_in(text), (Texts { "u " + std::string { text } })) << text;
}

TEST(Links, underscores_of_emphasis_are_no_part_of_a_link)
{
    for (std::string_view const text :
        { "_a.example_", "~_a.example_~", "*_a.example_*", "__a.example__", "a.example_" })
        EXPECT_EQ(links_in(text), (Texts { "h a.example" })) << text;
    EXPECT_EQ(links_in("_b.a.example"), (Texts { "h _b.a.example" }));
    EXPECT_EQ(links_in("_x_y@a.example_"), (Texts { "e _x_y@a.example" }));
    EXPECT_EQ(links_in("_._ _a_._"), Texts {});
}

TEST(Links, invisible_characters_end_a_link)
{
    EXPECT_EQ(
        links_in("\xE2\x80\x8Fhttps://a.example/b\xE2\x80\x8E next"), (Texts { "u https://a.example/b" }));
    EXPECT_EQ(links_in("a.example\xE2\x80\x8B"), (Texts { "h a.example" }));
    EXPECT_EQ(links_in("\xEF\xBB\xBF"
                       "a.example"),
        (Texts { "h a.example" }));
    EXPECT_EQ(links_in("x\xC2\xA0"
                       "a.example\xC2\xA0y"),
        (Texts { "h a.example" }));
    EXPECT_EQ(links_in("\xE2\x80\xAE"
                       "bob@a.example\xE2\x80\xAC"),
        (Texts { "e bob@a.example" }));
}

TEST(Links, words_may_run_into_a_link)
{
    EXPECT_EQ(links_in("seehttps://a.example/b"), (Texts { "u https://a.example/b" }));
    EXPECT_EQ(links_in("Hello.https://a.example/b"), (Texts { "u https://a.example/b" }));
    EXPECT_EQ(links_in("查看https://a.example/b"), (Texts { "u https://a.example/b" }));
    EXPECT_EQ(links_in("https://a.example/b请点击"), (Texts { "u https://a.example/b请点击" }));
    EXPECT_EQ(links_in("url=https://a.example/b"), (Texts { "u https://a.example/b" }));
}

TEST(Links, what_is_meant_where_prose_has_no_spaces)
{
    auto const core = [](Link::Type type, std::string_view text) {
        return exhibit::indicators::ascii_core({ type, text });
    };
    EXPECT_EQ(core(Link::Type::url, "https://a.example/b请点击"), "https://a.example/b");
    EXPECT_EQ(core(Link::Type::host, "链接a.example请"), "a.example");
    EXPECT_EQ(core(Link::Type::host, "👉a.example/b"), "a.example/b");
    EXPECT_EQ(core(Link::Type::host, "bücher.example"), "");
    EXPECT_EQ(core(Link::Type::host, "链接.example"), "");
    EXPECT_EQ(core(Link::Type::host, "a.example"), "a.example");
}

TEST(Links, hostile_text_takes_linear_time)
{
    // Each of these made some finder go back over the same text again and again; a quadratic one
    // would not end within the time that a test may take.
    constexpr std::size_t much = 400'000;
    for (std::string_view const piece :
        { "a.", "://", "a://", ")", ".", "@", "a@", "@a.", "a.b@", "\xE2\x80", "é.", "_", "a_." }) {
        std::string text = "http://x";
        while (text.size() < much)
            text += piece;
        std::size_t length = 0;
        for (auto const& link : links_in(text))
            length += link.size();
        EXPECT_LE(length, 4 * much) << piece;
    }
}

} // namespace
