#include "base/byte_buffer.hpp"

#include <algorithm>
#include <cstdint>
#include <sys/mman.h>

namespace exhibit {
namespace {

/// To have the system clear and map a whole file's room in small pages takes a fifth of the time in which the
/// file is unpacked.
void ask_for_large_pages(std::byte* bytes, std::size_t count)
{
    constexpr std::size_t large = 2U << 20U;
    if (count < 2 * large)
        return;
    auto const before_page = large - reinterpret_cast<std::uintptr_t>(bytes) % large;
    auto const whole = (count - before_page) / large * large;
    (void)::madvise(bytes + before_page, whole, MADV_HUGEPAGE); // Where it is refused, small ones do as well.
}

} // namespace

void ByteBuffer::grow(std::size_t count)
{
    auto const capacity = std::max(m_size + count, 2 * m_capacity);
    auto bytes = std::make_unique_for_overwrite<std::byte[]>(capacity);
    ask_for_large_pages(bytes.get(), capacity);
    if (m_size != 0)
        std::memcpy(bytes.get(), m_bytes.get(), m_size);
    m_bytes = std::move(bytes);
    m_capacity = capacity;
}

} // namespace exhibit
