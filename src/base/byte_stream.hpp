#pragma once

#include "base/source.hpp"

#include <algorithm>
#include <cstdint>
#include <span>

namespace exhibit {

/// Content that can only be read from front to back, such as what comes out of a decompressor.
class ByteStream {
public:
    ByteStream() = default;
    ByteStream(ByteStream const&) = delete;
    ByteStream& operator=(ByteStream const&) = delete;
    virtual ~ByteStream() = default;

    /// Reads up to `into.size()` bytes, at least one unless the content has ended: then 0.
    virtual Result<std::size_t> read(std::span<std::byte> into) = 0;

    /// Moves on by `count` bytes; returns how many there were.
    virtual Result<std::uint64_t> skip(std::uint64_t count);

    /// Fills `into` as far as the content goes.
    Result<std::size_t> read_fully(std::span<std::byte> into);
};

/// A source from front to back; skipping reads nothing.
class SourceStream final : public ByteStream {
public:
    explicit SourceStream(Source const& source)
        : m_source(source)
    {
    }

    Result<std::size_t> read(std::span<std::byte> into) override
    {
        auto const count = EXHIBIT_TRY(m_source.read_at(m_offset, into));
        m_offset += count;
        return count;
    }
    Result<std::uint64_t> skip(std::uint64_t count) override
    {
        auto const left = m_offset < m_source.size() ? m_source.size() - m_offset : 0;
        auto const moved = std::min(count, left);
        m_offset += moved;
        return moved;
    }

private:
    Source const& m_source;
    std::uint64_t m_offset = 0;
};

} // namespace exhibit
