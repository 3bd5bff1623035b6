#include "detection/rule_runner.hpp"
#include "detection/rule_tests.hpp"
#include "detection/sql_functions.hpp"
#include "detection/test_case.hpp"
#include "indicators/digest.hpp"
#include "support/temporary_folder.hpp"

#include <algorithm>
#include <fstream>
#include <gtest/gtest.h>

namespace {

using namespace exhibit;
using namespace exhibit::detection;

constexpr std::string_view kRule = R"(id: my-rule
title: Something
class: anomaly
platforms: [ios]
status: derived
severity: low
confidence: weak
relation: present
needs:
  t_thing: [name]
sql: SELECT 't_thing' AS table_name, record_id, name AS value FROM t_thing WHERE name LIKE 'x%'
summary: "{rows} things: {values}."
meaning: It means this.
innocent_causes: [Many.]
next_steps: [Look.]
references: [Nobody]
tests:
  - {name: a, rows: {t_thing: [{name: x1}, {name: y}]}, finds: [t_thing 1]}
  - {name: b, rows: {t_thing: [{name: y}]}, finds: []}
)";

std::string with(std::string_view from, std::string_view to)
{
    std::string text { kRule };
    auto const at = text.find(from);
    EXPECT_NE(at, text.npos) << from;
    return text.replace(at, from.size(), to);
}

std::string problem_of(std::string_view text)
{
    RuleSet set;
    set.add_file("x.yaml", text);
    return set.problems().empty() ? "" : set.problems().front().what;
}

/// The first complaint of lint or tests.
std::string complaint_of(std::string_view text)
{
    RuleSet set;
    set.add_file("x.yaml", text);
    if (set.rules().empty())
        return "refused";
    auto const& rule = set.rules().begin()->second;
    for (auto const& problem : lint_rule(set, rule))
        if (!problem.what.starts_with("no artifact of this program"))
            return problem.what;
    for (auto const& result : test_rule(set, rule))
        if (!result.passed)
            return result.why;
    return {};
}

TEST(RuleFile, a_good_rule_is_taken_and_passes)
{
    EXPECT_EQ(problem_of(kRule), "");
    EXPECT_EQ(complaint_of(kRule), "");
}

TEST(RuleFile, critical_with_little_confidence_is_refused)
{
    EXPECT_TRUE(problem_of(with("severity: low", "severity: critical")).contains("needs more than `weak`"));
    EXPECT_TRUE(problem_of(with("severity: low", "severity: high")).contains("needs more than `weak`"));
}

TEST(RuleFile, what_is_only_recalled_says_low_at_most)
{
    EXPECT_TRUE(problem_of(with("status: derived\nseverity: low", "status: recalled\nseverity: medium"))
            .contains("recalled"));
}

TEST(RuleFile, needs_a_test_that_finds_and_one_that_does_not)
{
    EXPECT_TRUE(problem_of(with("finds: [t_thing 1]", "finds: []")).contains("must find"));
    EXPECT_TRUE(problem_of(with("finds: []", "finds: [t_thing 1]")).contains("near miss"));
}

TEST(RuleFile, unknown_and_missing_fields_are_named)
{
    EXPECT_EQ(problem_of(with("class: anomaly", "klass: anomaly")), "the field `class` is missing");
    EXPECT_EQ(
        problem_of(with("class: anomaly", "class: anomaly\nextra: 1")), "the field `extra` is not known");
    EXPECT_TRUE(problem_of(with("class: anomaly", "class: bad")).contains("`bad` is no word"));
}

TEST(RuleFile, no_rule_may_call_a_phone_clean)
{
    EXPECT_TRUE(problem_of(with("It means this.", "The phone is clean.")).contains("no text may say"));
}

TEST(RuleFile, no_rule_may_look_for_what_is_known_to_be_invented)
{
    EXPECT_TRUE(
        problem_of(with("LIKE 'x%'", "= '/private/var/tmp/BridgeHead'")).contains("invented or wrong"));
    EXPECT_TRUE(problem_of(with("LIKE 'x%'", "LIKE '%BIGPRETZEL%'")).contains("invented or wrong"));
}

TEST(RuleFile, a_failing_test_says_what_was_found_instead)
{
    EXPECT_EQ(complaint_of(with("finds: [t_thing 1]", "finds: [t_thing 2]")),
        "found t_thing 1 instead of t_thing 2");
}

TEST(RuleFile, a_test_may_say_what_the_findings_say)
{
    EXPECT_EQ(
        complaint_of(with("finds: [t_thing 1]", "finds: [t_thing 1], summaries: ['1 things: x1.']")), "");
    EXPECT_EQ(complaint_of(with("finds: [t_thing 1]", "finds: [t_thing 1], summaries: ['1 thing.', Other.]")),
        "it says \"1 things: x1.\" instead of \"1 thing.\", \"Other.\"");
}

