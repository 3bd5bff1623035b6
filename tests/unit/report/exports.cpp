#include "report/case.hpp"
#include "report/core_tables.hpp"
#include "report/export.hpp"
#include "report/mvt_record.hpp"
#include "report/mvt_shapes_android.hpp"
#include "report/summary.hpp"
#include "report/timeline.hpp"
#include "support/small_case.hpp"
#include "support/temporary_folder.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fstream>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sstream>
#include <sys/stat.h>

namespace {

using namespace exhibit;
using namespace exhibit::report;
using exhibit::test::SmallCase;
namespace fs = std::filesystem;
using Json = nlohmann::json;

std::string content(fs::path const& path)
{
    std::ifstream stream { path, std::ios::binary };
    std::ostringstream out;
    out << stream.rdbuf();
    return out.str();
}

class ReportTest : public ::testing::Test {
protected:
    ReportTest() { test::write_small_case(m_case); }

    [[nodiscard]] casefile::Database open() const { return std::move(open_case(m_case).value()); }

    test::TemporaryFolder m_folder;
    fs::path m_case = m_folder / "small.exhibit";
};

std::vector<Json> lines_of(std::string const& text)
{
    std::vector<Json> lines;
    std::istringstream stream { text };
    for (std::string line; std::getline(stream, line);)
        lines.push_back(Json::parse(line));
    return lines;
}

TEST_F(ReportTest, jsonl_holds_the_finding_and_every_row_with_its_origin)
{
    auto database = open();
    std::string out;
    auto const exported = export_jsonl(database,
        [&](std::string_view text) -> Result<void> {
            out += text;
            return {};
        },
        {});
    ASSERT_TRUE(exported.has_value());
    auto const lines = lines_of(out);
    EXPECT_EQ(lines.front()["record"], "header");
    std::vector<Json> rows;
    std::ranges::copy_if(
        lines, std::back_inserter(rows), [](Json const& line) { return line["record"] == "row"; });
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0]["values"],
        (Json { { "started", "2023-03-08T20:26:40.000000Z" }, { "started_raw", 700'000'000 },
            { "number", "+37410123456" }, { "seconds", 61 }, { "answered", true }, { "token", "3q0=" } }));
    EXPECT_EQ(rows[1]["values"]["started"], nullptr);
    EXPECT_EQ(rows[1]["values"]["started_raw"], 1e300);
    EXPECT_EQ(rows[1]["values"]["seconds"], nullptr);
    EXPECT_EQ(rows[1]["entry"], "/private/var/mobile/Library/CallHistoryDB/CallHistory.storedata");
    EXPECT_EQ(rows[1]["locator"], 2);
    auto const finding
        = std::ranges::find_if(lines, [](Json const& line) { return line["record"] == "finding"; });
    ASSERT_NE(finding, lines.end());
    EXPECT_EQ((*finding)["first_seen"], "2023-03-08T20:26:40.000000Z");
}

TEST_F(ReportTest, jsonl_holds_every_table_of_the_case_file)
{
    auto database = open();
    std::string text;
    ASSERT_TRUE(export_jsonl(database,
        [&](std::string_view part) -> Result<void> {
            text += part;
            return {};
        },
        {}));
    EXPECT_NE(text.find(R"({"record":"artifact_event")"), std::string::npos);
    auto tables = database
                      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE "
                               "'sqlite_%' AND name NOT IN (SELECT table_name FROM artifact_table)")
                      .value();
    while (tables.step().value())
        EXPECT_TRUE(std::ranges::any_of(core_tables(), [&](auto const& table) {
            return table.name == tables.text(0);
        })) << tables.text(0);
}

TEST_F(ReportTest, csv_disarms_formulas_and_ends_lines_as_rfc_4180_says)
{
    auto database = open();
    {
        auto folder = OutputFolder::create(m_folder / "csv").value();
        ASSERT_TRUE(export_csv(database, folder, {}).has_value());
        ASSERT_TRUE(folder.commit(Replace::no).has_value());
    }
    EXPECT_EQ(content(m_folder / "csv/test_call.csv"),
        "record_id,entry,locator,recovered,started,started_raw,number,seconds,answered,token\r\n"
        "100000000,/private/var/mobile/Library/CallHistoryDB/CallHistory.storedata,1,,2023-03-08 "
        "20:26:40.000000,700000000,\"'+37410123456\",61,true,3q0=\r\n"
        "100000001,/private/var/mobile/Library/CallHistoryDB/CallHistory.storedata,2,,,1e+300,"
        "\"'=cmd|' /C calc'!A0\",,false,\r\n");
    EXPECT_TRUE(fs::exists(m_folder / "csv/finding.csv"));
    EXPECT_TRUE(fs::exists(m_folder / "csv/timeline.csv"));
}

