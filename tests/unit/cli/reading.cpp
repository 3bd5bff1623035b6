#include "casefile/database.hpp"
#include "support/run_program.hpp"
#include "support/small_case.hpp"
#include "support/temporary_folder.hpp"

#include <fstream>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace {

using namespace exhibit::test;
using Json = nlohmann::json;

class ReadingTest : public ::testing::Test {
protected:
    ReadingTest() { write_small_case(m_case); }

    [[nodiscard]] Ran run(std::string const& command, std::vector<std::string> more = {}) const
    {
        more.insert(more.begin(), { command, m_case });
        return run_exhibit(more);
    }

    TemporaryFolder m_folder;
    std::string m_case = (m_folder / "small.exhibit").string();
};

TEST_F(ReadingTest, show_names_the_finding_its_innocent_causes_and_the_next_command)
{
    auto const ran = run("show");
    EXPECT_EQ(ran.code, 0) << ran.err;
    for (auto const* part :
        { "iOS backup of a test phone", "1 critical", "Call with a number of Test campaign",
            "A wrong number.", "Ask the owner.", "test.call", "2023-03-08 20:26:40 UTC", "--around 1" })
        EXPECT_NE(ran.out.find(part), std::string::npos) << part << "\n" << ran.out;
}

TEST_F(ReadingTest, nothing_from_evidence_can_drive_the_terminal)
{
    for (auto const& ran : { run("show"), run("findings"), run("timeline"), run("coverage"),
             run("rows", { "test.call" }), run("rows", { "acquisition_fact" }),
             run("sql", { "SELECT char(27) || '[31m', x'1b5b33316d'" }) }) {
        EXPECT_EQ(ran.code, 0) << ran.err;
        EXPECT_EQ(ran.out.find('\x1b'), std::string::npos) << ran.out;
    }
    EXPECT_NE(run("show").out.find("Test \\x1b[31mphone"), std::string::npos);
}

TEST_F(ReadingTest, nothing_in_json_can_drive_the_terminal_either)
{
    std::string const query = "SELECT char(27) || char(155) || char(8238) || char(127) AS a";
    for (auto const* format : { "json", "jsonl" }) {
        auto const ran = run("sql", { query, "--format", format });
        EXPECT_NE(ran.out.find(R"({"a":"\u001b\u009b\u202e\u007f"})"), std::string::npos) << ran.out;
    }
}

TEST_F(ReadingTest, coverage_counts_the_events_whose_date_cannot_be)
{
    auto const text = run("coverage").out;
    EXPECT_NE(text.find("Dates that cannot be"), std::string::npos) << text;
    EXPECT_EQ(Json::parse(run("coverage", { "--json" }).out)[0]["undated_events"], 1);
    EXPECT_NE(run("show").out.find("1 event with a date that cannot be"), std::string::npos)
        << run("show").out;
}

TEST_F(ReadingTest, a_minute_or_second_means_all_of_it_and_a_finding_has_two_names)
{
    for (std::string const moment : { "2023-03-08", "2023-03-08 20:26", "2023-03-08T20:26:40Z" })
        EXPECT_NE(
            run("timeline", { "--from", moment, "--to", moment }).out.find("call with"), std::string::npos)
            << moment;
    EXPECT_EQ(run("timeline", { "--around", "k1" }).out, run("timeline", { "--around", "1" }).out);
}

TEST_F(ReadingTest, no_words_ever_call_a_device_clean)
{
    SmallCase { m_folder / "empty" }.finish();
    auto const ran = run_exhibit({ "show", (m_folder / "empty").string() });
    EXPECT_EQ(ran.code, 0) << ran.err;
    EXPECT_EQ(ran.out.find("clean"), std::string::npos);
    EXPECT_NE(ran.out.find("no proof"), std::string::npos) << ran.out;
}

TEST_F(ReadingTest, json_outputs_are_json)
{
    EXPECT_EQ(Json::parse(run("show", { "--json" }).out)["findings"].size(), 1U);
    EXPECT_EQ(Json::parse(run("findings", { "--json" }).out)[0]["severity"], "critical");
    EXPECT_EQ(Json::parse(run("coverage", { "--json" }).out)[0]["state"], "parsed");
    auto const rows = Json::parse(run("rows", { "test_call", "--format", "json" }).out);
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0]["started"], "2023-03-08T20:26:40.000000Z");
    EXPECT_EQ(Json::parse(run("rows", { "rule", "--format", "json" }).out), Json::array());
    EXPECT_EQ(Json::parse(run("sql", { "SELECT 1 AS a, NULL AS b, 'x' AS c", "--format", "json" }).out),
        (Json::array({ { { "a", 1 }, { "b", nullptr }, { "c", "x" } } })));
}