TEST(RuleFile, lint_sees_wrong_sql_undeclared_columns_and_unknown_names)
{
    EXPECT_TRUE(complaint_of(with("SELECT 't_thing'", "SELEC 't_thing'")).contains("cannot be run"));
    EXPECT_TRUE(complaint_of(
        with("name AS value FROM t_thing", "(SELECT max(size) FROM entry) AS value FROM t_thing"))
            .contains("reads entry.size"));
    EXPECT_TRUE(complaint_of(with("{values}", "{nothing}")).contains("`{nothing}`"));
    EXPECT_TRUE(complaint_of(with("name LIKE 'x%'", "listed('no_list', name)")).contains("no list"));
}

TEST(RuleFile, sql_can_only_read_and_has_a_time_limit)
{
    EXPECT_NE(complaint_of(with("SELECT 't_thing'", "DELETE FROM t_thing; SELECT 't_thing'")), "");
    RuleSet set;
    set.add_file("x.yaml",
        with("FROM t_thing WHERE",
            "FROM t_thing, (WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT max(n) "
            "FROM c) WHERE"));
    auto const& rule = set.rules().at("my-rule");
    auto database = casefile::Database::create(":memory:").value();
    ASSERT_TRUE(database.run("CREATE TABLE t_thing (record_id INTEGER PRIMARY KEY, name)").has_value());
    database.allow_only_reading();
    CaseView view;
    view.tables["t_thing"].artifact = "t.thing";
    view.tables["t_thing"].columns.push_back({ "name", "text", "" });
    view.artifacts["t.thing"].states["parsed"] = 1;
    KeptViews views;
    auto const run = run_rule(database, view, rule, { std::chrono::milliseconds { 50 }, 10 }, views);
    EXPECT_EQ(run.state, RuleState::failed);
    EXPECT_TRUE(run.reason.contains("time limit")) << run.reason;
}

TEST(RuleFile, what_a_case_lacks_is_not_evaluated)
{
    RuleSet set;
    set.add_file("x.yaml", kRule);
    auto const& rule = set.rules().at("my-rule");
    CaseView view;
    EXPECT_EQ(missing_need(view, rule), "the case has no table t_thing");
    view.tables["t_thing"].artifact = "t.thing";
    EXPECT_EQ(missing_need(view, rule), "the table t_thing of this case has no column name");
    view.tables["t_thing"].columns.push_back({ "name", "text", "" });
    view.artifacts["t.thing"].states["locked"] = 1;
    EXPECT_EQ(missing_need(view, rule), "t.thing: it is encrypted and the key is missing or wrong");
    view.artifacts["t.thing"].states["parsed"] = 1;
    EXPECT_EQ(missing_need(view, rule), "");
}

/// A rule that reads one table of two, and a view that is kept.
std::string of_two_tables()
{
    auto text = with("needs:\n  t_thing: [name]\n", "needs_one_of:\n  t_thing: [name]\n  t_other: [name]\n");
    constexpr std::string_view from = "FROM t_thing WHERE";
    text.replace(text.find(from), from.size(),
        "FROM (SELECT * FROM both UNION ALL SELECT record_id, name_raw FROM t_other) WHERE");
    constexpr std::string_view sql = "sql: SELECT";
    text.replace(text.find(sql), sql.size(),
        "sql: WITH RECURSIVE both AS (SELECT record_id, name FROM t_thing UNION ALL SELECT record_id, name "
        "FROM "
        "t_other) SELECT");
    return text;
}

