#include "casefile/case_writer.hpp"

#include "base/local_moment.hpp"
#include "base/recovered_place.hpp"
#include "casefile/schema.hpp"
#include "support/local_moments.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fstream>
#include <gtest/gtest.h>
#include <thread>

namespace {

using namespace exhibit;
namespace fs = std::filesystem;

struct Call {
    Time started;
    std::string_view number;
    std::optional<std::int64_t> seconds;
    std::optional<std::string> note;
    bool answered = false;
};

constexpr std::array kColumns {
    column<&Call::started>("started", Clock::mac, "When the phone began to ring."),
    column<&Call::number>("number", Is::phone, "The other party's number."),
    column<&Call::seconds>("seconds", "How long the two were connected."),
    column<&Call::note>("note", Is::opaque, "Words."),
    column<&Call::answered>("answered", "Whether the call was picked up."),
};
constexpr std::array kEvents { Event {
    "started", "call", "call with {number}, it's {seconds} s, {note|no words}" } };
constexpr auto kCalls = table<Call>("test_call", "One row per call.", Relation::contacted, kColumns, kEvents);
constexpr std::array<Table const*, 1> kTables { &kCalls };
constexpr Artifact kArtifact { "test.call", "Calls", "Calls of a test.", Platform::ios, {}, kTables,
    nullptr };
constexpr std::array<Artifact const*, 1> kArtifacts { &kArtifact };

struct Line {
    Time written;
};
constexpr std::array kLineColumns { column<&Line::written>("written", Clock::local_text, "When.") };
constexpr std::array kLineEvents { Event { "written", "line", "a line" } };
constexpr auto kLines
    = table<Line>("test_line", "One row per line.", Relation::context, kLineColumns, kLineEvents);
constexpr std::array<Table const*, 1> kLineTables { &kLines };
constexpr Artifact kLog { "test.log", "Log", "Lines of a test.", Platform::ios, {}, kLineTables, nullptr };
constexpr std::array<Artifact const*, 1> kLogs { &kLog };

fs::path scratch_folder()
{
    auto const folder = fs::temp_directory_path()
        / fmt::format("exhibit_case_{}_{}", ::getpid(), ::testing::UnitTest::GetInstance()->random_seed());
    fs::remove_all(folder);
    fs::create_directories(folder);
    return folder;
}

std::string all_rows(fs::path const& path, std::string_view sql)
{
    auto database = casefile::Database::open(path, casefile::Access::read_only).value();
    auto statement = database.prepare(sql);
    if (!statement)
        return "refused: " + database.last_message();
    std::string out;
    while (statement->step().value()) {
        for (int i = 0; i != statement->columns(); ++i)
            out += std::string { i == 0 ? "" : "|" } + std::string { statement->text(i) };
        out += '\n';
    }
    return out;
}

class CaseWriterTest : public ::testing::Test {
protected:
    void TearDown() override { fs::remove_all(m_folder); }

    void add_calls(CaseWriter& writer, std::int64_t task, std::initializer_list<Call> calls)
    {
        TaskSink sink { writer.pages(), task, task, kTables, {}, {}, m_rows };
        for (auto const& call : calls)
            ASSERT_TRUE(sink.add(kCalls, call, { 7 }).has_value());
        auto rows = sink.finish();
        writer.add(task, std::move(rows.tables));
    }

