#include "report/timeline.hpp"

#include "casefile/schema.hpp"
#include "report/case.hpp"
#include "report/summary.hpp"
#include "support/small_case.hpp"
#include "support/temporary_folder.hpp"

#include <fmt/format.h>
#include <fstream>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sqlite3.h>

namespace {

using namespace exhibit;
using namespace exhibit::report;
using exhibit::test::SmallCase;
namespace fs = std::filesystem;

constexpr std::int64_t kMinute = 60;
constexpr std::int64_t kStart = 700'000'000; ///< seconds since 2001
constexpr std::int64_t kStartMicros = (kStart + 978'307'200) * 1'000'000;

class TimelineTest : public ::testing::Test {
protected:
    TimelineTest()
    {
        SmallCase small { m_case };
        for (std::int64_t const minutes : { 30, 0, 10, 11, 50 })
            small.call({ Time::mac(kStart + minutes * kMinute), std::to_string(minutes), {}, false, {} });
        for (auto const& [finding, minutes] : { std::pair { 1, 0 }, { 2, 0 }, { 2, 45 } })
            small.insert("finding_row",
                { { "finding_id", std::int64_t { finding } }, { "table_name", "test_call" },
                    { "time", kStartMicros + std::int64_t { minutes } * kMinute * 1'000'000 } });
        small.finish();
    }

    [[nodiscard]] std::string words(TimelineQuery const& query) const
    {
        auto database = std::move(open_case(m_case).value());
        std::string out;
        auto const read = read_timeline(database, query, [&](TimelineEvent const& event) -> Result<bool> {
            out += std::string { event.words.substr(event.words.rfind(' ') + 1) } + ' ';
            return true;
        });
        EXPECT_TRUE(read.has_value()) << database.last_message();
        return out;
    }

    static Timestamp at(std::int64_t minutes)
    {
        return Timestamp { std::chrono::microseconds { kStartMicros + minutes * kMinute * 1'000'000 } };
    }

