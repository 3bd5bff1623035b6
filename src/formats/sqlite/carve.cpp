// How SQLite frees a cell: it becomes a free block, whose first two bytes name the next one and whose
// next two its size, unless it was the lowest cell, which the unallocated gap then swallows as it is.
// https://www.sqlite.org/fileformat2.html#b_tree_pages
#include "formats/sqlite/carve.hpp"

#include "formats/sqlite/carve_evidence.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <map>

namespace exhibit::sqlite {

namespace {

/// Whether nothing was ever written there, as in the gap of most pages that rows were only added to.
bool is_blank(Bytes page, Region const& region)
{
    auto const bytes = page.subspan(region.begin, region.end - region.begin);
    return bytes.empty()
        || (bytes.front() == std::byte {}
            && std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0);
}

/// Whether four zeros stand there.
bool is_zero(Bytes page, std::size_t at, std::size_t end)
{
    std::uint32_t four = 1;
    if (end - at >= sizeof four)
        std::memcpy(&four, page.subspan(at, sizeof four).data(), sizeof four);
    return four == 0;
}

bool are_blank(Bytes page, std::span<Region const> regions)
{
    return std::ranges::all_of(regions, [&](Region const& region) { return is_blank(page, region); });
}

/// The cell pointers of an earlier, fuller state of the page that still stand behind those in force, and
/// where they end.
std::pair<PlaceSet, std::size_t> stale_pointers(BTreePage const& page)
{
    PlaceSet pointed { page.bytes.size() + 1 };
    auto at = page.pointers_end();
    for (; at + 2 <= page.bytes.size(); at += 2) {
        auto const target = big16(page.bytes, at);
        if (target <= at || target >= page.bytes.size())
            break;
        pointed.add(target);
    }
    return { std::move(pointed), at };
}

/// Keeps the best rows that do not overlap, in the order of their place. A row in whose bytes a whole one
/// begins is none: that one was written later, over its end, and against what lay there.
std::vector<CarvedRow> without_overlaps(std::vector<CarvedRow> rows)
{
    std::vector<std::size_t> whole;
    std::vector<std::size_t> against;
    for (auto const& row : rows)
        if (row.exact || (row.rowid && row.bits >= kEnough)) {
            whole.push_back(row.at);
            if (row.ends_well)
                against.push_back(row.at);
        }
    std::ranges::sort(whole);
    std::ranges::sort(against);
    std::erase_if(rows, [&](CarvedRow const& row) {
        auto const& others = row.rowid && row.ends_well ? against : whole;
        auto const next = std::ranges::upper_bound(others, row.at);
        return next != others.end() && *next < row.end();
    });
    std::ranges::stable_sort(rows, std::ranges::greater {}, &CarvedRow::bits);
    std::map<std::size_t, CarvedRow> kept; // By place.
    for (auto& row : rows) {
        auto const after = kept.lower_bound(row.at);
        bool const overlaps = (after != kept.end() && after->first < row.end())
            || (after != kept.begin() && std::prev(after)->second.end() > row.at);
        if (!overlaps)
            kept.emplace_hint(after, row.at, std::move(row));
    }
    std::vector<CarvedRow> all;
    all.reserve(kept.size());
    for (auto& [at, row] : kept)
        all.push_back(std::move(row));
    return all;
}

} // namespace

std::vector<Region> unused_regions(BTreePage const& page)
{
    std::vector<Region> regions;
    auto const content = std::min(page.content, page.bytes.size());
    if (page.pointers_end() < content)
        regions.push_back({ page.pointers_end(), content, false, true });
    auto const last = page.bytes.size();
    auto at = page.first_free;
    for (std::size_t least = content; at >= least && at + 4 <= last;) {
        auto const size = big16(page.bytes, at + 2);
        if (size < 4 || at + size > last)
            break;
        regions.push_back({ at, at + size, true, false });
        least = at + size;
        at = big16(page.bytes, at);
    }
    return regions;
}

bool is_blank(BTreePage const& page)
{
    return are_blank(page.bytes, unused_regions(page));
}

std::optional<Carver::Types> Carver::read_types(
    RowTest const& test, Bytes bytes, std::size_t count, std::size_t first_place)
{
    Types types;
    m_fields.clear(); // Nearly all attempts fail: a list of their own would be made in vain.
    for (std::size_t place = first_place; place < count; ++place) {
        auto const type = read_varint(bytes.subspan(std::min(types.size, bytes.size())));
        ++m_work;
        if (!type || !is_shortest(*type) || !test.is_type(type->value, place))
            return std::nullopt;
        m_fields.push_back({ type->value, {} });
        types.size += type->size;
        types.body += body_size(type->value).value_or(0);
        if (types.body > 1U << 30U)
            return std::nullopt;
    }
    types.fields = m_fields;
    return types;
}

/// Gives the fields from `from_place` on their bodies, which follow the header in `local`, and adds up
/// the evidence of all.
bool Carver::fill(
    RowTest const& test, CarvedRow& row, Bytes local, std::size_t header, bool own, std::size_t from_place)
{
    auto body = local.subspan(header);
    row.whole = row.fields.size();
    for (std::size_t place = from_place; place < row.fields.size(); ++place) {
        auto const size = body_size(row.fields[place].type).value_or(0);
        if (size > body.size()) {
            row.whole = place;
            break;
        }
        row.fields[place].body = body.first(size);
        body = body.subspan(size);
    }
    m_work += local.size();
    // Where a cell's sizes are gone, an unusual value is rather a wrong reading.
    if (!row.rowid && !test.shape().without_rowid && !test.is_usual(row.fields, from_place))
        return false;
    if (!test.is_ordinary(row.fields, from_place, row.whole))
        return false;
    auto const bits = test.evidence(row.fields, row.whole, own, from_place);
    row.bits += bits.value_or(0);
    if (!row.rowid)
        row.bits -= kUnfamiliar * static_cast<int>(test.count_unfamiliar(row.fields, from_place));
    return bits.has_value();
}

/// A cell whose first bytes are there, and whose sizes agree with each other.
std::optional<Carver::Head> Carver::read_head(Bytes page, std::size_t at)
{
    ++m_work;
    auto const bytes = page.subspan(at);
    auto const payload = read_varint(bytes);
    if (!payload || payload->value < 2 || !is_shortest(*payload))
        return std::nullopt;
    Head head;
    head.row.at = at;
    head.record_at = at + payload->size;
    bool const has_rowid = !m_test.shape().without_rowid;
    if (has_rowid) {
        auto const rowid = read_varint(bytes.subspan(payload->size));
        if (!rowid || !is_shortest(*rowid))
            return std::nullopt;
        head.record_at += rowid->size;
        head.row.rowid = static_cast<std::int64_t>(rowid->value);
    }
    auto const local
        = local_size(has_rowid ? PageKind::table_leaf : PageKind::index_leaf, payload->value, m_usable);
    auto const record = page.subspan(head.record_at);
    auto const header = read_varint(record);
    if (!header || !is_shortest(*header) || header->value <= header->size || header->value > record.size()
        || header->value > local)
        return std::nullopt;
    auto types = record.subspan(header->size, header->value - header->size);
    std::uint64_t body = 0;
    while (!types.empty()) {
        auto const type = read_varint(types);
        ++m_work;
        if (!type || !is_shortest(*type) || head.row.fields.size() == m_test.shape().stored.size()
            || !m_test.is_type(type->value, head.row.fields.size()))
            return std::nullopt;
        head.row.fields.push_back({ type->value, {} });
        body += body_size(type->value).value_or(0);
        types = types.subspan(type->size);
    }
    if (body != payload->value - header->value)
        return std::nullopt;
    head.header = header->value;
    head.local = local;
    head.row.types_at = head.record_at + header->size;
    auto const size = head.record_at - at + local + (local < payload->value ? 4 : 0);
    head.row.size = std::max<std::size_t>(size, 4);
    head.row.bits = (payload->size == 1 ? 7 : 12) + 7;
    if (head.row.rowid && *head.row.rowid <= 0)
        head.row.bits -= 8; // Legal, and rare.
    return head;
}

bool Carver::has_start_in(Try const& attempt, CarvedRow const& row)
{
    return attempt.starts.next(row.at + 1, row.end()) != PlaceSet::kNone;
}

/// Whether another cell was written over the end of the row. A page that was given to another tree, or that
/// became an interior page for a time, holds whole rows still, and cells of its other life that are gone as
/// well. Not so a free block of a leaf: all that was ever in it since the page became one is rows of its
/// table.
bool Carver::is_overwritten(Try const& attempt, CarvedRow const& row, Marks const& marks)
{
    auto const edge = marks.interior ? attempt.region.end : attempt.page.size();
    if (row.in_block) // But for the time in which a root was an interior page.
        return m_overwriting.has_interior_cell(attempt.page, { row.types_at, row.types_at, row.end() }, edge);
    auto body_at = row.types_at;
    for (auto const& field : row.fields)
        body_at += varint_size(field.type);
    return m_overwriting.begins_in(attempt.page, { row.types_at, body_at, row.end() }, edge);
}

/// Whether a cell begins here over whose header, but for its first bytes, another one was written: what lies
/// before it still ends here.
bool Carver::is_cut_head(Try const& attempt, std::size_t at)
{
    auto const bytes = attempt.page.subspan(at, attempt.region.end - at);
    std::size_t place = 0;
    std::uint64_t rowid = 0;
    for (int number = 0; number < (m_test.shape().without_rowid ? 1 : 2); ++number) {
        auto const read = read_varint(bytes.subspan(place));
        if (!read || !is_shortest(*read) || read->value == 0)
            return false;
        place += read->size;
        rowid = read->value;
    }
    auto const header = read_varint(bytes.subspan(place));
    auto const most = m_test.shape().stored.size();
    if (!header || !is_shortest(*header) || header->value <= most || header->value > 3 * most + 2)
        return false;
    auto const end = place + header->value;
    place += header->size;
    for (std::size_t field = 0; field != most && place < end; ++field) {
        if (place == bytes.size())
            return is_cut_at_end(attempt, rowid);
        auto const type = read_varint(bytes.subspan(std::min(place, bytes.size())));
        ++m_work;
        if (!type || !is_shortest(*type) || !m_test.is_type(type->value, field))
            return false;
        place += type->size;
        if (place < bytes.size() && attempt.starts[at + place])
            return place < end;
    }
    return false;
}

/// Whether the row that begins behind the free block has the same id: it was written anew over the end of its
/// earlier, longer version.
bool Carver::is_cut_at_end(Try const& attempt, std::uint64_t rowid) const
{
    if (!attempt.region.block || m_test.shape().without_rowid)
        return false;
    auto const next = attempt.page.subspan(attempt.region.end);
    auto const payload = read_varint(next);
    auto const id = payload ? read_varint(next.subspan(payload->size)) : std::nullopt;
    return id && id->value == rowid;
}

void Carver::try_intact(Try& attempt, std::size_t at)
{
    auto head = read_head(attempt.page, at);
    bool const index = m_test.shape().index; // Whose ends have to be sure.
    if (!head) {
        if (!index && is_cut_head(attempt, at))
            attempt.starts.add(at);
        return;
    }
    bool const known_count = m_test.is_known_count(head->row.fields.size());
    if (head->row.end() > attempt.region.end
        || !fill(m_test, head->row, attempt.page.subspan(head->record_at, head->local), head->header,
            attempt.own, 0)) {
        if (known_count && !index)
            attempt.starts.add(at); // It was overwritten; what lies before it still ends here.
        return;
    }
    attempt.starts.add(at);
    attempt.ends.add(head->row.end());
    attempt.rows.push_back(std::move(head->row));
}

/// A block that was merged into a larger one, or into the gap, keeps its size and the offset of the
/// block that followed it then.
void Carver::try_headless(Try& attempt, std::size_t at, Marks const& marks)
{
    bool const index = m_test.shape().index;
    if ((m_test.shape().without_rowid && !index) || at + kOverwritten > attempt.region.end)
        return;
    if (attempt.region.block && at == attempt.region.begin) {
        index ? headless_entry(attempt, at, attempt.region.end)
              : headless(attempt, at, attempt.region.end, true);
        return;
    }
    auto const end = end_of_block(attempt.page, at);
    if (!end)
        return;
    // Even a block of which only the beginning is left shows where the row before it ended.
    bool const ends_well = *end < attempt.starts.size()
        && (*end == attempt.region.end || attempt.starts[*end] || marks.edges[*end]);
    auto const next = big16(attempt.page, at);
    bool const leads_on = next != 0 && next < marks.edges.size() && marks.edges[next];
    if (!index)
        headless_of_size(attempt, at, *end);
    else if (ends_well && *end <= attempt.region.end && (next == 0 || leads_on))
        headless_entry(attempt, at, *end);
    if (ends_well || leads_on || (!index && has_sure_types(attempt, at)))
        attempt.starts.add(at);
}

/// Where the free block ends whose header stands there, if it can be one.
std::optional<std::size_t> Carver::end_of_block(Bytes page, std::size_t at) const
{
    auto const next = big16(page, at);
    auto const size = big16(page, at + 2);
    auto const end = at + size;
    bool const is_any = size >= 4 && end <= m_usable && (next == 0 || (next >= end && next < m_usable));
    return is_any ? std::optional { end } : std::nullopt;
}

/// A row whose block ended there when its header was written.
void Carver::headless_of_size(Try& attempt, std::size_t at, std::size_t end)
{
    auto const count = attempt.rows.size();
    headless(attempt, at, std::min(end, attempt.region.end), end <= attempt.region.end);
    if (attempt.rows.size() != count)
        attempt.rows.back().exact = attempt.rows.back().end() == end;
}

Carver::Marks Carver::marks_of(BTreePage const& page, std::vector<Region> const& regions)
{
    auto [pointed, stale_end] = stale_pointers(page);
    bool const interior = page.kind == PageKind::table_interior || page.kind == PageKind::index_interior;
    Marks marks { PlaceSet { page.bytes.size() + 1 }, std::move(pointed), stale_end,
        page.kind == PageKind::table_leaf, interior, id_sizes_of(page) };
    for (std::size_t i = 0; i < page.cells; ++i) {
        auto const at = page.cell_at(i);
        auto const cell = at ? read_cell(page, *at) : std::nullopt;
        if (!cell)
            continue;
        marks.edges.add(cell->at);
        marks.edges.add(cell->at + cell->size);
    }
    for (auto const& region : regions) {
        marks.edges.add(region.begin);
        marks.edges.add(region.end);
    }
    return marks;
}

/// Rows that are gone had ids between or near those of the others.
Carver::IdSizes Carver::id_sizes_of(BTreePage const& page)
{
    if (page.kind != PageKind::table_leaf)
        return {};
    std::size_t smallest = page.usable;
    std::int64_t first = std::numeric_limits<std::int64_t>::max();
    std::int64_t last = 0;
    for (std::size_t i = 0; i < page.cells; ++i) {
        auto const cell = cell_of(page, i);
        if (!cell || cell->rowid < 0)
            return {};
        smallest = std::min(smallest, cell->size);
        first = std::min(first, cell->rowid);
        last = std::max(last, cell->rowid);
    }
    if (last == 0)
        return {};
    auto const near
        = static_cast<std::int64_t>(2 * std::size_t { page.usable } / std::max<std::size_t>(smallest, 4));
    return { varint_size(static_cast<std::uint64_t>(std::max<std::int64_t>(first - near, 1))),
        varint_size(static_cast<std::uint64_t>(last) + static_cast<std::uint64_t>(near)) };
}

std::vector<CarvedRow> Carver::carve(Bytes page, Region region, bool own, Marks const& marks)
{
    if (region.end > page.size() || region.begin >= region.end || is_blank(page, region))
        return {};
    PlaceSet const nothing { page.size() + 1 };
    Try attempt { page, region, own, marks.ids, nothing, nothing, {} };
    if (region.cut)
        attempt.starts.add(region.end); // The first cell in force.
    for (auto at = region.end; at-- > region.begin && m_work < m_most_work;) {
        bool const is_block = region.block && at == region.begin;
        if (!is_block
            && is_zero(page, at, region.end)) // Most of a gap that was written to; no cell and no block.
            continue;
        if (!is_block)
            try_intact(attempt, at);
        try_headless(attempt, at, marks);
    }
    if (region.cut)
        for (auto cut = region.begin;
            cut <= marks.stale_end && m_work < m_most_work && !try_cut(attempt, cut); cut += 2) { }
    return without_overlaps(likely(attempt, marks));
}

/// Whether it is likely enough, with what its place adds to that.
bool Carver::is_likely(Try const& attempt, CarvedRow& row, Marks const& marks) const
{
    bool const ends_well = row.end() == attempt.region.end || attempt.starts[row.end()];
    row.ends_well = ends_well;
    if (!row.rowid && !m_test.shape().without_rowid)
        return true; // Anchored already.
    bool const begins_well = marks.pointed[row.at] || attempt.ends[row.at];
    if (!ends_well && has_start_in(attempt, row))
        return false; // Something was written over its end.
    // Fewer fields than any live row has, and nothing around: sizes of one text make rows in the midst of
    // another.
    if (!ends_well && !begins_well && !m_test.is_known_count(row.fields.size()))
        return false;
    if (m_test.shape().index)
        row.doubtful = row.doubtful || !ends_well || !m_test.are_lines(row.fields);
    row.bits += (ends_well ? kAgainstRow : 0) + (begins_well ? kAgainstRow : 0);
    return row.bits >= kEnough;
}

/// Whether the last bytes of the row are the first ones of the cell behind it as it was when it was a few
/// bytes longer: too few for a free block, they stay.
bool Carver::ends_in_fragment(Try const& attempt, CarvedRow const& row) const
{
    constexpr std::size_t most = 3;
    if (!attempt.region.block || row.end() != attempt.region.end || m_test.shape().without_rowid)
        return false;
    auto const next = attempt.page.subspan(row.end());
    auto const payload = read_varint(next);
    if (!payload || payload->size > most || payload->size + most > next.size())
        return false;
    auto const was_longer = [&](std::size_t by) {
        auto const size = varint_size(payload->value + by);
        for (std::size_t i = 0; i < by; ++i)
            if (attempt.page[row.end() - by + i]
                != (i < size ? varint_byte(payload->value + by, i) : next[payload->size + i - size]))
                return false;
        return true;
    };
    return was_longer(2) || was_longer(most); // A single byte is such by accident.
}

std::vector<CarvedRow> Carver::likely(Try& attempt, Marks const& marks)
{
    std::vector<CarvedRow> good;
    for (auto& row : attempt.rows) {
        row.doubtful = row.doubtful || ends_in_fragment(attempt, row);
        row.in_block = attempt.region.block && marks.leaf;
        if (is_likely(attempt, row, marks) && !is_overwritten(attempt, row, marks))
            good.push_back(std::move(row));
    }
    return good;
}

std::vector<CarvedRow> Carver::carve(BTreePage const& page, bool own, bool others)
{
    std::vector<CarvedRow> rows;
    auto const regions = unused_regions(page);
    if (are_blank(page.bytes, regions))
        return rows;
    auto marks = marks_of(page, regions);
    marks.leaf = marks.leaf || (m_test.shape().index && page.kind == PageKind::index_leaf);
    for (auto const& region : regions) {
        if (others && region.block)
            continue;
        auto found = carve(page.bytes, region, own, marks);
        std::ranges::move(found, std::back_inserter(rows));
    }
    return rows;
}

std::vector<CarvedRow> Carver::carve(Bytes page, Region region, bool own)
{
    PlaceSet const nothing { page.size() + 1 };
    return carve(page, region, own, { nothing, nothing, 0, false, false, {} });
}

} // namespace exhibit::sqlite
