#include "artifact/registry.hpp"
#include "support/recorder.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace {

using namespace exhibit;

/// Reads one report, as an artifact does.
class Read {
public:
    Read(char const* artifact, std::string const& content)
        : m_said(*find_artifact(artifact))
    {
        MemorySource const source { as_bytes(std::string_view { content }) };
        Input input;
        input.path = "/private/var/mobile/Library/Logs/CrashReporter/Analytics-2023-06-01.ips.ca.synced";
        input.stored = input.path;
        input.source = &source;
        m_read = find_artifact(artifact)->parse(input, m_said).has_value();
    }

    [[nodiscard]] bool read() const { return m_read; }
    [[nodiscard]] test::Recorder const& said() const { return m_said; }

private:
    test::Recorder m_said;
    bool m_read = false;
};

std::string repeated(std::size_t times, std::string_view part)
{
    std::string text;
    for (std::size_t i = 0; i != times; ++i)
        text.append(i == 0 ? "" : ",").append(part);
    return text;
}

/// Fields that hold lists in lists, so deep that following them level by level overruns a stack.
class DeepReport : public testing::TestWithParam<char const*> { };

TEST_P(DeepReport, a_field_that_nests_without_end_is_left_out_and_the_others_are_read)
{
    constexpr std::size_t levels = 120'000;
    auto const deep = std::string(levels, '[') + std::string(levels, ']');
    auto const report = Read { GetParam(),
        fmt::format(
            R"({{"os_version":"iPhone OS 16.5","bug_type":"211","timestamp":{0},"incident_id":{0},"procName":{0}}})",
            deep) };
    ASSERT_TRUE(report.read());
    ASSERT_EQ(report.said().rows().size(), 1U);
    EXPECT_NE(report.said().rows().front().find("16.5"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Artifacts, DeepReport, testing::Values("ios.version_history", "ios.crash_reports"));

TEST(CrashReports, rows_that_are_too_many_are_told_of)
{
    auto const report = Read { "ios.crash_reports",
        R"({"bug_type":"298","processes":[)" + repeated(100'001, R"({"pid":1})") + "]}" };
    ASSERT_TRUE(report.read());
    EXPECT_EQ(report.said().count("ios_crash_process"), 100'000U);
    ASSERT_EQ(report.said().diagnostics().size(), 1U);
    EXPECT_NE(report.said().diagnostics().front().find("more than 100000 rows"), std::string::npos);
}

TEST(CrashReports, a_long_text_that_each_row_repeats_is_cut_there)
{
    std::string const name(100'000, 'x');
    auto const report = Read { "ios.crash_reports",
        fmt::format(R"({{"bug_type":"309","incident":"{0}","procName":"{0}","faultingThread":0,)"
                    R"("usedImages":[{{"name":"{0}"}}],"threads":[{{"frames":[{1}]}}]}})",
            name, repeated(50, R"({"imageIndex":0})")) };
    ASSERT_TRUE(report.read());
    auto const cut = name.substr(0, 255);
    for (auto const* const column : { "incident_id", "process", "image" }) {
        auto const values = report.said().values("ios_crash_frame", column);
        ASSERT_EQ(values.size(), 50U);
        EXPECT_EQ(values.back(), cut);
    }
    EXPECT_EQ(report.said().values("ios_crash_report", "process").front().size(), name.size());
}

TEST(CrashReports, brackets_that_open_without_end_are_few_states)
{
    auto const report = Read { "ios.crash_reports",
        "Incident Identifier: A\nProcesses\n bh <0b1f> 5 " + std::string(100'000, '(') };
    ASSERT_TRUE(report.read());
    auto const states = report.said().values("ios_crash_process", "states");
    ASSERT_EQ(states.size(), 1U);
    EXPECT_LT(states.front().size(), 3000U);
}

} // namespace
