#pragma once

#include "casefile/page_file.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace exhibit {

// "Database File Format" of the SQLite documentation: 1.3 header, 1.6 b-tree pages.
constexpr std::size_t kDatabaseHeader = 100; ///< at the beginning of page 1, before its b-tree page
constexpr std::size_t kHeaderPageCount = 28;
constexpr std::size_t kLeafHeader = 8;
constexpr std::size_t kInteriorHeader = 12;
constexpr std::size_t kPointer = 2;

enum class PageKind : std::uint8_t {
    index_interior = 0x02,
    table_interior = 0x05,
    index_leaf = 0x0A,
    table_leaf = 0x0D,
};

inline void put_big16(std::span<std::byte> page, std::size_t at, std::size_t value)
{
    page[at] = static_cast<std::byte>(value >> 8U & 0xFFU);
    page[at + 1] = static_cast<std::byte>(value & 0xFFU);
}

inline void put_big32(std::span<std::byte> page, std::size_t at, std::uint32_t value)
{
    put_big16(page, at, value >> 16U);
    put_big16(page, at + 2, value & 0xFFFFU);
}

inline bool fits_one_leaf(Cells const& cells, std::size_t another)
{
    return kLeafHeader + kPointer * (cells.ends.size() + 1) + cells.bytes.size() + another <= kPageSize;
}

/// Adds one page to `pages`, with all of the cells.
void add_leaf_page(Cells const& cells, PageKind kind, ByteBuffer& pages);

/// Writes the cells as one more leaf of a table and leaves none behind. There is one at least.
Result<void> write_leaf(PageFile& file, Cells& cells, std::vector<LoadedRows::Leaf>& leaves);

/// How many children a page has room for between whose pages only row ids stand; it begins behind `header`
/// bytes.
constexpr std::size_t most_children(std::size_t header)
{
    constexpr std::size_t largest_cell = 4 + kLongestVarint + kPointer;
    return (kPageSize - header - kInteriorHeader) / largest_cell + 1;
}

/// A page of a table's b-tree over these children, behind `header` bytes that are zero.
std::vector<std::byte> interior_page(std::span<LoadedRows::Leaf const> children, std::size_t header);

} // namespace exhibit
