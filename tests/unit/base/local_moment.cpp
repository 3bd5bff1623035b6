#include "base/local_moment.hpp"

#include "support/local_moments.hpp"

#include <gtest/gtest.h>

namespace {

using namespace exhibit;

TEST(LocalMoment, is_read_in_every_form_that_phones_write)
{
    for (auto const& [stored, shown] : test::kLocalMoments) {
        EXPECT_EQ(local_moment(stored), shown) << stored;
        EXPECT_EQ(is_local_moment(stored), !shown.empty()) << stored;
    }
}

TEST(LocalMoment, ends_where_a_zone_or_words_begin)
{
    EXPECT_EQ(local_moment("2023-05-24 13:58:04 +0200"), "2023-05-24 13:58:04");
    EXPECT_EQ(local_moment("2023-05-24 13:58:04-0700"), "2023-05-24 13:58:04");
    EXPECT_EQ(local_moment("2023-05-24 13:58:04.5Z"), "2023-05-24 13:58:04.5");
    EXPECT_EQ(local_moment("2023-05-24 and later"), "2023-05-24");
    EXPECT_EQ(local_moment("05-24 13:58:04:345 E"), "05-24 13:58:04.345");
}

} // namespace
