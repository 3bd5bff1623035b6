// "B-tree Pages", https://www.sqlite.org/fileformat2.html#b_tree_pages
#include "formats/sqlite/btree.hpp"

#include "formats/sqlite/carve.hpp"

#include <algorithm>

namespace exhibit::sqlite {

namespace {

constexpr std::size_t kDatabaseHeader = 100; ///< before the b-tree header of page 1

template<std::unsigned_integral T> T big(Bytes bytes, std::size_t at)
{
    return Reader { bytes.subspan(std::min(at, bytes.size())) }.big<T>().value_or(0);
}

std::optional<PageKind> kind_of(std::byte flag)
{
    switch (static_cast<unsigned>(flag)) {
    case 2:
        return PageKind::index_interior;
    case 5:
        return PageKind::table_interior;
    case 10:
        return PageKind::index_leaf;
    case 13:
        return PageKind::table_leaf;
    default:
        return std::nullopt;
    }
}

} // namespace

std::optional<BTreePage> read_page(Bytes bytes, std::uint32_t number, std::uint32_t usable)
{
    auto const at = number == 1 ? kDatabaseHeader : 0;
    if (bytes.size() < at + 12)
        return std::nullopt;
    auto const kind = kind_of(bytes[at]);
    if (!kind)
        return std::nullopt;
    BTreePage page;
    page.kind = *kind;
    page.bytes = bytes.first(std::min<std::size_t>(bytes.size(), usable));
    page.usable = usable;
    page.first_free = big<std::uint16_t>(bytes, at + 1);
    page.cells = big<std::uint16_t>(bytes, at + 3);
    page.content = big<std::uint16_t>(bytes, at + 5);
    if (page.content == 0)
        page.content = 65'536;
    page.fragments = static_cast<std::size_t>(bytes[at + 7]);
    page.right_child = is_leaf(*kind) ? 0 : big<std::uint32_t>(bytes, at + 8);
    page.pointers = at + (is_leaf(*kind) ? 8 : 12);
    if (page.pointers_end() > usable)
        return std::nullopt;
    return page;
}

std::uint64_t local_size(PageKind kind, std::uint64_t payload, std::uint32_t usable)
{
    std::uint64_t const u = usable;
    auto const most = kind == PageKind::table_leaf ? u - 35 : (u - 12) * 64 / 255 - 23;
    if (payload <= most)
        return payload;
    auto const least = (u - 12) * 32 / 255 - 23;
    auto const wanted = least + (payload - least) % (u - 4);
    return wanted <= most ? wanted : least;
}

std::optional<Cell> read_cell(BTreePage const& page, std::size_t at)
{
    if (at < page.pointers_end() || at >= page.bytes.size())
        return std::nullopt;
    Cell cell;
    cell.at = at;
    auto rest = page.bytes.subspan(at);
    auto const whole = rest.size();
    if (!is_leaf(page.kind)) {
        if (rest.size() < 4)
            return std::nullopt;
        cell.child = big<std::uint32_t>(rest, 0);
        rest = rest.subspan(4);
    }
    if (page.kind != PageKind::table_interior) {
        auto const payload = read_varint(rest);
        if (!payload)
            return std::nullopt;
        cell.payload = payload->value;
        rest = rest.subspan(payload->size);
    }
    if (is_table(page.kind)) {
        auto const rowid = read_varint(rest);
        if (!rowid)
            return std::nullopt;
        cell.rowid = static_cast<std::int64_t>(rowid->value);
        rest = rest.subspan(rowid->size);
    }
    if (page.kind != PageKind::table_interior) {
        auto const local = local_size(page.kind, cell.payload, page.usable);
        bool const spills = local < cell.payload;
        if (local > rest.size() || (spills && rest.size() - local < 4))
            return std::nullopt;
        cell.local = rest.first(local);
        rest = rest.subspan(local);
        if (spills) {
            cell.overflow = big<std::uint32_t>(rest, 0);
            rest = rest.subspan(4);
        }
    }
    cell.size = whole - rest.size();
    return cell;
}

Result<Bytes> read_payload(Pages const& pages, Cell const& cell, std::size_t most_bytes,
    std::vector<std::byte>& buffer, std::function<bool(std::uint32_t)> const& visit)
{
    if (cell.payload == cell.local.size())
        return cell.local;
    if (cell.payload > most_bytes)
        return fail(Fault::over_limit, "record is larger than the limit allows", cell.payload);
    buffer.assign(cell.local.begin(), cell.local.end());
    std::vector<std::byte> page_buffer;
    auto number = cell.overflow;
    while (buffer.size() < cell.payload) {
        auto const page = EXHIBIT_TRY(pages.page(number, page_buffer));
        if (visit && !visit(number))
            return fail(Fault::malformed, "record runs into a page that is in use", number);
        auto const wanted = std::min<std::size_t>(cell.payload - buffer.size(), pages.header().usable() - 4U);
        if (page.size() < wanted + 4)
            return fail(Fault::truncated, "record ends on a page that is missing", number);
        auto const part = page.subspan(4, wanted);
        buffer.insert(buffer.end(), part.begin(), part.end());
        number = big<std::uint32_t>(page, 0);
    }
    if (number != 0)
        return fail(Fault::malformed, "record goes on behind its end", number);
    return Bytes { buffer };
}

PageSet::PageSet(Pages const& pages)
    : m_seen(std::size_t { pages.readable() } + 1)
{
}

bool PageSet::insert(std::uint32_t page)
{
    if (page == 0 || page >= m_seen.size() || m_seen[page])
        return false;
    m_seen[page] = true;
    return true;
}

namespace {

class Walker {
public:
    Walker(Pages const& pages, bool without_rowid, WalkLimits const& limits,
        std::function<Result<void>(TreeRow const&)> const& visit)
        : m_pages(pages)
        , m_index(without_rowid)
        , m_limits(limits)
        , m_visit(visit)
        , m_seen(pages)
        , m_window(pages)
    {
    }