TEST(RuleFile, a_table_that_an_older_case_does_not_have_is_as_an_empty_one_where_another_is_enough)
{
    RuleSet set;
    set.add_file("x.yaml", of_two_tables());
    ASSERT_TRUE(set.problems().empty()) << set.problems().front().what;
    auto rule = set.rules().at("my-rule");
    auto database = casefile::Database::create(":memory:").value();
    ASSERT_TRUE(database
            .run("CREATE TABLE entry (entry_id INTEGER PRIMARY KEY, path, modified);"
                 "CREATE TABLE t_thing (record_id INTEGER PRIMARY KEY, entry_id, locator, recovered, name);"
                 "INSERT INTO t_thing VALUES (7, 1, 0, NULL, 'x1')")
            .has_value());
    database.allow_only_reading();
    CaseView view;
    EXPECT_EQ(missing_column(view, rule), "the case has no table t_thing");
    EXPECT_EQ(missing_need(view, rule), "the case has no table t_thing");
    view.tables["t_thing"].name = "t_thing";
    view.tables["t_thing"].artifact = "t.thing";
    view.tables["t_thing"].columns.push_back({ "name", "text", "" });
    EXPECT_EQ(missing_column(view, rule), "");
    EXPECT_EQ(missing_need(view, rule),
        "t.thing: the case does not say how it fared; the case has no table t_other");
    view.artifacts["t.thing"].states["parsed"] = 1;
    KeptViews views;
    auto const run = run_rule(database, view, rule, {}, views);
    EXPECT_EQ(run.state, RuleState::matched) << run.reason;
    EXPECT_EQ(run.rows.size(), 1U);
    EXPECT_TRUE(run.lacks_table);
    EXPECT_FALSE(run.lacks_column);
    EXPECT_EQ(run.reason, "the case has no table t_other");

    auto const one_of = std::exchange(rule.one_of, { { { "t_thing", { "name" } } } });
    EXPECT_EQ(missing_column(view, rule), "the case has no table t_other") << "it may keep the rule silent";
    rule.one_of = one_of;
    rule.needs_whole = { "t_other" }; // A missing row would make it speak.
    EXPECT_EQ(run_rule(database, view, rule, {}, views).reason, "the case has no table t_other");
    EXPECT_TRUE(run_rule(database, view, rule, {}, views).lacks_column);
}

TEST(RuleFile, what_is_missing_from_a_file_that_was_read_in_part_says_nothing)
{
    auto const whole = with("sql:", "needs_whole: [t_thing]\nsql:");
    EXPECT_EQ(complaint_of(whole), "");
    RuleSet set;
    set.add_file("x.yaml", whole);
    auto const& rule = set.rules().at("my-rule");
    auto made = TestCase::make(set, rule).value();
    RuleTest test;
    test.in_part = { "t_thing" };
    test.tables = rule.tests.front().tables;
    ASSERT_EQ(made.add_rows(test), "");
    auto const view = CaseView::read(made.database()).value();
    KeptViews views;
    auto const run = run_rule(made.database(), view, rule, {}, views);
    EXPECT_EQ(run.state, RuleState::not_evaluated);
    EXPECT_TRUE(run.reason.contains("1 row does not count; t_thing:")) << run.reason;
}

TEST(RuleFile, a_rule_for_older_systems_is_not_evaluated_with_newer_ones)
{
    RuleSet set;
    set.add_file("x.yaml", with("sql:", "before_system: 26\nsql:"));
    auto const& rule = set.rules().at("my-rule");
    CaseView view;
    view.tables["t_thing"].artifact = "t.thing";
    view.tables["t_thing"].columns.push_back({ "name", "text", "" });
    view.artifacts["t.thing"].states["parsed"] = 1;
    for (auto const* version : { "", "18.6.2", "9" }) {
        view.system_version = version;
        EXPECT_EQ(missing_need(view, rule), "") << version;
    }
    view.system_version = "26.1";
    EXPECT_EQ(missing_need(view, rule), "it is for versions of the system before 26, and this one is 26.1");
}

TEST(RuleFile, what_two_files_say_of_one_moment_counts_once)
{
    auto text = with(
        "record_id, name AS value", "record_id, at AS time, 'name' AS column_name, name || '!' AS value");
    text.replace(text.find("[name]"), 6, "[name, at]");
    RuleSet set;
    set.add_file("x.yaml", text);
    auto const& rule = set.rules().at("my-rule");
    auto made = TestCase::make(set, rule).value();
    ASSERT_TRUE(made.database()
            .run("INSERT INTO t_thing (record_id, entry_id, locator, name, at) VALUES (1, 1, 1, 'x', 5), "
                 "(2, 2, 1, 'x', 5), (3, 1, 2, 'x', 5), (4, 2, 2, 'x', 6), (5, 3, 1, 'x', NULL), "
                 "(6, 4, 1, 'x', NULL)")
            .has_value());
    auto const view = CaseView::read(made.database()).value();
    std::vector<std::int64_t> records;
    KeptViews views;
    for (auto const& row : run_rule(made.database(), view, rule, {}, views).rows) {
        records.push_back(row.record_id);
        EXPECT_EQ(row.stored, "x");
        EXPECT_EQ(row.value, "x!");
    }
    EXPECT_EQ(records, (std::vector<std::int64_t> { 1, 3, 4, 5, 6 }));
}

