#include "formats/tzif/tzif.hpp"

#include <gtest/gtest.h>

namespace {

using namespace exhibit;

std::string big(std::uint64_t value, int bytes)
{
    std::string out;
    while (bytes-- != 0)
        out += static_cast<char>(value >> (8 * bytes));
    return out;
}

std::string header(char version, std::uint32_t changes, std::uint32_t types)
{
    return std::string { "TZif" } + version + std::string(27, '\0') + big(changes, 4) + big(types, 4)
        + big(4, 4);
}

/// A zone one hour east of UTC that knows one change and a rule for those that follow.
std::string central_europe(std::string_view footer)
{
    std::string file = header('2', 0, 1) + big(3600, 4) + big(0, 2) + std::string { "CET", 4 };
    file += header('2', 1, 2) + big(828'234'000, 8) + '\1'; // 1996-03-31 01:00 UTC
    file += big(3600, 4) + big(0, 2) + big(7200, 4) + big(0x0100, 2) + std::string { "CET", 4 };
    return file + '\n' + std::string { footer } + '\n';
}

std::string utc_of(Zone const& zone, std::string_view wall)
{
    return to_text(zone.to_utc(*from_text(wall)));
}

TEST(Tzif, the_footer_rule_reaches_past_the_last_change)
{
    auto const file = central_europe("CET-1CEST,M3.5.0,M10.5.0/3");
    auto const zone = read_tzif(as_bytes(file), "Europe/Test").value();
    EXPECT_EQ(utc_of(zone, "1990-07-01 12:00:00"), "1990-07-01 11:00:00.000000");
    EXPECT_EQ(utc_of(zone, "1996-07-01 12:00:00"), "1996-07-01 10:00:00.000000");
    EXPECT_EQ(utc_of(zone, "2024-01-15 12:00:00"), "2024-01-15 11:00:00.000000");
    EXPECT_EQ(utc_of(zone, "2024-07-15 12:00:00"), "2024-07-15 10:00:00.000000");
    EXPECT_EQ(zone.offset_at(*from_text("2024-07-15")).count(), 7200);
}

TEST(Tzif, the_repeated_hour_is_its_first_and_the_skipped_one_keeps_the_old_offset)
{
    auto const file = central_europe("CET-1CEST,M3.5.0,M10.5.0/3");
    auto const zone = read_tzif(as_bytes(file), "Europe/Test").value();
    EXPECT_EQ(utc_of(zone, "2024-10-27 02:30:00"), "2024-10-27 00:30:00.000000");
    EXPECT_EQ(utc_of(zone, "2024-10-27 03:00:00"), "2024-10-27 02:00:00.000000");
    EXPECT_EQ(utc_of(zone, "2024-03-31 01:59:59"), "2024-03-31 00:59:59.000000");
    EXPECT_EQ(utc_of(zone, "2024-03-31 03:00:00"), "2024-03-31 01:00:00.000000");
}

TEST(Tzif, julian_days_and_named_offsets_of_a_footer_are_read)
{
    auto const file = central_europe("<+0330>-3:30<+0430>,J79/24,J263/24");
    auto const zone = read_tzif(as_bytes(file), "Asia/Test").value();
    EXPECT_EQ(utc_of(zone, "2020-06-01 12:00:00"), "2020-06-01 07:30:00.000000");
    EXPECT_EQ(utc_of(zone, "2020-12-01 12:00:00"), "2020-12-01 08:30:00.000000");
}

TEST(Tzif, a_rule_with_an_impossible_offset_is_left_out)
{
    for (auto const* footer : { "CET-167CEST,M3.5.0,M10.5.0/3", "CET-1:99CEST,M3.5.0,M10.5.0/3" }) {
        auto const file = central_europe(footer);
        auto const zone = read_tzif(as_bytes(file), "Europe/Test").value();
        EXPECT_EQ(utc_of(zone, "2024-01-15 12:00:00"), "2024-01-15 10:00:00.000000") << footer;
    }
}

TEST(Tzif, every_cut_file_is_refused_or_read_without_its_rule)
{
    auto const file = central_europe("CET-1CEST,M3.5.0,M10.5.0/3");
    auto const data = file.find('\n');
    for (std::size_t size = 0; size != file.size(); ++size) {
        auto const zone = read_tzif(as_bytes(std::string_view { file }.substr(0, size)), "x");
        EXPECT_EQ(zone.has_value(), size >= data) << size;
    }
}

TEST(Time, local_text_becomes_utc_by_the_rules_of_its_zone)
{
    auto const file = central_europe("CET-1CEST,M3.5.0,M10.5.0/3");
    auto const zone = read_tzif(as_bytes(file), "Europe/Test").value();
    EXPECT_EQ(to_text(*Time::local("2024-07-15 12:00:00.25", &zone).utc), "2024-07-15 10:00:00.250000");
    EXPECT_EQ(to_text(*Time::local("2024-07-15 12:00:00+05:00", &zone).utc), "2024-07-15 07:00:00.000000");
    Zone const* const unknown = nullptr;
    EXPECT_FALSE(Time::local("2024-07-15 12:00:00", unknown).utc);
}

} // namespace
