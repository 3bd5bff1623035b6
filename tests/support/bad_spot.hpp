#pragma once

#include "base/source.hpp"

#include <vector>

namespace exhibit::test {

/// Bytes of which one cannot be read, as on a disk with a bad sector: no reading that touches it succeeds.
class BadSpot final : public Source {
public:
    BadSpot(std::vector<std::byte> bytes, std::uint64_t spot)
        : m_bytes(std::move(bytes))
        , m_spot(spot)
    {
    }

    [[nodiscard]] std::uint64_t size() const override { return m_bytes.size(); }
    [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const override
    {
        if (offset <= m_spot && m_spot < offset + into.size())
            return fail(Fault::malformed, "a part cannot be read", m_spot);
        return MemorySource { m_bytes }.read_at(offset, into);
    }

private:
    std::vector<std::byte> m_bytes;
    std::uint64_t m_spot;
};

} // namespace exhibit::test