TEST(RuleFile, what_a_rule_says_of_an_empty_column_does_not_stand_under_its_name)
{
    RuleSet set;
    auto text
        = with("record_id, name AS value", "record_id, 'name' AS column_name, coalesce(name, at) AS value");
    text.erase(text.find(" WHERE name"), std::string_view { " WHERE name LIKE 'x%'" }.size());
    text.replace(text.find("[name]"), 6, "[name, at]");
    set.add_file("x.yaml", text);
    auto const& rule = set.rules().at("my-rule");
    auto made = TestCase::make(set, rule).value();
    ASSERT_TRUE(made.database()
            .run("INSERT INTO t_thing (record_id, entry_id, locator, name, at) VALUES (1, 1, 1, 'x', 5), (2, "
                 "1, 2, NULL, 6)")
            .has_value());
    KeptViews views;
    auto const rows
        = run_rule(made.database(), CaseView::read(made.database()).value(), rule, {}, views).rows;
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0].column, "name");
    EXPECT_EQ(rows[1].column, std::nullopt);
    EXPECT_EQ(rows[1].value, "6");
}

TEST(RuleFile, a_table_that_must_have_rows_and_has_none_is_named)
{
    RuleSet set;
    set.add_file("x.yaml", with("sql:", "needs_rows: [t_thing]\nsql:"));
    auto const& rule = set.rules().at("my-rule");
    auto made = TestCase::make(set, rule).value();
    auto const view = CaseView::read(made.database()).value();
    KeptViews views;
    auto const run = run_rule(made.database(), view, rule, {}, views);
    EXPECT_EQ(run.state, RuleState::not_evaluated);
    EXPECT_EQ(run.reason, "t_thing: it has no row in t_thing");
    EXPECT_TRUE(problem_of(with("sql:", "needs_rows: [t_other]\nsql:")).contains("which `needs` does not"));
}

TEST(RuleFile, a_column_that_a_row_must_have_and_none_has_is_named)
{
    RuleSet set;
    set.add_file("x.yaml", with("sql:", "needs_rows: [t_thing.name]\nsql:"));
    auto const& rule = set.rules().at("my-rule");
    auto made = TestCase::make(set, rule).value();
    KeptViews views;
    ASSERT_TRUE(made.database().run("INSERT INTO t_thing (record_id, entry_id, locator) VALUES (1, 1, 1)"));
    auto const view = CaseView::read(made.database()).value();
    auto const without = run_rule(made.database(), view, rule, {}, views);
    EXPECT_EQ(without.state, RuleState::not_evaluated);
    EXPECT_EQ(without.reason, "t_thing: it has no row in t_thing with name");
    ASSERT_TRUE(made.database().run(
        "INSERT INTO t_thing (record_id, entry_id, locator, name) VALUES (2, 1, 1, 'y')"));
    EXPECT_EQ(run_rule(made.database(), view, rule, {}, views).state, RuleState::silent);
    EXPECT_TRUE(problem_of(with("sql:", "needs_rows: [t_thing.size]\nsql:"))
            .contains("the column `size` of `t_thing`, which `needs` does not"));
    EXPECT_TRUE(
        problem_of(with("sql:", "needs_rows: [t_other.size]\nsql:")).contains("the table `t_other`,"));
}

constexpr std::string_view kView = R"(view: things
title: Things
needs_one_of:
  t_thing: [name]
  t_other: [label]
sql: SELECT 't_thing' AS table_name, record_id, name FROM t_thing UNION ALL SELECT 't_other', record_id, label FROM t_other
)";

TEST(RuleSet, a_rule_names_a_view_like_a_table)
{
    auto text = with("needs:\n  t_thing: [name]\n", "views: [things]\n");
    constexpr std::string_view from = "SELECT 't_thing' AS table_name, record_id, name AS value FROM t_thing";
    text.replace(text.find(from), from.size(),
        "WITH x AS (SELECT * FROM things) SELECT table_name, record_id, name AS value FROM x");
    text += "  - {name: c, rows: {t_other: [{label: x9}]}, finds: [t_other 1]}\n";
    RuleSet set;
    set.add_file("views/things.yaml", kView);
    set.add_file("x.yaml", text);
    ASSERT_TRUE(set.problems().empty()) << set.problems().front().what;
    auto const& rule = set.rules().begin()->second;
    for (auto const& result : test_rule(set, rule))
        EXPECT_TRUE(result.passed) << result.why;
    EXPECT_FALSE(set.lists_sha256().empty()) << "a changed view is noticed";
    RuleSet without;
    without.add_file("x.yaml", text);
    EXPECT_EQ(without.problems().front().what, "there is no view `things`");
}