    Result<Walk> walk(std::uint32_t root)
    {
        m_stack.push_back({ root, 0 });
        while (!m_stack.empty()) {
            if (m_limits.stop.stop_requested())
                return fail(Fault::cancelled, "cancelled");
            auto const step = m_stack.back();
            m_stack.pop_back();
            EXHIBIT_TRY(visit_page(step));
        }
        return m_walk;
    }

private:
    struct Step {
        std::uint32_t page = 0;
        unsigned depth = 0;
    };

    void damage(Fault fault, std::string_view what, std::uint32_t page)
    {
        if (!m_walk.damage)
            m_walk.damage = Error { fault, what, page };
    }

    Result<void> visit_page(Step step)
    {
        auto const number = step.page;
        bool const fresh = step.depth < kMostDepth && m_seen.insert(number);
        auto bytes = Bytes {};
        if (fresh)
            bytes = EXHIBIT_TRY(m_window.page(number));
        auto const page = read_page(bytes, number, m_pages.header().usable());
        if (!page || is_table(page->kind) == m_index) {
            ++m_walk.bad_pages;
            damage(Fault::malformed, "page of a table is missing or damaged", number);
            return {};
        }
        if (bytes.size() < m_pages.page_size()) {
            ++m_walk.bad_pages;
            damage(Fault::truncated, "page of a table is cut by the end of the file", number);
        }
        if (!is_leaf(page->kind))
            push_children(*page, step.depth);
        if (page->kind == PageKind::table_interior)
            return {};
        m_spills = false;
        for (std::size_t i = 0; i < page->cells; ++i)
            EXHIBIT_TRY(visit_cell(*page, number, i));
        if (m_limits.plain_leaves != nullptr && page->kind == PageKind::table_leaf && !m_spills
            && is_blank(*page))
            mark_plain(number);
        return {};
    }

    void mark_plain(std::uint32_t page)
    {
        auto& plain = *m_limits.plain_leaves;
        if (plain.size() <= page)
            plain.resize(std::size_t { m_pages.readable() } + 1);
        plain[page] = true;
    }

    void push_children(BTreePage const& page, unsigned depth)
    {
        m_stack.push_back({ page.right_child, depth + 1 });
        for (auto i = page.cells; i-- > 0;) { // In reverse: the first child is to be on top.
            auto const at = page.cell_at(i);
            auto const cell = at ? read_cell(page, *at) : std::nullopt;
            if (cell) {
                m_stack.push_back({ cell->child, depth + 1 });
                continue;
            }
            ++m_walk.bad_cells;
            damage(Fault::malformed, "part of a table cannot be reached: its pointer is damaged", 0);
        }
    }

