#include "engine/crew.hpp"

#include "base/parallel.hpp"

#include <gtest/gtest.h>
#include <stdexcept>

namespace {

using namespace exhibit;

TEST(Crew, does_all_parts_where_some_throw_and_says_so_in_the_end)
{
    constexpr std::size_t parts = 1'000;
    for (unsigned const threads : { 1U, 3U }) {
        Crew crew { threads };
        std::atomic<std::size_t> done = 0;
        std::atomic<unsigned> told = 0;
        run_in_parallel(threads, [&](unsigned number) {
            {
                Crew::Busy const busy { crew };
                auto const work = [&](std::size_t part, RowObserver*) {
                    ++done;
                    if (part % 3 == 0)
                        throw std::runtime_error { "no memory" };
                };
                if (number == 0)
                    try {
                        crew.share(parts, work, nullptr);
                    } catch (std::runtime_error const&) {
                        ++told;
                    }
            }
            crew.help(nullptr);
        });
        EXPECT_EQ(done, parts) << threads;
        EXPECT_EQ(told, 1U) << threads;
    }
}

} // namespace