TEST(RuleSet, the_rules_for_one_platform_are_all_that_name_it)
{
    auto const whole = RuleSet::built_in(Tests::left_out);
    std::size_t count = 0;
    for (auto const platform : { Platform::ios, Platform::android }) {
        auto const some = RuleSet::built_in(Tests::left_out, platform);
        EXPECT_EQ(some.lists_sha256(), whole.lists_sha256());
        for (auto const& [id, rule] : whole.rules())
            EXPECT_EQ(some.rules().contains(id), std::ranges::count(rule.platforms, platform) != 0) << id;
        count += some.rules().size();
    }
    EXPECT_EQ(count, whole.rules().size());
}

TEST(RuleSet, digests_that_are_compiled_in_are_those_of_the_texts)
{
    RuleSet hashed;
    for (bool const views : { true, false })
        for (auto const& file : built_in_files()) {
            EXPECT_EQ(file.sha256, indicators::sha256_hex(file.text)) << file.path;
            if (file.path.starts_with("views/") == views)
                hashed.add_file(file.path, file.text);
        }
    EXPECT_EQ(RuleSet::built_in(Tests::left_out).lists_sha256(), hashed.lists_sha256());
}

TEST(RuleSet, rules_without_their_tests_are_the_same_rules)
{
    auto const whole = RuleSet::built_in();
    auto const without = RuleSet::built_in(Tests::left_out);
    EXPECT_TRUE(without.problems().empty());
    EXPECT_EQ(without.lists_sha256(), whole.lists_sha256());
    ASSERT_EQ(without.rules().size(), whole.rules().size());
    for (auto const& [id, rule] : whole.rules()) {
        auto const& other = without.rules().at(id);
        EXPECT_EQ(other.sha256, rule.sha256) << id;
        EXPECT_EQ(other.sql, rule.sql) << id;
        EXPECT_EQ(other.references, rule.references) << id;
        EXPECT_TRUE(other.tests.empty() && !rule.tests.empty()) << id;
    }
}

TEST(RuleSet, a_kept_view_is_computed_once_and_never_taken_for_another_of_its_name)
{
    auto rule_text = with("needs:\n  t_thing: [name]\n", "views: [things]\n");
    constexpr std::string_view from = "FROM t_thing";
    rule_text.replace(rule_text.find(from), from.size(), "FROM things");
    auto const set_with = [&](std::string const& view) {
        RuleSet set;
        set.add_file("views/things.yaml", view);
        set.add_file("x.yaml", rule_text);
        return set;
    };
    auto const kept = std::string { kView }.replace(0, 0, "keep: true\n");
    auto other = kept;
    other.replace(other.find(" UNION ALL"), std::string::npos, "\n");
    auto const set = set_with(kept);
    auto const& rule = set.rules().at("my-rule");
    auto made = TestCase::make(set, rule).value();
    auto& database = made.database();
    ASSERT_TRUE(database
            .run("INSERT INTO t_thing (record_id, entry_id, locator, name) VALUES (1, 1, 1, 'x1'); "
                 "INSERT INTO t_other (record_id, entry_id, locator, label) VALUES (2, 1, 1, 'x2')")
            .has_value());
    auto const view = CaseView::read(database).value();
    KeptViews views;
    for (int i = 0; i != 2; ++i)
        EXPECT_EQ(run_rule(database, view, rule, {}, views).rows.size(), 2U);
    auto count = database.prepare("SELECT count(*) FROM temp.things").value();
    ASSERT_TRUE(count.step().value());
    EXPECT_EQ(count.integer(0), 2);
    EXPECT_FALSE(views.query_of(rule).contains("UNION")) << views.query_of(rule);
    EXPECT_FALSE(database.prepare("DELETE FROM temp.things").has_value());
    EXPECT_FALSE(database.prepare("CREATE TEMP TABLE x AS SELECT 1").has_value());
    auto const with_other = set_with(other);
    EXPECT_EQ(run_rule(database, view, with_other.rules().at("my-rule"), {}, views).rows.size(), 1U);
    KeptViews none;
    auto const broken = set_with("keep: true\nview: things\ntitle: T\nneeds_one_of: {t_thing: [name]}\n"
                                 "sql: SELECT 1; DELETE FROM t_thing\n");
    auto const run = run_rule(database, view, broken.rules().at("my-rule"), {}, none);
    EXPECT_EQ(run.state, RuleState::failed) << run.reason;
}

