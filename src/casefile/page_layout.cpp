#include "casefile/page_layout.hpp"

#include <algorithm>
#include <array>

namespace exhibit {

void add_leaf_page(Cells const& cells, PageKind kind, ByteBuffer& pages)
{
    std::span const page { pages.room(kPageSize), kPageSize };
    auto const content = kPageSize - cells.bytes.size();
    auto const pointers_end = kLeafHeader + kPointer * cells.ends.size();
    std::ranges::copy(cells.bytes.bytes(), page.subspan(content).begin());
    std::ranges::fill(page.first(kLeafHeader), std::byte { 0 });
    std::ranges::fill(page.subspan(pointers_end, content - pointers_end), std::byte { 0 });
    std::size_t begin = 0;
    for (std::size_t i = 0; i != cells.ends.size(); ++i) {
        put_big16(page, kLeafHeader + kPointer * i, content + begin);
        begin = cells.ends[i];
    }
    page[0] = static_cast<std::byte>(kind);
    put_big16(page, 3, cells.ends.size());
    put_big16(page, 5, content);
    pages.take(kPageSize);
}

std::vector<std::byte> interior_page(std::span<LoadedRows::Leaf const> children, std::size_t header)
{
    std::vector<std::byte> page(kPageSize);
    page[header] = static_cast<std::byte>(PageKind::table_interior);
    auto content = kPageSize;
    std::array<std::byte, 4 + kLongestVarint> cell {};
    for (std::size_t i = 0; i + 1 < children.size(); ++i) {
        put_big32(cell, 0, children[i].page);
        auto const size = 4 + write_varint(cell.data() + 4, static_cast<std::uint64_t>(children[i].last_row));
        content -= size;
        std::ranges::copy(Bytes { cell }.first(size), page.begin() + static_cast<std::ptrdiff_t>(content));
        put_big16(page, header + kInteriorHeader + kPointer * i, content);
    }
    put_big16(page, header + 3, children.size() - 1);
    put_big16(page, header + 5, content);
    put_big32(page, header + 8, children.back().page);
    return page;
}

} // namespace exhibit
