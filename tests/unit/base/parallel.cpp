#include "base/parallel.hpp"

#include <array>
#include <atomic>
#include <gtest/gtest.h>
#include <stdexcept>

namespace {

using exhibit::run_in_parallel;

TEST(Parallel, every_number_is_called_once)
{
    std::array<std::atomic<int>, 8> calls {};
    run_in_parallel(calls.size(), [&](unsigned worker) { ++calls[worker]; });
    for (auto const& count : calls)
        EXPECT_EQ(count, 1);
}

TEST(Parallel, what_a_call_throws_comes_when_all_have_ended)
{
    for (unsigned const thrower : { 0U, 3U }) {
        std::atomic<int> ended = 0;
        EXPECT_THROW(run_in_parallel(4,
                         [&](unsigned worker) {
                             if (worker == thrower)
                                 throw std::runtime_error { "no more" };
                             ++ended;
                         }),
            std::runtime_error);
        EXPECT_EQ(ended, 3);
    }
}

} // namespace
