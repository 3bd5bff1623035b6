#include "formats/sqlite/row_reader.hpp"

#include <algorithm>

namespace exhibit::sqlite {

namespace {

constexpr std::size_t kMostCached = 6U
    << 20U; ///< bytes of pages: one that was read not long ago costs little

} // namespace

PageCache::PageCache(Pages const& pages)
    : m_pages(&pages)
    , m_slots(std::clamp<std::size_t>(pages.readable(), 1, kMostCached / pages.page_size()))
{
}

Result<Bytes> PageCache::page(std::uint32_t number)
{
    auto& slot = m_slots[number % m_slots.size()];
    if (slot.number != number || number == 0) {
        slot.number = 0;
        slot.bytes = EXHIBIT_TRY(m_pages->page(number, slot.buffer));
        slot.number = number;
    }
    return slot.bytes;
}

RowReader::RowReader(Pages const& pages, std::uint32_t root, WalkLimits const& limits)
    : m_pages(&pages)
    , m_root(root)
    , m_limits(limits)
    , m_cache(pages)
    // Several times what there is: rows may be asked for again. More is work that a crafted file causes.
    , m_spilled_left(4 * std::uint64_t { pages.readable() } * pages.page_size() + (64U << 20U))
{
}

Result<std::optional<TreeRow>> RowReader::find(std::int64_t rowid)
{
    if (rowid < m_first || rowid > m_last)
        EXHIBIT_TRY(go_to_leaf(rowid));
    // Ids mostly count up one by one.
    auto const guess = static_cast<std::uint64_t>(rowid) - static_cast<std::uint64_t>(m_first);
    if (guess < m_leaf.cells)
        if (auto const cell = EXHIBIT_TRY(cell_of(m_leaf, guess)); cell.rowid == rowid)
            return EXHIBIT_TRY(read(cell));
    auto const cell = EXHIBIT_TRY(first_not_below(m_leaf, rowid));
    if (!cell || cell->rowid != rowid)
        return std::nullopt;
    return EXHIBIT_TRY(read(*cell));
}

Result<void> RowReader::go_to_leaf(std::int64_t rowid)
{
    m_leaf = {};
    m_first = 0;
    m_last = -1;
    auto number = m_root;
    for (unsigned depth = 0; depth < kMostDepth; ++depth) {
        auto const bytes = EXHIBIT_TRY(m_cache.page(number));
        auto const page = read_page(bytes, number, m_pages->header().usable());
        if (!page || !is_table(page->kind) || bytes.size() < m_pages->page_size())
            return fail(Fault::malformed, "page of a table is missing or damaged", number);
        if (page->kind == PageKind::table_interior) {
            auto const cell = EXHIBIT_TRY(first_not_below(*page, rowid));
            number = cell ? cell->child : page->right_child;
            continue;
        }
        m_leaf = *page;
        m_leaf_number = number;
        if (page->cells != 0) {
            m_first = EXHIBIT_TRY(cell_of(*page, 0)).rowid;
            m_last = EXHIBIT_TRY(cell_of(*page, page->cells - 1)).rowid;
        }
        return {};
    }
    return fail(Fault::malformed, "tree of a table is deeper than any", m_root);
}

Result<TreeRow> RowReader::read(Cell const& cell)
{
    if (cell.overflow != 0) {
        if (cell.payload > m_spilled_left)
            return fail(Fault::over_limit, "rows are asked for again and again", m_leaf_number);
        m_spilled_left -= cell.payload;
    }
    auto const payload = EXHIBIT_TRY(read_payload(*m_pages, cell, m_limits.record_bytes, m_payload));
    if (!split_record(payload, m_limits.fields, m_fields))
        return fail(Fault::malformed, "row is damaged", m_leaf_number);
    return TreeRow { cell.rowid, m_fields, payload, m_leaf_number, cell.at };
}

} // namespace exhibit::sqlite
