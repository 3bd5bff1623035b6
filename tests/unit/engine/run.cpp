#include "engine/run.hpp"

#include "engine/device_clock.hpp"
#include "support/memory_acquisition.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace {

using namespace exhibit;
using exhibit::test::MemoryAcquisition;
namespace fs = std::filesystem;
using namespace std::string_view_literals;

struct Line {
    Time at;
    std::string_view text;
};
constexpr std::array kColumns {
    column<&Line::at>("at", Clock::unix_seconds, "When the line was written."),
    column<&Line::text>("text", Is::free_text, "The line."),
};
constexpr std::array kEvents { Event { "at", "line", "{text}" } };
constexpr auto kLines = table<Line>("test_line", "One row per line.", Relation::present, kColumns, kEvents);
constexpr std::array<Table const*, 1> kTables { &kLines };

/// One row per line; a line `throw` is a bug in the reader, `damage` is damage in the evidence.
Result<void> parse_lines(Input const& input, Context& context)
{
    auto const content = EXHIBIT_TRY(read_all(*input.source, 1U << 20U));
    auto text = as_text(content.bytes());
    std::uint64_t number = 0;
    while (!text.empty()) {
        auto const line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        if (line == "throw")
            throw std::bad_alloc {};
        if (line == "damage")
            return fail(Fault::malformed, "a damaged line", number);
        Line const row { Time::unix_seconds(static_cast<std::int64_t>(1'600'000'000 + number)), line };
        EXHIBIT_TRY(context.add(kLines, row, { ++number }));
    }
    return {};
}

constexpr std::array kPaths { "/private/var/*.log"sv };
constexpr Artifact kArtifact { "test.lines", "Lines", "Lines.", Platform::ios, kPaths, kTables, parse_lines };
constexpr std::array<Artifact const*, 1> kArtifacts { &kArtifact };

/// File i holds (i % longest)² lines.
MemoryAcquisition sample(int count = 60, int longest = 60)
{
    std::vector<std::pair<std::string, std::string>> files;
    for (int i = 0; i != count; ++i) {
        std::string lines;
        for (int line = 0; line != i % longest * (i % longest); ++line)
            lines += fmt::format("line {} of file {}\n", line, i);
        if (i % 10 == 3)
            lines += "throw\nafter";
        if (i % 10 == 4)
            lines += "damage\nafter";
        files.emplace_back(fmt::format("/private/var/{:03}.log", i), lines);
    }
    files.emplace_back("/private/var/other.txt", "not wanted");
    return { AcquisitionKind::ios_backup, std::move(files) };
}

class RunTest : public ::testing::Test {
protected:
    void SetUp() override
    {
        fs::remove_all(m_folder);
        fs::create_directories(m_folder);
    }
    void TearDown() override { fs::remove_all(m_folder); }

    std::vector<TaskOutcome> run_all(Plan const& plan, Acquisition const& acquisition, CaseWriter& writer,
        unsigned jobs, Progress& progress, std::stop_token const& stop = {}, Limits const& limits = {})
    {
        TaskOutcomes outcomes { plan.tasks.size() };
        run_tasks({ plan.tasks, 0, plan.tasks.size() }, outcomes, acquisition, m_clock.clock, writer, jobs,
            limits, stop, progress);
        std::vector<TaskOutcome> all;
        for (std::size_t at = 0; at != plan.tasks.size(); ++at) {
            auto const diagnostics = outcomes.diagnostics(at);
            all.push_back({ outcomes.coverage(at, plan.tasks), { diagnostics.begin(), diagnostics.end() } });
        }
        return all;
    }

    /// Runs the sample and returns everything the case says of it, as text.
    std::string run(unsigned jobs, int files = 60, int longest = 60)
    {
        auto const path = m_folder / fmt::format("{}.exhibit", jobs);
        auto const acquisition = sample(files, longest);
        auto const plan = make_plan(acquisition, kArtifacts, {}).value();
        auto writer = CaseWriter::create(path, kArtifacts).value();
        Progress progress;
        m_outcomes = run_all(plan, acquisition, writer, jobs, progress);
        return content_of(writer);
    }

    static std::string content_of(CaseWriter& writer)
    {
        EXPECT_TRUE(writer.finish_loading().has_value());
        EXPECT_TRUE(writer.complete_schema().has_value());
        std::string out;
        for (std::string const sql :
            { "PRAGMA integrity_check", "SELECT * FROM test_line", "SELECT * FROM timeline" }) {
            auto statement = writer.database().prepare(sql).value();
            while (statement.step().value())
                for (int i = 0; i != statement.columns(); ++i)
                    out += std::string { statement.text(i) } + (i + 1 == statement.columns() ? '\n' : '|');
        }
        return out;
    }

    fs::path m_folder = fs::temp_directory_path() / fmt::format("exhibit_run_{}", ::getpid());
    std::vector<TaskOutcome> m_outcomes;
    OwnedClock m_clock = device_clock({});
};

TEST_F(RunTest, the_case_has_the_same_content_on_any_number_of_threads)
{
    auto const one = run(1);
    EXPECT_TRUE(one.starts_with("ok\n"));
    EXPECT_EQ(one, run(2));
    EXPECT_EQ(one, run(7));
}

TEST_F(RunTest, very_many_files_share_pages_and_each_is_told_of)
{
    constexpr int files = 660;
    constexpr int longest = 16;
    auto const one = run(1, files, longest);
    EXPECT_TRUE(one.starts_with("ok\n"));
    EXPECT_EQ(one, run(3, files, longest));
    ASSERT_EQ(m_outcomes.size(), std::size_t { files });
    for (std::size_t i = 0; i != m_outcomes.size(); ++i) {
        EXPECT_EQ(m_outcomes[i].coverage.rows, i % longest * (i % longest)) << i;
        EXPECT_EQ(m_outcomes[i].coverage.state == "crashed", i % 10 == 3) << i;
        EXPECT_EQ(m_outcomes[i].diagnostics.size(), 0U) << i;
    }
}

TEST_F(RunTest, a_reader_that_fails_ends_itself_alone_and_its_rows_are_kept)
{
    run(2);
    ASSERT_EQ(m_outcomes.size(), 60U);
    for (std::size_t i = 0; i != m_outcomes.size(); ++i) {
        auto const& coverage = m_outcomes[i].coverage;
        EXPECT_EQ(coverage.rows, i * i) << i;
        EXPECT_EQ(coverage.state,
            i % 10 == 3       ? "crashed"
                : i % 10 == 4 ? "partial"
                : i == 0      ? "empty"
                              : "parsed")
            << i;
    }
}

TEST_F(RunTest, a_run_that_is_stopped_says_so_for_every_task)
{
    auto const acquisition = sample();
    auto const plan = make_plan(acquisition, kArtifacts, {}).value();
    auto writer = CaseWriter::create(m_folder / "stopped.exhibit", kArtifacts).value();
    std::stop_source stop;
    stop.request_stop();
    Progress progress;
    for (auto const& outcome : run_all(plan, acquisition, writer, 2, progress, stop.get_token()))
        EXPECT_EQ(outcome.coverage.state, "cancelled");
    EXPECT_EQ(make_plan(acquisition, kArtifacts, stop.get_token()).error().fault, Fault::cancelled);
}

TEST_F(RunTest, what_a_mac_writes_beside_a_file_is_left_out)
{
    std::string const double_magic { "\0\5\x16\7 damage", 11 };
    MemoryAcquisition const acquisition { AcquisitionKind::ios_backup,
        { { "/private/var/._a.log", double_magic + "\ndamage" }, { "/private/var/._b.log", "a line" } } };
    auto const plan = make_plan(acquisition, kArtifacts, {}).value();
    auto writer = CaseWriter::create(m_folder / "mac.exhibit", kArtifacts).value();
    Progress progress;
    auto const outcomes = run_all(plan, acquisition, writer, 1, progress);
    EXPECT_EQ(outcomes.at(0).coverage.state, "empty");
    EXPECT_EQ(outcomes.at(0).diagnostics.size(), 1U);
    EXPECT_EQ(outcomes.at(1).coverage.rows, 1U);
}

TEST(Plan, companions_are_found_by_the_name_of_their_database)
{
    MemoryAcquisition const acquisition { AcquisitionKind::ios_backup,
        { { "/private/var/a.log", "x" }, { "/private/var/a.log-wal", "yy" },
            { "/private/var/b.log-journal", "z" }, { "/private/var/deep/c.log", "x" } } };
    auto const plan = make_plan(acquisition, kArtifacts, {}).value();
    ASSERT_EQ(plan.tasks.size(), 2U);
    EXPECT_EQ(plan.entries_seen, 4U);
    ASSERT_NE(plan.tasks[0].wal, nullptr);
    EXPECT_EQ(plan.tasks[0].wal->size, 2U);
    EXPECT_EQ(plan.tasks[0].journal, nullptr);
    EXPECT_EQ(plan.tasks.bytes(0), 3U);
    EXPECT_EQ(plan.tasks[1].entry.path, "/private/var/b.log-journal");
    EXPECT_EQ(plan.tasks[1].log_alone, "-journal");
}

/// Notes what a database and its logs are given as.
Result<void> parse_database(Input const& input, Context& context)
{
    auto const has = [](Source const* source) { return source == nullptr ? "none" : "one"; };
    context.note(Level::note, Fault::missing,
        fmt::format(
            "{} {} wal {} journal {}", input.path, input.source->size(), has(input.wal), has(input.journal)));
    return {};
}

TEST_F(RunTest, a_log_whose_database_is_gone_is_given_with_an_empty_database_and_is_damage)
{
    static constexpr Artifact database { .id = "test.lines",
        .title = "Lines",
        .doc = "Lines.",
        .platform = Platform::ios,
        .paths = kPaths,
        .tables = kTables,
        .parse = parse_database,
        .key = true };
    static constexpr std::array<Artifact const*, 1> artifacts { &database };
    MemoryAcquisition acquisition { AcquisitionKind::ios_backup,
        { { "/private/var/a.log-wal", "rows" }, { "/private/var/b.log-journal", "rows" },
            { "/private/var/c.log", "rows" }, { "/private/var/c.log-wal", "rows" } } };
    acquisition.set_missing("/private/var/c.log");
    auto const plan = make_plan(acquisition, artifacts, {}).value();
    auto writer = CaseWriter::create(m_folder / "logs.exhibit", artifacts).value();
    Progress progress;
    auto const outcomes = run_all(plan, acquisition, writer, 1, progress);
    ASSERT_EQ(outcomes.size(), 3U);
    EXPECT_EQ(outcomes[0].coverage.state, "missing");
    EXPECT_EQ(outcomes[1].coverage.state, "failed");
    EXPECT_EQ(outcomes[1].coverage.fault, Fault::missing);
    auto const says = [&](std::size_t task, std::string_view message) {
        return std::ranges::find(outcomes[task].diagnostics, message, &Diagnostic::message)
            != outcomes[task].diagnostics.end();
    };
    EXPECT_TRUE(says(0, "/private/var/c.log 0 wal one journal none"));
    EXPECT_TRUE(says(1, "/private/var/a.log 0 wal one journal none"));
    EXPECT_TRUE(says(2, "/private/var/b.log 0 wal none journal one"));
}

TEST_F(RunTest, a_log_beside_its_database_that_cannot_be_read_is_damage_and_the_rest_is_kept)
{
    for (std::string const suffix : { "-wal", "-journal" }) {
        MemoryAcquisition acquisition { AcquisitionKind::ios_backup,
            { { "/private/var/a.log", "one line" }, { "/private/var/a.log" + suffix, "newest rows" } } };
        acquisition.set_missing("/private/var/a.log" + suffix);
        auto const plan = make_plan(acquisition, kArtifacts, {}).value();
        auto writer = CaseWriter::create(m_folder / ("companion" + suffix), kArtifacts).value();
        Progress progress;
        auto const outcomes = run_all(plan, acquisition, writer, 1, progress);
        ASSERT_EQ(outcomes.size(), 1U);
        EXPECT_EQ(outcomes[0].coverage.state, "partial");
        EXPECT_EQ(outcomes[0].coverage.rows, 1U);
        EXPECT_EQ(outcomes[0].coverage.fault, Fault::missing);
        EXPECT_TRUE(
            outcomes[0].coverage.message.contains("the database's " + suffix + " file could not be read"))
            << outcomes[0].coverage.message;
    }
}

/// One row per line of ten parts, of which the fifth may be `damage` or `throw`, and one more.
Result<void> parse_parts(Input const& input, Context& context)
{
    auto const content = EXHIBIT_TRY(read_all(*input.source, 1U << 20U));
    auto const text = as_text(content.bytes());
    EXHIBIT_TRY(context.read_parts(10, [&](std::size_t part, Context& rows) -> Result<void> {
        rows.note(Level::note, Fault::missing, "a part", { part });
        for (std::uint64_t line = 0; line != 500 * (part + 1); ++line) {
            Line const row { Time::unix_seconds(static_cast<std::int64_t>(1'600'000'000 + part)), text };
            EXHIBIT_TRY(rows.add(kLines, row, { line }));
        }
        if (part == 5 && text == "throw")
            throw std::bad_alloc {};
        return part == 5 && text == "damage" ? Result<void> { fail(Fault::malformed, "a damaged part") }
                                             : Result<void> {};
    }));
    return context.add(kLines, { {}, "last" }, {});
}

constexpr Artifact kInParts { "test.lines", "Lines", "Lines.", Platform::ios, kPaths, kTables, parse_parts };

class RunInParts : public RunTest {
protected:
    std::string run(unsigned jobs, Limits const& limits = {})
    {
        static constexpr std::array<Artifact const*, 1> artifacts { &kInParts };
        MemoryAcquisition const acquisition { AcquisitionKind::ios_backup,
            { { "/private/var/a.log", "words" }, { "/private/var/b.log", "damage" },
                { "/private/var/c.log", "throw" } } };
        auto const plan = make_plan(acquisition, artifacts, {}).value();
        auto writer = CaseWriter::create(m_folder / fmt::format("{}.exhibit", jobs), artifacts).value();
        Progress progress;
        m_outcomes = run_all(plan, acquisition, writer, jobs, progress, {}, limits);
        return content_of(writer);
    }
};

TEST_F(RunInParts, the_case_has_the_same_content_on_any_number_of_threads)
{
    auto const one = run(1);
    EXPECT_TRUE(one.starts_with("ok\n"));
    EXPECT_EQ(one, run(2));
    EXPECT_EQ(one, run(7));
    ASSERT_EQ(m_outcomes.size(), 3U);
    EXPECT_EQ(m_outcomes[0].coverage.rows, 27'501U);
    EXPECT_EQ(m_outcomes[0].coverage.state, "parsed");
    EXPECT_EQ(m_outcomes[0].coverage.first_seen->time_since_epoch().count(), 1'600'000'000'000'000);
    EXPECT_EQ(m_outcomes[0].coverage.last_seen->time_since_epoch().count(), 1'600'000'009'000'000);
    ASSERT_EQ(m_outcomes[0].diagnostics.size(), 1U);
    EXPECT_EQ(m_outcomes[0].diagnostics[0].count, 10U);
    EXPECT_EQ(m_outcomes[0].diagnostics[0].first_locator, 0U);
}

TEST_F(RunInParts, a_part_that_fails_is_told_of_and_the_rows_of_the_others_are_kept)
{
    run(2);
    ASSERT_EQ(m_outcomes.size(), 3U);
    for (std::size_t const task : { 1U, 2U }) {
        EXPECT_EQ(m_outcomes[task].coverage.rows, 27'500U);
        EXPECT_EQ(m_outcomes[task].coverage.state, task == 1 ? "partial" : "crashed");
    }
    EXPECT_EQ(m_outcomes[1].coverage.message, "a damaged part");
}

TEST_F(RunInParts, the_parts_share_what_one_entry_may_add)
{
    auto const limited = run(1, { .rows = 20'000 });
    EXPECT_EQ(limited, run(3, { .rows = 20'000 }));
    // 500, 1000, 1500, and of each that follows a tenth of the limit.
    EXPECT_EQ(m_outcomes.at(0).coverage.rows, 3'000U + 7 * 2'000U);
    EXPECT_EQ(m_outcomes.at(0).coverage.fault, Fault::over_limit);
}

/// One row with the size of the entry.
Result<void> parse_size(Input const& input, Context& context)
{
    return context.add(kLines, { {}, "listed" }, { input.source->size() });
}

TEST_F(RunTest, an_entry_of_which_only_the_list_tells_is_not_opened)
{
    static constexpr Artifact listed { .id = "test.lines",
        .title = "Lines",
        .doc = "Lines.",
        .platform = Platform::ios,
        .paths = kPaths,
        .tables = kTables,
        .parse = parse_size,
        .by_list = true };
    static constexpr std::array<Artifact const*, 1> artifacts { &listed };
    MemoryAcquisition acquisition { AcquisitionKind::ios_backup, { { "/private/var/a.log", "words" } } };
    acquisition.set_missing("/private/var/a.log");
    auto const plan = make_plan(acquisition, artifacts, {}).value();
    auto writer = CaseWriter::create(m_folder / "listed.exhibit", artifacts).value();
    Progress progress;
    auto const outcomes = run_all(plan, acquisition, writer, 1, progress);
    EXPECT_EQ(outcomes.at(0).coverage.state, "parsed");
    EXPECT_TRUE(content_of(writer).contains("|5|"));
}

constexpr std::array kIntervalPaths { "/data/*/usage/daily/*"sv };
constexpr Artifact kLookingAtMany { .id = "test.media",
    .title = "Lines",
    .doc = "Lines.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse_lines,
    .most_unpacked = 10 };
constexpr std::array<Artifact const*, 2> kBoth { &kArtifact, &kLookingAtMany };

std::string left_out(Plan const& plan)
{
    std::string out;
    for (auto const& task : plan.tasks)
        if (task.left_out)
            out += fmt::format("{} {}\n", task.artifact->id, task.entry.path);
    return out;
}

TEST(Plan, of_what_has_to_be_unpacked_the_smallest_is_as_far_as_the_artifact_allows)
{
    MemoryAcquisition acquisition { AcquisitionKind::ios_file_system,
        { { "/private/var/a.log", "1234567" }, { "/private/var/b.log", "123" },
            { "/private/var/c.log", "1234567" }, { "/private/var/d.log", "" } } };
    EXPECT_EQ(left_out(make_plan(acquisition, kBoth, {}).value()), "");
    acquisition.set_packed("/private/var/");
    EXPECT_EQ(left_out(make_plan(acquisition, kBoth, {}).value()), "test.media /private/var/c.log\n");
    acquisition.set_packed("/private/var/a");
    EXPECT_EQ(left_out(make_plan(acquisition, kBoth, {}).value()), "");
}

constexpr Artifact kIntervals { .id = "test.intervals",
    .title = "Intervals",
    .doc = "Intervals.",
    .platform = Platform::android,
    .paths = kIntervalPaths,
    .tables = kTables,
    .parse = parse_lines,
    .beside = "names" };

TEST(Plan, an_entry_comes_with_the_file_above_it_that_it_is_read_with)
{
    MemoryAcquisition const acquisition { AcquisitionKind::android_file_system,
        { { "/data/1/usage/daily/100", "a" }, { "/data/1/usage/names", "of user 1" },
            { "/data/2/usage/daily/100", "b" }, { "/data/2/usage/daily/names", "not above" } } };
    constexpr std::array<Artifact const*, 1> kWanted { &kIntervals };
    auto const plan = make_plan(acquisition, kWanted, {});
    ASSERT_TRUE(plan.has_value());
    ASSERT_EQ(plan->tasks.size(), 3U);
    ASSERT_NE(plan->tasks[0].beside, nullptr);
    EXPECT_EQ(plan->tasks[0].beside->path, "/data/1/usage/names");
    EXPECT_EQ(plan->tasks[1].beside, nullptr);
}

} // namespace