TEST(RuleSet, threads_share_the_rows_of_a_kept_view)
{
    auto text = with("needs:\n  t_thing: [name]\n", "views: [things]\n");
    constexpr std::string_view from = "FROM t_thing";
    text.replace(text.find(from), from.size(), "FROM things");
    auto kept = std::string { kView }.replace(0, 0, "keep: true\n");
    kept.replace(kept.find("record_id, name FROM"), 15, "record_id, name, 1.5 AS \"x y\", NULL AS n");
    kept.replace(kept.find("record_id, label"), 16, "record_id, label, 7, label");
    RuleSet set;
    set.add_file("views/things.yaml", kept);
    set.add_file("x.yaml", text);
    ASSERT_TRUE(set.problems().empty()) << set.problems().front().what;
    auto const& rule = set.rules().at("my-rule");
    auto made = TestCase::make(set, rule).value();
    auto empty = TestCase::make(set, rule).value();
    ASSERT_TRUE(made.database()
            .run("INSERT INTO t_thing (record_id, entry_id, locator, name) VALUES (1, 1, 1, 'x1'); "
                 "INSERT INTO t_other (record_id, entry_id, locator, label) VALUES (2, 1, 1, 'x2')")
            .has_value());
    auto const view = CaseView::read(made.database()).value();
    SharedViews shared;
    KeptViews views { &shared };
    KeptViews views_of_other { &shared };
    EXPECT_EQ(run_rule(made.database(), view, rule, {}, views).rows.size(), 2U);
    auto const run = run_rule(empty.database(), view, rule, {}, views_of_other);
    ASSERT_EQ(run.rows.size(), 2U) << run.reason;
    EXPECT_EQ(run.rows[1].value, "x2");
    auto const dump = [](casefile::Database& database) {
        auto rows
            = database.prepare("SELECT quote(name) || quote(\"x y\") || quote(n) FROM temp.things").value();
        std::string out;
        while (rows.step().value())
            out.append(rows.text(0)).append(";");
        return out;
    };
    EXPECT_EQ(dump(made.database()), "'x1'1.5NULL;'x2'7'x2';");
    EXPECT_EQ(dump(empty.database()), dump(made.database()));
    EXPECT_FALSE(empty.database().prepare("DELETE FROM temp.things").has_value());
}

TEST(RuleFile, of_alternatives_one_is_enough)
{
    RuleSet set;
    set.add_file("x.yaml", with("needs:\n", "needs_one_of:\n  t_other: [label]\n"));
    auto const& rule = set.rules().begin()->second;
    CaseView view;
    for (std::string const name : { "t_thing", "t_other" }) {
        view.tables[name]
            = { name, "ios." + name, "present", {}, {}, { { "name", "text", "" }, { "label", "text", "" } } };
        view.artifacts["ios." + name].states["absent"] = 1;
    }
    EXPECT_EQ(missing_need(view, rule),
        "ios.t_other: this acquisition does not hold it; ios.t_thing: this acquisition does not hold it");
    view.artifacts["ios.t_thing"].states = { { "parsed", 1 } };
    EXPECT_EQ(missing_need(view, rule), "");
}

TEST(RuleSet, a_folder_adds_rules_and_lists_and_says_what_is_wrong_with_a_file)
{
    exhibit::test::TemporaryFolder const folder;
    std::filesystem::create_directories(folder / "deep");
    std::ofstream { folder / "deep/good.yaml" } << kRule;
    std::ofstream { folder / "list.yml" }
        << "list: artifact_families\ntitle: T\nversion: 1\nsource: S\nreason: R\nvalues: [ios.added]\n";
    std::ofstream { folder / "bad.yaml" } << "id: [\n";
    std::ofstream { folder / "ignored.txt" } << "id: [\n";
    auto set = RuleSet::built_in();
    ASSERT_TRUE(set.add_folder(folder.path()).has_value());
    EXPECT_FALSE(set.rules().at("my-rule").built_in);
    auto const& values = set.lists().at("artifact_families").values;
    EXPECT_EQ(values.at("ios.added"), "R");
    EXPECT_EQ(values.at("ios.data_usage"), "network usage");
    ASSERT_EQ(set.problems().size(), 1U);
    EXPECT_TRUE(set.problems()[0].file.ends_with("bad.yaml"));
    EXPECT_EQ(set.add_folder(folder / "none").error().fault, Fault::io);
    std::filesystem::create_directories(folder / "empty");
    std::ofstream { folder / "empty/ignored.txt" } << "id: [\n";
    EXPECT_EQ(set.add_folder(folder / "empty").error().fault, Fault::missing);
}

