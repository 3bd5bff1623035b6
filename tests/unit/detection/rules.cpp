#include "detection/indicator_words.hpp"
#include "detection/rule_tests.hpp"

#include <algorithm>
#include <gtest/gtest.h>

namespace {

using namespace exhibit;
using namespace exhibit::detection;

RuleSet const& built_in()
{
    static RuleSet const set = RuleSet::built_in();
    return set;
}

TEST(BuiltInRules, are_all_valid)
{
    EXPECT_FALSE(built_in().rules().empty());
    for (auto const& problem : built_in().problems())
        ADD_FAILURE() << problem.file << ':' << problem.line << ": " << problem.what;
    std::vector<RuleProblem> of_words;
    IndicatorWordTable const words { built_in(), &of_words };
    EXPECT_TRUE(of_words.empty()) << of_words.front().what;
}

TEST(BuiltInRules, are_named_like_their_files)
{
    for (auto const& [id, rule] : built_in().rules())
        EXPECT_TRUE(rule.file.ends_with("/" + id + ".yaml")) << rule.file;
}

class EveryBuiltInRule : public ::testing::TestWithParam<std::string> { };

TEST_P(EveryBuiltInRule, passes_its_own_tests)
{
    for (auto const& result : test_rule(built_in(), built_in().rules().at(GetParam())))
        EXPECT_TRUE(result.passed) << result.test << ": " << result.why;
}

TEST_P(EveryBuiltInRule, passes_the_lint)
{
    for (auto const& problem : lint_rule(built_in(), built_in().rules().at(GetParam())))
        ADD_FAILURE() << problem.file << ": " << problem.what;
}

std::vector<std::string> all_ids()
{
    std::vector<std::string> ids;
    for (auto const& [id, rule] : built_in().rules())
        ids.push_back(id);
    return ids;
}

INSTANTIATE_TEST_SUITE_P(Rules, EveryBuiltInRule, ::testing::ValuesIn(all_ids()), [](auto const& rule) {
    auto name = rule.param;
    std::ranges::replace(name, '-', '_');
    return name;
});

} // namespace
