// Free pages: https://www.sqlite.org/fileformat2.html#the_freelist
#include "formats/sqlite/page_map.hpp"

#include "formats/sqlite/carve.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace exhibit::sqlite {

namespace {

/// Whole pages that the database file holds, also behind the end that the database has by now.
std::uint32_t stored_pages(Pages const& pages)
{
    return static_cast<std::uint32_t>(
        std::min<std::uint64_t>(pages.main().size() / pages.page_size(), 0xffff'fffeU));
}

/// Children of an interior page, the key's left ones first.
std::vector<std::uint32_t> children(BTreePage const& page)
{
    std::vector<std::uint32_t> all;
    for (std::size_t i = 0; i < page.cells; ++i) {
        auto const at = page.cell_at(i);
        if (auto const cell = at ? read_cell(page, *at) : std::nullopt)
            all.push_back(cell->child);
    }
    all.push_back(page.right_child);
    return all;
}

/// Whether a cell says that its record does not end on the page, which few do.
bool may_spill(BTreePage const& page, std::size_t at)
{
    auto const before = is_leaf(page.kind) ? 0U : sizeof(std::uint32_t);
    auto const payload = read_varint(page.bytes.subspan(std::min(at + before, page.bytes.size())));
    return payload && local_size(page.kind, payload->value, page.usable) < payload->value;
}

void add_replaced_pages(Pages const& pages, std::vector<PageVersion>& versions)
{
    auto const stored = stored_pages(pages);
    for (auto const number : pages.replaced()) {
        if (number > stored)
            break;
        versions.push_back({ number, Recovered::replaced_page, &pages.main(),
            std::uint64_t { number - 1 } * pages.page_size(), 0 });
    }
    // What the database gave back while the file kept it.
    for (auto number = pages.count() + 1; number <= stored && number != 0; ++number)
        versions.push_back({ number, Recovered::free_page, &pages.main(),
            std::uint64_t { number - 1 } * pages.page_size(), 0 });
}

/// Images from before the last transaction; those of a hot journal are in force already.
Result<void> add_journal_pages(Pages const& pages, std::vector<PageVersion>& versions)
{
    auto const* const source = pages.journal_source();
    if (source == nullptr || pages.journal().hot)
        return {};
    auto const images = EXHIBIT_TRY(read_finished_journal(*source, pages.page_size()));
    for (auto const& image : images)
        versions.push_back({ image.page, Recovered::journal_page, source, image.offset, 0 });
    return {};
}

} // namespace

namespace {

/// How many frames belong to transactions that ended, behind damage too. (SQLite itself leaves wrong
/// checksums behind in a transaction that was broken off after it had written a page twice.)
std::size_t frames_of_ended(Wal const& wal)
{
    for (auto i = wal.frames.size(); i > 0; --i)
        if (wal.frames[i - 1].database_pages != 0 && wal.frames[i - 1].state != WalFrame::State::stale)
            return i;
    return 0;
}

} // namespace

Result<std::vector<PageVersion>> old_versions(Pages const& pages)
{
    std::vector<PageVersion> versions;
    add_replaced_pages(pages, versions);
    EXHIBIT_TRY(add_journal_pages(pages, versions));
    auto const& frames = pages.wal().frames;
    auto const ended = frames_of_ended(pages.wal());
    if (pages.wal().page_size == pages.page_size()
        && (pages.wal_applied() || pages.wal().database_pages == 0))
        for (std::size_t i = 0; i < frames.size(); ++i) {
            // Behind a damaged frame, or header, SQLite reads none; they are what they were all the same.
            if (frames[i].state == WalFrame::State::damaged && !frames[i].verified)
                continue;
            auto const current = pages.locate(frames[i].page);
            if (current.place == Pages::Place::wal && current.offset == frames[i].offset)
                continue;
            bool const in_force = frames[i].state == WalFrame::State::stale || i < ended;
            versions.push_back(
                { frames[i].page, in_force ? Recovered::wal_frame : Recovered::uncommitted_frame,
                    pages.wal_source(), frames[i].offset, static_cast<std::uint32_t>(i) + 1 });
        }
    return versions;
}

Result<Bytes> read_version(Pages const& pages, PageVersion const& version, std::vector<std::byte>& buffer)
{
    buffer.resize(pages.page_size());
    buffer.resize(EXHIBIT_TRY(version.source->read_at(version.offset, buffer)));
    return Bytes { buffer };
}

PageMap::PageMap(Pages const& pages)
    : m_pages(&pages)
    , m_uses(std::size_t { std::max(pages.readable(), stored_pages(pages)) } + 1)
    , m_owners(m_uses.size())
    , m_blank(m_uses.size())
{
}

Result<PageMap> PageMap::build(Pages const& pages, std::span<std::uint32_t const> roots,
    std::span<PageVersion const> versions, std::vector<bool> const& plain, std::stop_token const& stop)
{
    PageMap map { pages };
    for (std::size_t i = 0; i < roots.size(); ++i)
        EXHIBIT_TRY(map.add_tree(roots[i], static_cast<std::uint32_t>(i) + 1, plain, stop));
    EXHIBIT_TRY(map.add_free_list());
    EXHIBIT_TRY(map.add_old_owners(versions));
    if (pages.header().auto_vacuum)
        for (std::uint64_t page = 2; page <= map.last(); page += pages.header().usable() / 5 + 1)
            map.m_uses[page] = Use::other;
    return map;
}

Result<void> PageMap::add_tree(
    std::uint32_t root, std::uint32_t owner, std::vector<bool> const& plain, std::stop_token const& stop)
{
    std::vector<std::uint32_t> stack { root };
    PageWindow window { *m_pages };
    while (!stack.empty()) {
        if (stop.stop_requested())
            return fail(Fault::cancelled, "cancelled");
        auto const number = stack.back();
        stack.pop_back();
        if (number == 0 || number > m_pages->readable() || m_uses[number] != Use::unreached)
            continue;
        if (number < plain.size() && plain[number]) {
            m_uses[number] = Use::tree;
            m_blank[number] = true;
            own(number, owner);
            continue;
        }
        auto const bytes = EXHIBIT_TRY(window.page(number));
        auto const page = read_page(bytes, number, m_pages->header().usable());
        if (!page)
            continue;
        m_uses[number] = Use::tree;
        m_blank[number] = sqlite::is_blank(*page);
        own(number, owner);
        if (page->kind != PageKind::table_interior)
            add_overflow(*page);
        if (!is_leaf(page->kind)) {
            // The first child on top: in this order most pages lie one after the other in the file.
            auto const below = children(*page);
            stack.insert(stack.end(), below.rbegin(), below.rend());
        }
    }
    return {};
}

void PageMap::add_overflow(BTreePage const& page)
{
    std::array<std::byte, 4> next {};
    for (std::size_t i = 0; i < page.cells; ++i) {
        auto const at = page.cell_at(i);
        auto const cell = at && may_spill(page, *at) ? read_cell(page, *at) : std::nullopt;
        if (!cell)
            continue;
        auto number = cell->overflow;
        while (number != 0 && number <= m_pages->readable() && m_uses[number] == Use::unreached) {
            m_uses[number] = Use::overflow;
            auto const location = m_pages->locate(number);
            if (location.source->read_at(location.offset, next).value_or(0) < next.size())
                break;
            number = big32(next, 0);
        }
    }
}

Result<void> PageMap::add_free_list()
{
    std::vector<std::byte> buffer;
    auto trunk = m_pages->header().free_list;
    while (trunk != 0 && trunk <= m_pages->readable() && m_uses[trunk] == Use::unreached) {
        m_uses[trunk] = Use::free_trunk;
        auto const bytes = EXHIBIT_TRY(m_pages->page(trunk, buffer));
        auto const leaves = std::min<std::size_t>(big32(bytes, 4), bytes.size() / 4);
        for (std::size_t i = 0; i < leaves; ++i) {
            auto const leaf = big32(bytes, 8 + 4 * i);
            if (leaf != 0 && leaf <= m_pages->readable() && m_uses[leaf] == Use::unreached)
                m_uses[leaf] = Use::free_leaf;
        }
        trunk = big32(bytes, 0);
    }
    return {};
}

bool PageMap::own(std::uint32_t page, std::uint32_t owner)
{
    if (page == 0 || page >= m_owners.size() || owner == kNobody || m_owners[page] == owner
        || m_owners[page] == kSeveral)
        return false;
    m_owners[page] = m_owners[page] == kNobody ? owner : kSeveral;
    return true;
}

/// A page that an old version of an interior page points to belonged to the same tree then.
Result<void> PageMap::add_old_owners(std::span<PageVersion const> versions)
{
    struct Interior {
        std::uint32_t page = 0;
        std::vector<std::uint32_t> children;
    };
    std::vector<Interior> interiors;
    std::vector<std::byte> buffer;
    for (auto const& version : versions) {
        auto const bytes = EXHIBIT_TRY(read_version(*m_pages, version, buffer));
        auto const page = read_page(bytes, version.page, m_pages->header().usable());
        if (page && !is_leaf(page->kind))
            interiors.push_back({ version.page, children(*page) });
    }
    // Trees are shallow, so owners reach the lowest pages after a few rounds; a crafted chain is cut off.
    constexpr int most_rounds = 24;
    bool changed = true;
    for (int round = 0; changed && round < most_rounds; ++round) {
        changed = false;
        for (auto const& interior : interiors)
            for (auto const child : interior.children)
                changed = own(child, owner(interior.page)) || changed;
    }
    return {};
}

} // namespace exhibit::sqlite
