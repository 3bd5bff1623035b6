#pragma once

#include "acquisition/acquisition.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>

namespace exhibit {

/// Entries on their way from the visit of an acquisition to the threads that read them. It holds few at a
/// time, so that memory does not grow with their number.
class EntryQueue {
public:
    /// Waits while it is full.
    void put(Entry entry)
    {
        std::unique_lock lock { m_mutex };
        m_has_room.wait(lock, [&] { return m_entries.size() < kMost; });
        m_entries.push_back(std::move(entry));
        m_has_more.notify_one();
    }

    /// Nothing once it is closed and empty.
    std::optional<Entry> take()
    {
        std::unique_lock lock { m_mutex };
        m_has_more.wait(lock, [&] { return m_closed || !m_entries.empty(); });
        if (m_entries.empty())
            return std::nullopt;
        auto entry = std::move(m_entries.front());
        m_entries.pop_front();
        m_has_room.notify_one();
        return entry;
    }

    void close()
    {
        std::scoped_lock const lock { m_mutex };
        m_closed = true;
        m_has_more.notify_all();
    }

private:
    static constexpr std::size_t kMost = 512;

    std::mutex m_mutex;
    std::condition_variable m_has_room;
    std::condition_variable m_has_more;
    std::deque<Entry> m_entries;
    bool m_closed = false;
};

} // namespace exhibit