    test::TemporaryFolder m_folder;
    fs::path m_case = m_folder / "t.exhibit";
};

TEST_F(TimelineTest, events_come_in_the_order_of_time)
{
    EXPECT_EQ(words({}), "0 10 11 30 50 ");
}

TEST_F(TimelineTest, both_ends_of_a_period_belong_to_it)
{
    EXPECT_EQ(words({ .from = at(10), .to = at(30) }), "10 11 30 ");
    EXPECT_EQ(words({ .to = at(0) }), "0 ");
    EXPECT_EQ(words({ .limit = 2 }), "0 10 ");
    EXPECT_EQ(words({ .artifact = "test.other" }), "");
    EXPECT_EQ(words({ .from = at(11), .artifact = "test.call", .limit = 1 }), "11 ");
}

TEST_F(TimelineTest, around_a_finding_means_ten_minutes_to_both_sides_of_each_of_its_rows)
{
    EXPECT_EQ(words({ .around = 1 }), "0 10 ");
    EXPECT_EQ(words({ .around = 2 }), "0 10 50 ");
    EXPECT_EQ(words({ .to = at(5), .around = 2 }), "0 ");
    EXPECT_EQ(words({ .around = 77 }), "");
}

TEST_F(TimelineTest, what_another_file_tells_alike_is_shown_once)
{
    {
        auto writable = casefile::Database::open(m_case, casefile::Access::read_write).value();
        // Another file has all calls but for the last, the first of them twice, and one of them differs.
        ASSERT_TRUE(
            writable.run("CREATE TEMP TABLE again AS SELECT * FROM test_call ORDER BY started LIMIT 4;"
                         "UPDATE again SET record_id = record_id + 1000, entry_id = 77, locator = 5;"
                         "INSERT INTO test_call SELECT * FROM again;"
                         "UPDATE again SET record_id = record_id + 1000;"
                         "INSERT INTO test_call SELECT * FROM again ORDER BY started LIMIT 1;"
                         "UPDATE test_call SET answered = 1 WHERE entry_id = 77 AND number = '11'"))
            << writable.last_message();
    }
    EXPECT_EQ(words({}), "0 0 10 11 11 30 50 ");
    EXPECT_EQ(words({ .limit = 4 }), "0 0 10 11 ");
    auto database = std::move(open_case(m_case).value());
    auto const left_out
        = read_timeline(database, {}, [](TimelineEvent const&) -> Result<bool> { return true; });
    EXPECT_EQ(left_out.value_or(0), 3U);
}

TEST_F(TimelineTest, a_visitor_may_stop)
{
    auto database = std::move(open_case(m_case).value());
    int seen = 0;
    EXPECT_TRUE(read_timeline(database, {}, [&](TimelineEvent const&) -> Result<bool> {
        return ++seen < 2;
    }).has_value());
    EXPECT_EQ(seen, 2);
}

TEST(OpenCase, only_a_case_of_a_known_version_is_opened)
{
    test::TemporaryFolder const folder;
    auto const refusal = [](fs::path const& path) {
        auto const opened = open_case(path);
        return opened ? std::string {} : opened.error().message;
    };
    EXPECT_NE(refusal(folder / "none").find("there is no case file"), std::string::npos);
    std::ofstream { folder / "text" } << std::string(5000, 'x');
    EXPECT_NE(refusal(folder / "text").find("not a case file"), std::string::npos);

    auto const path = folder / "case";
    test::write_small_case(path);
    EXPECT_EQ(refusal(path), "");
    auto const set = [&](std::string const& pragma) {
        auto database = casefile::Database::open(path, casefile::Access::read_write).value();
        EXPECT_TRUE(database.run("PRAGMA " + pragma).has_value());
    };
    set(fmt::format("user_version={}", kSchemaVersion + 1));
    EXPECT_NE(refusal(path).find("reads up to"), std::string::npos);
    set(fmt::format("user_version={}", kSchemaVersion));
    set("application_id=1");
    EXPECT_NE(refusal(path).find("not a case file"), std::string::npos);
}

TEST(Summary, coverage_tells_how_much_of_an_artifact_was_read_and_what_was_wrong)
{
    test::TemporaryFolder const folder;
    SmallCase small { folder / "c" };
    for (auto const* state : { "parsed", "locked", "partial" })
        small.insert("coverage",
            { { "artifact", "test.call" }, { "entry_id", std::int64_t { 1 } }, { "state", state },
                { "rows", std::int64_t { 5 } }, { "message", std::string { "was " } + state } });
    small.insert("coverage", { { "artifact", "test.other" }, { "state", "absent" }, { "message", "none" } });
    small.finish();
    auto database = std::move(open_case(folder / "c").value());
    auto const coverage = read_coverage(database).value();
    ASSERT_EQ(coverage.size(), 2U);
    EXPECT_EQ(coverage[0].state, "partial");
    EXPECT_EQ(coverage[0].rows, 15);
    EXPECT_EQ(coverage[0].entries, 3);
    EXPECT_TRUE(coverage[0].key);
    EXPECT_EQ(coverage[0].messages, (std::vector<std::string> { "was parsed", "was locked", "was partial" }));
    EXPECT_EQ(coverage[1].state, "absent");
    EXPECT_TRUE(coverage[1].messages.empty());
}

TEST(Summary, an_artifact_with_several_entries_is_as_whole_as_they_are_together)
{
    using States = std::vector<std::string>;
    auto const joined = [](States const& states) {
        test::TemporaryFolder const folder;
        SmallCase small { folder / "c" };
        for (auto const& state : states)
            small.insert("coverage",
                { { "artifact", "test.call" }, { "entry_id", std::int64_t { 1 } }, { "state", state } });
        small.finish();
        auto database = std::move(open_case(folder / "c").value());
        return read_coverage(database).value().at(0).state;
    };
    for (auto states : { States { "empty", "parsed" }, States { "empty", "parsed", "empty" } })
        EXPECT_EQ(joined(states), "parsed") << "what one file does not have, another has";
    for (auto const* state : { "missing", "locked", "failed", "crashed", "cancelled", "partial" }) {
        EXPECT_EQ(joined({ state, "parsed" }), "partial") << state;
        EXPECT_EQ(joined({ "empty", state, "parsed" }), "partial") << state;
        EXPECT_EQ(joined({ "empty", state }), state) << "nothing was read";
    }
    EXPECT_EQ(joined({ "empty", "empty" }), "empty");
    EXPECT_EQ(joined({ "failed", "locked" }), "failed");
}

TEST(Summary, findings_come_worst_first_then_by_time)
{
    test::TemporaryFolder const folder;
    SmallCase small { folder / "c" };
    using test::Cell;
    auto const add = [&](std::int64_t id, char const* severity, Cell time) {
        small.insert("finding",
            { { "finding_id", id }, { "key", std::to_string(id) }, { "severity", severity },
                { "first_seen", std::move(time) } });
    };
    add(1, "low", std::int64_t { 5 });
    add(2, "critical", nullptr);
    add(3, "critical", std::int64_t { 9 });
    add(4, "critical", std::int64_t { 7 });
    small.finish();
    auto database = std::move(open_case(folder / "c").value());
    std::vector<std::int64_t> ids;
    auto const findings = read_findings(database).value();
    for (auto const& finding : findings)
        ids.push_back(finding.id);
    EXPECT_EQ(ids, (std::vector<std::int64_t> { 4, 3, 2, 1 }));
}

TEST(Summary, json_has_the_documented_keys)
{
    test::TemporaryFolder const folder;
    test::write_small_case(folder / "c");
    auto database = std::move(open_case(folder / "c").value());
    auto const json = nlohmann::json::parse(to_json(read_summary(database).value(), "c"));
    std::vector<std::string> keys;
    for (auto const& [key, value] : json.items())
        keys.push_back(key);
    EXPECT_EQ(keys,
        (std::vector<std::string> { "acquisition_problems", "assessment", "case_file", "coverage",
            "covered_periods", "facts", "finding_counts", "findings", "format", "indicator_packs", "info",
            "rules" }));
    EXPECT_EQ(json["finding_counts"]["critical"], 1);
    EXPECT_EQ(json["findings"][0]["examples"][0]["value"], "+37410123456");
    EXPECT_EQ(json["findings"][0]["first_seen"], "2023-03-08T20:26:40.000000Z");
}

} // namespace
