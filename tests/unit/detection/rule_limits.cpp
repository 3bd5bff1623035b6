#include "detection/sql_functions.hpp"
#include "detection_case.hpp"

#include <thread>

namespace {

using namespace exhibit;
using namespace exhibit::detection;
using exhibit::test::at;

constexpr std::string_view kRule = R"(id: t-usage
title: Something ran
class: anomaly
platforms: [ios]
status: derived
severity: low
confidence: weak
relation: traffic
needs:
  t_usage: [used, process]
sql: SELECT 't_usage' AS table_name, record_id, used AS time, process AS value FROM t_usage WHERE process LIKE 'evil%'
summary: "{rows} row(s): {values}."
meaning: It means this.
innocent_causes: [Many.]
next_steps: [Look.]
references: [Nobody]
tests:
  - {name: a, rows: {t_usage: [{process: evild}]}, finds: [t_usage 1]}
  - {name: b, rows: {t_usage: [{process: y}]}, finds: []}
)";

class RuleLimitsTest : public exhibit::test::DetectionCase {
protected:
    void SetUp() override
    {
        write({ {}, { { at(0), "evila" }, { at(1), "evilb" }, { at(2), "evilc" } }, {} });
        m_rules.add_file("t-usage.yaml", kRule);
    }

    detection::Detection run_with(std::size_t rows)
    {
        DetectionInputs inputs;
        inputs.rules = &m_rules;
        inputs.limits.rows = rows;
        return detect(m_path, inputs).value();
    }

    RuleSet m_rules;
};

TEST_F(RuleLimitsTest, that_more_rows_matched_than_are_kept_is_said)
{
    auto const all = run_with(3);
    EXPECT_EQ(all.rules.at(0).reason, "");
    EXPECT_EQ(all.findings.at(0).summary, "3 rows: evila, evilb, evilc.");
    auto const cut = run_with(2);
    EXPECT_EQ(cut.rules.at(0).state, RuleState::matched);
    EXPECT_EQ(cut.rules.at(0).reason, "more rows matched than are kept; the first 2 count");
    EXPECT_EQ(cut.findings.at(0).row_count, 2U);
    EXPECT_EQ(cut.findings.at(0).summary,
        "2 rows: evila, evilb. There may be more: the rule matched more rows than are kept.");
}

TEST_F(RuleLimitsTest, rows_that_are_too_large_are_not_held_for_other_threads)
{
    auto reader = casefile::Database::open(m_path, casefile::Access::read_only).value();
    ASSERT_TRUE(reader.keep("t_small", "SELECT printf('%.*c', 5000000, 'a') AS a"));
    EXPECT_TRUE(KeptRows::read(reader, "t_small").value().has_value());
    ASSERT_TRUE(reader.keep("t_large", "SELECT a FROM t_small UNION ALL SELECT a FROM t_small"));
    EXPECT_FALSE(KeptRows::read(reader, "t_large").value().has_value());
}

TEST_F(RuleLimitsTest, the_time_that_one_rule_may_take_ends_with_it)
{
    auto reader = casefile::Database::open(m_path, casefile::Access::read_only).value();
    ASSERT_TRUE(add_rule_functions(reader, m_rules.lists()));
    auto const view = CaseView::read(reader).value();
    constexpr std::chrono::milliseconds limit { 5 };
    auto const later_works = [&] {
        std::this_thread::sleep_for(2 * limit);
        auto slow = reader
                        .prepare("WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c LIMIT "
                                 "100000) SELECT max(n) FROM c")
                        .value();
        auto const there = slow.step();
        return there.has_value() && *there && slow.integer(0) == 100'000;
    };
    auto wrong = m_rules.rules().at("t-usage");
    wrong.own_sql = "SELECT nothing FROM t_usage";
    KeptViews views;
    EXPECT_EQ(run_rule(reader, view, wrong, { limit, 10 }, views).state, RuleState::failed);
    EXPECT_TRUE(later_works());
    auto const kept = std::make_shared<View>();
    kept->id = "t_kept";
    kept->sql = "SELECT record_id FROM t_usage";
    kept->keep = true;
    ASSERT_TRUE(views.keep(reader, wrong, kept, limit));
    EXPECT_TRUE(later_works());
}

} // namespace