TEST(RuleSet, a_list_says_of_each_value_where_it_is_from)
{
    auto set = RuleSet::built_in();
    set.add_file("l.yaml",
        "list: names\ntitle: T\nversion: 1\nsource: S\nsources:\n"
        "  - {id: phone, what: Seen on a phone, version: 16.3, model: 'iPhone9,3', measured: true}\n"
        "  - {id: said, what: Said, certain: false}\n"
        "values:\n  - {value: a, from: [phone, said]}\n  - {value: b, from: said}\n  - {value: c, reason: "
        "R}\n");
    ASSERT_TRUE(set.problems().empty()) << set.problems()[0].what;
    auto const& list = set.lists().at("names");
    EXPECT_EQ(list.values.at("a"), "Seen on a phone; Said");
    EXPECT_EQ(list.uncertain, (std::set<std::string, std::less<>> { "b" }));
    EXPECT_TRUE(list.sources.at("phone").measured);
    set.add_file("m.yaml", "list: names\ntitle: T\nversion: 2\nsource: S\nreason: Mine\nvalues: [b, d]\n");
    EXPECT_TRUE(set.lists().at("names").uncertain.empty());
    EXPECT_EQ(set.lists().at("names").values.size(), 4U);
    set.add_file(
        "n.yaml", "list: others\ntitle: T\nversion: 1\nsource: S\nvalues:\n  - {value: a, from: nowhere}\n");
    ASSERT_EQ(set.problems().size(), 1U);
    EXPECT_TRUE(set.problems()[0].what.contains("nowhere"));
}

TEST(EditDistance, counts_swaps_as_one_and_stops_at_the_limit)
{
    EXPECT_EQ(edit_distance("msgaccntd", "msgacntd", 2), 1U);
    EXPECT_EQ(edit_distance("configd", "cofnigd", 2), 1U);
    EXPECT_EQ(edit_distance("abc", "abc", 2), 0U);
    EXPECT_EQ(edit_distance("", "ab", 2), 2U);
    EXPECT_EQ(edit_distance("abcdef", "uvwxyz", 2), 3U);
    EXPECT_EQ(edit_distance(std::string(100, 'a'), std::string(100, 'a'), 2), 3U);
}

std::string ask(std::string const& sql)
{
    static std::map<std::string, ValueList, std::less<>> const lists {
        { "names",
            { "names", "", "", "",
                { { "configd", "a phone" }, { "/usr/bin", "" }, { "hearsayd", "somebody said so" } },
                { { "phone", { "a phone", "16.3", "", true, true } } }, { "hearsayd" } } },
        { "patterns", { "patterns", "", "", "", { { "^/a/[0-9]+$", "" }, { "^/a/", "" } }, {}, { "^/a/" } } },
        { "broken", { "broken", "", "", "", { { "(", "" } }, {}, {} } }
    };
    auto database = casefile::Database::create(":memory:").value();
    EXPECT_TRUE(add_rule_functions(database, lists).has_value());
    auto statement = database.prepare("SELECT " + sql).value();
    auto const step = statement.step();
    if (!step)
        return "error";
    return statement.is_null(0) ? "null" : std::string { statement.text(0) };
}

TEST(AccountKey, is_the_same_for_two_spellings_of_one_account)
{
    for (auto const* number : { "+14155550100", "(415) 555-0100", "415.555.0100", "tel:+1-415-555-0100",
             "14155550100@s.whatsapp.net", "\u202a+1\u00a0(415)\u00a0555\u20110100\u202c",
             "+1 415 555 0100;ext=7" })
        EXPECT_EQ(account_key(number), "5550100") << number;
    EXPECT_NE(account_key("+14155550101"), account_key("+14155550100"));
    EXPECT_EQ(account_key("40404"), "40404");
    EXPECT_EQ(account_key("mailto:A.B@Example.ORG "), "a.b@example.org");
    EXPECT_NE(account_key("5550100@example.org"), account_key("5550100"));
    EXPECT_EQ(account_key("BANK24"), "bank24");
    EXPECT_EQ(account_key(""), "");
    EXPECT_EQ(account_key("  "), "");
}

