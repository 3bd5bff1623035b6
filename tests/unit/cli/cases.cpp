#include "support/run_program.hpp"
#include "support/small_case.hpp"
#include "support/temporary_folder.hpp"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace {

using namespace exhibit::test;
namespace fs = std::filesystem;

class Cases : public ::testing::Test {
protected:
    Cases() { write_small_case(path("small.exhibit")); }

    [[nodiscard]] std::string path(std::string_view name) const { return (m_folder / name).string(); }

    /// A copy of the case that ends earlier.
    [[nodiscard]] std::string cut_by(std::uintmax_t bytes) const
    {
        auto const copy = path("cut.exhibit");
        fs::copy_file(path("small.exhibit"), copy, fs::copy_options::overwrite_existing);
        fs::resize_file(copy, fs::file_size(copy) - bytes);
        return copy;
    }

    void write(std::string_view name, std::string_view text) const { std::ofstream { path(name) } << text; }

    TemporaryFolder m_folder;
};

TEST_F(Cases, one_that_is_cut_off_is_called_so_by_every_command)
{
    auto const size = fs::file_size(path("small.exhibit"));
    for (auto const bytes : { std::uintmax_t { 1 }, std::uintmax_t { 8191 }, size / 2, size - 100 }) {
        auto const file = cut_by(bytes);
        for (std::vector<std::string> const& command : { std::vector<std::string> { "show", file },
                 { "export", file, path("out.jsonl"), "--format", "jsonl" }, { "recheck", file } }) {
            auto const ran = run_exhibit(command);
            EXPECT_EQ(ran.code, 2) << command[0];
            EXPECT_NE(ran.err.find("cut off"), std::string::npos) << ran.err;
            EXPECT_NE(ran.err.find("copy it again"), std::string::npos) << ran.err;
        }
    }
    EXPECT_FALSE(fs::exists(path("out.jsonl")));
    EXPECT_NE(run_exhibit({ "show", cut_by(1) }).err.find(std::to_string(size)), std::string::npos);
}

TEST_F(Cases, a_recheck_counts_what_it_compared_and_ends_with_2_when_one_could_not_be_read)
{
    write("text", "no case");
    write("list.csv", "type,value\ndomain,evil.example\n");
    auto const ran = run_exhibit({ "recheck", path("small.exhibit"), path("text"), path("nothing"),
        "--indicators", path("list.csv") });
    EXPECT_EQ(ran.code, 2);
    EXPECT_NE(ran.out.find("1 of 3 cases compared"), std::string::npos) << ran.out;
    EXPECT_NE(
        ran.err.find("text is not a case file of exhibit: nothing of it was compared"), std::string::npos)
        << ran.err;
    EXPECT_NE(ran.err.find("there is no case file at " + path("nothing")), std::string::npos) << ran.err;
}

TEST_F(Cases, a_recheck_without_indicators_says_so_and_uses_those_that_were_fetched)
{
    auto const without
        = run_exhibit({ "recheck", path("small.exhibit") }, { "XDG_DATA_HOME=" + path("none") });
    EXPECT_NE(without.err.find("no indicators"), std::string::npos) << without.err;
    fs::create_directories(path("data/exhibit/indicators"));
    write("data/exhibit/indicators/list.csv", "type,value\nphone,+37410123456\n");
    auto const fetched
        = run_exhibit({ "recheck", path("small.exhibit") }, { "XDG_DATA_HOME=" + path("data") });
    EXPECT_EQ(fetched.err.find("no indicators"), std::string::npos) << fetched.err;
    EXPECT_NE(fetched.out.find("1 with something new"), std::string::npos) << fetched.out;
}

TEST_F(Cases, what_a_recheck_finds_has_no_number_and_names_the_file_of_its_rows)
{
    write("list.csv", "type,value\nphone,+37410123456\n");
    auto const ran = run_exhibit({ "recheck", path("small.exhibit"), "--indicators", path("list.csv") });
    EXPECT_EQ(ran.code, 1) << ran.err;
    EXPECT_EQ(ran.out.find("[0]"), std::string::npos) << ran.out;
    auto const rows = run_exhibit({ "rows", path("small.exhibit"), "test_call", "--format", "json" }).out;
    auto const entry = nlohmann::json::parse(rows)[0]["entry"].get<std::string>();
    EXPECT_NE(ran.out.find(entry), std::string::npos) << ran.out;
}

TEST_F(Cases, sections_of_a_dump_that_no_artifact_reads_are_named_by_coverage)
{
    auto const file = path("sections.exhibit");
    SmallCase made { file };
    made.insert(
        "case_info", { { "name", "sections_unread" }, { "value", "@dumpstate/zoneinfo, @dumpsys/odd" } });
    made.finish();
    auto const coverage = run_exhibit({ "coverage", file }).out;
    EXPECT_NE(coverage.find("@dumpstate/zoneinfo, @dumpsys/odd"), std::string::npos) << coverage;
}

