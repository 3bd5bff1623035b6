#include "support/run_program.hpp"

#include <gtest/gtest.h>

namespace {

using namespace exhibit::test;

TEST(RuleLists, say_why_each_value_is_there)
{
    auto const all = run_exhibit({ "rules", "lists" });
    EXPECT_EQ(all.code, 0) << all.err;
    EXPECT_NE(all.out.find("ios_system_processes"), std::string::npos) << all.out;
    auto const one = run_exhibit({ "rules", "lists", "ios_system_processes" });
    for (auto const* part : { "apsd", "used the network on an ordinary phone with iOS 14.3", "hearsay" })
        EXPECT_NE(one.out.find(part), std::string::npos) << part;
    auto const none = run_exhibit({ "rules", "lists", "no_such_list" });
    EXPECT_EQ(none.code, 2);
    EXPECT_NE(none.err.find("no list 'no_such_list'"), std::string::npos) << none.err;
}

} // namespace