TEST_F(ReportTest, mvt_records_have_the_declared_keys_and_forms)
{
    auto database = open();
    {
        auto folder = OutputFolder::create(m_folder / "mvt").value();
        ASSERT_TRUE(export_mvt(database, folder, {}).has_value());
        ASSERT_TRUE(folder.commit(Replace::no).has_value());
    }
    Json const first { { "isodate", "2023-03-08 20:26:40.000000" }, { "date", 700'000'000 },
        { "number", "+37410123456" }, { "duration", 61 }, { "answered", 1 } };
    auto const calls = Json::parse(content(m_folder / "mvt/calls.json"));
    ASSERT_EQ(calls.size(), 2U);
    EXPECT_EQ(calls[0], first);
    EXPECT_EQ(calls[1]["isodate"], nullptr);
    EXPECT_EQ(content(m_folder / "mvt/timeline.csv"),
        "\"UTC Timestamp\",\"Plugin\",\"Event\",\"Description\"\r\n"
        "\"2023-03-08 20:26:40.000000\",\"Calls\",\"call\",\"call with +37410123456\"\r\n");
    auto const alerts = Json::parse(content(m_folder / "mvt/alerts.json"));
    ASSERT_EQ(alerts.size(), 1U);
    EXPECT_EQ(alerts[0],
        (Json { { "level", "CRITICAL" }, { "module", "calls" },
            { "message", "Call with a number of Test campaign" },
            { "event_time", "2023-03-08 20:26:40.000000" }, { "event", first },
            { "matched_indicator",
                { { "value", "+37410123456" }, { "type", "phone" }, { "name", "Test campaign" },
                    { "stix2_file_name", "" } } } }));
    EXPECT_EQ(Json::parse(content(m_folder / "mvt/calls_detected.json")), alerts);
    EXPECT_EQ(Json::parse(content(m_folder / "mvt/info.json"))["target_path"], "iOS backup of a test phone");
}

