#include "engine/entry_queue.hpp"

#include <gtest/gtest.h>
#include <stdexcept>

namespace {

using namespace exhibit;

TEST(EntryQueue, nobody_waits_for_a_thread_that_has_ended)
{
    EntryQueue queue;
    queue.put(Entry {});
    try {
        EntryQueue::ClosedAtEnd const closed { queue };
        throw std::runtime_error { "no memory" };
    } catch (std::runtime_error const&) {
    }
    for (unsigned i = 0; i != 200'000; ++i)
        queue.put(Entry {});
    EXPECT_TRUE(queue.take().has_value()) << "what came before is given out";
    EXPECT_FALSE(queue.take().has_value());
}

} // namespace
