#pragma once

#include "base/bytes.hpp"

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

namespace exhibit {

/// Random access to the content of one entry, however it is stored: plain, inside an archive, or
/// encrypted. Read-only, and safe to use from several threads at once.
class Source {
public:
    Source() = default;
    Source(Source const&) = delete;
    Source& operator=(Source const&) = delete;
    virtual ~Source() = default;

    [[nodiscard]] virtual std::uint64_t size() const = 0;

    /// Fills `into` from `offset` on. Returns how many bytes there were, fewer than asked only at
    /// the end of the content; 0 past the end.
    [[nodiscard]] virtual Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const
        = 0;

    /// The whole content where it is already in memory, else an empty span. Lives as long as the source.
    [[nodiscard]] virtual Bytes in_memory() const { return {}; }
};

/// A source over bytes that somebody else keeps alive.
class MemorySource final : public Source {
public:
    explicit MemorySource(Bytes bytes)
        : m_bytes(bytes)
    {
    }

    [[nodiscard]] std::uint64_t size() const override { return m_bytes.size(); }
    [[nodiscard]] Bytes in_memory() const override { return m_bytes; }
    [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const override
    {
        if (offset >= m_bytes.size())
            return std::size_t { 0 };
        auto const part = m_bytes.subspan(offset);
        auto const count = part.size() < into.size() ? part.size() : into.size();
        std::ranges::copy(part.first(count), into.begin());
        return count;
    }

private:
    Bytes m_bytes;
};

/// Content that was read whole: borrowed where the source had it in memory, owned otherwise.
class Content {
public:
    Content() = default;
    explicit Content(Bytes borrowed)
        : m_bytes(borrowed)
    {
    }
    explicit Content(std::vector<std::byte> owned)
        : m_owned(std::move(owned))
        , m_bytes(m_owned)
    {
    }
    Content(Content&& other) noexcept
        : m_owned(std::move(other.m_owned))
        , m_bytes(std::exchange(other.m_bytes, {}))
    {
    }
    Content& operator=(Content&& other) noexcept
    {
        m_owned = std::move(other.m_owned);
        m_bytes = std::exchange(other.m_bytes, {});
        return *this;
    }
    Content(Content const&) = delete;
    Content& operator=(Content const&) = delete;
    ~Content() = default;

    [[nodiscard]] Bytes bytes() const { return m_bytes; }

private:
    std::vector<std::byte> m_owned;
    Bytes m_bytes;
};

/// Reads a whole source, or refuses with `over_limit` when it is larger than `limit` bytes.
Result<Content> read_all(Source const& source, std::size_t limit);

} // namespace exhibit
