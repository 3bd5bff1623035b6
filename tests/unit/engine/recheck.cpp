#include "engine/recheck.hpp"

#include "engine/case_glance.hpp"
#include "unit/detection/detection_case.hpp"

#include <fmt/format.h>
#include <fstream>

namespace {

using namespace exhibit;
using exhibit::test::at;
using indicators::Kind;
namespace fs = std::filesystem;
using namespace std::string_literals;

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

    std::optional<Glance> glance(Knowledge const& knowledge) { return try_glance(knowledge).value(); }

    Result<std::optional<Glance>> try_glance(Knowledge const& knowledge)
    {
        indicators::Matcher matcher { knowledge.indicators };
        detection::IndicatorWordTable const words { knowledge.rules };
        return glance_at(m_path, { &knowledge, &words, {} }, matcher);
    }

    Rechecked recheck_it(Knowledge const& knowledge)
    {
        std::array const cases { m_path };
        return recheck(cases, knowledge, { 1, {} }).at(0);
    }

    /// Stores a detection that knows nothing of what the case holds.
    void store_without_findings()
    {
        detection::DetectionInputs inputs;
        inputs.indicators = &m_other;
        inputs.rules = &m_rules;
        auto const before = detection::detect(m_path, inputs).value();
        auto database = casefile::Database::open(m_path, casefile::Access::read_write).value();
        ASSERT_TRUE(detection::store(database, before, inputs).has_value());
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

TEST_F(RecheckTest, a_case_that_takes_too_long_costs_the_others_nothing)
{
    write_examined(m_other, m_rules);
    std::array const cases { m_path, m_folder / "none.exhibit" };
    auto const results = recheck(cases, { m_other, m_rules }, { 1, {}, std::chrono::milliseconds { -1 } });
    EXPECT_EQ(results.at(0).error.value().fault, Fault::over_limit);
    EXPECT_TRUE(results.at(1).error.has_value());
    EXPECT_FALSE(recheck_it({ m_other, m_rules }).error.has_value());
}

TEST_F(RecheckTest, what_is_no_table_of_ours_is_not_read)
{
    write_examined(m_other, m_rules);
    change(
        "DROP TABLE finding; CREATE VIEW finding AS WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 "
        "FROM r) SELECT x AS key, x AS severity FROM r");
    EXPECT_EQ(recheck_it({ m_other, m_rules }).error.value().fault, Fault::malformed);
}

TEST_F(RecheckTest, a_case_is_refused_in_the_words_of_every_other_command)
{
    write_examined(m_other, m_rules);
    change("DELETE FROM rule; PRAGMA user_version = 1000000");
    auto const refused = recheck_it({ m_other, m_rules }).error;
    auto const opened = report::open_case(m_path);
    ASSERT_TRUE(refused.has_value());
    ASSERT_FALSE(opened.has_value());
    EXPECT_EQ(refused->message, opened.error().message);
    EXPECT_EQ(refused->advice, opened.error().advice);
}

TEST_F(RecheckTest, it_is_told_what_a_case_does_not_hold)
{
    write_examined(m_evil, m_rules);
    auto const told = [&](indicators::IndicatorSet const& set) {
        auto const result = recheck_it({ set, m_rules });
        EXPECT_FALSE(result.error.has_value());
        return std::pair { result.minimal, result.file_digests };
    };
    EXPECT_EQ(told(m_other), (std::pair { false, ""s }));
    change("INSERT INTO case_info VALUES ('files_hashed', '3'), ('rows_kept', 'those of findings')");
    EXPECT_EQ(told(m_other), (std::pair { true, "sha256"s })); // As earlier versions wrote it.
    change("INSERT INTO case_info VALUES ('file_digests', 'sha256 md5')");
    EXPECT_EQ(told(m_other), (std::pair { true, "sha256 md5"s }));
    change("DELETE FROM rule"); // Now SQLite tells it.
    EXPECT_EQ(told(m_other), (std::pair { true, "sha256 md5"s }));
    change("UPDATE case_info SET value = '' WHERE name = 'file_digests'"); // None of them is in a row.
    EXPECT_EQ(told(m_other), (std::pair { true, ""s }));
}

TEST_F(RecheckTest, rules_that_an_older_case_has_no_columns_for_are_counted)
{
    write_examined(m_other, m_rules);
    EXPECT_EQ(recheck_it({ m_other, m_rules }).rules_left_out, 0U) << "the case knows them in this wording";
    change("DELETE FROM rule");
    auto const seen_at_a_glance = recheck_it({ m_other, m_rules }).rules_left_out;
    EXPECT_GT(seen_at_a_glance, 0U);
    change("UPDATE case_info SET value = '0.0' WHERE name = 'tool_version'");
    change("ALTER TABLE t_message ADD COLUMN more TEXT"); // Now SQLite tells it.
    EXPECT_EQ(recheck_it({ m_other, m_rules }).rules_left_out, seen_at_a_glance);
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
    EXPECT_EQ(glance({ m_evil, m_rules })->findings.size(), 1U);
    EXPECT_TRUE(recheck_it({ m_evil, m_rules }).news.empty());
}

/// All that a finding says.
std::string words_of(detection::Finding const& finding)
{
    auto out = fmt::format("{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}\n", finding.key, finding.origin,
        finding.indicator, finding.indicator_kind, finding.campaign, finding.title, name_of(finding.severity),
        name_of(finding.confidence), finding.ambiguous, finding.relation, finding.artifact, finding.summary,
        finding.meaning, finding.source, finding.row_count, finding.first_seen.value_or(-1));
    for (auto const& row : finding.rows)
        out += fmt::format("{}|{}|{}|{}|{}|{}\n", row.table, row.record_id, row.column, row.value, row.how,
            row.time.value_or(-1));
    return out
        + fmt::format("{}|{}\n", fmt::join(finding.innocent_causes, ";"), fmt::join(finding.next_steps, ";"));
}

std::string words_of(std::vector<detection::Finding> const& findings)
{
    std::string out;
    for (auto const& finding : findings)
        out += words_of(finding);
    return out;
}

TEST_F(RecheckTest, what_a_glance_finds_is_what_a_detection_finds)
{
    std::string const long_text = std::string(700, 'x') + " https://evil.example/" + std::string(700, 'y');
    write({ { { at(3), "see https://a.evil.example/x and https://evil.example/y" }, { at(1), long_text },
                { at(2), "evil.example", "sent" }, { at(4), "evil.example", "received", "other phone" },
                { {}, "evil.example", "OUTGOING" }, { at(9), "nothing" } },
        { { at(0), "fservernetd" }, { at(1), "fservernetd" }, { at(2), "bh" } },
        { { "/private/var/mobile/bh" }, { "/private/var/tmp/x" } } });
    auto const set = set_of(
        { { Kind::domain, "evil.example" }, { Kind::process, "fservernetd" }, { Kind::process, "bh" },
            { Kind::file_path, "/private/var/tmp/x" }, { Kind::domain, "unmet.example" } });
    auto const detection = run(&set, m_rules);
    ASSERT_GE(detection.findings.size(), 5U);
    store_without_findings();
    auto const seen = glance({ set, m_rules });
    ASSERT_TRUE(seen.has_value());
    EXPECT_FALSE(seen->worth_detection);
    EXPECT_EQ(words_of(seen->findings), words_of(detection.findings));
    EXPECT_EQ(seen->values, detection.values_compared);
    EXPECT_EQ(words_of(recheck_it({ set, m_rules }).news), words_of(detection.findings));
}

struct OwnRun {
    Time started;
    Time completed;
};
constexpr std::array kOwnRunColumns {
    column<&OwnRun::started>("started", Clock::unix_seconds, "When it began."),
    column<&OwnRun::completed>("completed", Clock::unix_seconds, "When it ended."),
};
constexpr auto kOwnRuns = table<OwnRun>("android_androidqf_run", "Runs.", Relation::context, kOwnRunColumns);
constexpr std::array<Table const*, 1> kOwnRunTables { &kOwnRuns };
constexpr Artifact kOwnRunArtifact { "android.androidqf_run", "Runs", "Runs of a test.", Platform::android,
    {}, kOwnRunTables, nullptr };

struct Command {
    Time happened;
    std::string_view app;
    std::string_view address = {};
};
constexpr std::array kCommandColumns {
    column<&Command::happened>("happened", Clock::unix_seconds, "When."),
    column<&Command::app>("app", Is::app_id, "Which app."),
    column<&Command::address>("address", Is::ip, "Which address."),
};
constexpr auto kCommands = table<Command>("t_command", "Commands.", Relation::present, kCommandColumns);
constexpr std::array<Table const*, 1> kCommandTables { &kCommands };
constexpr Artifact kCommandArtifact { "android.intrusion_log", "Log", "Log of a test.", Platform::android, {},
    kCommandTables, nullptr };

class AndroidRecheckTest : public RecheckTest {
protected:
    void write_android(std::vector<Command> const& commands)
    {
        constexpr std::array<Artifact const*, 2> all { &kOwnRunArtifact, &kCommandArtifact };
        auto writer = CaseWriter::create(m_path, all).value();
        std::vector<CoverageRecord> coverage;
        auto const load = [&](Artifact const& artifact, auto const& table, auto const& rows) {
            auto const task = static_cast<std::int64_t>(coverage.size()) + 1;
            TaskSink sink { writer.pages(), task, task, artifact.tables, {}, {}, m_rows };
            for (auto const& row : rows)
                ASSERT_TRUE(sink.add(table, row, {}).has_value());
            writer.add(task, sink.finish().tables);
            auto& record = coverage.emplace_back();
            record.artifact = artifact.id;
            record.state = "parsed";
            record.rows = rows.size();
        };
        load(kOwnRunArtifact, kOwnRuns, std::vector { OwnRun { at(0), at(600) } });
        load(kCommandArtifact, kCommands, commands);
        finish(writer, coverage);
    }
};

TEST_F(AndroidRecheckTest, what_a_glance_finds_is_what_a_detection_finds)
{
    auto const set = set_of({ { Kind::app_id, "com.evil.one" }, { Kind::app_id, "com.evil.two" } });
    write_android(
        { { at(-599), "com.evil.one" }, { at(1199), "com.evil.one" }, { at(1201), "com.evil.two" } });
    store_without_findings();
    auto const found = run(&set, m_rules).findings;
    ASSERT_EQ(found.size(), 1U) << "what AndroidQF itself asked for is left out";
    EXPECT_EQ(words_of(glance({ set, m_rules })->findings), words_of(found));
    EXPECT_EQ(words_of(recheck_it({ set, m_rules }).news), words_of(found));
}

TEST_F(AndroidRecheckTest, an_address_that_only_the_phones_clock_dates_is_left_to_sqlite)
{
    auto const set = set_of({ { Kind::ip, "192.0.2.7" } });
    write_android({ { {}, "com.good", "192.0.2.7" } });
    store_without_findings();
    EXPECT_FALSE(glance({ set, m_rules }).has_value());
    EXPECT_EQ(words_of(recheck_it({ set, m_rules }).news), words_of(run(&set, m_rules).findings));
}

TEST_F(RecheckTest, what_is_new_is_put_into_words_by_a_detection)
{
    write({ { { at(0), "https://evil.example/x" } }, {}, {}, {}, { 0 } });
    store_without_findings();
    auto const found = run(&m_evil, m_rules).findings;
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(words_of(recheck_it({ m_evil, m_rules }).news), words_of(found));
}

TEST_F(RecheckTest, a_finding_that_became_more_severe_is_news)
{
    write_examined(m_evil, m_rules);
    change("UPDATE finding SET severity='info'");
    EXPECT_FALSE(glance({ m_evil, m_rules })->worth_detection);
    EXPECT_EQ(recheck_it({ m_evil, m_rules }).news.size(), 1U);
}

TEST_F(RecheckTest, a_rule_that_the_case_does_not_know_in_this_wording_is_evaluated)
{
    write_examined(m_other, m_rules);
    change("UPDATE rule SET sha256='' WHERE rule_id=(SELECT min(rule_id) FROM rule)");
    auto const seen = glance({ m_other, m_rules });
    EXPECT_EQ(seen->rules_left_out, 1U);
    EXPECT_FALSE(seen->worth_detection) << "the case has nothing that the rule reads";
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
    EXPECT_TRUE(glance({ m_other, after })->worth_detection);
    auto const result = recheck_it({ m_other, after });
    ASSERT_EQ(result.news.size(), 1U);
    EXPECT_EQ(result.news[0].rule_id, "ios-test-listed");
}

TEST_F(RecheckTest, a_rule_that_failed_is_evaluated_again)
{
    write_examined(m_other, m_rules);
    change("UPDATE rule SET state='failed' WHERE rule_id=(SELECT min(rule_id) FROM rule)");
    EXPECT_EQ(glance({ m_other, m_rules })->rules_left_out, 1U);
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
        auto const seen = try_glance(knowledge);
        // A whole look is right only while what was cut away holds none of what it reads.
        EXPECT_TRUE(!seen || !*seen || (*seen)->values == 4U) << tenth;
    }
}

} // namespace
