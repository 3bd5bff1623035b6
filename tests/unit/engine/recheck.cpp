#include "engine/recheck.hpp"

#include "engine/case_glance.hpp"
#include "unit/detection/detection_case.hpp"

#include <fstream>

namespace {

using namespace exhibit;
using exhibit::test::at;
using indicators::Kind;
namespace fs = std::filesystem;

class RecheckTest : public exhibit::test::DetectionCase {
protected:
    void write_some()
    {
        write({ { { at(0), "see https://a.evil.example/x" }, { at(1), "" }, { at(2), "no link" } },
            { { at(0), "fservernetd" } }, { { "/private/var/mobile/one" }, { "" } } });
    }

    /// A case whose findings and rules are stored, as after an examination with these indicators.
    void write_examined(indicators::IndicatorSet const& set, detection::RuleSet const& rules)
    {
        write_some();
        detection::DetectionInputs inputs;
        inputs.indicators = &set;
        inputs.rules = &rules;
        auto const detection = detection::detect(m_path, inputs).value();
        auto database = casefile::Database::open(m_path, casefile::Access::read_write).value();
        ASSERT_TRUE(detection::store(database, detection, inputs).has_value());
    }

    std::optional<Glance> glance(Knowledge const& knowledge)
    {
        indicators::Matcher matcher { knowledge.indicators };
        return glance_at(m_path, knowledge, matcher, {}).value();
    }

    Rechecked recheck_it(Knowledge const& knowledge)
    {
        std::array const cases { m_path };
        return recheck(cases, knowledge, { 1, {} }).at(0);
    }

    void change(std::string const& sql)
    {
        auto database = casefile::Database::open(m_path, casefile::Access::read_write).value();
        ASSERT_TRUE(database.run(sql).has_value()) << database.last_message();
    }

