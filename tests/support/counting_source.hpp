#pragma once

#include "base/source.hpp"
#include "base/text.hpp"

#include <string>
#include <utility>

namespace exhibit::test {

/// Counts the bytes that were read of it.
class CountingSource final : public Source {
public:
    explicit CountingSource(std::string content)
        : m_content(std::move(content))
    {
    }
    [[nodiscard]] std::uint64_t size() const override { return m_content.size(); }
    [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const override
    {
        auto const count = EXHIBIT_TRY(MemorySource { as_bytes(m_content) }.read_at(offset, into));
        m_read += count;
        return count;
    }
    [[nodiscard]] std::uint64_t read() const { return m_read; }

private:
    std::string m_content;
    mutable std::uint64_t m_read = 0;
};

} // namespace exhibit::test
