#pragma once

#include "base/source.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace exhibit {

/// Reads a source from front to back through one small buffer, for formats that are a stream of records.
class SourceReader {
public:
    explicit SourceReader(Source const& source, std::uint64_t offset = 0)
        : m_source(source)
        , m_offset(offset)
    {
    }

    [[nodiscard]] std::uint64_t offset() const { return m_offset; }
    [[nodiscard]] std::uint64_t left() const
    {
        return m_offset < m_source.size() ? m_source.size() - m_offset : 0;
    }

    /// The next `count` bytes, valid until the next call. `truncated`, and nothing is consumed, when there
    /// are fewer; `over_limit` above 16 MiB, which no record header needs.
    Result<Bytes> take(std::size_t count);

    /// Moves on, at most to the end.
    void skip(std::uint64_t count);

    template<std::unsigned_integral T> Result<T> big()
    {
        auto const bytes = EXHIBIT_TRY(take(sizeof(T)));
        Reader reader { bytes };
        return reader.big<T>();
    }

private:
    Source const& m_source;
    std::uint64_t m_offset = 0;
    std::uint64_t m_buffer_offset = 0;
    std::vector<std::byte> m_buffer;
};

} // namespace exhibit