TEST(SqlFunctions, do_what_rules_expect_of_them)
{
    EXPECT_EQ(ask("site_of('http://a.b.bbc.co.uk:80/x')"), "bbc.co.uk");
    EXPECT_EQ(ask("site_of('https://someone.github.io/')"), "someone.github.io");
    EXPECT_EQ(ask("site_of('http://203.0.113.7/')"), "203.0.113.7");
    EXPECT_EQ(ask("site_of(NULL)"), "null");
    EXPECT_EQ(ask("host_of('HTTPS://User@A.Example.:443/x')"), "a.example");
    EXPECT_EQ(ask("base_name('/a/b.c')"), "b.c");
    EXPECT_EQ(ask("account_key(NULL)"), "null");
    EXPECT_EQ(ask("clock_micros(17, '2024-05-01 10:11:12')"), "17");
    EXPECT_EQ(ask("clock_micros(NULL, '2024-05-01 10:11:12.5') - clock_micros(NULL, '2024-05-01 10:11:00')"),
        "12500000");
    EXPECT_EQ(ask("clock_micros(NULL, '05-01 10:11:12') = clock_micros(NULL, '1972-05-01 10:11:12')"), "1");
    EXPECT_EQ(ask("clock_micros(NULL, '05-01 10:11:12', '2024-05-02 10:11:12') = clock_micros(NULL, "
                  "'2024-05-01 10:11:12')"),
        "1");
    EXPECT_EQ(ask("clock_micros(NULL, '12-30 10:11:12', '2024-05-02 10:11:12') = clock_micros(NULL, "
                  "'2023-12-30 10:11:12')"),
        "1");
    EXPECT_EQ(ask("clock_micros(NULL, '02-29 10:11:12', '2025-03-02 10:11:12') = clock_micros(NULL, "
                  "'2024-02-29 10:11:12')"),
        "1");
    EXPECT_EQ(ask("clock_micros(NULL, '02-30 10:11:12', '2025-03-02 10:11:12')"), "null");
    EXPECT_EQ(
        ask("clock_micros(NULL, '2024-05-01-10-11-12') = clock_micros(NULL, '2024-05-01 10:11:12')"), "1");
    EXPECT_EQ(
        ask("clock_micros(NULL, '05-01 10:11:12:345') = clock_micros(NULL, '05-01 10:11:12.345')"), "1");
    EXPECT_EQ(
        ask("clock_micros(NULL, 'Wed May  1 10:11:12 2024') = clock_micros(NULL, '2024-05-01 10:11:12')"),
        "1");
    EXPECT_EQ(
        ask("clock_micros(NULL, '05/01/24 10:11:12.5') = clock_micros(NULL, '2024-05-01 10:11:12.5')"), "1");
    EXPECT_EQ(ask("clock_micros(NULL, 'ab/cd/24 10:11:12')"), "null");
    EXPECT_EQ(ask("clock_micros(NULL, 'Wed Xay  1 10:11:12 2024')"), "null");
    EXPECT_EQ(ask("clock_micros(NULL, 'soon')"), "null");
    EXPECT_EQ(ask("clock_micros(NULL, '2024-05-01 10')"), "null");
    EXPECT_EQ(ask("clock_micros(NULL, NULL)"), "null");
    EXPECT_EQ(ask("account_key('- ')"), "null");
    EXPECT_EQ(ask("matches('^a+$', 'aaa')"), "1");
    EXPECT_EQ(ask("matches('^a+$', 'aab')"), "0");
    EXPECT_EQ(ask("matches('(', 'aab')"), "error");
    EXPECT_EQ(ask("listed('names', 'configd')"), "1");
    EXPECT_EQ(ask("listed('names', 'Configd')"), "0");
    EXPECT_EQ(ask("listed('none', 'x')"), "error");
    EXPECT_EQ(ask("listed_under('names', '/usr/bin/x')"), "1");
    EXPECT_EQ(ask("listed_under('names', '/usr/binary')"), "0");
    EXPECT_EQ(ask("listed_pattern('patterns', '/a/17')"), "certain");
    EXPECT_EQ(ask("listed_pattern('patterns', '/a/17b')"), "hearsay");
    EXPECT_EQ(ask("listed_pattern('patterns', '/b/a/')"), "null");
    EXPECT_EQ(ask("listed_pattern('patterns', NULL)"), "null");
    EXPECT_EQ(ask("listed_pattern('none', 'x')"), "error");
    EXPECT_EQ(ask("listed_pattern('broken', 'x')"), "error");
    EXPECT_EQ(ask("lookalike_of('names', 'confgid')"), "configd");
    EXPECT_EQ(ask("lookalike_of('names', 'configd')"), "null");
    EXPECT_EQ(ask("lookalike_of('names', 'other')"), "null");
    EXPECT_EQ(ask("listed('names', 'hearsayd')"), "1") << "hearsay lowers";
    EXPECT_EQ(ask("lookalike_of('names', 'hearsydd')"), "null") << "hearsay never raises";
    EXPECT_EQ(ask("listed_reason('names', 'configd')"), "a phone");
    EXPECT_EQ(ask("listed_reason('names', 'other')"), "null");
    EXPECT_EQ(ask("list_covers('names', '16')"), "1");
    EXPECT_EQ(ask("list_covers('names', '1')"), "0");
    EXPECT_EQ(ask("list_covers('names', NULL)"), "null");
}

} // namespace
