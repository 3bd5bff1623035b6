#include "formats/json/json_prefix.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace exhibit {
namespace {

std::string before_damage(std::string_view text)
{
    auto const json = json_before_damage(text);
    return json.is_discarded() ? "nothing" : json.dump();
}

TEST(JsonPrefix, what_is_complete_before_the_end_is_kept)
{
    constexpr std::string_view whole = R"({"a":1,"b":[{"c":"x"},{"d":[true,null]}],"e":{"f":-2.5}})";
    EXPECT_EQ(before_damage(whole), nlohmann::json::parse(whole).dump());
    EXPECT_EQ(before_damage(R"({"a":1,"b":[{"c":"x"},{"d":"y)"), R"({"a":1,"b":[{"c":"x"},{}]})");
    EXPECT_EQ(before_damage(R"({"a":"x","b)"), R"({"a":"x"})");
    EXPECT_EQ(before_damage(R"(["a",)"), R"(["a"])");
    for (std::size_t length = 1; length <= whole.size(); ++length)
        EXPECT_TRUE(json_before_damage(whole.substr(0, length)).is_object()) << length;
}

TEST(JsonPrefix, what_is_complete_before_damage_is_kept)
{
    EXPECT_EQ(before_damage("{\"a\":1,\"b\":\x01\x02,\"c\":3}"), R"({"a":1})");
    EXPECT_EQ(before_damage("[1,2,}"), "[1,2]");
    EXPECT_EQ(before_damage(""), "nothing");
    EXPECT_EQ(before_damage("text"), "nothing");
}

TEST(JsonPrefix, depth_is_bounded)
{
    auto const json = json_before_damage(std::string(1'000'000, '['));
    EXPECT_TRUE(json.is_array());
    EXPECT_LT(json.dump().size(), 2'000U);
}

} // namespace
} // namespace exhibit
