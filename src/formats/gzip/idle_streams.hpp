#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace exhibit {

/// Streams that somebody stopped to read, for those who read on from there; of one source, from several
/// threads. `Position` tells how far a stream was read.
template<typename Stream, auto Position> class IdleStreams {
public:
    /// The one that stands nearest before `offset`, and not before `first`; null where none does.
    [[nodiscard]] std::unique_ptr<Stream> take(std::uint64_t first, std::uint64_t offset)
    {
        std::scoped_lock const lock { m_mutex };
        auto best = m_streams.end();
        for (auto at = m_streams.begin(); at != m_streams.end(); ++at) {
            auto const position = std::invoke(Position, **at);
            if (position >= first && position <= offset
                && (best == m_streams.end() || position > std::invoke(Position, **best)))
                best = at;
        }
        if (best == m_streams.end())
            return nullptr;
        auto stream = std::move(*best);
        m_streams.erase(best);
        return stream;
    }

    /// The one that was kept longest makes room.
    void put(std::unique_ptr<Stream> stream)
    {
        std::scoped_lock const lock { m_mutex };
        if (m_streams.size() == kMost)
            m_streams.erase(m_streams.begin());
        m_streams.push_back(std::move(stream));
    }

private:
    static constexpr std::size_t kMost = 4; ///< each holds a window of what it unpacked

    std::mutex m_mutex;
    std::vector<std::unique_ptr<Stream>> m_streams;
};

} // namespace exhibit
