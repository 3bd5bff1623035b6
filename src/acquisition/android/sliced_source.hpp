#pragma once

#include "acquisition/android/dump_index.hpp"

#include <memory>
#include <vector>

namespace exhibit::android {

/// Several parts of a longer source, one after another.
class SlicedSource final : public Source {
public:
    /// All slices must lie within `whole`.
    SlicedSource(std::shared_ptr<Source const> whole, std::vector<Slice> slices);

    [[nodiscard]] std::uint64_t size() const override { return m_size; }
    [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const override;

private:
    std::shared_ptr<Source const> m_whole;
    std::vector<Slice> m_slices;
    std::uint64_t m_size = 0;
};

} // namespace exhibit::android