TEST_F(ReadingTest, sql_can_read_and_nothing_else)
{
    EXPECT_EQ(
        run("sql", { "SELECT number FROM test_call WHERE seconds = 61" }).out, "number\n+37410123456\n");
    for (auto const* query :
        { "DELETE FROM test_call", "UPDATE finding SET severity='info'", "DROP TABLE finding",
            "ATTACH '/etc/passwd' AS x", "PRAGMA writable_schema=1", "VACUUM INTO '/tmp/exhibit-test-copy'",
            "SELECT load_extension('x')", "SELECT readfile('/etc/passwd')", "", "nonsense" }) {
        auto const ran = run("sql", { query });
        EXPECT_EQ(ran.code, 2) << query;
        EXPECT_EQ(ran.out, "") << query;
        EXPECT_NE(ran.err, "") << query;
    }
    EXPECT_EQ(run("sql", { "SELECT count(*) FROM test_call" }).out, "count(*)\n2\n");
}

TEST_F(ReadingTest, a_query_that_takes_too_long_is_stopped)
{
    auto const ran = run("sql",
        { "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n+1 FROM c) SELECT max(n) FROM c", "--timeout",
            "1" });
    EXPECT_EQ(ran.code, 2);
    EXPECT_NE(ran.err.find("time limit"), std::string::npos) << ran.err;
}

TEST_F(ReadingTest, a_query_that_wants_all_memory_is_refused)
{
    std::string columns = "1";
    for (int i = 0; i != 40; ++i)
        columns += ", printf('%.*c', 60000000, 'x')";
    auto const ran = run("sql", { "SELECT " + columns, "--format", "json" });
    EXPECT_EQ(ran.code, 2);
    EXPECT_EQ(ran.out, "");
    EXPECT_NE(ran.err.find("more memory than it may have"), std::string::npos) << ran.err;
    EXPECT_EQ(run("sql", { "SELECT length(printf('%.*c', 60000000, 'x')) AS n" }).out, "n\n60000000\n");
}

TEST_F(ReadingTest, columns_of_one_name_are_all_there_in_json)
{
    EXPECT_EQ(run("sql", { "SELECT 1 AS a, 2 AS a, 3 AS 'a:2', 4 AS a", "--format", "jsonl" }).out,
        "{\"a\":1,\"a:2\":2,\"a:2:2\":3,\"a:3\":4}\n");
    EXPECT_EQ(run("sql", { "SELECT 1 AS a, 2 AS a", "--format", "csv" }).out, "a,a\r\n1,2\r\n");
}

TEST_F(ReadingTest, csv_output_disarms_formulas)
{
    EXPECT_NE(run("rows", { "test_call", "--format", "csv" }).out.find("\"'=cmd|"), std::string::npos);
    EXPECT_NE(
        run("sql", { "SELECT '=1+1' AS a", "--format", "csv" }).out.find("\"'=1+1\""), std::string::npos);
}

TEST_F(ReadingTest, timeline_filters_and_refuses_a_date_it_cannot_read)
{
    auto const line
        = std::string { "2023-03-08 20:26:40.000000  test.call               call                  call "
                        "with +37410123456\n" };
    EXPECT_EQ(run("timeline").out, line);
    EXPECT_EQ(run("timeline", { "--from", "2023-03-08", "--to", "2023-03-08" }).out, line);
    EXPECT_EQ(run("timeline", { "--to", "2023-03-07" }).out, "");
    EXPECT_EQ(run("timeline", { "--around", "1" }).out, line);
    EXPECT_EQ(run("timeline", { "--around", "2" }).code, 2);
    EXPECT_EQ(run("timeline", { "--artifact", "ios.nosuch" }).code, 2);
    EXPECT_EQ(run("timeline", { "--from", "2023-03-08", "--to", "2023-03-07" }).code, 2);
    EXPECT_EQ(run("timeline", { "--limit", "-1" }).code, 2);
    auto const ran = run("timeline", { "--from", "yesterday" });
    EXPECT_EQ(ran.code, 2);
    EXPECT_NE(ran.err.find("2021-05-31"), std::string::npos);
    EXPECT_EQ(Json::parse(run("timeline", { "--format", "jsonl" }).out)["kind"], "call");
}

