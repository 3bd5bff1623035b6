#include "indicators/yara.hpp"

#include "support/temporary_folder.hpp"

#include <fstream>
#include <gtest/gtest.h>
#include <thread>

namespace {

using namespace exhibit;
using indicators::YaraRules;

constexpr std::string_view kRule = R"(rule Sample : implant test {
  meta:
    description = "An invented word"
    severity = "medium"
  strings:
    $a = "sample-implant"
  condition:
    $a
}
)";

class Yara : public ::testing::Test {
protected:
    std::expected<YaraRules, indicators::YaraProblem> load(std::string_view text)
    {
        std::ofstream { m_folder / "sample.yar" } << text;
        std::array const paths { m_folder.path() };
        return YaraRules::load(paths);
    }

    test::TemporaryFolder m_folder;
};

TEST_F(Yara, a_rule_says_where_it_matched_and_what_its_author_says)
{
    std::ofstream { m_folder / "notes.txt" } << "no rule";
    auto const rules = load(kRule);
    ASSERT_TRUE(rules) << rules.error().what;
    EXPECT_EQ(rules->count(), 1U);
    auto const matches
        = rules->scan(as_bytes("a sample-implant, sample-implant"), std::chrono::seconds { 5 }).value();
    ASSERT_EQ(matches.size(), 1U);
    EXPECT_EQ(matches[0].rule, "Sample");
    EXPECT_EQ(matches[0].file, "sample.yar");
    EXPECT_EQ(matches[0].tags, "implant test");
    EXPECT_EQ(matches[0].description, "An invented word");
    EXPECT_EQ(matches[0].severity, "medium");
    EXPECT_EQ(matches[0].offset, 2U);
    EXPECT_TRUE(rules->scan(as_bytes("sample implant"), std::chrono::seconds { 5 }).value().empty());
    EXPECT_TRUE(rules->scan({}, std::chrono::seconds { 5 }).value().empty());
    std::stop_source stop;
    stop.request_stop();
    EXPECT_EQ(
        rules->scan(as_bytes("a sample-implant"), std::chrono::seconds { 5 }, stop.get_token()).error().fault,
        Fault::cancelled);
}

TEST_F(Yara, a_scan_ends_at_its_limit_and_soon_after_it_is_to_stop)
{
    auto const rules = load("rule Slow { condition: for all i in (1..1000000000000) : (i > 0) }");
    ASSERT_TRUE(rules) << rules.error().what;
    EXPECT_EQ(rules->scan(as_bytes("x"), std::chrono::seconds { 1 }).error().fault, Fault::over_limit);
    std::stop_source stop;
    std::jthread const soon { [&] { stop.request_stop(); } };
    EXPECT_EQ(rules->scan(as_bytes("x"), std::chrono::hours { 1 }, stop.get_token()).error().fault,
        Fault::cancelled);
}

TEST_F(Yara, the_text_of_a_rule_is_kept_and_a_long_one_is_cut)
{
    auto const rules = load(kRule);
    ASSERT_TRUE(rules);
    EXPECT_EQ(rules->text_of("sample.yar", "Sample") + '\n', kRule);
    EXPECT_EQ(rules->text_of("sample.yar", "Other"), "");
    EXPECT_EQ(rules->text_of("other.yar", "Sample"), "");
    auto const long_one = load("rule Long {\n  // " + std::string(100'000, 'x') + "\n  condition: true\n}\n");
    ASSERT_TRUE(long_one);
    EXPECT_LT(long_one->text_of("sample.yar", "Long").size(), 17'000U);
    EXPECT_TRUE(long_one->text_of("sample.yar", "Long").ends_with("(it goes on)"));
}

TEST_F(Yara, what_holds_no_rule_is_refused)
{
    EXPECT_FALSE(load("// no rule"));
    std::filesystem::create_directories(m_folder / "none");
    std::ofstream { m_folder / "none/rules.txt" } << kRule;
    std::array const folders { m_folder / "none" };
    auto const rules = YaraRules::load(folders);
    ASSERT_FALSE(rules);
    EXPECT_EQ(rules.error().file, m_folder / "none");
    EXPECT_TRUE(rules.error().what.contains(".yar")) << rules.error().what;
}

TEST_F(Yara, a_mistake_is_named_and_nothing_is_included)
{
    auto const wrong = load("rule Sample {\n condition: nonsense\n}\n");
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().line, 2U);
    EXPECT_TRUE(wrong.error().file.string().ends_with("sample.yar"));
    EXPECT_FALSE(load("include \"/etc/passwd\"\nrule A { condition: true }\n"));
    std::array const nowhere { m_folder / "none" };
    EXPECT_FALSE(YaraRules::load(nowhere));
}

} // namespace
