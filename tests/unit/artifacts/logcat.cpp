// Large logs, and times that do not follow from the line before: the fixtures of android.logcat are small.
#include "artifact/registry.hpp"
#include "base/line_reader.hpp"
#include "engine/device_clock.hpp"
#include "support/recorder.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <ranges>
#include <set>

namespace exhibit {
namespace {

struct Read {
    std::unique_ptr<test::Recorder> recorder;
    OwnedClock clock;
};

Read read_log(std::string const& text, std::string const& taken, std::string const& zone)
{
    auto const* artifact = find_artifact("android.logcat");
    std::array const facts { Fact { "device.time_zone", zone }, Fact { "acquisition.local_time", taken } };
    Read read { std::make_unique<test::Recorder>(*artifact), device_clock(facts) };
    MemorySource const source { as_bytes(text) };
    Input input;
    input.path = "@androidqf/logcat.txt";
    input.source = &source;
    input.clock = read.clock.clock;
    EXPECT_TRUE(artifact->parse(input, *read.recorder).has_value());
    return read;
}

std::vector<std::string> times_of(std::string const& text, std::string const& taken)
{
    auto const read = read_log(text, taken, "Europe/Berlin");
    auto times = read.recorder->values("android_log_message", "happened");
    for (auto& time : times)
        time = time.substr(0, 23);
    return times;
}

TEST(Logcat, the_year_and_the_zone_are_told_anew_where_they_change)
{
    EXPECT_EQ(
        times_of("12-31 23:59:59.999 1 1 I a: b\n01-01 00:00:00.000 1 1 I a: b\n", "2024-01-02 10:00:00"),
        (std::vector<std::string> { "2023-12-31T22:59:59.999", "2023-12-31T23:00:00.000" }));
    EXPECT_EQ(
        times_of("03-31 01:59:59.999 1 1 I a: b\n03-31 03:00:00.000 1 1 I a: b\n", "2024-04-01 10:00:00"),
        (std::vector<std::string> { "2024-03-31T00:59:59.999", "2024-03-31T01:00:00.000" }));
}

TEST(Logcat, a_line_of_the_minute_in_which_the_acquisition_ends_may_be_of_the_year_before)
{
    EXPECT_EQ(
        times_of("05-02 10:00:10.000 1 1 I a: b\n05-02 10:00:50.000 1 1 I a: b\n", "2024-05-01 10:00:30"),
        (std::vector<std::string> { "2024-05-02T08:00:10.000", "2023-05-02T08:00:50.000" }));
}

TEST(Logcat, times_that_are_no_dates_are_kept_as_they_stand)
{
    auto const read
        = read_log("13-01 10:00:00.000 1 1 I a: b\n02-29 10:00:61.000 1 1 I a: b\n05-01 10:00:00.1234567 1 "
                   "1 I a: b\n",
            "2024-05-02 10:00:00", "+00:00");
    auto const times = read.recorder->values("android_log_message", "happened");
    EXPECT_EQ(times,
        (std::vector<std::string> { "none (13-01 10:00:00.000)", "none (02-29 10:00:61.000)",
            "2024-05-01T10:00:00.123456Z (05-01 10:00:00.1234567)" }));
}

std::string large_log()
{
    std::string const words(std::size_t { 512 } << 10U, 'x');
    std::string text;
    for (int i = 0; i != 140; ++i)
        text += "05-01 10:00:00.000 1 1 D tag: " + words + "\n";
    return text;
}

TEST(Logcat, of_a_log_too_large_to_copy_the_lines_that_can_matter_are_copied_and_the_others_counted)
{
    auto text = large_log();
    for (std::string_view const line :
        { "D tag: see a.example now", "D tag: http://a/b", "W tag: no names", "D tag: 203.0.113.7:80",
            "D DEBUG: >>> x <<<", "D tag: 1.5 and 2.25, end. And so on ...", "I tag: v1.2.x" })
        text += "05-01 10:00:01.000 1 1 " + std::string { line } + "\n";
    auto const read = read_log(text, "2024-05-02 10:00:00", "+00:00");
    EXPECT_EQ(read.recorder->values("android_log_message", "message"),
        (std::vector<std::string> {
            "see a.example now", "http://a/b", "no names", "203.0.113.7:80", ">>> x <<<", "v1.2.x" }));
    EXPECT_EQ(read.recorder->values("android_log_buffer", "lines"), std::vector<std::string> { "147" });
    EXPECT_EQ(
        read.recorder->values("android_log_buffer", "counted_only"), std::vector<std::string> { "141" });
    ASSERT_EQ(read.recorder->diagnostics().size(), 1U);
    EXPECT_TRUE(read.recorder->diagnostics().front().contains("counted and not copied"));
}

constexpr int kLines = 30'000;
constexpr std::size_t kLongLine = 390; ///< which makes several stretches of them

/// A log of several stretches that are read by themselves, whose clock is set back at each line of `back`.
std::string log_of_stretches(std::set<int> const& back)
{
    std::string text;
    int hour = 23;
    for (int i = 0; i != kLines; ++i) {
        hour -= back.contains(i) ? 1 : 0;
        text += fmt::format("05-01 {:02}:00:{:02}.000 1 1 I tag: line {} {}\n", hour, i / 667, i,
            std::string(kLongLine, 'x'));
    }
    return text;
}

TEST(Logcat, a_clock_that_is_set_back_is_seen_wherever_a_long_log_is_cut)
{
    std::set<int> const none;
    auto const text = log_of_stretches(none);
    auto const cuts = cut_at_lines(MemorySource { as_bytes(text) }, 4U << 20U, 31).value();
    ASSERT_EQ(cuts.size(), 3U);
    std::set<int> back { 100 };
    for (auto const& cut : cuts | std::views::drop(1))
        back.insert(static_cast<int>(std::ranges::count(text.substr(0, cut.begin), '\n')));
    auto const read = read_log(log_of_stretches(back), "2024-05-02 10:00:00", "+00:00");
    auto const& recorder = *read.recorder;
    EXPECT_EQ(recorder.count("android_log_message"), std::size_t { kLines });
    EXPECT_EQ(recorder.values("android_log_buffer", "lines"), std::vector<std::string> { "30000" });
    EXPECT_EQ(recorder.values("android_log_buffer", "steps_back"), std::vector<std::string> { "3" });
    EXPECT_TRUE(
        recorder.values("android_log_buffer", "first_line").front().starts_with("2024-05-01T23:00:00"));
    EXPECT_TRUE(
        recorder.values("android_log_buffer", "last_line").front().starts_with("2024-05-01T20:00:44"));
}

TEST(Logcat, a_message_on_lines_of_its_own_is_whole_wherever_a_long_log_is_cut)
{
    std::string text;
    for (int i = 0; i != kLines; ++i)
        text += fmt::format(
            "[ 05-01 10:00:00.000   1:  1 I/tag ]\nmessage {}\n{}\n\n", i, std::string(kLongLine, 'x'));
    auto const read = read_log(text, "2024-05-02 10:00:00", "+00:00");
    EXPECT_EQ(read.recorder->count("android_log_message"), std::size_t { kLines });
    EXPECT_EQ(read.recorder->values("android_log_buffer", "other_lines"), std::vector<std::string> { "0" });
}

} // namespace
} // namespace exhibit
