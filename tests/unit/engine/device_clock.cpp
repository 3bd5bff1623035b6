#include "engine/device_clock.hpp"

#include <gtest/gtest.h>

namespace {

using namespace exhibit;

OwnedClock clock_in(std::string_view zone)
{
    std::array const facts { Fact { "device.time_zone", std::string { zone } },
        Fact { "acquisition.local_time", "2024-05-01 10:11:12" } };
    return device_clock(facts);
}

std::int64_t offset_in(std::string_view zone)
{
    auto const owned = clock_in(zone);
    EXPECT_NE(owned.zone, nullptr) << zone;
    EXPECT_FALSE(owned.problem.has_value()) << zone;
    return owned.zone == nullptr ? -1 : owned.zone->offset_at(*from_text("2024-05-01")).count();
}

TEST(DeviceClock, zones_are_named_by_the_database_or_by_their_offset)
{
    EXPECT_EQ(offset_in("Europe/Berlin"), 7200);
    EXPECT_EQ(offset_in("Etc/GMT-2"), 7200);
    EXPECT_EQ(offset_in("+02:00"), 7200);
    EXPECT_EQ(offset_in("GMT"), 0);
    EXPECT_EQ(offset_in("UTC"), 0);
}

TEST(DeviceClock, custom_ids_of_java_are_zones)
{
    EXPECT_EQ(offset_in("GMT+02:00"), 7200);
    EXPECT_EQ(offset_in("GMT+2"), 7200);
    EXPECT_EQ(offset_in("GMT-0330"), -12'600);
    EXPECT_EQ(offset_in("GMT+5:45"), 20'700);
    EXPECT_EQ(offset_in("UTC+08:00"), 28'800);
}

TEST(DeviceClock, a_zone_that_is_none_is_a_problem_that_names_it)
{
    for (std::string_view const zone :
        { "Mars/Olympus", "GMT+25:00", "GMT+", "GMT+2:0", "../../etc/passwd", "GMT+02:00x" }) {
        auto const owned = clock_in(zone);
        EXPECT_EQ(owned.zone, nullptr) << zone;
        ASSERT_TRUE(owned.problem.has_value()) << zone;
        EXPECT_EQ(owned.problem->stored, zone);
        EXPECT_FALSE(owned.problem->damage) << zone;
    }
    EXPECT_FALSE(device_clock({}).problem.has_value());
}

TEST(DeviceClock, the_moment_of_the_acquisition_becomes_the_time_of_the_devices_clock)
{
    std::vector<Fact> facts { { "acquisition.started", "2024-05-01T23:11:12.123Z" },
        { "device.time_zone", "Europe/Berlin" } };
    EXPECT_EQ(to_text(device_clock(facts).clock.taken.value()).substr(0, 19), "2024-05-02 01:11:12");
    facts.pop_back();
    EXPECT_EQ(to_text(device_clock(facts).clock.taken.value()).substr(0, 19), "2024-05-01 23:11:12");
    facts.push_back({ "acquisition.local_time", "2024-05-02 02:00:00" });
    EXPECT_EQ(to_text(device_clock(facts).clock.taken.value()).substr(0, 19), "2024-05-02 02:00:00");
}

} // namespace
