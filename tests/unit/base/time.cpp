#include "base/time.hpp"

#include <gtest/gtest.h>
#include <limits>

namespace {

using exhibit::Time;
using exhibit::Timestamp;

std::string text(Time const& time)
{
    return time.utc ? exhibit::to_text(*time.utc) : std::string { "none" };
}

TEST(Time, mac_seconds_and_nanoseconds_are_told_apart_by_magnitude)
{
    EXPECT_EQ(text(Time::mac(std::int64_t { 588'813'210 })), "2019-08-29 23:13:30.000000");
    EXPECT_EQ(text(Time::mac(std::int64_t { 588'813'210'123'456'789 })), "2019-08-29 23:13:30.123456");
    EXPECT_EQ(text(Time::mac(588'813'210.5)), "2019-08-29 23:13:30.500000");
}

TEST(Time, zero_and_the_implausible_are_kept_raw_and_not_converted)
{
    EXPECT_EQ(text(Time::mac(std::int64_t { 0 })), "none");
    for (std::int64_t const mark : { -1, 1 }) {
        EXPECT_EQ(text(Time::mac(mark)), "none");
        EXPECT_EQ(text(Time::mac(static_cast<double>(mark))), "none");
        EXPECT_EQ(std::get<std::int64_t>(Time::mac(mark).raw), mark);
    }
    EXPECT_EQ(text(Time::mac(std::int64_t { -86'400 })), "2000-12-31 00:00:00.000000") << "a birthday";
    EXPECT_EQ(text(Time::mac(std::int64_t { -978'307'200 })), "none") << "0 of the other epoch";
    EXPECT_EQ(text(Time::mac(-978'307'200.0)), "none");
    EXPECT_EQ(text(Time::webkit(11'644'473'600'000'000)), "none");
    EXPECT_EQ(text(Time::unix_seconds(1e-300)), "none");
    EXPECT_EQ(text(Time::iso("1970-01-01T00:00:00Z")), "none");
    EXPECT_EQ(text(Time::mac(1e300)), "none");
    EXPECT_EQ(text(Time::mac(std::numeric_limits<double>::quiet_NaN())), "none");
    EXPECT_EQ(text(Time::mac(std::numeric_limits<std::int64_t>::min())), "none");
    EXPECT_EQ(text(Time::unix_millis(std::numeric_limits<std::int64_t>::max())), "none");
    EXPECT_EQ(text(Time::webkit(-1)), "none");
    EXPECT_EQ(std::get<std::int64_t>(Time::webkit(-1).raw), -1);
    EXPECT_TRUE(Time {}.absent());
}

TEST(Time, other_clocks)
{
    EXPECT_EQ(text(Time::unix_seconds(std::int64_t { 1'700'000'000 })), "2023-11-14 22:13:20.000000");
    EXPECT_EQ(text(Time::unix_millis(1'700'000'000'123)), "2023-11-14 22:13:20.123000");
    EXPECT_EQ(text(Time::unix_nanos(1'700'000'000'123'456'789)), "2023-11-14 22:13:20.123456");
    EXPECT_EQ(text(Time::webkit(13'344'473'600'000'000)), "2023-11-14 22:13:20.000000");
}

TEST(Time, text_with_a_zone_becomes_utc_and_without_one_stays_unknown)
{
    EXPECT_EQ(text(Time::iso("2021-03-04T05:06:07Z")), "2021-03-04 05:06:07.000000");
    EXPECT_EQ(text(Time::iso("2021-03-04 05:06:07.25 +0400")), "2021-03-04 01:06:07.250000");
    EXPECT_EQ(text(Time::iso("2021-03-04 05:06:07")), "none");
    EXPECT_EQ(text(Time::local("2021-03-04 05:06:07", std::nullopt)), "none");
    EXPECT_EQ(
        text(Time::local("2021-03-04 05:06:07", std::chrono::minutes { 240 })), "2021-03-04 01:06:07.000000");
    for (auto const* const placeholder :
        { "1970-01-01 02:00:00", "1980-01-01 00:00:00", "1980-01-06 19:37:26" })
        EXPECT_EQ(text(Time::local(placeholder, std::chrono::minutes { 60 })), "none");
    EXPECT_EQ(text(Time::iso("2021-02-30T05:06:07Z")), "none");
    EXPECT_EQ(text(Time::iso("2021-02-3-T05:06:07Z")), "none");
}

TEST(Time, digits_of_other_scripts_are_read_and_kept_as_they_were)
{
    for (auto const* const written :
        { "٢٠٢١-٠٣-٠٤ ٠٥:٠٦:٠٧.٢٥ +٠٤٠٠", "۲۰۲۱-۰۳-۰۴ ۰۵:۰۶:۰۷.۲۵ +۰۴۰۰", "२०२१-०३-०४ ०५:०६:०७.२५ +०४००",
            "২০২১-০৩-০৪ ০৫:০৬:০৭.২৫ +০৪০০", "\u200f٢٠٢١-٠٣-٠٤ ٠٥:٠٦:٠٧.٢٥ +0400" }) {
        EXPECT_EQ(text(Time::iso(written)), "2021-03-04 01:06:07.250000") << written;
        EXPECT_EQ(std::get<std::string>(Time::iso(written).raw), written);
    }
    EXPECT_EQ(text(Time::iso("٢٠٢١-٠٣-٠٤ \xD9")), "none");
    EXPECT_EQ(text(Time::iso("٢٠٢١-٠٣-٠٤ ٠٥:٠٦:٠٧")), "none");
}

TEST(Time, a_moment_is_written_with_all_of_its_digits)
{
    using namespace std::chrono;
    EXPECT_EQ(exhibit::to_text(Timestamp {}), "1970-01-01 00:00:00.000000");
    EXPECT_EQ(exhibit::to_text(Timestamp { microseconds { -1 } }), "1969-12-31 23:59:59.999999");
    Timestamp const early = sys_days { year { 345 } / 6 / 7 };
    EXPECT_EQ(exhibit::to_text(early + hours { 8 } + minutes { 9 } + seconds { 10 } + microseconds { 11 }),
        "0345-06-07 08:09:10.000011");
    EXPECT_EQ(exhibit::to_text(sys_days { year { 12345 } / 1 / 2 }), "12345-01-02 00:00:00.000000");
    EXPECT_EQ(exhibit::to_text(sys_days { year { -12 } / 12 / 31 }), "-012-12-31 00:00:00.000000");
}

} // namespace