    indicators::IndicatorSet m_other = set_of({ { Kind::domain, "other.example" } });
    indicators::IndicatorSet m_evil = set_of({ { Kind::domain, "evil.example" } });
    detection::RuleSet m_rules = detection::RuleSet::built_in();
};

TEST_F(RecheckTest, a_glance_compares_the_same_values_as_detection)
{
    write_examined(m_other, m_rules);
    auto const seen = glance({ m_other, m_rules });
    ASSERT_TRUE(seen.has_value());
    EXPECT_FALSE(seen->worth_detection);
    EXPECT_EQ(seen->values, 4U);
    EXPECT_EQ(seen->values, run(&m_other, m_rules).values_compared);
}

TEST_F(RecheckTest, a_case_that_meets_nothing_new_has_no_news)
{
    write_examined(m_other, m_rules);
    auto const result = recheck_it({ m_other, m_rules });
    EXPECT_FALSE(result.error.has_value());
    EXPECT_TRUE(result.news.empty());
    EXPECT_EQ(result.values_compared, 4U);
}

TEST_F(RecheckTest, a_new_indicator_that_a_value_meets_is_news_and_an_old_one_is_not)
{
    write_examined(m_other, m_rules);
    auto const result = recheck_it({ m_evil, m_rules });
    ASSERT_EQ(result.news.size(), 1U);
    EXPECT_EQ(result.news[0].key, "indicator/domain/evil.example/received/ios.t_message");

    write_examined(m_evil, m_rules);
    EXPECT_TRUE(glance({ m_evil, m_rules })->worth_detection);
    EXPECT_TRUE(recheck_it({ m_evil, m_rules }).news.empty());
}

TEST_F(RecheckTest, a_rule_that_the_case_does_not_know_in_this_wording_is_evaluated)
{
    write_examined(m_other, m_rules);
    change("UPDATE rule SET sha256='' WHERE rule_id=(SELECT min(rule_id) FROM rule)");
    EXPECT_TRUE(glance({ m_other, m_rules })->worth_detection);
    EXPECT_EQ(recheck_it({ m_other, m_rules }).rules_evaluated, 1U);
}

TEST_F(RecheckTest, rules_are_evaluated_again_when_a_list_that_they_ask_for_is_another)
{
    auto const rule = [](detection::RuleSet& set, std::string_view values) {
        set.add_file("list.yaml", values);
        set.add_file("rule.yaml",
            "id: ios-test-listed\ntitle: A listed file\nclass: infection\nplatforms: [ios]\nstatus: derived\n"
            "severity: high\nconfidence: strong\nrelation: present\nneeds:\n  t_file: [path]\n"
            "sql: |\n  SELECT 't_file' AS table_name, record_id, NULL AS time, 'path' AS column_name,\n"
            "    path AS value FROM t_file WHERE listed('names', path)\n"
            "summary: \"The file {value} is listed.\"\nmeaning: It is listed.\ninnocent_causes:\n  - None is "
            "known.\n"
            "next_steps:\n  - Look at it.\nreferences:\n  - A test.\n"
            "tests:\n  - name: one\n    rows:\n      t_file:\n        - {path: /one}\n    finds: [t_file 1]\n"
            "  - name: another\n    rows:\n      t_file:\n        - {path: /two}\n    finds: []\n");
    };
    constexpr std::string_view head = "list: names\ntitle: Names\nversion: 1\nsource: A test.\nvalues:\n";
    detection::RuleSet before;
    rule(before, fmt::format("{}  - {{ value: /other, reason: Test. }}\n", head));
    detection::RuleSet after;
    rule(after, fmt::format("{}  - {{ value: /private/var/mobile/one, reason: Test. }}\n", head));
    ASSERT_EQ(after.rules().size(), 1U) << (after.problems().empty() ? "" : after.problems()[0].what);
    ASSERT_NE(before.lists_sha256(), after.lists_sha256());

    write_examined(m_other, before);
    EXPECT_FALSE(glance({ m_other, before })->worth_detection);
    auto const result = recheck_it({ m_other, after });
    ASSERT_EQ(result.news.size(), 1U);
    EXPECT_EQ(result.news[0].rule_id, "ios-test-listed");
}

TEST_F(RecheckTest, a_rule_that_failed_is_evaluated_again)
{
    write_examined(m_other, m_rules);
    change("UPDATE rule SET state='failed' WHERE rule_id=(SELECT min(rule_id) FROM rule)");
    EXPECT_TRUE(glance({ m_other, m_rules })->worth_detection);
}

TEST_F(RecheckTest, a_table_that_is_not_as_this_version_makes_it_is_left_to_sqlite)
{
    write_examined(m_other, m_rules);
    change("ALTER TABLE t_message ADD COLUMN more TEXT");
    EXPECT_FALSE(glance({ m_other, m_rules }).has_value());
    EXPECT_EQ(recheck_it({ m_evil, m_rules }).news.size(), 1U);
}

TEST_F(RecheckTest, changes_that_lie_beside_the_case_are_left_to_sqlite)
{
    write_examined(m_other, m_rules);
    std::ofstream { fs::path { m_path } += "-wal" } << "";
    EXPECT_FALSE(glance({ m_other, m_rules }).has_value());
}

TEST_F(RecheckTest, a_case_of_another_version_is_left_to_sqlite)
{
    write_examined(m_other, m_rules);
    change("UPDATE case_info SET value='0' WHERE name='schema_version'");
    EXPECT_FALSE(glance({ m_other, m_rules }).has_value());
}

TEST_F(RecheckTest, no_damage_of_a_case_goes_without_an_error_or_a_full_detection)
{
    write_examined(m_other, m_rules);
    auto const size = fs::file_size(m_path);
    Knowledge const knowledge { m_other, m_rules };
    for (unsigned tenth = 9; tenth != 0; --tenth) {
        fs::resize_file(m_path, size * tenth / 10);
        indicators::Matcher matcher { knowledge.indicators };
        auto const seen = glance_at(m_path, knowledge, matcher, {});
        // A whole look is right only while what was cut away holds none of what it reads.
        EXPECT_TRUE(!seen || !*seen || (*seen)->values == 4U) << tenth;
    }
}

} // namespace
