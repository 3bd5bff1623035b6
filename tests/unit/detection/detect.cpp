#include "detection_case.hpp"

#include <fmt/format.h>

namespace {

using namespace exhibit;
using namespace exhibit::detection;
using exhibit::test::at;
using exhibit::test::Message;
using indicators::Kind;
using DetectionTest = exhibit::test::DetectionCase;

RuleSet const& built_in()
{
    static RuleSet const set = RuleSet::built_in();
    return set;
}

std::vector<std::string> keys(Detection const& detection)
{
    std::vector<std::string> out;
    for (auto const& finding : detection.findings)
        out.push_back(finding.key);
    return out;
}

TEST_F(DetectionTest, the_same_cause_is_one_finding_with_all_its_rows)
{
    Rows rows;
    for (int i = 0; i != 200; ++i)
        rows.messages.push_back({ at(i), "see https://a.evil.example/x" });
    write(rows);
    auto const set = set_of({ { Kind::domain, "evil.example" } });
    auto const detection = run(&set, built_in());
    ASSERT_EQ(detection.findings.size(), 1U);
    auto const& finding = detection.findings[0];
    EXPECT_EQ(finding.key, "indicator/domain/evil.example/received/ios.t_message");
    EXPECT_EQ(finding.row_count, 200U);
    EXPECT_EQ(finding.rows.size(), 200U);
    EXPECT_EQ(finding.severity, Severity::high);
    EXPECT_EQ(finding.about, Class::attempt);
    EXPECT_EQ(finding.campaign, "Testware");
    EXPECT_EQ(finding.last_seen.value() - finding.first_seen.value(), 199'000'000);
    EXPECT_FALSE(finding.innocent_causes.empty());
    EXPECT_FALSE(finding.next_steps.empty());
    EXPECT_FALSE(finding.title.contains('{')) << finding.title;
    EXPECT_FALSE(finding.summary.contains('{')) << finding.summary;
}

std::string told(Detection const& detection)
{
    auto out = fmt::format("{} values\n", detection.values_compared);
    for (auto const& finding : detection.findings) {
        out += fmt::format("{} {} {}\n", finding.key, finding.row_count, finding.summary);
        for (auto const& row : finding.rows)
            out += fmt::format("  {} {} {} {} {} {}\n", row.table, row.record_id, row.column, row.value,
                row.how, row.time.value_or(-1));
    }
    return out;
}

TEST_F(DetectionTest, rows_that_are_compared_while_they_are_written_give_the_same_findings)
{
    std::string const cut_off = "https://evil.example/" + std::string(1000, 'x');
    Rows rows;
    rows.messages = { { at(5), "https://evil.example/" }, { at(4), cut_off }, { at(3), "\xFF evil.example" },
        { at(2), "see www.evil.example now", "outgoing" }, { at(1), "evil.example", "incoming", "another" },
        { {}, "evil.example", "own" }, { {}, "evil.example", "received", "", at(8) } };
    rows.message_tasks = { 2, 1, 4 };
    rows.usages = { { at(7), "bh", {}, "org.example.app" }, { at(6), "other", "https://evil.example/a" } };
    rows.files = { { "/private/var/tmp/bh" }, { "" } };
    auto const set = set_of({ { Kind::domain, "evil.example" }, { Kind::process, "bh" } });
    RowComparison comparison { set, test::kArtifacts, {}, 2 };
    auto const observers = comparison.observers();
    write(rows, {}, observers);
    auto const compared = comparison.finish();
    auto const afterwards = told(run(&set, built_in()));
    EXPECT_EQ(told(run(&set, built_in(), 1, &compared)), afterwards);
    for (auto const* const relation : { "/received/", "/sent/", "/elsewhere/", "/traffic/", "/context/" })
        EXPECT_TRUE(afterwards.contains(relation)) << relation << " in " << afterwards;
}

constexpr std::string_view kUsageRule = R"(id: t-usage
title: Something ran
class: anomaly
platforms: [ios]
status: derived
severity: low
confidence: weak
relation: traffic
needs:
  t_usage: [used, process, note]
sql: SELECT 't_usage' AS table_name, record_id, used AS time, note AS value FROM t_usage WHERE process = 'evild'
summary: "{rows} row(s): {values}."
meaning: It means this.
innocent_causes: [Many.]
next_steps: [Look.]
references: [Nobody]
tests:
  - {name: a, rows: {t_usage: [{process: evild}]}, finds: [t_usage 1]}
  - {name: b, rows: {t_usage: [{process: y}]}, finds: []}
)";

TEST_F(DetectionTest, earlier_versions_of_a_row_do_not_count_beside_it)
{
    write({ {}, { { at(0), "evild", "is" }, { at(0), "evild", "was" }, { at(9), "evild", "is" } }, {}, {},
        { 1, 2 } });
    RuleSet rules;
    rules.add_file("t-usage.yaml", kUsageRule);
    auto const set = set_of({ { Kind::process, "evild" } });
    auto const detection = run(&set, rules);
    ASSERT_EQ(detection.findings.size(), 2U);
    for (auto const& finding : detection.findings) {
        EXPECT_EQ(finding.row_count, 1U) << finding.key;
        EXPECT_FALSE(finding.summary.contains("earlier version")) << finding.summary;
    }
}

TEST_F(DetectionTest, what_only_earlier_versions_say_is_said_of_them)
{
    write({ {}, { { at(0), "innocentd" }, { at(0), "evild", "was" }, { at(0), "evild", "was" } }, {}, {},
        { 1, 2 } });
    RuleSet rules;
    rules.add_file("t-usage.yaml", kUsageRule);
    auto const set = set_of({ { Kind::process, "evild" } });
    auto const detection = run(&set, rules);
    ASSERT_EQ(detection.findings.size(), 2U);
    for (auto const& finding : detection.findings) {
        EXPECT_EQ(finding.row_count, 1U) << finding.key;
        EXPECT_TRUE(
            finding.summary.ends_with("an earlier version of the record; the phone has changed it since."))
            << finding.summary;
    }
}

