// Runs every folder below tests/artifacts through its artifact and compares with expected.json. There is
// no test code per artifact: a test is a folder. EXHIBIT_UPDATE=1 rewrites the expectations.
#include "support/fixture.hpp"
#include "support/recorder.hpp"

#include <cstdlib>
#include <fmt/format.h>
#include <fstream>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <set>

namespace exhibit {
namespace {

using test::Fixture;
using test::Recorder;

Result<void> parse(Fixture const& fixture, std::string const& main, std::string const& wal, Context& context)
{
    MemorySource const source { as_bytes(main) };
    MemorySource const log { as_bytes(wal) };
    return fixture.artifact->parse(test::input_of(fixture, source, log), context);
}

std::string outcome_of(Result<void> const& result)
{
    nlohmann::ordered_json line;
    line["outcome"] = result ? "parsed" : name_of(result.error().fault);
    if (!result)
        line["error"] = result.error().what;
    return line.dump();
}

std::string result_of(Fixture const& fixture)
{
    Recorder recorder { *fixture.artifact };
    auto const result = parse(fixture, fixture.main, fixture.wal, recorder);
    std::string text;
    for (auto const& line : recorder.rows())
        text += line + '\n';
    for (auto const& line : recorder.diagnostics())
        text += line + '\n';
    return text + outcome_of(result) + '\n';
}

class Golden : public testing::Test {
protected:
    static void SetUpTestSuite() { s_fixtures = new std::vector(test::load_fixtures()); }
    static void TearDownTestSuite()
    {
        delete s_fixtures;
        s_fixtures = nullptr;
    }
    static std::vector<Fixture> const& fixtures() { return *s_fixtures; }

private:
    static inline std::vector<Fixture>* s_fixtures = nullptr;
};

TEST_F(Golden, every_fixture_gives_its_expected_rows)
{
    bool const update = std::getenv("EXHIBIT_UPDATE") != nullptr; // NOLINT(concurrency-mt-unsafe)
    for (auto const& fixture : fixtures()) {
        SCOPED_TRACE(fixture.name);
        ASSERT_NE(fixture.artifact, nullptr) << "no artifact has the name of the fixture's folder";
        auto const got = result_of(fixture);
        auto const expected = fixture.folder / "expected.json";
        if (update)
            std::ofstream { expected, std::ios::binary } << got;
        EXPECT_EQ(test::slurp(expected), got);
    }
}

TEST_F(Golden, what_is_cut_at_each_tenth_ends_in_an_outcome_and_invents_nothing)
{
    for (auto const& fixture : fixtures()) {
        SCOPED_TRACE(fixture.name);
        Recorder whole { *fixture.artifact };
        (void)parse(fixture, fixture.main, fixture.wal, whole);
        std::set<std::string> const known(whole.rows().begin(), whole.rows().end());
        for (std::size_t tenth = 0; tenth != 10; ++tenth) {
            auto const size = fixture.main.size() * tenth / 10;
            Recorder cut { *fixture.artifact };
            (void)parse(fixture, fixture.main.substr(0, size), fixture.wal, cut);
            // A cut in the middle of a line or of a database page may leave a shorter value behind in the
            // last row of a table; rows before that cannot differ where a file is read from its start. The
            // lines of one shutdown, those of one computer, a line with many overrides and a report of a
            // crash are one record: a cut inside it changes more than its last row. When a line of the
            // kernel's log was written is worked out from lines behind it, too.
            bool const by_line = fixture.form == test::Form::text
                && fixture.artifact->id != "ios.shutdown_log" && fixture.artifact->id != "ios.lockdownd_log"
                && fixture.artifact->id != "android.platform_compat"
                && fixture.artifact->id != "android.kernel_log"
                && fixture.artifact->id != "ios.crash_reports";
            std::set<std::string> ended;
            for (auto row = cut.rows().rbegin(); by_line && row != cut.rows().rend(); ++row) {
                bool const is_last = ended.insert(row->substr(0, row->find(','))).second;
                EXPECT_TRUE(is_last || known.contains(*row)) << "cut at " << size << ": " << *row;
            }
            bool const all_or_nothing = fixture.form == test::Form::property_list;
            EXPECT_TRUE(!all_or_nothing || cut.rows().empty()) << "cut at " << size;
        }
    }
}

TEST_F(Golden, flipped_bytes_end_in_an_outcome)
{
    constexpr std::size_t kFlips = 24;
    for (auto const& fixture : fixtures()) {
        SCOPED_TRACE(fixture.name);
        for (std::size_t flip = 0; flip != kFlips && !fixture.main.empty(); ++flip) {
            auto damaged = fixture.main;
            auto& byte = damaged[damaged.size() * flip / kFlips];
            byte = static_cast<char>(byte ^ (flip % 2 == 0 ? 0xFF : 0x01));
            Recorder recorder { *fixture.artifact };
            (void)parse(fixture, damaged, fixture.wal, recorder);
        }
    }
}

TEST_F(Golden, a_limit_on_rows_ends_the_parse_with_that_failure)
{
    for (auto const& fixture : fixtures()) {
        Recorder whole { *fixture.artifact };
        (void)parse(fixture, fixture.main, fixture.wal, whole);
        auto const all = whole.rows().size();
        for (std::size_t const most :
            std::set { std::size_t { 0 }, std::size_t { 1 }, std::size_t { 2 }, all / 2, all - 1 }) {
            if (most >= all)
                continue;
            SCOPED_TRACE(fmt::format("{} with {} rows of {}", fixture.name, most, all));
            Limits limits;
            limits.rows = most;
            Recorder limited { *fixture.artifact, limits };
            auto const result = parse(fixture, fixture.main, fixture.wal, limited);
            ASSERT_FALSE(result.has_value());
            EXPECT_EQ(result.error().fault, Fault::over_limit);
            EXPECT_EQ(limited.rows().size(), most);
        }
    }
}

} // namespace
} // namespace exhibit
