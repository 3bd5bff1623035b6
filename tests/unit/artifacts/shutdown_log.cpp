// A log of one shutdown that is larger than any: the fixtures of ios.shutdown_log are small.
#include "artifact/registry.hpp"
#include "support/recorder.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace {

using namespace exhibit;

TEST(ShutdownLog, holds_no_more_of_one_shutdown_than_it_has_room_for)
{
    auto const* const artifact = find_artifact("ios.shutdown_log");
    ASSERT_NE(artifact, nullptr);
    constexpr std::size_t clients = 4'500; // 40 MB of paths and names, above the 32 MB of one shutdown.
    std::string log = "After 1.23s, these clients are still here:\n";
    for (std::size_t i = 0; i != clients; ++i)
        log += fmt::format("remaining client pid: {} (/private/var/tmp/{:x>3000})\n", i, i);
    log += "SIGTERM: [1681208525] All buffers flushed\n";
    MemorySource const source { as_bytes(log) };
    Input input;
    input.path = "/private/var/db/diagnostics/shutdown.log";
    input.source = &source;
    test::Recorder recorder { *artifact };
    ASSERT_TRUE(artifact->parse(input, recorder).has_value());
    EXPECT_EQ(recorder.count("ios_shutdown_client"), clients);
    auto const times = recorder.values("ios_shutdown", "shut_down");
    ASSERT_EQ(times.size(), 2U);
    EXPECT_EQ(times[0], "");
    EXPECT_NE(times[1], "");
    ASSERT_EQ(recorder.diagnostics().size(), 1U);
    EXPECT_TRUE(recorder.diagnostics()[0].contains("those before this line have no time"));
}

} // namespace
