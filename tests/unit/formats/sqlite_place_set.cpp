#include "formats/sqlite/place_set.hpp"

#include <gtest/gtest.h>
#include <vector>

namespace exhibit::sqlite {
namespace {

TEST(SqlitePlaceSet, the_next_place_is_found_as_one_by_one)
{
    constexpr std::size_t size = 200;
    PlaceSet set { size };
    std::vector<bool> expected(size);
    for (std::size_t const place : { 0U, 1U, 63U, 64U, 65U, 127U, 128U, 190U, 199U }) {
        set.add(place);
        expected[place] = true;
    }
    for (std::size_t first = 0; first != size + 3; ++first)
        for (std::size_t end = 0; end != size + 70; ++end) {
            auto found = first;
            while (found < end && found < size && !expected[found])
                ++found;
            ASSERT_EQ(set.next(first, end), found < end && found < size ? found : PlaceSet::kNone)
                << first << ' ' << end;
        }
    for (std::size_t place = 0; place != size; ++place)
        EXPECT_EQ(set[place], expected[place]);
}

TEST(SqlitePlaceSet, of_no_places_has_none)
{
    EXPECT_EQ(PlaceSet { 0 }.next(0, 100), PlaceSet::kNone);
    EXPECT_EQ(PlaceSet { 64 }.next(0, 100), PlaceSet::kNone);
}

} // namespace
} // namespace exhibit::sqlite
