#pragma once

#include "base/source.hpp"

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

/// Files with holes in a tar: only what is not a hole is stored, one piece after the other.
/// Source: the manual of GNU tar, "Storing Sparse Files" (the old GNU format, and 0.0, 0.1 and 1.0 of pax).
namespace exhibit::tar {

/// A piece of a file that is stored.
struct Extent {
    std::uint64_t offset = 0; ///< in the file
    std::uint64_t size = 0;
};

/// The most that a file may have: what says more was made to fill memory.
constexpr std::size_t kMostExtents = std::size_t { 1 } << 20U;

/// Stands for what could not be read as one: nothing that holds it is sound.
constexpr Extent kNoExtent { UINT64_MAX, UINT64_MAX };

/// Whether they are in order, apart from each other and within `real_size`, and hold all that is stored.
bool is_sound(std::vector<Extent> const& extents, std::uint64_t real_size, std::uint64_t stored);

/// Adds the pieces that a list of numbers names, `offset,size,offset,size`, up to the most there may be.
void add_extents(std::vector<Extent>& extents, std::string_view list, char separator = ',');

/// A file of which `stored` holds the extents, which are sound. Holes read as zeros.
class SparseSource final : public Source {
public:
    SparseSource(
        std::shared_ptr<Source const> stored, std::vector<Extent> const& extents, std::uint64_t real_size);

    [[nodiscard]] std::uint64_t size() const override { return m_size; }
    [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const override;

private:
    struct Piece {
        Extent extent;
        std::uint64_t stored_at = 0;
    };

    std::shared_ptr<Source const> m_stored;
    std::vector<Piece> m_pieces;
    std::uint64_t m_size;
};

} // namespace exhibit::tar
