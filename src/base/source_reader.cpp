#include "base/source_reader.hpp"

#include <algorithm>

namespace exhibit {

namespace {
constexpr std::size_t kBuffer = 64U << 10U;
constexpr std::size_t kLongest = 16U << 20U;
} // namespace

Result<Bytes> SourceReader::take(std::size_t count)
{
    if (count > left())
        return fail(Fault::truncated, "record runs past the end", m_offset);
    if (auto const memory = m_source.in_memory(); !memory.empty()) {
        auto const taken = memory.subspan(m_offset, count);
        m_offset += count;
        return taken;
    }
    if (count > kLongest)
        return fail(Fault::over_limit, "record is too long", m_offset);
    auto const inside = m_offset >= m_buffer_offset && m_offset - m_buffer_offset <= m_buffer.size()
        && m_buffer.size() - (m_offset - m_buffer_offset) >= count;
    if (!inside) {
        m_buffer.resize(static_cast<std::size_t>(std::min<std::uint64_t>(std::max(count, kBuffer), left())));
        m_buffer_offset = m_offset;
        auto const read = EXHIBIT_TRY(m_source.read_at(m_offset, m_buffer));
        m_buffer.resize(read);
        if (read < count)
            return fail(Fault::truncated, "record runs past the end", m_offset);
    }
    auto const taken = Bytes { m_buffer }.subspan(m_offset - m_buffer_offset, count);
    m_offset += count;
    return taken;
}

void SourceReader::skip(std::uint64_t count)
{
    m_offset += std::min(count, left());
}

} // namespace exhibit
