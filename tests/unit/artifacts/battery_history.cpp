// Long lines and texts that many rows repeat: the fixtures of android.battery_history are small.
#include "artifact/registry.hpp"
#include "base/beginning.hpp"
#include "support/recorder.hpp"

#include <algorithm>
#include <array>
#include <ctime>
#include <gtest/gtest.h>

namespace exhibit {
namespace {

std::unique_ptr<test::Recorder> read_history(std::string_view path, std::string const& text)
{
    auto const* artifact = find_artifact("android.battery_history");
    auto recorder = std::make_unique<test::Recorder>(*artifact);
    MemorySource const source { as_bytes(text) };
    Input input;
    input.path = path;
    input.source = &source;
    EXPECT_TRUE(artifact->parse(input, *recorder).has_value());
    return recorder;
}

/// Processor time of the quickest of three readings.
std::clock_t effort(std::string const& text)
{
    std::array<std::clock_t, 3> taken {};
    for (auto& one : taken) {
        auto const start = std::clock();
        EXPECT_TRUE(read_history("@dumpsys/batterystats", text)->rows().empty());
        one = std::clock() - start;
    }
    return std::ranges::min(taken);
}

TEST(BatteryHistory, a_line_of_many_items_costs_what_they_cost_in_many_lines)
{
    std::string const start = "Battery History (1% used):\n";
    std::string const line = "          +5ms (1) 100";
    std::string long_line = start + line;
    std::string lines = start;
    for (int i = 0; i != 4'000; ++i) {
        lines += line;
        for (int item = 0; item != 50; ++item) {
            lines += " +a";
            long_line += " +a";
        }
        lines += '\n';
    }
    EXPECT_LT(effort(long_line), 10 * effort(lines) + CLOCKS_PER_SEC / 50);
}

TEST(BatteryHistory, what_many_rows_repeat_is_cut)
{
    std::string const long_text(100'000, 'x');
    auto const checkin = read_history("@dumpstate/checkin_batterystats",
        "9,hsp,1,10123,\"" + long_text + "\"\n9,h,5" + long_text + ",Ejb=1,Ejb=1\n");
    ASSERT_EQ(checkin->count("android_battery_checkin_event"), 2U);
    for (auto const& row : checkin->rows())
        EXPECT_LT(row.size(), 3 * kLongestRepeated);
    auto const history = read_history("@dumpsys/batterystats",
        "Battery History (1% used):\n  +5ms" + long_text + " (1) 100 +camera -camera\n");
    ASSERT_EQ(history->rows().size(), 2U);
    for (auto const& row : history->rows())
        EXPECT_LT(row.size(), 3 * kLongestRepeated);
}

} // namespace
} // namespace exhibit
