#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "formats/sqlite/pages.hpp"
#include "formats/sqlite/record.hpp"

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <stop_token>
#include <vector>

namespace exhibit::sqlite {

inline constexpr unsigned kMostDepth = 24; ///< of a tree; SQLite's own limit is 20

enum class PageKind : std::uint8_t {
    index_interior = 2,
    table_interior = 5,
    index_leaf = 10,
    table_leaf = 13
};

constexpr bool is_leaf(PageKind kind)
{
    return kind == PageKind::index_leaf || kind == PageKind::table_leaf;
}
constexpr bool is_table(PageKind kind)
{
    return kind == PageKind::table_interior || kind == PageKind::table_leaf;
}

/// A page of a b-tree, its header read. Offsets count from the first byte of the page.
struct BTreePage {
    PageKind kind = PageKind::table_leaf;
    Bytes bytes; ///< without the reserved bytes at the end; less where the file ends
    std::uint32_t usable = 0;
    std::size_t first_free = 0; ///< offset of the first free block, 0 for none
    std::size_t cells = 0; ///< as the header says
    std::size_t content = 0; ///< where cells begin
    std::size_t fragments = 0; ///< free bytes too few for a block of their own
    std::uint32_t right_child = 0; ///< of an interior page
    std::size_t pointers = 0; ///< where the cell pointers begin

    [[nodiscard]] std::size_t pointers_end() const { return pointers + 2 * cells; }
    /// Where cell `index` begins; nothing where the pointer itself is missing.
    [[nodiscard]] std::optional<std::size_t> cell_at(std::size_t index) const
    {
        auto const at = pointers + 2 * index;
        if (index >= cells || at + 2 > bytes.size())
            return std::nullopt;
        return std::to_integer<std::size_t>(bytes[at]) << 8U | std::to_integer<std::size_t>(bytes[at + 1]);
    }
};

/// Nothing unless the bytes begin as a page of a b-tree does. `number` tells page 1 from others.
std::optional<BTreePage> read_page(Bytes bytes, std::uint32_t number, std::uint32_t usable);

struct Cell {
    std::size_t at = 0; ///< in the page
    std::size_t size = 0; ///< on the page
    std::uint32_t child = 0; ///< of an interior cell: what lies left of its key
    std::int64_t rowid = 0; ///< in table pages; of an interior one its key
    std::uint64_t payload = 0; ///< bytes of the whole record; 0 in interior table pages
    Bytes local; ///< the part of the record that is on the page
    std::uint32_t overflow = 0; ///< the page on which it goes on, 0 for none
};

/// Nothing where the cell does not lie wholly on the page.
std::optional<Cell> read_cell(BTreePage const& page, std::size_t at);

Result<Cell> cell_of(BTreePage const& page, std::size_t index);

/// The first cell of a page of a table whose row id is not below `rowid`, by the order that SQLite keeps
/// cells in. Fails where a cell on the way to it is damaged.
Result<std::optional<Cell>> first_not_below(BTreePage const& page, std::int64_t rowid);

/// How many bytes of a record stay on the page.
std::uint64_t local_size(PageKind kind, std::uint64_t payload, std::uint32_t usable);

/// A record's bytes: borrowed when they lie on the page, else gathered in `buffer`.
/// `visit`, when given, is told every overflow page, and ends the chain by returning false.
Result<Bytes> read_payload(Pages const& pages, Cell const& cell, std::size_t most_bytes,
    std::vector<std::byte>& buffer, std::function<bool(std::uint32_t)> const& visit = {});

/// A set of page numbers that a hostile page count cannot inflate: pages without bytes are in none.
class PageSet {
public:
    explicit PageSet(Pages const& pages);
    /// False when the page was in the set already or has no bytes.
    bool insert(std::uint32_t page);
    [[nodiscard]] bool contains(std::uint32_t page) const { return page < m_seen.size() && m_seen[page]; }

private:
    std::vector<bool> m_seen;
};

/// A row as a tree holds it; all borrowed until the visitor returns.
struct TreeRow {
    std::int64_t rowid = 0; ///< 0 in a table WITHOUT ROWID
    std::span<Field const> fields;
    Bytes payload; ///< the record that the fields are of
    std::uint32_t page = 0;
    std::size_t at = 0; ///< offset of its cell in the page
};

struct Walk {
    std::uint64_t rows = 0;
    std::uint64_t bad_pages = 0; ///< missing, of a wrong kind, or seen before
    std::uint64_t bad_cells = 0; ///< cells that could not be read whole
    std::optional<Error> damage; ///< the first, `at` being the page
};

struct WalkLimits {
    std::size_t fields = 2000;
    std::size_t record_bytes = 64U << 20U;
    std::stop_token stop = {};
    /// Where given, the walk marks the leaves of a table that hold whole rows and blank bytes and nothing
    /// else, by their numbers: what is gone is not looked for on them, and no row of theirs goes on
    /// elsewhere.
    std::vector<bool>* plain_leaves = nullptr;
};

/// Every row of the tree below `root`, past any damage: a bad page costs the rows below it, a bad cell
/// itself. Rows of a table come in the order of their ids; those of a table WITHOUT ROWID in none.
/// Fails when the visitor does, when cancelled, or when the source cannot be read.
Result<Walk> walk_rows(Pages const& pages, std::uint32_t root, bool without_rowid, WalkLimits const& limits,
    std::function<Result<void>(TreeRow const&)> const& visit);

/// The pages of a table below `root`, those of overflowing rows left out.
std::vector<std::uint32_t> tree_pages(Pages const& pages, std::uint32_t root);

/// Calls `visit` with the row of this id, if the tree has it and can be read as far as there.
/// Not for tables WITHOUT ROWID.
Result<bool> find_row(Pages const& pages, std::uint32_t root, std::int64_t rowid, WalkLimits const& limits,
    std::function<void(TreeRow const&)> const& visit);

} // namespace exhibit::sqlite
