#include "base/byte_buffer.hpp"

#include <algorithm>

namespace exhibit {

void ByteBuffer::grow(std::size_t count)
{
    auto const capacity = std::max(m_size + count, 2 * m_capacity);
    auto bytes = std::make_unique_for_overwrite<std::byte[]>(capacity);
    if (m_size != 0)
        std::memcpy(bytes.get(), m_bytes.get(), m_size);
    m_bytes = std::move(bytes);
    m_capacity = capacity;
}

} // namespace exhibit