TEST_F(ReadingTest, no_command_is_suggested_that_would_be_refused)
{
    EXPECT_NE(run("show").out.find("--around 1"), std::string::npos);
    auto database = exhibit::casefile::Database::open(m_case, exhibit::casefile::Access::read_write).value();
    ASSERT_TRUE(database.run("UPDATE finding SET first_seen=NULL, last_seen=NULL").has_value());
    EXPECT_EQ(run("timeline", { "--around", "1" }).code, 2);
    auto const shown = run("show").out;
    EXPECT_EQ(shown.find("--around"), std::string::npos) << shown;
    EXPECT_NE(shown.find("exhibit timeline"), std::string::npos) << shown;
}

TEST_F(ReadingTest, rows_of_an_unknown_artifact_name_what_lists_those_there_are)
{
    auto const ran = run("rows", { "ios.nothing" });
    EXPECT_EQ(ran.code, 2);
    EXPECT_NE(ran.err.find("`exhibit coverage CASE`"), std::string::npos) << ran.err;
}

TEST_F(ReadingTest, an_export_never_replaces_what_is_there_unasked)
{
    auto const target = (m_folder / "out.jsonl").string();
    EXPECT_EQ(run("export", { target, "--format", "jsonl" }).code, 0);
    EXPECT_EQ(run("export", { target, "--format", "jsonl" }).code, 2);
    EXPECT_EQ(run("export", { target, "--format", "jsonl", "--force" }).code, 0);
    auto const folder = (m_folder / "mvt").string();
    EXPECT_EQ(run("export", { folder, "--format", "mvt" }).code, 0);
    EXPECT_EQ(run("export", { folder, "--format", "mvt" }).code, 2);
    EXPECT_EQ(run("export", { folder, "--format", "mvt", "--force" }).code, 0);
    EXPECT_EQ(run("export", { "-", "--format", "csv" }).code, 2);
    EXPECT_NE(
        run("export", { "-", "--format", "timesketch" }).out.find("\"timestamp_desc\""), std::string::npos);
    EXPECT_EQ(run("export", { (m_folder / "no/such/x").string(), "--format", "jsonl" }).code, 2);
}

TEST_F(ReadingTest, what_is_no_case_file_is_refused_by_every_reader)
{
    auto const path = (m_folder / "text").string();
    std::ofstream { path } << "no database";
    for (auto const* command : { "show", "findings", "timeline", "coverage" }) {
        EXPECT_EQ(run_exhibit({ command, path }).code, 2);
        EXPECT_NE(run_exhibit({ command, path }).err.find("not a case file"), std::string::npos);
    }
}

TEST(Artifacts, an_unknown_artifact_is_refused_and_the_documentation_is_markdown_and_json)
{
    EXPECT_EQ(run_exhibit({ "artifacts", "ios.nothing" }).code, 2);
    EXPECT_NE(
        run_exhibit({ "artifacts", "--format", "markdown" }).out.find("# Artifacts"), std::string::npos);
    EXPECT_TRUE(Json::parse(run_exhibit({ "artifacts", "--format", "json" }).out).is_array());
}

TEST(Shells, completion_and_manual_know_every_command)
{
    auto const manual = run_exhibit({ "man" });
    EXPECT_EQ(manual.code, 0);
    for (auto const* shell : { "bash", "zsh", "fish" }) {
        auto const script = run_exhibit({ "completion", shell });
        EXPECT_EQ(script.code, 0);
        for (auto const* command : { "check", "timeline", "export", "completion" })
            EXPECT_NE(script.out.find(command), std::string::npos) << shell;
        EXPECT_NE(script.out.find("around"), std::string::npos) << shell;
        EXPECT_NE(script.out.find("allow-local-http"), std::string::npos) << shell;
    }
    for (auto const* part : { ".TH EXHIBIT 1", ".SS exhibit check", "\\-\\-fail\\-on", "EXHIBIT_PASSWORD",
             "exhibit indicators update", "\\-\\-allow\\-local\\-http", "XDG_DATA_HOME" })
        EXPECT_NE(manual.out.find(part), std::string::npos) << part;
}

} // namespace
