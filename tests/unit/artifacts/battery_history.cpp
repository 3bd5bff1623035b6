// Texts that many rows repeat: the fixtures of android.battery_history are small.
#include "artifact/registry.hpp"
#include "base/beginning.hpp"
#include "support/recorder.hpp"

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

TEST(BatteryHistory, what_many_rows_repeat_is_cut)
{
    std::string const long_text(100'000, 'x');
    auto const checkin = read_history("@dumpstate/checkin_batterystats",
        "9,hsp,1,10123,\"" + long_text + "\"\n9,h,5" + long_text + ",Ejb=1,Ejb=1\n");
    ASSERT_EQ(checkin->count("android_battery_checkin_event"), 2U);
    for (auto const& row : checkin->rows())
        EXPECT_LT(row.size(), 3 * kLongestRepeated);
    auto const history = read_history("@dumpsys/batterystats",
        "Battery History (1% used):\n  07-15 20:27:39.431" + long_text + " (1) 100 +camera -camera\n");
    ASSERT_EQ(history->rows().size(), 2U);
    for (auto const& row : history->rows())
        EXPECT_LT(row.size(), 3 * kLongestRepeated);
}

} // namespace
} // namespace exhibit
