#include "formats/segb/segb.hpp"

#include "support/segb_builder.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <limits>

namespace {

using namespace exhibit;
using namespace exhibit::segb;
using test::SegbRecord;

/// Each record as `state time payload@offset`, then the damage.
std::string records_of(std::string const& content)
{
    auto file = File::open(as_bytes(content));
    if (!file)
        return std::string { file.error().what };
    std::string out;
    Record record;
    while (file->next(record)) {
        constexpr std::array words { "written", "deleted", "unknown" };
        out += fmt::format("{} {} '{}'@{}{}{} ", words[static_cast<std::size_t>(record.state())],
            record.written ? fmt::format("{}", *record.written) : "?",
            record.erased() ? std::string_view {} : as_text(record.payload), record.offset,
            record.checksum_ok ? "" : "!", record.past_end ? " left over" : "");
    }
    if (file->damage())
        out += fmt::format("[{}]", file->damage()->what);
    return out;
}

std::vector<SegbRecord> three()
{
    return { { "one", 1, 10.5 }, { std::string(5, '\0'), 3, 11, {}, false }, { "three", 1, 12 } };
}

TEST(Segb, both_versions_give_what_was_written_and_what_was_deleted)
{
    EXPECT_EQ(records_of(test::segb_version_1(three())),
        "written 10.5 'one'@56 deleted 11 ''@96! written 12 'three'@136 ");
    EXPECT_EQ(records_of(segb_version_2(three())),
        "written 10.5 'one'@32 deleted 11 ''@44! written 12 'three'@60 ");
    EXPECT_EQ(records_of(test::segb_version_1({})), "");
    EXPECT_EQ(records_of(test::segb_version_2({})), "");
}

TEST(Segb, times_and_versions_are_told_as_stored)
{
    auto const first = test::segb_version_1({ { "a", 1, 10, 20 } });
    auto file = File::open(as_bytes(first));
    ASSERT_TRUE(file);
    Record record;
    ASSERT_TRUE(file->next(record));
    EXPECT_EQ(file->version(), 1U);
    EXPECT_EQ(record.second, 20);
    EXPECT_FALSE(file->created());
    EXPECT_EQ(record.payload_offset, 88U);

    auto const second = test::segb_version_2({ { "a", 9, 10 } }, 5);
    auto listed = File::open(as_bytes(second));
    ASSERT_TRUE(listed);
    ASSERT_TRUE(listed->next(record));
    EXPECT_EQ(listed->version(), 2U);
    EXPECT_EQ(listed->created(), 5);
    EXPECT_FALSE(record.second);
    EXPECT_EQ(record.state(), State::unknown);
    EXPECT_EQ(record.stored_state, 9);
    EXPECT_EQ(record.payload_offset, 40U);
}

TEST(Segb, unused_places_of_the_list_are_passed_over)
{
    auto records = three();
    records[1].state = 4;
    records[1].payload.clear();
    // What follows an unused place begins where that would have: nothing was stored there.
    auto content = test::segb_version_2({ records[0], records[2] });
    content.resize(content.size() + 16);
    content[4] = 3;
    EXPECT_EQ(records_of(content), "written 10.5 'one'@32 written 12 'three'@44 ");
}

TEST(Segb, the_list_gives_the_order_of_places_not_of_lines)
{
    auto content = test::segb_version_2({ { "one", 1, 1 }, { "two", 1, 2 } });
    auto const lines = content.size() - 32;
    std::swap_ranges(content.begin() + static_cast<std::ptrdiff_t>(lines),
        content.begin() + static_cast<std::ptrdiff_t>(lines) + 16,
        content.begin() + static_cast<std::ptrdiff_t>(lines) + 16);
    EXPECT_EQ(records_of(content), "written 1 'one'@32 written 2 'two'@44 ");
}

TEST(Segb, a_line_whose_place_was_given_to_another_keeps_its_time)
{
    auto content = test::segb_version_2({ { "one", 1, 1 }, { "two", 1, 2 } });
    auto const second = content.size() - 16;
    content[second] = content[second - 16]; // the same end
    EXPECT_EQ(records_of(content), "written 1 'one'@32 written 2 ''@72! written ? 'two'@44 left over ");
}

TEST(Segb, what_lies_behind_a_damaged_record_is_found_again)
{
    auto content = test::segb_version_1(three());
    content[56 + 3] = 0x7F; // the length of the first
    EXPECT_EQ(records_of(content), "written 12 'three'@136 [a record does not fit where it stands]");

    auto listed = test::segb_version_2(three());
    listed[listed.size() - 16 + 3] = 0x7F; // the end of the third
    EXPECT_EQ(records_of(listed),
        "written 10.5 'one'@32 deleted 11 ''@44! written 12 ''@108! written ? 'three'@60 [a record lies "
        "outside of the part for records]");
}

TEST(Segb, records_left_behind_the_end_are_told_as_left_over)
{
    auto content = test::segb_version_1(three());
    content[0] = 96; // only the first still counts
    EXPECT_EQ(records_of(content), "written 10.5 'one'@56 written 12 'three'@136 left over ");
}

TEST(Segb, cut_content_gives_the_records_before_the_cut)
{
    auto const content = test::segb_version_1(three());
    for (std::size_t size = 0; size != content.size(); ++size) {
        auto const got = records_of(content.substr(0, size));
        if (size < 56)
            EXPECT_EQ(got, "the file has the mark of neither version of SEGB") << size;
        else
            EXPECT_TRUE(got.contains("[the file ends before its records do]")) << got;
        EXPECT_EQ(got.contains("'one'"), size >= 56 + 32 + 3) << size;
        EXPECT_EQ(got.contains("deleted"), size >= 96 + 32 + 5) << size;
    }
}

TEST(Segb, a_list_that_lost_its_end_hides_no_record_and_makes_up_no_time)
{
    auto content
        = test::segb_version_2({ { "one", 1, 7e8 }, { "two", 1, 7e8 + 1 }, { "three", 1, 7e8 + 2 } });
    auto const list = content.size() - 3 * 16;
    content.insert(list, 4000, '\0'); // Files are made longer than their records need.
    for (std::size_t lost = 1; lost < 4047; lost += lost < 60 ? 1 : 97) {
        auto const got = records_of(content.substr(0, content.size() - lost));
        for (auto const* const word : { "'one'@32", "'two'@44", "'three'@56" })
            EXPECT_TRUE(got.contains(word)) << lost << ": " << got;
        EXPECT_TRUE(got.contains("[")) << lost << ": " << got;
        EXPECT_EQ(got.contains("written 700000000 'one'"), lost < 33) << lost << ": " << got;
        EXPECT_EQ(std::ranges::count(got, '@'), 3) << lost << ": " << got;
    }
    EXPECT_EQ(records_of(content.substr(0, 33)),
        "[the list of records is longer than the file; records were sought by their checksums]");
    EXPECT_EQ(records_of(content.substr(0, 9)), "field runs past the end");
}

TEST(Segb, lines_that_the_header_does_not_count_are_found)
{
    auto content
        = test::segb_version_2({ { "one", 1, 7e8 }, { "two", 1, 7e8 + 1 }, { "three", 1, 7e8 + 2 } });
    auto counted = content;
    counted[4] = 2;
    EXPECT_EQ(records_of(counted),
        "written 700000000 'one'@32 written 700000001 'two'@44 written 700000002 'three'@56 [the list of "
        "records has more lines than the header counts]");
    content.resize(content.size() + 32);
    EXPECT_EQ(records_of(content), records_of(counted));
}

TEST(Segb, a_record_that_no_line_names_is_found_before_and_behind_the_others)
{
    auto content = test::segb_version_2({ { "one", 1, 1 }, { "two", 1, 2 }, { "three", 1, 3 } });
    auto const list = content.size() - 3 * 16;
    auto first_lost = content;
    first_lost.erase(list, 16);
    first_lost[4] = 2;
    EXPECT_EQ(records_of(first_lost),
        "written ? 'one'@32 written 2 'two'@44 written 3 'three'@56 [records stand between others that the "
        "list "
        "does not name]");
    auto last_lost = content;
    last_lost.erase(list + 32, 16);
    last_lost[4] = 2;
    EXPECT_EQ(records_of(last_lost), "written 1 'one'@32 written 2 'two'@44 written ? 'three'@56 left over ");
}

TEST(Segb, the_search_behind_damage_is_bounded)
{
    // Each place looks like a record that reaches to the end of the file.
    std::string body;
    for (std::size_t i = 0; i != 4000; ++i) {
        SegbRecord const one { std::string(8, 'x'), 1, 1e-300, 1e-300 };
        auto const file = test::segb_version_1({ one });
        body += file.substr(56, 32);
    }
    auto file = test::segb_version_1({}) + body;
    for (std::size_t at = 56; at + 32 < file.size(); at += 32) {
        auto const length = file.size() - at - 32;
        for (unsigned i = 0; i != 3; ++i)
            file[at + i] = static_cast<char>(length >> (8 * i));
    }
    EXPECT_EQ(records_of(file), "[the search for records behind damage took too long]");
}

TEST(Segb, times_that_are_no_numbers_are_handed_on)
{
    auto const content = test::segb_version_2({ { "a", 1, std::numeric_limits<double>::quiet_NaN() } });
    EXPECT_EQ(records_of(content), "written nan 'a'@32 ");
}

} // namespace