    fs::path m_folder = scratch_folder();
    fs::path m_path = m_folder / "a.exhibit";
    std::atomic<std::uint64_t> m_rows = 0;
};

TEST_F(CaseWriterTest, rows_become_a_table_and_a_timeline_whatever_order_tasks_end_in)
{
    auto writer = CaseWriter::create(m_path, kArtifacts).value();
    add_calls(writer, 2, { { Time::mac(std::int64_t { 700'000'000 }), "+374\xFF", 61, "x", true } });
    add_calls(writer, 1, { { Time::mac(1e300), "112", std::nullopt, std::nullopt, false } });
    ASSERT_TRUE(writer.finish_loading().has_value());
    ASSERT_TRUE(writer.commit().has_value());
    EXPECT_EQ(m_rows, 2U);
    EXPECT_EQ(all_rows(m_path, "PRAGMA integrity_check"), "ok\n");
    EXPECT_EQ(all_rows(m_path, "SELECT * FROM test_call"),
        "100000000|1|7|||1.0e+300|112|||0\n200000000|2|7||1678307200000000|700000000|+374\xEF\xBF\xBD|61|x|"
        "1\n");
    EXPECT_EQ(all_rows(m_path, "SELECT time, artifact, kind, words FROM timeline"),
        "1678307200000000|test.call|call|call with +374\xEF\xBF\xBD, it's 61 s, x\n");
    EXPECT_EQ(all_rows(m_path, "SELECT holds FROM artifact_column WHERE column_name='number'"), "phone\n");
    EXPECT_EQ(all_rows(m_path, "SELECT kind, table_name, record_id, column_name, value FROM observable"),
        "phone|test_call|100000000|number|112\nphone|test_call|200000000|number|+374\xEF\xBF\xBD\n");
}

TEST_F(CaseWriterTest, coverage_that_was_written_is_known_as_it_is_read)
{
    constexpr auto time = [](std::int64_t micros) { return Timestamp { Timestamp::duration { micros } }; };
    std::array const written {
        CoverageRecord { "test.call", 1, "parsed", 5, 1, time(30), time(40), {}, {} },
        CoverageRecord { "test.call", 2, "parsed", 6, 0, time(20), time(35), {}, {} },
        CoverageRecord { "test.call", 3, "parsed", 1, 0, {}, {}, {}, {} },
        CoverageRecord { "test.call", 4, "parsed", 1, 0, {}, {}, {}, "by parts" },
        CoverageRecord { "test.call", 5, "empty", 0, 0, {}, {}, {}, {} },
        CoverageRecord { "test.call", 6, "failed", 0, 0, {}, {}, Fault::malformed, "no database" },
        CoverageRecord { "test.call", 7, "failed", 0, 0, {}, {}, Fault::malformed, "no database" },
        CoverageRecord { "test.log", {}, "parsed", 0, 0, {}, {}, {}, {} },
    };
    auto writer = CaseWriter::create(m_path, kArtifacts).value();
    ASSERT_TRUE(writer
            .load_coverage([&](auto const& sink) -> Result<void> {
                for (auto const& record : written)
                    EXHIBIT_TRY(sink(record));
                return {};
            })
            .has_value());
    ASSERT_TRUE(writer.finish_loading().has_value());
    auto const runs = writer.coverage().runs();
    EXPECT_TRUE(std::ranges::equal(casefile::CoverageRuns::read(writer.database()).value().runs(), runs));
    ASSERT_EQ(runs.size(), 6U);
    casefile::CoverageRun const whole { "test.call", "parsed", "", 1, 3, 3, 12, 1, 20, 40 };
    EXPECT_EQ(runs[0], whole);
    EXPECT_EQ(runs[4].entry_id, 7);
    EXPECT_EQ(runs[5].entries, 0U);
}

TEST_F(CaseWriterTest, every_form_of_a_time_without_a_zone_is_on_the_timeline_of_the_devices_clock)
{
    auto writer = CaseWriter::create(m_path, kLogs).value();
    TaskSink sink { writer.pages(), 1, 1, kLineTables, {}, {}, m_rows };
    for (std::string const raw :
        { "2023-05-24 13:58:04.123456", "2023-05-24-13-58-04", "Wed May 24 13:58:05 2023",
            "Sat Dec  2 09:08:07 2023", "05/24/23 13:58:06.123", "1970-01-01 00:00:00", "soon" })
        ASSERT_TRUE(sink.add(kLines, Line { { raw, std::nullopt } }, {}).has_value());
    writer.add(1, sink.finish().tables);
    ASSERT_TRUE(writer.finish_loading().has_value());
    ASSERT_TRUE(writer.commit().has_value());
    EXPECT_EQ(all_rows(m_path, "SELECT local_time FROM local_timeline ORDER BY record_id"),
        "2023-05-24 13:58:04.123456\n2023-05-24 13:58:04\n2023-05-24 13:58:05\n2023-12-02 09:08:07\n"
        "2023-05-24 13:58:06.123\n");
}

TEST_F(CaseWriterTest, the_timeline_of_the_devices_clock_knows_the_forms_of_local_moments)
{
    auto writer = CaseWriter::create(m_path, kLogs).value();
    TaskSink sink { writer.pages(), 1, 1, kLineTables, {}, {}, m_rows };
    for (auto const& moment : test::kLocalMoments)
        ASSERT_TRUE(sink.add(kLines, Line { { std::string { moment.stored }, std::nullopt } }, {}));
    writer.add(1, sink.finish().tables);
    ASSERT_TRUE(writer.finish_loading().has_value());
    ASSERT_TRUE(writer.database().run("INSERT INTO acquisition_fact(name, value) VALUES "
                                      "('acquisition.local_time', '2023-06-01 00:00:00')"));
    ASSERT_TRUE(writer.commit().has_value());
    auto database = casefile::Database::open(m_path, casefile::Access::read_only).value();
    auto shown
        = database
              .prepare("SELECT l.local_time FROM test_line t LEFT JOIN local_timeline l USING (record_id) "
                       "ORDER BY t.record_id")
              .value();
    for (auto const& moment : test::kLocalMoments) {
        ASSERT_TRUE(shown.step().value());
        auto const expected = moment.shown.find('-') == 2 ? "2023-" + std::string { moment.shown }
                                                          : std::string { moment.shown };
        EXPECT_EQ(local_moment(shown.text(0)), expected) << moment.stored;
    }
}

TEST_F(CaseWriterTest, the_day_that_most_years_lack_was_in_one_that_has_it)
{
    auto writer = CaseWriter::create(m_path, kLogs).value();
    TaskSink sink { writer.pages(), 1, 1, kLineTables, {}, {}, m_rows };
    for (std::string const raw : { "02-29 10:11:12", "02-28 10:11:12", "06-02 10:11:12" })
        ASSERT_TRUE(sink.add(kLines, Line { { raw, std::nullopt } }, {}));
    writer.add(1, sink.finish().tables);
    ASSERT_TRUE(writer.finish_loading().has_value());
    ASSERT_TRUE(writer.database().run("INSERT INTO acquisition_fact(name, value) VALUES "
                                      "('acquisition.local_time', '2023-05-01 00:00:00')"));
    ASSERT_TRUE(writer.commit().has_value());
    EXPECT_EQ(all_rows(m_path, "SELECT local_time FROM local_timeline ORDER BY record_id"),
        "2020-02-29 10:11:12\n2023-02-28 10:11:12\n2022-06-02 10:11:12\n");
}

TEST_F(CaseWriterTest, an_event_says_so_where_a_value_is_missing)
{
    auto writer = CaseWriter::create(m_path, kArtifacts).value();
    add_calls(writer, 1, { { Time::mac(std::int64_t { 700'000'000 }), "112", 5, std::nullopt, false } });
    ASSERT_TRUE(writer.finish_loading().has_value());
    ASSERT_TRUE(writer.commit().has_value());
    EXPECT_EQ(all_rows(m_path, "SELECT words FROM timeline"), "call with 112, it's 5 s, no words\n");
}

TEST_F(CaseWriterTest, columns_without_a_value_leave_no_blanks_in_an_event)
{
    struct Part {
        Time seen;
        std::optional<std::string> first;
        std::optional<std::string> second;
        std::optional<std::string> third;
    };
    static constexpr std::array columns {
        column<&Part::seen>("seen", Clock::mac, "When."),
        column<&Part::first>("first", Is::opaque, "One."),
        column<&Part::second>("second", Is::opaque, "Two."),
        column<&Part::third>("third", Is::opaque, "Three."),
    };
    static constexpr std::array events { Event { "seen", "seen", "{first} {second} {third}" } };
    static constexpr auto parts
        = table<Part>("test_part", "One row per part.", Relation::context, columns, events);
    static constexpr std::array<Table const*, 1> tables { &parts };
    static constexpr Artifact artifact { "test.part", "Parts", "Parts of a test.", Platform::ios, {}, tables,
        nullptr };
    static constexpr std::array<Artifact const*, 1> artifacts { &artifact };
    auto writer = CaseWriter::create(m_path, artifacts).value();
    TaskSink sink { writer.pages(), 1, 1, tables, {}, {}, m_rows };
    auto const when = Time::mac(std::int64_t { 700'000'000 });
    for (auto const& part : { Part { when, "a", "b", "c" }, Part { when, "a", {}, "c" },
             Part { when, "a", {}, {} }, Part { when, {}, {}, "c" }, Part { when, {}, "b  b", "" } })
        ASSERT_TRUE(sink.add(parts, part, {}).has_value());
    writer.add(1, sink.finish().tables);
    ASSERT_TRUE(writer.finish_loading().has_value());
    ASSERT_TRUE(writer.commit().has_value());
    EXPECT_EQ(all_rows(m_path, "SELECT words || '.' FROM timeline ORDER BY record_id"),
        "a b c.\na c.\na.\nc.\nb  b.\n");
}

TEST_F(CaseWriterTest, recovered_rows_say_where_their_bytes_are)
{
    auto writer = CaseWriter::create(m_path, kArtifacts).value();
    TaskSink sink { writer.pages(), 1, 1, kTables, {}, {}, m_rows };
    Call const call { {}, "1", {}, {}, false };
    std::uint64_t const far = (std::uint64_t { 5 } << 32U) + 1;
    RecoveredPlace const place { 4, 3, true };
    RecoveredPlace const cut { 4, 3, true, true };
    ASSERT_TRUE(sink.add(kCalls, call, { place.locator(), Recovered::wal_frame }).has_value());
    ASSERT_TRUE(sink.add(kCalls, call, { cut.locator(), Recovered::wal_frame }).has_value());
    ASSERT_TRUE(sink.add(kCalls, call, { far, Recovered::deleted_record }).has_value());
    ASSERT_TRUE(sink.add(kCalls, call, { 12, Recovered::left_over }).has_value());
    writer.add(1, sink.finish().tables);
    ASSERT_TRUE(writer.finish_loading().has_value());
    ASSERT_TRUE(writer.commit().has_value());
    EXPECT_EQ(all_rows(m_path, "SELECT locator, recovered FROM test_call"),
        "4|wal_frame 3, page 4, earlier version\n4|wal_frame 3, page 4, incomplete, earlier "
        "version\n21474836481|deleted_record, byte 21474836481\n"
        "12|left_over, byte 12\n");
}

TEST_F(CaseWriterTest, a_case_that_was_not_committed_leaves_nothing_behind)
{
    {
        auto writer = CaseWriter::create(m_path, kArtifacts).value();
        add_calls(writer, 1, { { {}, "1", 1, {}, false } });
        EXPECT_FALSE(fs::is_empty(m_folder));
    }
    EXPECT_TRUE(fs::is_empty(m_folder));
}

TEST_F(CaseWriterTest, a_folder_that_cannot_be_written_is_an_error)
{
    EXPECT_EQ(CaseWriter::create("/proc/no/such.exhibit", kArtifacts).error().fault, Fault::io);
}

TEST_F(CaseWriterTest, times_that_no_phone_can_have_seen_do_not_bound_the_covered_period)
{
    auto writer = CaseWriter::create(m_path, kArtifacts).value();
    TaskSink sink { writer.pages(), 1, 1, kTables, {}, {}, m_rows };
    for (std::int64_t const seconds :
        { 0LL, 978'307'200LL, 1'600'000'000LL, 1'600'000'100LL, 4'000'000'000LL, 5'000'000'000'000LL })
        ASSERT_TRUE(sink.add(kCalls, { Time::unix_seconds(seconds), "1", {}, {}, false }, {}).has_value());
    auto const rows = sink.finish();
    EXPECT_EQ(rows.first_seen, Timestamp { std::chrono::seconds { 1'600'000'000 } });
    EXPECT_EQ(rows.last_seen, Timestamp { std::chrono::seconds { 1'600'000'100 } });
    std::map<std::string, std::uint64_t> said;
    for (auto const& one : rows.diagnostics)
        said[one.message.substr(0, 16)] = one.count;
    std::map<std::string, std::uint64_t> const expected { { "the time is no p", 1 },
        { "the time lies be", 2 } };
    EXPECT_EQ(said, expected);
}

class SeenNumbers final : public RowObserver {
public:
    void see(SeenRow const& row) override
    {
        for (auto const text : row.texts)
            if (!text.empty())
                numbers.emplace_back(text);
    }
    std::vector<std::string> numbers;
};

TEST_F(CaseWriterTest, limits_cut_text_and_stop_rows_and_complaints_are_counted)
{
    auto writer = CaseWriter::create(m_path, kArtifacts).value();
    Limits limits;
    limits.rows = 2;
    limits.text = 4;
    TaskSink sink { writer.pages(), 1, 1, kTables, limits, {}, m_rows };
    SeenNumbers seen;
    sink.watch(&seen);
    EXPECT_TRUE(sink.add(kCalls, { {}, "123Հ", {}, {}, false }, { 7 }).has_value());
    EXPECT_TRUE(sink.add(kCalls, { {}, "12345\xFF", {}, {}, false }, { 8 }).has_value());
    EXPECT_EQ(sink.add(kCalls, { {}, "1", {}, {}, false }, {}).error().fault, Fault::over_limit);
    auto rows = sink.finish();
    ASSERT_EQ(rows.diagnostics.size(), 1U);
    EXPECT_EQ(rows.diagnostics[0].count, 2U);
    EXPECT_EQ(rows.diagnostics[0].first_locator, 7U);
    std::vector<std::string> const whole { "123Հ", "12345\uFFFD" };
    EXPECT_EQ(seen.numbers, whole) << "what indicators are compared with is not cut";
    writer.add(1, std::move(rows.tables));
    ASSERT_TRUE(writer.finish_loading().has_value());
    ASSERT_TRUE(writer.commit().has_value());
    EXPECT_EQ(all_rows(m_path, "SELECT number FROM test_call"), "123\n1234\n");
}

TEST_F(CaseWriterTest, a_part_that_could_not_even_begin_costs_the_others_nothing)
{
    auto writer = CaseWriter::create(m_path, kArtifacts).value();
    TaskSink sink { writer.pages(), 1, 1, kTables, {}, {}, m_rows };
    sink.share_parts([](std::size_t count, std::function<void(std::size_t, RowObserver*)> const& work) {
        for (std::size_t part = 1; part != count; ++part)
            work(part, nullptr);
    });
    auto const done = sink.read_parts(3, [](std::size_t, Context& part) -> Result<void> {
        return part.add(kCalls, { {}, "1", {}, {}, false }, {});
    });
    EXPECT_TRUE(done.has_value());
    EXPECT_EQ(sink.finish().rows(), 2U);
}

TEST_F(CaseWriterTest, kinds_of_diagnostics_are_bounded)
{
    auto writer = CaseWriter::create(m_path, kArtifacts).value();
    TaskSink sink { writer.pages(), 1, 1, kTables, {}, {}, m_rows };
    for (unsigned kind = 0; kind != 1'005; ++kind)
        sink.note(Level::warning, Fault::malformed, fmt::format("kind {}", kind), {});
    sink.note(Level::warning, Fault::malformed, "kind 3", {});
    auto const rows = sink.finish();
    EXPECT_EQ(rows.diagnostics.size(), 1'001U);
    auto const count_of = [&](std::string_view message) {
        auto const found = std::ranges::find(rows.diagnostics, message, &Diagnostic::message);
        return found == rows.diagnostics.end() ? 0 : found->count;
    };
    EXPECT_EQ(count_of("kind 3"), 2U);
    EXPECT_EQ(count_of("more kinds of diagnostics than are kept"), 5U);
}

class SeenCells final : public RowObserver {
public:
    void see(SeenRow const& row) override
    {
        std::string all { row.table.name };
        for (std::size_t i = 0; i != row.texts.size(); ++i)
            all += fmt::format("|{}{}", row.texts[i], row.times[i] ? "time" : "");
        rows.push_back(std::move(all));
    }
    std::vector<std::string> rows;
};

TEST_F(CaseWriterTest, an_observer_is_shown_nothing_that_the_row_before_had)
{
    auto writer = CaseWriter::create(m_path, kArtifacts).value();
    constexpr std::array<Table const*, 2> both { &kCalls, &kLines };
    TaskSink sink { writer.pages(), 1, 1, both, {}, {}, m_rows };
    SeenCells seen;
    sink.watch(&seen);
    auto const when = Time::mac(std::int64_t { 700'000'000 });
    ASSERT_TRUE(sink.add(kCalls, { when, "1", 5, "words", true }, {}).has_value());
    ASSERT_TRUE(sink.add(kCalls, { {}, "2", {}, {}, false }, {}).has_value());
    ASSERT_TRUE(sink.add(kCalls, { when, "3", {}, "more", false }, {}).has_value());
    ASSERT_TRUE(sink.add(kLines, { {} }, {}).has_value());
    ASSERT_TRUE(sink.add(kCalls, { {}, "4", {}, {}, false }, {}).has_value());
    std::vector<std::string> const expected { "test_call|time|1||words|", "test_call||2|||",
        "test_call|time|3||more|", "test_line|", "test_call||4|||" };
    EXPECT_EQ(seen.rows, expected);
}

TEST_F(CaseWriterTest, rows_cannot_grow_far_beyond_what_they_are_read_from)
{
    auto writer = CaseWriter::create(m_path, kArtifacts).value();
    TaskSink sink { writer.pages(), 1, 1, kTables, {}, {}, m_rows };
    std::string const longest(std::size_t { 1 } << 16U, '1');
    std::size_t rows = 0;
    RowRoom const room { 16U << 20U, 64 };
    sink.read_from(2 * longest.size(), room);
    while (rows != 1000 && sink.add(kCalls, { {}, longest, {}, {}, false }, {}).has_value())
        ++rows;
    EXPECT_GT(rows, 256U);
    EXPECT_LT(rows, 500U);
    EXPECT_EQ(sink.add(kCalls, { {}, longest, {}, {}, false }, {}).error().fault, Fault::over_limit);
    (void)sink.next(2, 2);
    sink.read_from(longest.size(), room);
    EXPECT_TRUE(sink.add(kCalls, { {}, longest, {}, {}, false }, {}).has_value());
}

TEST_F(CaseWriterTest, very_many_small_files_have_no_more_room_together_than_a_few)
{
    constexpr std::uint64_t small = 10'000;
    auto const alone = RowRoom::for_tasks(1, small).of(small);
    for (std::size_t const tasks : { 1U, 40U, 4'000U }) {
        auto const one = RowRoom::for_tasks(tasks, tasks * small).of(small);
        EXPECT_LE(one * tasks, alone + 64 * small * tasks) << tasks;
        EXPECT_GE(one, 64 * small) << tasks;
    }
    constexpr auto all = std::numeric_limits<std::uint64_t>::max();
    EXPECT_GT(RowRoom::for_tasks(0, 0).of(0), 0U);
    EXPECT_GT(RowRoom::for_tasks(3, all).of(all), all / 4);
}

TEST_F(CaseWriterTest, peoples_sql_can_only_read)
{
    {
        auto writer = CaseWriter::create(m_path, kArtifacts).value();
        ASSERT_TRUE(writer.finish_loading().has_value());
        ASSERT_TRUE(writer.commit().has_value());
    }
    for (std::string const sql : { "DELETE FROM entry", "ATTACH '/tmp/x' AS x", "PRAGMA writable_schema=1",
             "CREATE TEMP TABLE t (a)", "SELECT load_extension('x')" })
        EXPECT_TRUE(all_rows(m_path, sql).starts_with("refused")) << sql;
    EXPECT_EQ(
        all_rows(m_path,
            "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n+1 FROM c LIMIT 3) SELECT sum(n) FROM c"),
        "6\n");
}

} // namespace