TEST(MvtShapes, recipients_are_a_list_whatever_an_address_holds)
{
    std::string sql;
    for (auto const& shape : android_event_shapes())
        for (auto const& part : shape.parts)
            for (auto const& member : part.members)
                if (shape.table == "android_sms" && member.key == "recipients")
                    sql = member.sql;
    auto database = casefile::Database::create(":memory:").value();
    auto const list = [&](std::string const& recipients) {
        auto statement
            = database.prepare("SELECT " + sql + " FROM (SELECT " + recipients + " AS recipients) AS t")
                  .value();
        EXPECT_TRUE(statement.step().value());
        return Json::parse(statement.text(0));
    };
    EXPECT_EQ(list("'a' || char(10) || 'b'"), (Json { "a", "b" }));
    EXPECT_EQ(list(R"('a\nb\\n' || char(10) || '"c\')"), (Json { R"(a\nb\\n)", R"("c\)" }));
    EXPECT_EQ(list("NULL"), Json::array());
}

TEST(MvtNames, modules_have_the_class_names_that_mvt_prints)
{
    EXPECT_EQ(mvt_plugin("safari_history"), "SafariHistory");
    EXPECT_EQ(mvt_plugin("sms"), "SMS");
    EXPECT_EQ(mvt_plugin("os_analytics_ad_daily"), "OSAnalyticsADDaily");
    EXPECT_EQ(mvt_plugin("datausage"), "Datausage");
}

TEST(MvtNames, a_key_says_what_becomes_of_value_and_raw_twin)
{
    auto const read = [](std::string key) {
        ColumnInfo column;
        column.name = "own";
        column.mvt_key = std::move(key);
        auto const read_key = read_mvt_key(column);
        return fmt::format("{}|{}|{}{}", read_key.value, read_key.raw, read_key.flag_as_number,
            read_key.empty_for_none ? "|empty" : "");
    };
    EXPECT_EQ(read(""), "own||false");
    EXPECT_EQ(read("-"), "||false");
    EXPECT_EQ(read("isodate+date"), "isodate|date|false");
    EXPECT_EQ(read("+date"), "|date|false");
    EXPECT_EQ(read("is_read#"), "is_read||true");
    EXPECT_EQ(read("text~"), "text||false|empty");
    EXPECT_EQ(read("isodate~+date"), "isodate|date|false|empty");
}

TEST_F(ReportTest, timesketch_gets_the_fields_it_demands_and_no_event_without_a_date)
{
    auto database = open();
    for (auto const form : { TimesketchForm::csv, TimesketchForm::jsonl }) {
        std::string out;
        auto const exported = export_timesketch(database,
            [&](std::string_view text) -> Result<void> {
                out += text;
                return {};
            },
            form, {});
        ASSERT_TRUE(exported.has_value());
        EXPECT_EQ(exported->rows, 1U);
        if (form == TimesketchForm::csv) {
            EXPECT_TRUE(out.starts_with("message,datetime,timestamp_desc,")) << out;
            continue;
        }
        auto const lines = lines_of(out);
        ASSERT_EQ(lines.size(), 1U);
        EXPECT_EQ(lines[0]["message"], "call with +37410123456");
        EXPECT_EQ(lines[0]["datetime"], "2023-03-08T20:26:40.000000Z");
        EXPECT_EQ(lines[0]["timestamp_desc"], "call");
    }
}

TEST_F(ReportTest, events_whose_stored_time_is_no_date_are_counted_wherever_they_are_missing)
{
    auto const path = m_folder / "odd.exhibit";
    SmallCase odd { path };
    for (auto const stored : { 1e12, -1e12, -978'307'201.0, 0.0, -1.0, -978'307'200.0, 64'092'211'200.0 })
        odd.call({ Time::mac(stored), "1" });
    odd.call({ Time { std::string { "abc" }, std::nullopt }, "2" });
    odd.call({ Time {}, "3" });
    odd.finish();
    auto database = casefile::Database::open(path, casefile::Access::read_only).value();
    auto const undated = read_undated_events(database).value();
    ASSERT_EQ(undated.size(), 1U);
    EXPECT_EQ(undated.at("test.call"), 4);
    std::string text;
    auto const exported = export_timesketch(database,
        [&](std::string_view part) -> Result<void> {
            text += part;
            return {};
        },
        TimesketchForm::jsonl, {});
    ASSERT_TRUE(exported);
    EXPECT_EQ(exported->left_out, 4U);
}

TEST_F(ReportTest, an_export_that_is_stopped_leaves_nothing_behind)
{
    auto database = open();
    {
        auto file = OutputFile::create(m_folder / "x.jsonl").value();
        ASSERT_TRUE(file.write("half").has_value());
        auto folder = OutputFolder::create(m_folder / "x").value();
        ASSERT_TRUE(export_csv(database, folder, {}).has_value());
    }
    std::size_t files = 0;
    for ([[maybe_unused]] auto const& file : fs::directory_iterator { m_folder.path() })
        ++files;
    EXPECT_EQ(files, 1U);
}

TEST_F(ReportTest, outputs_are_for_their_owner_and_never_replace_unasked)
{
    auto const write = [&](Replace replace) {
        auto file = OutputFile::create(m_folder / "x").value();
        EXPECT_TRUE(file.write("new").has_value());
        return file.commit(replace).has_value();
    };
    EXPECT_TRUE(write(Replace::no));
    struct stat status {};
    ASSERT_EQ(::stat((m_folder / "x").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
    EXPECT_FALSE(write(Replace::no));
    EXPECT_TRUE(write(Replace::yes));
}

TEST_F(ReportTest, a_folder_holds_what_lies_in_it_alone)
{
    auto const folder = OutputFolder::create(m_folder / "out").value();
    EXPECT_TRUE(folder.file("..csv").has_value());
    for (std::string const name : { "", ".", "..", "/tmp/x", "../x", "a/b", "a/../../x" })
        EXPECT_EQ(folder.file(name).error().fault, Fault::malformed) << name;
}

TEST_F(ReportTest, a_full_folder_is_replaced_as_a_whole_and_only_when_asked)
{
    fs::create_directory(m_folder / "out");
    std::ofstream { m_folder / "out/own" } << "mine";
    auto const write = [&](Replace replace) {
        auto folder = OutputFolder::create(m_folder / "out").value();
        std::ofstream { folder.file("new").value() } << "new";
        return folder.commit(replace).has_value();
    };
    EXPECT_FALSE(write(Replace::no));
    EXPECT_FALSE(fs::exists(m_folder / "out/new"));
    EXPECT_EQ(content(m_folder / "out/own"), "mine");
    EXPECT_TRUE(write(Replace::yes));
    EXPECT_FALSE(fs::exists(m_folder / "out/own"));
    EXPECT_EQ(content(m_folder / "out/new"), "new");
}

} // namespace