TEST_F(DetectionTest, rows_of_small_and_of_large_tasks_are_each_compared_once)
{
    // A unit of the scan holds 20,000 rows, be they of one task or of many.
    Rows rows;
    rows.message_tasks = { 1, 1, 19'998, 1, 45'000, 2, 19'998, 20'000, 1 };
    for (std::size_t i = 0; i != 105'002; ++i)
        rows.messages.push_back({ at(static_cast<std::int64_t>(i)), "https://evil.example/" });
    write(rows);
    auto const set = set_of({ { Kind::domain, "evil.example" } });
    for (unsigned const jobs : { 1U, 2U }) {
        auto const detection = run(&set, built_in(), jobs);
        ASSERT_EQ(detection.findings.size(), 1U);
        EXPECT_EQ(detection.findings[0].row_count, 105'002U);
        EXPECT_EQ(detection.findings[0].rows.size(), kRowsPerFinding);
    }
}

TEST_F(DetectionTest, received_and_sent_are_kept_apart)
{
    write({ { { at(0), "https://evil.example/", "received" }, { at(1), "https://evil.example/", "sent" } },
        {}, {} });
    auto const set = set_of({ { Kind::domain, "evil.example" } });
    EXPECT_EQ(keys(run(&set, built_in())),
        (std::vector<std::string> { "indicator/domain/evil.example/received/ios.t_message",
            "indicator/domain/evil.example/sent/ios.t_message" }));
}

TEST_F(DetectionTest, what_another_device_did_is_not_said_of_this_one)
{
    write({ { { at(0), "https://evil.example/", "received", "other" } }, {}, {} });
    auto const set = set_of({ { Kind::domain, "evil.example" } });
    auto const detection = run(&set, built_in());
    ASSERT_EQ(detection.findings.size(), 1U);
    EXPECT_EQ(detection.findings[0].key, "indicator/domain/evil.example/elsewhere/ios.t_message");
    EXPECT_TRUE(detection.findings[0].title.starts_with("Another device of the same account"));
    EXPECT_NE(detection.findings[0].meaning.find("unless the device that it names is this phone"),
        std::string::npos);
    EXPECT_EQ(detection.findings[0].severity, Severity::high);
    EXPECT_EQ(detection.findings[0].about, Class::attempt);
}

TEST_F(DetectionTest, an_account_is_one_finding_with_every_way_in_which_the_phone_came_to_have_it)
{
    write({ { { at(0), "bad@evil.example", "received" }, { at(1), "to bad@evil.example", "sent" },
                { at(2), "bad@evil.example", "received", "another" } },
        { { at(3), "someone", "bad@evil.example asked" } }, {} });
    auto const set = set_of({ { Kind::email, "bad@evil.example" } });
    auto const detection = run(&set, built_in());
    ASSERT_EQ(keys(detection),
        (std::vector<std::string> {
            "indicator/email/bad@evil.example", "indicator/email/bad@evil.example/elsewhere" }));
    auto const& finding = detection.findings[0];
    EXPECT_EQ(finding.severity, Severity::high);
    EXPECT_EQ(finding.relation, "received");
    EXPECT_EQ(finding.artifact, "ios.t_message");
    EXPECT_EQ(finding.also_in, std::vector<std::string> { "ios.t_usage" });
    EXPECT_EQ(finding.row_count, 3U);
    EXPECT_TRUE(finding.summary.contains("was met 3 times in Messages, Network usage,")) << finding.summary;
    EXPECT_TRUE(finding.summary.ends_with("How the phone came to have it: in a text that was received "
                                          "(Messages, 1 row); in a text that was sent (Messages, 1 row); "
                                          "context (Network usage, 1 row)."))
        << finding.summary;
    ASSERT_EQ(detection.assessment.lines[0].verdict, "targeted");
    EXPECT_TRUE(detection.assessment.lines[0].reason.contains(
        "1 finding in 2 independent kinds of data: Messages, Network usage"))
        << detection.assessment.lines[0].reason;
}

TEST_F(DetectionTest, an_account_in_a_text_or_a_title_did_not_reach_the_phone)
{
    auto const set = set_of({ { Kind::email, "bad@evil.example" } });
    auto const found = [&](std::string_view holds, std::string_view relation, std::string_view direction) {
        write({ { { at(0), holds == "free_text" ? "who is bad@evil.example ?" : "bad@evil.example",
                    direction } },
            {}, {} });
        auto database = casefile::Database::open(m_path, casefile::Access::read_write).value();
        EXPECT_TRUE(database
                .run(fmt::format("UPDATE artifact_table SET relation = '{}' WHERE table_name = 't_message'; "
                                 "UPDATE artifact_column SET holds = '{}' WHERE column_name = 'text'",
                    relation, holds))
                .has_value());
        return run(&set, built_in()).findings.at(0);
    };
    for (auto const* const relation : { "received", "contacted", "traffic" })
        EXPECT_EQ(found("handle", relation, "received").severity, Severity::critical) << relation;
    auto const warned = found("free_text", "received", "received");
    EXPECT_EQ(warned.severity, Severity::high);
    EXPECT_EQ(warned.relation, "received");
    EXPECT_EQ(warned.title, "A text that was received names an account used by Testware");
    EXPECT_TRUE(warned.innocent_causes.at(0).contains("warning")) << warned.innocent_causes.at(0);
    for (auto const& [holds, relation, direction] :
        { std::tuple { "free_text", "received", "sent" }, { "free_text", "received", "own" },
            { "free_text", "visited", "opened" }, { "free_text", "contacted", "" },
            { "handle", "visited", "opened" }, { "handle", "context", "" } }) {
        auto const finding = found(holds, relation, direction);
        EXPECT_EQ(finding.severity, Severity::medium) << holds << relation << direction;
        EXPECT_EQ(finding.title, "An account used by Testware is mentioned");
    }
    EXPECT_EQ(
        found("handle", "received", "sent").title, "An account used by Testware is known to this phone");
}

TEST_F(DetectionTest, a_link_that_an_opened_link_carries_was_not_opened)
{
    auto const set = set_of({ { Kind::domain, "evil.example" } });
    auto const url = [&](std::string_view relation, std::string_view direction = "") {
        write({ { { at(0), "https://scan.example/search?query=https%3A%2F%2Fevil.example%2Fa", direction },
                    { at(1), "https://evil.example/b", direction } },
            {}, {} });
        auto database = casefile::Database::open(m_path, casefile::Access::read_write).value();
        EXPECT_TRUE(database
                .run(fmt::format("UPDATE artifact_table SET relation = '{}' WHERE table_name = 't_message'; "
                                 "UPDATE artifact_column SET holds = 'url' WHERE column_name = 'text'",
                    relation))
                .has_value());
        return run(&set, built_in());
    };
    for (auto const* const relation : { "visited", "contacted", "traffic", "present" }) {
        auto const detection = url(relation);
        ASSERT_EQ(detection.findings.size(), 2U) << relation;
        auto const& carried = detection.findings[1];
        EXPECT_EQ(
            carried.key, fmt::format("indicator/domain/evil.example/{}/ios.t_message/in_link", relation));
        EXPECT_EQ(carried.title, "An address was used that carries one of Testware");
        EXPECT_EQ(carried.severity, Severity::medium);
        EXPECT_EQ(carried.relation, relation);
        EXPECT_EQ(carried.row_count, 1U);
        EXPECT_TRUE(carried.innocent_causes.at(0).contains("looked up")) << carried.innocent_causes.at(0);
        EXPECT_GE(detection.findings[0].severity, Severity::high) << relation;
    }
    auto const sent_here = url("received", "received");
    ASSERT_EQ(sent_here.findings.size(), 1U) << "who sent the whole sent both";
    EXPECT_EQ(sent_here.findings[0].severity, Severity::high);
    EXPECT_EQ(sent_here.findings[0].row_count, 2U);
}

TEST_F(DetectionTest, what_a_copy_of_a_file_says_again_counts_once)
{
    Rows rows;
    rows.message_tasks = { 3, 2 }; // Two entries.
    rows.messages = { { at(0), "https://evil.example/" }, { at(0), "https://evil.example/" },
        { at(1), "https://evil.example/" }, { at(0), "https://evil.example/" },
        { at(2), "https://evil.example/" } };
    write(rows);
    auto const set = set_of({ { Kind::domain, "evil.example" } });
    auto const detection = run(&set, built_in());
    ASSERT_EQ(detection.findings.size(), 1U);
    EXPECT_EQ(detection.findings[0].row_count, 4U) << "one row of the second entry stands in the first too";
}

TEST_F(DetectionTest, rows_without_a_time_are_copies_where_all_of_them_is_the_same)
{
    auto const set = set_of({ { Kind::domain, "evil.example" } });
    auto const rows_of = [&](std::vector<Message> const& messages) {
        Rows rows;
        rows.message_tasks = { 1, messages.size() - 1 };
        rows.messages = messages;
        write(rows);
        auto const detection = run(&set, built_in());
        EXPECT_EQ(detection.findings.size(), 1U);
        return detection.findings.empty() ? 0 : detection.findings[0].row_count;
    };
    Message const row { {}, "https://evil.example/", "received", "other" };
    EXPECT_EQ(rows_of({ row, row }), 1U);
    EXPECT_EQ(rows_of({ row, { {}, "https://evil.example/", "received", "third" } }), 2U);
    Message const bare { {}, "https://evil.example/" };
    EXPECT_EQ(rows_of({ bare, bare }), 2U) << "what has few cells may be the same in files of two apps";
}

TEST_F(DetectionTest, an_address_in_the_text_of_what_was_done_was_only_mentioned)
{
    write({ {}, { { at(0), "safari", "a page about https://evil.example/" } }, {} });
    auto const set = set_of({ { Kind::domain, "evil.example" } });
    auto const detection = run(&set, built_in());
    ASSERT_EQ(detection.findings.size(), 1U);
    EXPECT_EQ(detection.findings[0].key, "indicator/domain/evil.example/context/ios.t_usage");
    EXPECT_EQ(detection.findings[0].title, "An address of Testware is mentioned");
    EXPECT_EQ(detection.findings[0].severity, Severity::medium);
}

TEST_F(DetectionTest, a_text_that_repeats_what_its_row_says_is_no_trace_of_its_own)
{
    auto const set = set_of({ { Kind::app_id, "com.evil.a" } });
    write({ {},
        { { at(0), "com.evil.a:push", "com.evil.a:push --start" },
            { at(1), "com.good.b", "for com.evil.a" } },
        {} });
    auto const detection = run(&set, built_in());
    ASSERT_EQ(detection.findings.size(), 2U);
    EXPECT_EQ(detection.findings[0].key, "indicator/app_id/com.evil.a/traffic/ios.t_usage");
    EXPECT_EQ(detection.findings[1].key, "indicator/app_id/com.evil.a/context/ios.t_usage");
    EXPECT_EQ(detection.findings[1].row_count, 1U) << "the text of the row that was met by its name";
}

TEST_F(DetectionTest, a_process_that_ran_is_critical_and_a_file_of_its_name_is_not)
{
    write({ {}, { { at(0), "fservernetd" } }, { { "/private/var/mobile/fservernetd" } } });
    auto const set = set_of({ { Kind::process, "fservernetd" } });
    auto const detection = run(&set, built_in());
    ASSERT_EQ(detection.findings.size(), 1U) << "a process name is compared only where something ran";
    EXPECT_EQ(detection.findings[0].severity, Severity::critical);
    EXPECT_EQ(detection.findings[0].confidence, Confidence::exact);
    EXPECT_EQ(detection.findings[0].about, Class::infection);
}

TEST_F(DetectionTest, the_name_of_a_file_of_indicators_is_not_the_name_of_a_tool)
{
    write({ {}, { { at(0), "fservernetd" } }, {} });
    auto const set = set_of({ { Kind::process, "fservernetd" } }, "test.stix2");
    auto const detection = run(&set, built_in());
    ASSERT_EQ(detection.findings.size(), 1U);
    auto const& finding = detection.findings[0];
    EXPECT_EQ(finding.campaign, "");
    EXPECT_EQ(finding.title, "A process of an unnamed tool ran on this phone");
    EXPECT_FALSE((finding.summary + finding.meaning).contains("test.stix2")) << finding.summary;
    EXPECT_TRUE(finding.source.contains("test.stix2")) << finding.source;
}

TEST_F(DetectionTest, a_name_that_the_system_may_have_cut_is_not_critical)
{
    write({ {}, { { at(0), "com.apple.rappor" } }, {} });
    auto const set = set_of({ { Kind::process, "com.apple.rapports.events" } });
    auto const detection = run(&set, built_in());
    ASSERT_EQ(detection.findings.size(), 1U);
    EXPECT_EQ(detection.findings[0].severity, Severity::high);
    EXPECT_EQ(detection.findings[0].confidence, Confidence::moderate);
}

TEST_F(DetectionTest, an_ambiguous_value_is_lowered_and_asks_for_a_second_artifact)
{
    write({ {}, { { at(0), "UserEventAgent" } }, {} });
    auto const set = set_of({ { Kind::process, "UserEventAgent" } });
    auto const detection = run(&set, built_in());
    ASSERT_EQ(detection.findings.size(), 1U);
    EXPECT_TRUE(detection.findings[0].ambiguous);
    EXPECT_LE(detection.findings[0].severity, Severity::medium);
    EXPECT_TRUE(detection.findings[0].next_steps[0].contains("second trace"));
    EXPECT_NE(detection.assessment.lines[0].verdict, "infected");
}

TEST_F(DetectionTest, an_address_says_much_only_in_a_row_of_the_time_of_its_publication)
{
    auto const set = set_of({ { Kind::ip, "203.0.113.7" } }, "Testware", at(0).utc);
    auto const found = [&](std::vector<Time> const& times) {
        Rows rows;
        for (auto const& time : times)
            rows.usages.push_back({ time, "203.0.113.7" });
        write(rows);
        auto database = casefile::Database::open(m_path, casefile::Access::read_write).value();
        EXPECT_TRUE(database
                .run("UPDATE artifact_table SET relation = 'contacted' WHERE table_name = 't_usage'; "
                     "UPDATE artifact_column SET holds = 'ip' WHERE column_name = 'process'; "
                     "UPDATE artifact_column SET clock = 'local_text' WHERE column_name = 'used'")
                .has_value());
        auto const detection = run(&set, built_in());
        EXPECT_EQ(detection.findings.size(), 1U);
        return detection.findings.at(0);
    };
    constexpr std::int64_t year = 366L * 86'400;
    for (auto const& times : { std::vector { at(60) }, { Time {}, at(60) }, { at(2 * year), at(60) },
             { Time::local("2023-04-01 10:11:12", nullptr) } }) {
        EXPECT_EQ(found(times).severity, Severity::critical);
        EXPECT_FALSE(found(times).ambiguous);
    }
    for (auto const& [time, why] :
        { std::pair { Time {}, "Nothing tells when" }, { at(2 * year), "more than a year" },
            { Time::local("2026-04-01 10:11:12", nullptr), "more than a year" },
            { Time::local("04-01 10:11:12", nullptr), "Nothing tells when" } }) {
        auto const finding = found({ time });
        EXPECT_EQ(finding.severity, Severity::medium) << why;
        EXPECT_EQ(finding.confidence, Confidence::moderate) << why;
        EXPECT_TRUE(finding.innocent_causes.at(0).contains(why)) << finding.innocent_causes.at(0);
        EXPECT_TRUE(finding.next_steps.at(0).contains("somebody else")) << finding.next_steps.at(0);
    }
}

TEST_F(DetectionTest, a_name_that_is_common_among_files_stands_by_itself_in_the_network_usage)
{
    for (auto const* const name :
        { "BackupAgent", "Diagnosticd", "GoldenGate", "bh", "payload", "updaterd", "vm_stats" }) {
        write({ {}, { { at(0), name } }, { { fmt::format("/private/var/mobile/{}", name) } } });
        auto const set = set_of({ { Kind::process, name }, { Kind::file_name, name } });
        for (auto const& finding : run(&set, built_in()).findings) {
            bool const used_network = finding.relation == "traffic";
            EXPECT_EQ(finding.ambiguous, !used_network) << name;
            EXPECT_EQ(finding.severity == Severity::critical, used_network) << name;
        }
    }
}

TEST_F(DetectionTest, a_service_of_the_system_without_bytes_did_not_use_the_network)
{
    write({ {}, { { at(0), "BackupAgent" } }, {} });
    auto const set = set_of({ { Kind::process, "BackupAgent" } });
    auto const counted = [&](std::string_view bytes) {
        auto database = casefile::Database::open(m_path, casefile::Access::read_write).value();
        EXPECT_TRUE(database.run(fmt::format("UPDATE t_usage SET wifi_in = {}", bytes)).has_value());
        return run(&set, built_in()).findings.at(0);
    };
    auto database = casefile::Database::open(m_path, casefile::Access::read_write).value();
    ASSERT_TRUE(database
            .run("ALTER TABLE t_usage ADD COLUMN wifi_in INTEGER; "
                 "INSERT INTO artifact_column (table_name, position, column_name, type, holds, clock, doc, "
                 "mvt_key) "
                 "VALUES ('t_usage', 9, 'wifi_in', 'integer', 'not_text', '', 'Bytes.', '')")
            .has_value())
        << database.last_message();
    for (auto const* const bytes : { "NULL", "0" }) {
        EXPECT_EQ(counted(bytes).severity, Severity::medium) << bytes;
        EXPECT_TRUE(counted(bytes).ambiguous) << bytes;
        EXPECT_EQ(counted(bytes).title, "A process has a name that Testware used");
    }
    EXPECT_EQ(counted("7").severity, Severity::critical);
    EXPECT_TRUE(counted("7").innocent_causes.at(0).contains("Apple's own backup service"))
        << "what is known of the name is said in any case";
}

TEST_F(DetectionTest, a_process_counts_as_having_used_the_network_where_the_table_beside_it_counts_bytes)
{
    write({ {}, { { at(0), "BackupAgent" } }, {} });
    auto const set = set_of({ { Kind::process, "BackupAgent" } });
    auto database = casefile::Database::open(m_path, casefile::Access::read_write).value();
    ASSERT_TRUE(database
            .run("ALTER TABLE t_usage RENAME TO t_process; ALTER TABLE t_process ADD COLUMN process_id "
                 "INTEGER; "
                 "UPDATE artifact_table SET table_name = 't_process' WHERE table_name = 't_usage'; "
                 "UPDATE artifact_event SET table_name = 't_process' WHERE table_name = 't_usage'; "
                 "UPDATE artifact_column SET table_name = 't_process' WHERE table_name = 't_usage'; "
                 "ALTER TABLE t_file RENAME TO t_live; ALTER TABLE t_live ADD COLUMN process_id INTEGER; "
                 "ALTER TABLE t_live ADD COLUMN wwan_out INTEGER; "
                 "UPDATE artifact_table SET table_name = 't_live' WHERE table_name = 't_file'; "
                 "UPDATE artifact_column SET table_name = 't_live' WHERE table_name = 't_file'; "
                 "INSERT INTO artifact_column (table_name, position, column_name, type, holds, clock, doc, "
                 "mvt_key) VALUES "
                 "('t_process', 9, 'process_id', 'integer', 'not_text', '', 'Number.', ''), "
                 "('t_live', 8, 'process_id', 'integer', 'not_text', '', 'Number.', ''), "
                 "('t_live', 9, 'wwan_out', 'integer', 'not_text', '', 'Bytes.', ''); "
                 "UPDATE t_process SET process_id = 1; "
                 "INSERT INTO t_live (record_id, entry_id, locator, process_id, wwan_out) "
                 "SELECT 1, entry_id, 0, 1, 0 FROM t_process")
            .has_value())
        << database.last_message();
    EXPECT_EQ(run(&set, built_in()).findings.at(0).severity, Severity::medium);
    ASSERT_TRUE(database.run("UPDATE t_live SET wwan_out = 1").has_value());
    EXPECT_EQ(run(&set, built_in()).findings.at(0).severity, Severity::critical);
}

TEST_F(DetectionTest, what_only_a_deleted_row_says_is_said_of_it)
{
    write({ {}, { { at(0), "evild" }, { at(9), "evild" } }, {} });
    RuleSet rules;
    rules.add_file("t-usage.yaml", kUsageRule);
    auto const set = set_of({ { Kind::process, "evild" } });
    auto const summaries = [&](std::string_view recovered) {
        auto database = casefile::Database::open(m_path, casefile::Access::read_write).value();
        EXPECT_TRUE(database.run(fmt::format("UPDATE t_usage SET recovered = {}", recovered)).has_value());
        std::vector<std::string> out;
        for (auto const& finding : run(&set, rules).findings)
            out.push_back(finding.summary);
        EXPECT_EQ(out.size(), 2U);
        return out;
    };
    for (auto const& summary : summaries("'free_block, page 2'"))
        EXPECT_TRUE(
            summary.ends_with("Only recovered records say so: the phone had deleted or replaced them."))
            << summary;
    for (auto const& summary : summaries("CASE WHEN record_id % 2 THEN 'free_block, page 2' END"))
        EXPECT_FALSE(summary.contains("recovered")) << summary;
}

TEST_F(DetectionTest, a_name_that_is_common_among_files_stands_by_itself_where_an_iphone_recorded_that_it_ran)
{
    auto const relate = [&](std::string const& sql) {
        auto database = casefile::Database::open(m_path, casefile::Access::read_write).value();
        ASSERT_TRUE(database.run(sql).has_value());
    };
    auto const executed = "UPDATE artifact_table SET relation = 'executed' WHERE table_name = 't_usage';";
    auto const android = "UPDATE artifact_table SET artifact = 'android.x' WHERE table_name = 't_usage';";
    for (auto const* const name : { "Diagnosticd", "GoldenGate", "bh", "payload", "updaterd", "vm_stats" }) {
        auto const set = set_of({ { Kind::process, name } });
        write({ {}, { { at(0), name } }, {} });
        relate(executed);
        auto const detection = run(&set, built_in());
        ASSERT_EQ(detection.findings.size(), 1U) << name;
        EXPECT_EQ(detection.findings[0].severity, Severity::critical) << name;
        EXPECT_EQ(detection.assessment.lines[0].verdict, "infected") << name;
        relate(android);
        EXPECT_LE(run(&set, built_in()).findings.at(0).severity, Severity::medium) << name;
    }
    auto const set = set_of({ { Kind::process, "BackupAgent" } });
    write({ {}, { { at(0), "BackupAgent" } }, {} });
    relate(executed);
    EXPECT_TRUE(run(&set, built_in()).findings.at(0).ambiguous) << "Apple's own service runs";
}

TEST_F(DetectionTest, a_common_name_that_a_row_gives_to_an_app_of_somebody_else_proves_nothing)
{
    auto const set = set_of({ { Kind::process, "GoldenGate" }, { Kind::process, "roleaboutd" } });
    auto const severity_of = [&](std::string_view process, std::string_view app) {
        write({ {}, { { at(0), process, {}, app } }, {} });
        return run(&set, built_in()).findings.at(0).severity;
    };
    EXPECT_EQ(severity_of("GoldenGate", "com.apple.mobilesafari"), Severity::critical);
    EXPECT_EQ(severity_of("GoldenGate", "1"), Severity::critical) << "no id of an app";
    EXPECT_EQ(severity_of("roleaboutd", "com.visit.goldengate"), Severity::critical) << "no common name";
    EXPECT_EQ(severity_of("GoldenGate", "com.visit.goldengate"), Severity::medium);
    auto const detection = run(&set, built_in());
    EXPECT_TRUE(detection.findings[0].ambiguous);
    EXPECT_EQ(detection.findings[0].title, "A program of an app has a name that Testware used");
    EXPECT_TRUE(detection.findings[0].summary.contains("com.visit.goldengate"))
        << detection.findings[0].summary;
    EXPECT_NE(detection.assessment.lines[0].verdict, "infected");
}

TEST_F(DetectionTest, what_every_android_device_has_is_no_finding_there)
{
    write({ {}, { { at(0), "/system/bin/gatekeeperd" }, { at(1), "fservernetd" } }, {} });
    auto const set = set_of({ { Kind::process, "gatekeeperd" }, { Kind::process, "fservernetd" } });
    EXPECT_EQ(run(&set, built_in()).findings.size(), 2U) << "on an iPhone it is an indicator like others";
    auto database = casefile::Database::open(m_path, casefile::Access::read_write).value();
    ASSERT_TRUE(database.run("UPDATE artifact SET platform = 'android'").has_value());
    auto const detection = run(&set, built_in());
    ASSERT_EQ(detection.findings.size(), 1U);
    EXPECT_EQ(detection.findings[0].indicator, "fservernetd");
}

std::string as_a_table_of(DetectionTest const&, std::string_view table, std::string_view relation)
{
    return fmt::format("UPDATE artifact_table SET relation = '{}' WHERE table_name = '{}'", relation, table);
}

TEST_F(DetectionTest, a_page_that_was_opened_or_talked_to_is_an_attempt_and_no_infection)
{
    write({ {}, { { at(0), "https://evil.example/" } }, {} });
    auto database = casefile::Database::open(m_path, casefile::Access::read_write).value();
    ASSERT_TRUE(database.run("UPDATE artifact_column SET holds = 'url' WHERE column_name = 'process'"));
    auto const set = set_of({ { Kind::domain, "evil.example" } });
    for (auto const* const relation : { "visited", "contacted", "traffic", "executed" }) {
        ASSERT_TRUE(database.run(as_a_table_of(*this, "t_usage", relation)));
        auto const detection = run(&set, built_in());
        ASSERT_EQ(detection.findings.size(), 1U) << relation;
        EXPECT_EQ(detection.findings[0].severity, Severity::critical) << relation;
        EXPECT_EQ(detection.findings[0].about, Class::attempt) << relation;
        EXPECT_EQ(detection.assessment.lines[0].verdict, "targeted") << relation;
    }
}

TEST_F(DetectionTest, a_domain_that_other_pages_loaded_was_not_opened)
{
    auto const set = set_of({ { Kind::domain, "evil.example" } });
    for (auto const* const direction : { "loaded", "opened" }) {
        bool const was_opened = direction == std::string_view { "opened" };
        write({ { { at(0), "evil.example", direction } }, {}, {} });
        auto database = casefile::Database::open(m_path, casefile::Access::read_write).value();
        ASSERT_TRUE(database.run(as_a_table_of(*this, "t_message", "visited")).has_value());
        ASSERT_TRUE(database.run("UPDATE artifact_column SET holds = 'domain' WHERE column_name = 'text'")
                .has_value());
        auto const finding = run(&set, built_in()).findings.at(0);
        EXPECT_EQ(finding.relation, was_opened ? "visited" : "present");
        EXPECT_EQ(finding.severity, was_opened ? Severity::critical : Severity::high);
        EXPECT_EQ(finding.summary.contains("opened"), was_opened) << finding.summary;
        EXPECT_FALSE(finding.summary.contains("opened once")) << "rows are not visits: " << finding.summary;
    }
}

TEST_F(DetectionTest, the_web_site_of_a_surveillance_product_is_not_the_product)
{
    write({ {}, { { at(0), "https://seller.example/" } }, {} });
    auto database = casefile::Database::open(m_path, casefile::Access::read_write).value();
    ASSERT_TRUE(database.run("UPDATE artifact_column SET holds = 'url' WHERE column_name = 'process'"));
    auto const set = set_of({ { Kind::domain, "seller.example" } }, "Acme (stalkerware)");
    for (auto const* const relation : { "context", "present", "received", "contacted", "visited", "installed",
             "permitted", "executed", "traffic" }) {
        ASSERT_TRUE(database.run(as_a_table_of(*this, "t_usage", relation)));
        auto const detection = run(&set, built_in());
        ASSERT_EQ(detection.findings.size(), 1U) << relation;
        EXPECT_EQ(detection.findings[0].severity,
            std::string_view { relation } == "traffic" ? Severity::medium : Severity::low)
            << relation;
        EXPECT_EQ(detection.assessment.lines[0].verdict,
            std::string_view { relation } == "context" ? "inconclusive" : "anomalies")
            << relation;
    }
    auto const app = set_of({ { Kind::app_id, "com.seller.spy" } }, "Acme (stalkerware)");
    write({ {}, { { at(0), "com.seller.spy" } }, {} });
    database = casefile::Database::open(m_path, casefile::Access::read_write).value();
    ASSERT_TRUE(database.run("UPDATE artifact_column SET holds = 'app_id' WHERE column_name = 'process'"));
    EXPECT_EQ(run(&app, built_in()).assessment.lines[0].verdict, "stalkerware");
}

TEST_F(DetectionTest, what_another_device_did_is_no_attack_on_this_phone)
{
    write({ { { at(0), "https://evil.example/", "received", "D-2" } }, {}, {} });
    auto const set = set_of({ { Kind::domain, "evil.example" } });
    auto const detection = run(&set, built_in());
    ASSERT_EQ(detection.findings.size(), 1U);
    EXPECT_EQ(detection.findings[0].relation, "elsewhere");
    ASSERT_EQ(detection.assessment.lines.size(), 1U);
    EXPECT_EQ(detection.assessment.lines[0].verdict, "elsewhere");
    EXPECT_TRUE(detection.assessment.lines[0].wording.starts_with("Another device of the same account"));
}

TEST_F(DetectionTest, a_rule_tells_apart_what_another_device_did)
{
    write({ { { at(0), "evil" }, { at(1), "evil", "received", "D-2" } }, {}, {} });
    std::string text { kUsageRule };
    for (auto const& [from, to] :
        { std::pair { "t-usage", "t-message" },
            std::pair { "t_usage: [used, process, note]", "t_message: [sent, text]" },
            std::pair {
                "SELECT 't_usage' AS table_name, record_id, used AS time, note AS value FROM t_usage WHERE "
                "process = 'evild'",
                "SELECT 't_message' AS table_name, record_id, sent AS time, text AS value FROM t_message" } })
        text.replace(text.find(from), std::string_view { from }.size(), to);
    RuleSet rules;
    rules.add_file("t-message.yaml", text);
    auto const detection = run(nullptr, rules);
    EXPECT_EQ(keys(detection), (std::vector<std::string> { "rule/t-message", "rule/t-message/elsewhere" }));
    EXPECT_EQ(detection.findings[1].relation, "elsewhere");
    EXPECT_TRUE(detection.findings[1].summary.contains("Another device")) << detection.findings[1].summary;
    EXPECT_EQ(detection.findings[0].row_count, 1U);
}

TEST_F(DetectionTest, what_the_person_entered_alone_was_not_received)
{
    write({ { { at(0), "https://evil.example/", "own" }, { at(1), "https://evil.example/", "sent" } }, {},
        {} });
    auto const set = set_of({ { Kind::domain, "evil.example" } });
    auto const detection = run(&set, built_in());
    ASSERT_EQ(detection.findings.size(), 2U);
    EXPECT_EQ(detection.findings[0].relation, "context");
    EXPECT_EQ(detection.findings[1].relation, "sent");
    for (auto const& finding : detection.findings)
        EXPECT_EQ(finding.severity, Severity::medium) << finding.relation;
}

TEST_F(DetectionTest, an_address_in_a_note_is_only_mentioned_and_one_that_a_program_uses_is_kept)
{
    write(
        { { { at(0), "see https://evil.example/" } }, { { at(0), "x", "see https://evil.example/" } }, {} });
    auto database = casefile::Database::open(m_path, casefile::Access::read_write).value();
    ASSERT_TRUE(database.run(as_a_table_of(*this, "t_message", "present")));
    ASSERT_TRUE(database.run(as_a_table_of(*this, "t_usage", "present")));
    auto const set = set_of({ { Kind::domain, "evil.example" } });
    EXPECT_EQ(keys(run(&set, built_in())),
        (std::vector<std::string> { "indicator/domain/evil.example/present/ios.t_usage",
            "indicator/domain/evil.example/context/ios.t_message" }));
    auto const mail = set_of({ { Kind::email, "a@evil.example" } });
    write({ { { at(0), "write to a@evil.example" } }, {}, {} });
    database = casefile::Database::open(m_path, casefile::Access::read_write).value();
    ASSERT_TRUE(database.run(as_a_table_of(*this, "t_message", "present")));
    EXPECT_EQ(run(&mail, built_in()).findings.at(0).relation, "present");
}

TEST_F(DetectionTest, the_first_time_that_a_row_has_dates_it)
{
    write({ { { {}, "https://evil.example/", "received", "", at(7) } }, {}, {} });
    auto const set = set_of({ { Kind::domain, "evil.example" } });
    auto const detection = run(&set, built_in());
    EXPECT_EQ(detection.findings.at(0).first_seen, at(7).utc->time_since_epoch().count());
    EXPECT_FALSE(detection.findings[0].summary.contains("not known")) << detection.findings[0].summary;
    EXPECT_TRUE(detection.assessment.lines.at(0).first_seen.has_value());
}

TEST_F(DetectionTest, several_spellings_of_one_place_are_one_trace)
{
    write({ {}, {}, { { "/private/var/tmp/x/helper.sock" }, { "/private/var/other/helper.sock" } } });
    auto const set = set_of(
        { { Kind::file_path, "/private/var/tmp/x/helper.sock" }, { Kind::file_name, "helper.sock" } });
    auto const detection = run(&set, built_in());
    ASSERT_EQ(detection.findings.size(), 2U);
    EXPECT_EQ(detection.findings[0].indicator_kind, "file_path");
    EXPECT_EQ(detection.findings[1].indicator_kind, "file_name");
    ASSERT_EQ(detection.findings[1].rows.size(), 1U) << "the other file has the name only";
    EXPECT_EQ(detection.findings[1].rows[0].value, "/private/var/other/helper.sock");
}

TEST_F(DetectionTest, a_kind_of_value_has_the_article_that_it_wants)
{
    write({ {}, { { at(0), "com.evil.app" } }, {} });
    auto database = casefile::Database::open(m_path, casefile::Access::read_write).value();
    ASSERT_TRUE(database.run("UPDATE artifact_column SET holds = 'app_id' WHERE column_name = 'process'"));
    ASSERT_TRUE(database.run("UPDATE artifact_table SET relation = 'received' WHERE table_name = 't_usage'"));
    auto const app = set_of({ { Kind::app_id, "com.evil.app" } });
    EXPECT_EQ(run(&app, built_in()).findings.at(0).details.at("a_kind"), "an app");
    write({ { { at(0), "https://evil.example/" } }, {}, {} });
    auto const domain = set_of({ { Kind::domain, "evil.example" } });
    EXPECT_TRUE(
        run(&domain, built_in()).findings.at(0).summary.contains("evil.example/, a host name listed"));
}

TEST_F(DetectionTest, the_times_of_files_in_a_folder_date_nothing)
{
    CaseTable files;
    files.name = "ios_file";
    files.artifact = "ios.filesystem";
    files.relation = "present";
    files.columns = { { "path", "text", "path", "" }, { "modified", "time", "not_text", "entry_modified" } };
    files.add_date("modified");
    auto const dates_in = [&](std::vector<std::pair<std::string_view, std::string_view>> const& facts) {
        TimesOfFiles times;
        for (auto const& [name, value] : facts)
            times.see_fact(name, value);
        auto copy = files;
        copy.choose_dates(times);
        return copy.dates.size();
    };
    EXPECT_EQ(dates_in({ { "container.form", "folder" } }), 0U);
    EXPECT_EQ(dates_in({ { "container.form", "tar" } }), 1U);
    EXPECT_EQ(dates_in({ { "container.form", "tar" }, { "container.times", "of copying" } }), 0U);
    EXPECT_EQ(dates_in({ { "container.form", "folder" }, { "backup.manifest", "Manifest.db" } }), 1U);
}

TEST_F(DetectionTest, the_tool_of_an_indicator_decides_what_it_means)
{
    write({ { { at(0), "https://seller.example/" } }, {}, {} });
    auto const stalkerware = set_of({ { Kind::domain, "seller.example" } }, "Acme (stalkerware)");
    EXPECT_EQ(run(&stalkerware, built_in()).findings[0].severity, Severity::low);
    auto const forensic = set_of({ { Kind::domain, "seller.example" } }, "Cellebrite");
    auto const detection = run(&forensic, built_in());
    EXPECT_EQ(detection.findings[0].about, Class::physical_access);
    EXPECT_EQ(detection.assessment.lines[0].verdict, "physical_access");
}

TEST_F(DetectionTest, jobs_do_not_change_the_result)
{
    Rows rows;
    for (int i = 0; i != 45'000; ++i)
        rows.messages.push_back({ at(i), i % 5000 == 0 ? "https://evil.example/" : "nothing" });
    rows.usages = { { at(3), "fservernetd" } };
    write(rows);
    auto const set = set_of({ { Kind::domain, "evil.example" }, { Kind::process, "fservernetd" } });
    auto const one = run(&set, built_in(), 1);
    auto const four = run(&set, built_in(), 4);
    EXPECT_EQ(keys(one), keys(four));
    EXPECT_EQ(one.values_compared, four.values_compared);
    EXPECT_EQ(one.values_compared, 45'001U);
    for (std::size_t i = 0; i != one.findings.size(); ++i)
        for (std::size_t row = 0; row != one.findings[i].rows.size(); ++row)
            EXPECT_EQ(one.findings[i].rows[row].record_id, four.findings[i].rows[row].record_id);
}

TEST_F(DetectionTest, what_is_stored_can_be_stored_again)
{
    write({ { { at(0), "https://evil.example/" } }, { { at(5), "fservernetd" } }, {} });
    auto const set
        = set_of({ { Kind::domain, "evil.example" }, { Kind::process, "fservernetd" }, { Kind::md5, "no" } });
    DetectionInputs inputs;
    inputs.indicators = &set;
    inputs.rules = &built_in();
    auto const detection = detect(m_path, inputs).value();
    auto const count = [&](std::string const& sql) {
        auto database = casefile::Database::open(m_path, casefile::Access::read_only).value();
        auto statement = database.prepare(sql).value();
        EXPECT_TRUE(statement.step().value());
        return std::string { statement.text(0) };
    };
    for (int i = 0; i != 2; ++i) {
        auto database = casefile::Database::open(m_path, casefile::Access::read_write).value();
        ASSERT_TRUE(store(database, detection, inputs).has_value()) << database.last_message();
    }
    EXPECT_EQ(count("SELECT group_concat(finding_id || severity) FROM finding"), "1critical,2high");
    EXPECT_EQ(count("SELECT group_concat(entry_id) FROM finding_row"), "2,1");
    EXPECT_EQ(count("SELECT indicators || ' ' || unusable FROM indicator_pack"), "2 1");
    EXPECT_EQ(count("SELECT reason FROM unusable_indicator"), "bad_value");
    EXPECT_EQ(count("SELECT verdict FROM assessment ORDER BY position"), "infected");
    EXPECT_EQ(count("SELECT count(*) FROM assessment_finding"), "2");
    EXPECT_EQ(count("SELECT json_extract(details, '$.times') FROM finding"), "once");
    EXPECT_EQ(count("SELECT count(*) FROM rule WHERE state = 'not_evaluated' AND rule_id = "
                    "'ios-tcc-grant-without-consent'"),
        "1");
}

TEST_F(DetectionTest, a_key_store_of_which_only_counters_are_left_is_no_ground_for_finding_nothing)
{
    write({ { { at(0), "x" } }, { { at(0), "y" } }, {} });
    EXPECT_EQ(run(nullptr, RuleSet {}).assessment.periods.at(0).state, "read");
    auto database = casefile::Database::open(m_path, casefile::Access::read_write).value();
    ASSERT_TRUE(
        database.run("UPDATE artifact_table SET relation = 'context' WHERE table_name = 't_message'"));
    ASSERT_TRUE(
        database.run("UPDATE artifact_table SET artifact = 'ios.t_message' WHERE table_name = 't_file'"));
    auto const periods = run(nullptr, RuleSet {}).assessment.periods;
    EXPECT_EQ(periods.at(0).state, "only_context");
    EXPECT_EQ(periods.at(1).state, "read");
}

TEST_F(DetectionTest, an_artifact_that_only_describes_is_no_emptied_store)
{
    write({ { { at(0), "x" } }, { { at(0), "y" } }, {} });
    auto database = casefile::Database::open(m_path, casefile::Access::read_write).value();
    ASSERT_TRUE(
        database.run("UPDATE artifact_table SET relation = 'context' WHERE table_name = 't_message'"));
    auto const assessment = run(nullptr, RuleSet {}).assessment;
    EXPECT_EQ(assessment.periods.at(0).state, "read");
}

TEST_F(DetectionTest, an_artifact_with_times_of_the_phones_clock_is_not_said_to_have_none)
{
    write({ { { {}, "x" } }, { { at(0), "y" } }, {} });
    EXPECT_TRUE(
        run(nullptr, built_in()).assessment.periods.at(0).wording.contains("nothing in it has a time"));
    auto database = casefile::Database::open(m_path, casefile::Access::read_write).value();
    ASSERT_TRUE(database.run("UPDATE artifact_column SET clock = 'local_text' WHERE table_name = 't_message' "
                             "AND column_name = 'sent'"));
    for (std::string const raw : { "2024-05-01 10:11:12", "Wed May  1 10:11:12 2024", "05/01/24 10:11:12" }) {
        ASSERT_TRUE(database.run(fmt::format("UPDATE t_message SET sent_raw = '{}'", raw)));
        EXPECT_TRUE(run(nullptr, built_in()).assessment.periods.at(0).wording.contains("phone's clock only"))
            << raw;
    }
}

TEST_F(DetectionTest, rows_without_a_date_are_told_beside_the_dates_of_the_others)
{
    write({ { { at(0), "https://evil.example/a" }, { {}, "https://evil.example/b" } }, {}, {} });
    auto const set = set_of({ { Kind::domain, "evil.example" } });
    auto const finding = run(&set, RuleSet {}).findings.at(0);
    EXPECT_TRUE(finding.details.at("when").ends_with(" UTC (1 of 2 without a date)"))
        << finding.details.at("when");
}

TEST_F(DetectionTest, a_stopped_detection_says_so)
{
    write({ { { at(0), "x" } }, {}, {} });
    std::stop_source stop;
    stop.request_stop();
    DetectionInputs inputs;
    inputs.rules = &built_in();
    inputs.stop = stop.get_token();
    EXPECT_EQ(detect(m_path, inputs).error().fault, Fault::cancelled);
}

} // namespace