TEST_F(Cases, rules_that_were_not_applied_are_listed_by_coverage_and_a_failed_one_by_the_summary)
{
    auto const file = path("rules.exhibit");
    SmallCase made { file };
    made.insert("rule", { { "rule_id", "a-rule" }, { "state", "not_evaluated" }, { "reason", "no data" } });
    made.insert("rule", { { "rule_id", "my-bad" }, { "state", "failed" }, { "reason", "no such table" } });
    made.insert("rule", { { "rule_id", "another" }, { "state", "silent" } });
    made.finish();
    auto const coverage = run_exhibit({ "coverage", file }).out;
    EXPECT_NE(coverage.find("a-rule"), std::string::npos) << coverage;
    EXPECT_NE(coverage.find("no data"), std::string::npos) << coverage;
    EXPECT_EQ(coverage.find("another"), std::string::npos) << coverage;
    auto const shown = run_exhibit({ "show", file }).out;
    EXPECT_NE(shown.find("my-bad: no such table"), std::string::npos) << shown;
    EXPECT_NE(shown.find("1 rule could not be applied because"), std::string::npos) << shown;
    EXPECT_NE(shown.find("exhibit coverage"), std::string::npos) << shown;
    auto const json = nlohmann::json::parse(run_exhibit({ "show", file, "--json" }).out);
    EXPECT_EQ(json["rules"]["failed"], nlohmann::json::array({ "my-bad: no such table" }));
}

TEST_F(Cases, where_nothing_was_found_it_is_said_whom_to_ask)
{
    SmallCase { path("empty.exhibit") }.finish();
    for (auto const* name : { "empty.exhibit", "small.exhibit" })
        EXPECT_NE(run_exhibit({ "show", path(name) }).out.find("Helpline"), std::string::npos) << name;
}

TEST_F(Cases, rows_whose_time_cannot_be_are_told_of)
{
    SmallCase made { path("times.exhibit") };
    made.insert("diagnostic",
        { { "artifact", "test.call" }, { "level", "note" }, { "fault", "malformed" },
            { "message", "the time is no plausible date: not on the timeline" },
            { "count", std::int64_t { 3 } } });
    made.finish();
    auto const shown = run_exhibit({ "coverage", path("times.exhibit") }).out;
    EXPECT_NE(shown.find("no plausible date: not on the timeline (3 times)"), std::string::npos) << shown;
}

TEST_F(Cases, exports_of_everything_hold_the_queries_of_rules_and_the_declarations_of_events)
{
    auto const file = path("rules.exhibit");
    SmallCase made { file };
    made.insert("rule_query", { { "rule_id", "a-rule" }, { "query", "SELECT 1" } });
    made.finish();
    auto const lines = run_exhibit({ "export", file, "-", "--format", "jsonl" }).out;
    EXPECT_NE(lines.find(R"({"record":"rule_query","rule_id":"a-rule")"), std::string::npos);
    EXPECT_NE(lines.find(R"({"record":"artifact_event")"), std::string::npos);
    EXPECT_EQ(run_exhibit({ "export", file, path("csv"), "--format", "csv" }).code, 0);
    EXPECT_TRUE(fs::exists(path("csv/rule_query.csv")));
}

TEST_F(Cases, a_file_of_indicators_of_which_nothing_was_compared_is_named)
{
    fs::create_directories(path("packs"));
    write("packs/good.csv", "type,value\nphone,+37410000000\n");
    write("packs/empty.csv", "");
    write("packs/page.stix2", "<html><body>404 Not Found</body></html>");
    fs::create_symlink("nowhere", path("packs/link.stix2"));
    auto const ran = run_exhibit({ "recheck", path("small.exhibit"), "--indicators", path("packs") });
    for (auto const* name : { "empty.csv", "page.stix2", "link.stix2" })
        EXPECT_NE(ran.err.find(std::string { "nothing of the indicator file " } + name), std::string::npos)
            << ran.err;
    EXPECT_EQ(ran.err.find("good.csv"), std::string::npos) << ran.err;
    SmallCase made { path("packs.exhibit") };
    made.insert("indicator_pack", { { "pack_id", std::int64_t { 1 } }, { "file", "page.stix2" } });
    made.finish();
    auto const shown = run_exhibit({ "show", path("packs.exhibit") }).out;
    EXPECT_NE(shown.find("nothing of the indicator file page.stix2"), std::string::npos) << shown;
}

TEST_F(Cases, names_that_mean_something_else_to_sqlite_or_nothing_are_names)
{
    for (auto const* name : { ":memory:", "file:x.exhibit?mode=ro" }) {
        fs::copy_file(path("small.exhibit"), fs::path { name }, fs::copy_options::overwrite_existing);
        EXPECT_EQ(run_exhibit({ "show", name }).code, 0) << name;
        fs::remove(name);
    }
    EXPECT_EQ(run_exhibit({ "check", path("small.exhibit"), "--output", "" }).code, 2);
    EXPECT_EQ(run_exhibit({ "artifacts", "--output", path("docs") }).code, 2);
}

TEST_F(Cases, options_that_contradict_each_other_are_refused)
{
    write("list.csv", "type,value\nphone,+37410000000\n");
    auto const both = run_exhibit({ "check", path("small.exhibit"), "--output", path("new.exhibit"),
        "--no-indicators", "--indicators", path("list.csv") });
    EXPECT_EQ(both.code, 2);
    EXPECT_NE(both.err.find("--no-indicators"), std::string::npos) << both.err;
}

TEST_F(Cases, a_rule_file_that_is_no_rule_is_refused)
{
    fs::create_directories(path("rules"));
    write("rules/broken.yaml", "id: [");
    fs::create_directories(path("backup"));
    for (std::vector<std::string> const& command :
        { std::vector<std::string> { "recheck", path("small.exhibit") },
            { "check", path("backup"), "--output", path("new.exhibit") } }) {
        auto arguments = command;
        arguments.insert(arguments.end(), { "--rules", path("rules") });
        auto const ran = run_exhibit(arguments);
        EXPECT_EQ(ran.code, 2) << command[0];
    }
    auto const ran = run_exhibit({ "recheck", path("small.exhibit"), "--rules", path("rules") });
    EXPECT_NE(ran.err.find("broken.yaml"), std::string::npos) << ran.err;
}

} // namespace
