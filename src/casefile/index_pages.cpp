#include "casefile/index_pages.hpp"

#include "casefile/page_layout.hpp"

#include <array>

namespace exhibit {
namespace {

/// "Database File Format" of the SQLite documentation, 1.6: what a cell of an index holds without an
/// overflow.
constexpr std::size_t kMaxIndexLocal = (kPageSize - 12) * 64 / 255 - 23;

/// A record that stands between two leaves, and the leaf before it.
struct Divider {
    std::uint32_t leaf;
    Bytes record;
};

void add_cell(Cells& cells, Bytes record)
{
    add_varint(cells.bytes, record.size());
    cells.bytes.add(record);
    cells.end(0);
}

Result<std::uint32_t> write_page(PageFile& file, std::uint32_t page, Cells& cells)
{
    ByteBuffer bytes;
    add_leaf_page(cells, PageKind::index_leaf, bytes);
    cells.clear();
    EXHIBIT_TRY(file.write(page, bytes.bytes()));
    return page;
}

Result<void> write_root(
    PageFile& file, std::uint32_t root, std::span<Divider const> dividers, std::uint32_t last)
{
    std::vector<std::byte> page(kPageSize);
    auto content = kPageSize;
    auto pointer = kInteriorHeader;
    for (auto const& divider : dividers) {
        ByteBuffer cell;
        put_big32({ cell.room(sizeof divider.leaf), sizeof divider.leaf }, 0, divider.leaf);
        cell.take(sizeof divider.leaf);
        add_varint(cell, divider.record.size());
        cell.add(divider.record);
        if (pointer + kPointer + cell.size() > content)
            return fail(Fault::over_limit, "a case cannot describe so many artifacts");
        content -= cell.size();
        std::ranges::copy(cell.bytes(), page.begin() + static_cast<std::ptrdiff_t>(content));
        put_big16(page, pointer, content);
        pointer += kPointer;
    }
    page[0] = static_cast<std::byte>(PageKind::index_interior);
    put_big16(page, 3, dividers.size());
    put_big16(page, 5, content);
    put_big32(page, 8, last);
    return file.write(root, page);
}

} // namespace

Result<void> build_index(PageFile& file, std::uint32_t root, std::span<std::vector<std::byte> const> records)
{
    std::vector<Divider> dividers;
    Cells open;
    for (std::size_t i = 0; i != records.size(); ++i) {
        if (records[i].size() > kMaxIndexLocal)
            return fail(Fault::over_limit, "a name is too long for a case");
        // What stands between two leaves is in none of them, and the last leaf needs a record too: there is
        // always room for one more.
        auto const room = records[i].size() + kMaxIndexLocal + 2 * kLongestVarint + kPointer;
        if (i + 1 == records.size() || fits_one_leaf(open, room)) {
            add_cell(open, records[i]);
        } else {
            auto const leaf = EXHIBIT_TRY(write_page(file, file.allocate(1), open));
            dividers.push_back({ leaf, records[i] });
        }
    }
    auto const last = EXHIBIT_TRY(write_page(file, dividers.empty() ? root : file.allocate(1), open));
    return dividers.empty() ? Result<void> {} : write_root(file, root, dividers, last);
}

} // namespace exhibit
