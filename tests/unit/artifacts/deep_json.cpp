#include "artifact/registry.hpp"
#include "support/recorder.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace {

using namespace exhibit;

/// Reports whose fields hold lists in lists, so deep that following them level by level overruns a stack.
class DeepJson : public testing::TestWithParam<char const*> { };

TEST_P(DeepJson, a_field_that_nests_without_end_is_left_out_and_the_others_are_read)
{
    constexpr std::size_t levels = 300'000;
    auto const deep = std::string(levels, '[') + std::string(levels, ']');
    auto const json = fmt::format(
        R"({{"timestamp":{0},"incident_id":{0},"os_version":"iPhone OS 16.5","bug_type":"211",)"
        R"("procName":{0},"captureTime":{0},"threads":{0},"processes":{0},"usedImages":{0},"name":{0}}})",
        deep);
    auto const& artifact = *find_artifact(GetParam());
    MemorySource const source { as_bytes(std::string_view { json }) };
    Input input;
    input.path = "/private/var/mobile/Library/Logs/CrashReporter/Analytics-2023-06-01.ips.ca.synced";
    input.stored = input.path;
    input.source = &source;
    test::Recorder said { artifact };
    ASSERT_TRUE(artifact.parse(input, said));
    ASSERT_EQ(said.rows().size(), 1U);
    EXPECT_NE(said.rows().front().find("16.5"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Artifacts, DeepJson, testing::Values("ios.version_history", "ios.crash_reports"));

} // namespace
