#pragma once

#include "acquisition/acquisition.hpp"

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <vector>

namespace exhibit {

/// Entries on their way from the visit of an acquisition to the threads that read them. Large ones are given
/// out first, the largest before the others, so that no thread is left alone with one at the end; the others
/// in the order of the visit. It holds a bounded number at a time.
class EntryQueue {
public:
    /// Waits while it is full. Nothing is kept of what comes once it is closed.
    void put(Entry entry)
    {
        std::unique_lock lock { m_mutex };
        m_has_room.wait(lock, [&] { return m_closed || m_large.size() + m_entries.size() < kMost; });
        if (m_closed)
            return;
        if (entry.size >= kLarge) {
            m_large.push_back(std::move(entry));
            std::ranges::push_heap(m_large, {}, &Entry::size);
        } else {
            m_entries.push_back(std::move(entry));
        }
        m_has_more.notify_one();
    }

    /// Nothing once it is closed and empty.
    std::optional<Entry> take()
    {
        std::unique_lock lock { m_mutex };
        m_has_more.wait(lock, [&] { return m_closed || !m_entries.empty() || !m_large.empty(); });
        if (m_entries.empty() && m_large.empty())
            return std::nullopt;
        m_has_room.notify_one();
        return m_large.empty() ? take_next() : take_largest();
    }

    void close()
    {
        std::scoped_lock const lock { m_mutex };
        m_closed = true;
        m_has_more.notify_all();
        m_has_room.notify_all();
    }

    /// Closes it when a thread has done its part, also where an exception ended that, so that no other thread
    /// waits for it.
    class ClosedAtEnd {
    public:
        explicit ClosedAtEnd(EntryQueue& queue)
            : m_queue(queue)
        {
        }
        ClosedAtEnd(ClosedAtEnd const&) = delete;
        ClosedAtEnd& operator=(ClosedAtEnd const&) = delete;
        ~ClosedAtEnd() { m_queue.close(); }

    private:
        EntryQueue& m_queue;
    };

private:
    // Enough to know the large files of most phones while the first ones are read: some 25 MB of entries.
    static constexpr std::size_t kMost = 100'000;
    static constexpr std::uint64_t kLarge = std::uint64_t { 1 } << 23U;

    Entry take_next()
    {
        auto entry = std::move(m_entries.front());
        m_entries.pop_front();
        return entry;
    }

    Entry take_largest()
    {
        std::ranges::pop_heap(m_large, {}, &Entry::size);
        auto entry = std::move(m_large.back());
        m_large.pop_back();
        return entry;
    }

    std::mutex m_mutex;
    std::condition_variable m_has_room;
    std::condition_variable m_has_more;
    std::deque<Entry> m_entries;
    std::vector<Entry> m_large;
    bool m_closed = false;
};

} // namespace exhibit