    Result<void> visit_cell(BTreePage const& page, std::uint32_t number, std::size_t index)
    {
        auto const at = page.cell_at(index);
        auto const cell = at ? read_cell(page, *at) : std::nullopt;
        m_spills = m_spills || !cell || cell->overflow != 0;
        // Each overflow page serves one row: this also bounds the work that crafted chains can cause.
        auto const claim = [this](std::uint32_t page_number) { return m_seen.insert(page_number); };
        auto const payload = cell ? read_payload(m_pages, *cell, m_limits.record_bytes, m_payload, claim)
                                  : Result<Bytes> { fail(Fault::malformed, "row is damaged") };
        if (!payload.has_value() && payload.error().fault == Fault::io)
            return std::unexpected(payload.error());
        if (!payload.has_value() || !split_record(*payload, m_limits.fields, m_fields)) {
            ++m_walk.bad_cells;
            damage(Fault::malformed, "row is damaged", number);
            return {};
        }
        ++m_walk.rows;
        return m_visit({ cell->rowid, m_fields, *payload, number, cell->at });
    }

    Pages const& m_pages;
    bool m_index;
    WalkLimits const& m_limits;
    std::function<Result<void>(TreeRow const&)> const& m_visit;
    PageSet m_seen;
    std::vector<Step> m_stack;
    PageWindow m_window;
    bool m_spills = false; ///< a row of the page goes on elsewhere, or cannot be read
    std::vector<std::byte> m_payload;
    std::vector<Field> m_fields;
    Walk m_walk;
};

} // namespace

Result<Walk> walk_rows(Pages const& pages, std::uint32_t root, bool without_rowid, WalkLimits const& limits,
    std::function<Result<void>(TreeRow const&)> const& visit)
{
    return Walker { pages, without_rowid, limits, visit }.walk(root);
}

std::vector<std::uint32_t> tree_pages(Pages const& pages, std::uint32_t root)
{
    PageSet seen { pages };
    std::vector<std::uint32_t> found;
    std::vector<std::byte> buffer;
    for (std::vector<std::uint32_t> open { root }; !open.empty();) {
        auto const number = open.back();
        open.pop_back();
        if (!seen.insert(number))
            continue;
        found.push_back(number);
        auto const bytes = pages.page(number, buffer);
        auto const page
            = bytes ? read_page(*bytes, number, pages.header().usable()) : std::optional<BTreePage> {};
        if (!page || page->kind != PageKind::table_interior)
            continue;
        open.push_back(page->right_child);
        for (std::size_t i = 0; i != page->cells; ++i)
            if (auto const cell = cell_of(*page, i))
                open.push_back(cell->child);
    }
    return found;
}

Result<Cell> cell_of(BTreePage const& page, std::size_t index)
{
    auto const at = page.cell_at(index);
    auto const cell = at ? read_cell(page, *at) : std::nullopt;
    if (!cell)
        return fail(Fault::malformed, "row is damaged");
    return *cell;
}

Result<std::optional<Cell>> first_not_below(BTreePage const& page, std::int64_t rowid)
{
    std::size_t first = 0;
    std::optional<Cell> found;
    for (auto count = page.cells; count > 0;) {
        auto const half = count / 2;
        auto const cell = EXHIBIT_TRY(cell_of(page, first + half));
        if (cell.rowid < rowid) {
            first += half + 1;
            count -= half + 1;
        } else {
            found = cell;
            count = half;
        }
    }
    return found;
}

Result<bool> find_row(Pages const& pages, std::uint32_t root, std::int64_t rowid, WalkLimits const& limits,
    std::function<void(TreeRow const&)> const& visit)
{
    std::vector<std::byte> buffer;
    auto number = root;
    for (unsigned depth = 0; depth < kMostDepth && number != 0 && number <= pages.readable(); ++depth) {
        auto const bytes = EXHIBIT_TRY(pages.page(number, buffer));
        auto const page = read_page(bytes, number, pages.header().usable());
        if (!page || !is_table(page->kind))
            return false;
        auto const found = first_not_below(*page, rowid);
        if (!found)
            return false;
        auto const& cell = *found;
        if (page->kind == PageKind::table_interior) {
            number = cell ? cell->child : page->right_child;
            continue;
        }
        if (!cell || cell->rowid != rowid)
            return false;
        std::vector<std::byte> payload_buffer;
        std::vector<Field> fields;
        auto const payload = read_payload(pages, *cell, limits.record_bytes, payload_buffer);
        if (!payload.has_value() || !split_record(*payload, limits.fields, fields))
            return false;
        visit({ cell->rowid, fields, *payload, number, cell->at });
        return true;
    }
    return false;
}

} // namespace exhibit::sqlite
