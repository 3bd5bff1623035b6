#include "artifacts/ios/common/named_servers.hpp"

#include "formats/plist/plist.hpp"

#include <cstdint>
#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace {

using namespace exhibit;

/// A list of so many times the same dictionary, whose value is a list of so many times the same server.
std::string repeated(std::uint32_t dictionaries, std::uint32_t servers)
{
    std::string text = "bplist00";
    std::vector<std::uint32_t> offsets;
    auto const begin_object = [&] { offsets.push_back(static_cast<std::uint32_t>(text.size())); };
    auto const add_big = [&](std::uint32_t number) {
        for (int shift = 24; shift >= 0; shift -= 8)
            text += static_cast<char>(number >> static_cast<unsigned>(shift) & 0xFFU);
    };
    auto const add_array = [&](std::uint32_t count, char of) {
        begin_object();
        text += "\xAF\x12";
        add_big(count);
        text.append(count, of);
    };
    add_array(dictionaries, '\x01');
    begin_object();
    text += "\xD1\x02\x03";
    begin_object();
    text += "\x59ServerURL";
    add_array(servers, '\x04');
    begin_object();
    text += "\x51"
            "a";
    auto const table = static_cast<std::uint32_t>(text.size());
    for (auto const offset : offsets)
        add_big(offset);
    text.append(6, '\0').append("\x04\x01");
    text.append(4, '\0');
    add_big(static_cast<std::uint32_t>(offsets.size()));
    text.append(8, '\0').append(4, '\0');
    add_big(table);
    return text;
}

TEST(NamedServers, are_found_in_each_place)
{
    auto const text = repeated(3, 2);
    auto const document = plist::Document::parse(as_bytes(text)).value();
    auto const servers = ios::named_servers(document.root());
    ASSERT_EQ(servers.size(), 6U);
    EXPECT_EQ(servers.front().key, "ServerURL");
    EXPECT_EQ(servers.front().server, "a");
}

/// Unbounded it would look at ten thousand million values.
TEST(NamedServers, a_part_that_is_repeated_at_every_level_is_not_followed_without_end)
{
    auto const text = repeated(100'000, 100'000);
    auto const document = plist::Document::parse(as_bytes(text)).value();
    EXPECT_EQ(ios::named_servers(document.root()).size(), 1000U);
}

} // namespace
