#pragma once

#include "base/bytes.hpp"

#include <cstddef>
#include <cstring>
#include <memory>
#include <utility>

namespace exhibit {

/// Bytes that are added to at the end. A vector would fill them with zeros first.
class ByteBuffer {
public:
    ByteBuffer() = default;
    ByteBuffer(ByteBuffer&& other) noexcept
        : m_bytes(std::move(other.m_bytes))
        , m_size(std::exchange(other.m_size, 0))
        , m_capacity(std::exchange(other.m_capacity, 0))
    {
    }
    ByteBuffer& operator=(ByteBuffer&& other) noexcept
    {
        m_bytes = std::move(other.m_bytes);
        m_size = std::exchange(other.m_size, 0);
        m_capacity = std::exchange(other.m_capacity, 0);
        return *this;
    }
    ByteBuffer(ByteBuffer const&) = delete;
    ByteBuffer& operator=(ByteBuffer const&) = delete;
    ~ByteBuffer() = default;

    [[nodiscard]] Bytes bytes() const { return { m_bytes.get(), m_size }; }
    [[nodiscard]] std::byte* data() { return m_bytes.get(); }
    [[nodiscard]] std::size_t size() const { return m_size; }
    [[nodiscard]] bool empty() const { return m_size == 0; }
    void clear() { m_size = 0; }

    /// Where `count` more bytes may be written; `take` makes them part of the buffer.
    [[nodiscard]] std::byte* room(std::size_t count)
    {
        if (m_capacity - m_size < count)
            grow(count);
        return m_bytes.get() + m_size;
    }
    void take(std::size_t count) { m_size += count; }

    void add(Bytes bytes)
    {
        if (bytes.empty())
            return;
        std::memcpy(room(bytes.size()), bytes.data(), bytes.size());
        take(bytes.size());
    }

private:
    void grow(std::size_t count);

    std::unique_ptr<std::byte[]> m_bytes;
    std::size_t m_size = 0;
    std::size_t m_capacity = 0;
};

} // namespace exhibit
