#include "formats/sqlite/search.hpp"

#include <algorithm>

namespace exhibit::sqlite {

namespace {

/// How much better a row must suit its table than any other, in bits.
constexpr int kClearMargin = 10;
/// How telling a live row must be, in bits, for an image that shows it to be one of its table: short numbers
/// may stand in two tables.
constexpr int kProof = 24;
constexpr int kByPointer = 1000; ///< bits: the page itself says that a row begins there
constexpr std::size_t kMostImages = 8; ///< of one row that are remembered
constexpr std::uint64_t kMostBytes = 512U << 20U; ///< of memory for rows that were found

/// Whether the record is the one that SQLite puts into sqlite_schema first when it creates something, to keep
/// the place of the declaration (sqlite3StartTable in its build.c): a NULL for each of the five columns.
bool is_place_of_declaration(CarvedRow const& row)
{
    constexpr std::size_t columns = 5;
    return row.fields.size() == columns
        && std::ranges::all_of(row.fields, [](Field const& field) { return field.is_null(); });
}

/// Where the numbers of free pages end that a trunk page of the free list begins with, also those behind that
/// were taken off the list; 0 for other pages.
std::size_t end_of_trunk(Bytes bytes, std::size_t usable, std::uint32_t last)
{
    constexpr std::size_t head = 8;
    auto const is_page = [&](std::size_t at) {
        auto const number = big32(bytes, at);
        return number >= 2 && number <= last;
    };
    auto const leaves = big32(bytes, 4);
    if (big32(bytes, 0) > last || leaves > usable / 4)
        return 0;
    auto end = head;
    while (end + 4 <= usable && is_page(end))
        end += 4;
    return end >= head + std::size_t { 4 } * leaves ? end : 0;
}

/// Where records of the target hold each field of records of an earlier shape, `columns` being where that one
/// had each column of the target.
std::vector<std::optional<std::size_t>> places_in(
    TableShape const& target, TableShape const& earlier, std::span<std::optional<std::size_t> const> columns)
{
    std::vector<std::optional<std::size_t>> by_column(earlier.columns.size());
    for (std::size_t place = 0; place < target.stored.size(); ++place)
        if (auto const column = columns[target.stored[place]])
            by_column[*column] = place;
    std::vector<std::optional<std::size_t>> places;
    places.reserve(earlier.stored.size());
    for (auto const column : earlier.stored)
        places.push_back(by_column[column]);
    return places;
}

/// The cells that a page points to and that are whole, by their place. Of those that overlap, which SQLite
/// never writes, the first: else a crafted page shows one long row thousands of times.
std::vector<Cell> cells_of(BTreePage const& page)
{
    std::vector<Cell> cells;
    for (std::size_t i = 0; i < page.cells; ++i) {
        auto const at = page.cell_at(i);
        if (auto const cell = at ? read_cell(page, *at) : std::nullopt)
            cells.push_back(*cell);
    }
    std::ranges::stable_sort(cells, {}, &Cell::at);
    std::size_t end = 0;
    std::erase_if(cells, [&end](Cell const& cell) {
        bool const overlaps = cell.at < end;
        end = overlaps ? end : cell.at + cell.size;
        return overlaps;
    });
    return cells;
}

} // namespace

Search::Search(Where where, RowTest const& test, TableShape const& target, std::uint32_t owner,
    std::span<RowTest const> rivals, RecoverOptions const& options)
    : m_pages(where.pages)
    , m_map(where.map)
    , m_versions(where.versions)
    , m_highest_id(where.highest_id)
    , m_test(test)
    , m_target(target)
    , m_columns(columns_in(test.shape(), target))
    , m_owner(owner)
    , m_rivals(rivals)
    , m_options(options)
    , m_overwriting(rivals, where.pages.header(), where.map.last())
    , m_carver(test, m_overwriting, where.pages.header().usable(), options.work)
    , m_now(&test)
{
    for (auto const* shape : where.shapes) {
        if (shape != &test)
            m_formers.push_back({ *shape, columns_in(shape->shape(), target) });
        if (&shape->shape() == &target)
            m_now = shape;
    }
    if (&m_now->shape() == &target)
        m_places_now = places_in(target, test.shape(), m_columns);
}

Result<void> Search::run()
{
    EXHIBIT_TRY(search_current());
    EXHIBIT_TRY(search_old());
    m_cut = m_cut || is_spent();
    return {};
}

bool Search::enough()
{
    m_cut = m_cut || m_candidates.size() >= m_options.rows || m_bytes >= kMostBytes || is_spent();
    return m_cut;
}

/// Whether the work that was allowed is done. To be asked for each row: a crafted image may show one large
/// row in thousands of cells.
bool Search::is_spent() const
{
    return m_bytes >= kMostBytes || m_carver.work() + m_work >= m_options.work;
}

Result<void> Search::search_current()
{
    PageWindow window { m_pages };
    auto const last = std::min(m_map.last(), m_pages.count());
    for (std::uint32_t number = 1; number <= last && !enough(); ++number) {
        if (m_options.stop.stop_requested())
            return fail(Fault::cancelled, "cancelled");
        auto const use = m_map.use(number);
        if (use == PageMap::Use::overflow || use == PageMap::Use::other || m_map.is_blank(number))
            continue;
        if (m_test.shape().index && use == PageMap::Use::tree && m_map.owner(number) != m_owner)
            continue;
        auto const location = m_pages.locate(number);
        Image image;
        image.place.page = number;
        image.place.kind = use == PageMap::Use::tree ? Recovered::free_block : Recovered::free_page;
        image.place.source = location.source;
        image.place.offset = location.offset;
        image.bytes = EXHIBIT_TRY(window.page(number));
        image.own = m_owner != PageMap::kNobody && m_map.owner(number) == m_owner;
        image.use = use;
        EXHIBIT_TRY(search(image));
    }
    return {};
}

Result<void> Search::search_old()
{
    std::vector<std::byte> buffer;
    for (auto const& version : m_versions) {
        if (enough())
            break;
        if (m_options.stop.stop_requested())
            return fail(Fault::cancelled, "cancelled");
        Image image;
        image.place = version;
        image.bytes = EXHIBIT_TRY(read_version(m_pages, version, buffer));
        image.own = m_owner != PageMap::kNobody && m_map.owner(version.page) == m_owner;
        image.old = true;
        EXHIBIT_TRY(search(image));
    }
    return {};
}

Result<void> Search::search(Image const& image)
{
    ++m_image;
    if (image.place.page == 1 && m_owner != PageMap::kSchema)
        return {}; // It never holds rows of a table.
    auto const usable = std::min<std::size_t>(image.bytes.size(), m_pages.header().usable());
    auto const page = read_page(image.bytes, image.place.page, m_pages.header().usable());
    // Rows of a table may read like entries of an index.
    if (m_test.shape().index && (!page || is_table(page->kind)))
        return {};
    if (image.use == PageMap::Use::free_trunk && !image.old) {
        auto const leaves = std::min<std::size_t>(big32(image.bytes, 4), usable / 4);
        return carve_region(image, { std::min(8 + 4 * leaves, usable), usable, false });
    }
    if (!page)
        return carve_region(image, { end_of_trunk(image.bytes, usable, m_map.last()), usable, false });
    bool const in_force = image.use == PageMap::Use::tree && !image.old;
    bool const of_the_table
        = page->kind != PageKind::table_interior && is_table(page->kind) == !m_test.shape().without_rowid;
    if (!in_force && of_the_table) {
        bool const taken = EXHIBIT_TRY(take_cells(image, *page));
        // A freed page may have served as an overflow page last, whose bytes look like a header by accident.
        if (!taken && !image.old && page->cells > 0)
            return carve_region(image, { 0, usable, false });
    }
    auto const owner = m_map.owner(image.place.page);
    bool const others
        = in_force && owner != m_owner && owner != PageMap::kNobody && owner != PageMap::kSeveral;
    for (auto const& row : m_carver.carve(*page, image.own, others))
        if (!is_spent())
            EXHIBIT_TRY(consider(image, row, false));
    return {};
}

Result<bool> Search::take_cells(Image const& image, BTreePage const& page)
{
    auto const cells = cells_of(page);
    // Without these only its cells say that the page was one of the table.
    if (!image.own && cells.size() < page.cells)
        return false;
    std::vector<std::vector<std::byte>> payloads;
    std::vector<CarvedRow> rows;
    m_held = 0;
    for (auto const& cell : cells) {
        if (is_spent())
            break;
        auto row = cell_row(image, page, cell, payloads.emplace_back());
        if (!image.own && (!row || !m_test.has_usual_classes(row->fields, 0)))
            return false;
        if (row)
            rows.push_back(std::move(*row));
    }
    if (!image.own && !is_of_known_shape(rows))
        return false;
    for (auto const& row : rows)
        if (!is_spent())
            EXHIBIT_TRY(consider(image, row, true));
    return true;
}

std::optional<CarvedRow> Search::cell_row(
    Image const& image, BTreePage const& page, Cell const& cell, std::vector<std::byte>& payload)
{
    CarvedRow row;
    row.at = cell.at;
    row.size = cell.size;
    if (is_table(page.kind))
        row.rowid = cell.rowid;
    auto const whole = cell.overflow != 0 && image.old ? old_payload(image, cell, payload) : std::nullopt;
    auto const record = whole.value_or(cell.local);
    auto const header = read_varint(record);
    if (!header || header->value > record.size() || header->value <= header->size)
        return std::nullopt;
    auto types = record.subspan(header->size, header->value - header->size);
    auto body = record.subspan(header->value);
    auto total = header->value;
    bool cut = false;
    while (!types.empty()) {
        auto const type = read_varint(types);
        auto const size = type ? body_size(type->value) : std::nullopt;
        if (!size || row.fields.size() == m_test.shape().stored.size() || *size > cell.payload)
            return std::nullopt;
        cut = cut || *size > body.size();
        row.fields.push_back({ type->value, cut ? Bytes {} : body.first(*size) });
        row.whole += cut ? 0 : 1;
        body = cut ? Bytes {} : body.subspan(*size);
        types = types.subspan(type->size);
        total += *size;
    }
    if (total != cell.payload || row.fields.size() < m_test.least_count()
        || !m_test.evidence(row.fields, row.whole, true))
        return std::nullopt;
    return row;
}

/// Whether rows on a page of nobody have a number of fields that is known of the table. Else they may be
/// older than a column; then all have the same number, and values in many columns that are of the type
/// declared there.
bool Search::is_of_known_shape(std::vector<CarvedRow> const& rows) const
{
    constexpr int enough = 6; // Columns.
    auto const is_known = [&](CarvedRow const& row) { return m_test.is_known_count(row.fields.size()); };
    if (std::ranges::all_of(rows, is_known))
        return true;
    auto const count = rows.front().fields.size();
    std::vector<bool> telling(count);
    for (auto const& row : rows) {
        if (row.fields.size() != count || !m_test.is_usual(row.fields, 0))
            return false;
        for (std::size_t place = 0; place < count; ++place)
            telling[place] = telling[place] || m_test.is_telling(row.fields[place], place);
    }
    return std::ranges::count(telling, true) >= enough;
}

Result<void> Search::carve_region(Image const& image, Region region)
{
    for (auto const& row : m_carver.carve(image.bytes.first(region.end), region, image.own))
        if (!is_spent())
            EXHIBIT_TRY(consider(image, row, false));
    return {};
}

Candidate Search::read_as(TableShape const& shape, CarvedRow const& row, Encoding encoding)
{
    Candidate candidate;
    candidate.rowid = row.rowid;
    candidate.fields = row.fields.size();
    candidate.values = values_of(shape, row.fields, row.rowid, encoding);
    candidate.lost.resize(shape.columns.size());
    for (std::size_t place = 0; place < row.fields.size(); ++place) {
        auto const column = shape.stored[place];
        bool const lost = shape.rowid_column == column ? !row.rowid
                                                       : place >= row.whole || (place == 0 && row.first_lost);
        candidate.lost[column] = lost;
        if (lost)
            candidate.values[column] = Lost {};
    }
    return candidate;
}

/// What a row that was carved says, in the columns of the table that is searched for.
Candidate Search::candidate_of(CarvedRow const& row) const
{
    auto const& shape = m_test.shape();
    auto candidate = read_as(shape, row, m_pages.header().encoding);
    if (shape.index && row.whole == row.fields.size() && row.fields.back().is_integer())
        candidate.rowid = row.fields.back().integer();
    if (&shape != &m_target)
        tell_in(m_columns, candidate);
    return candidate;
}

/// Where the table had as many other columns once, a value is told if it stood in the same column then.
void Search::keep_what_is_sure(Candidate& candidate, CarvedRow const& row)
{
    std::size_t const first = row.first_lost ? 1 : 0;
    auto const own = m_test.evidence(row.fields, row.whole, true, first).value_or(0);
    for (auto const& former : m_formers) {
        m_work += row.fields.size();
        auto const bits = former.test.evidence(row.fields, row.whole, false, first);
        if (!bits || *bits + kClearMargin <= own)
            continue;
        auto other = read_as(former.test.shape(), row, m_pages.header().encoding);
        if (&former.test.shape() != &m_target)
            tell_in(former.columns, other);
        for (std::size_t column = 0; column != candidate.values.size(); ++column)
            if (!candidate.lost[column]
                && (other.lost[column] || other.values[column] != candidate.values[column])) {
                candidate.lost[column] = true;
                candidate.values[column] = Lost {};
            }
    }
}

bool Search::is_own_block(Image const& image, CarvedRow const& row)
{
    return row.in_block && image.own && image.use == PageMap::Use::tree && !image.old;
}

void Search::add_again(Candidate& again, Image const& image, CarvedRow const& row, bool by_pointer)
{
    again.own = again.own || image.own || image.old;
    again.certain = again.certain || (is_own_block(image, row) && !row.doubtful);
    if (by_pointer && again.images.size() < kMostImages)
        again.images.push_back(m_image);
}

Result<void> Search::consider(Image const& image, CarvedRow const& row, bool by_pointer)
{
    if (!m_test.shape().index)
        return add(image, row, by_pointer);
    auto const entry = candidate_of(row);
    auto const sole = entry.rowid ? EXHIBIT_TRY(is_sole_reading(entry, row)) : std::nullopt;
    if (!sole)
        return {};
    auto judged = row;
    judged.doubtful = row.doubtful || !*sole || !image.own;
    return add(image, judged, by_pointer);
}

Result<void> Search::add(Image const& image, CarvedRow const& row, bool by_pointer)
{
    if (m_map.owner(image.place.page) == PageMap::kSchema && is_place_of_declaration(row))
        return {};
    auto candidate = candidate_of(row);
    keep_what_is_sure(candidate, row);
    std::uint64_t size = sizeof(Candidate) + candidate.values.size() * (sizeof(StoredValue) + 1);
    for (auto const& field : row.fields)
        size += field.body.size();
    m_work += size;
    auto const known = m_known.find(hash_of(candidate));
    if (known != m_known.end()) {
        add_again(m_candidates[known->second], image, row, by_pointer);
        return {};
    }
    if (EXHIBIT_TRY(is_live(candidate))) {
        if (by_pointer && m_test.evidence(row.fields, row.whole, true).value_or(0) >= kProof)
            m_proven.insert(m_image);
        return {};
    }
    candidate.place = image.place;
    if (image.place.kind == Recovered::uncommitted_frame)
        candidate.earlier_version = false; // A later one, that never came to be.
    candidate.at = row.at;
    if (by_pointer)
        candidate.images.push_back(m_image);
    candidate.size = row.size;
    candidate.bits = row.bits + (by_pointer ? kByPointer : 0);
    candidate.own = image.own || image.old;
    candidate.entry = m_test.shape().index;
    candidate.shifted = candidate.shifted || !is_familiar(image, row, by_pointer);
    candidate.certain
        = !row.doubtful && (is_own_block(image, row) || (is_certain(row) && was_given_out(image, candidate)));
    m_bytes += size;
    m_known.emplace(hash_of(candidate), m_candidates.size());
    m_candidates.push_back(std::move(candidate));
    return {};
}

Result<bool> Search::is_live(Candidate& candidate)
{
    auto const& shape = m_target;
    if (!candidate.rowid || shape.without_rowid || shape.root == 0)
        return false;
    bool equal = false;
    candidate.id_taken
        = EXHIBIT_TRY(find_row(m_pages, shape.root, *candidate.rowid, {}, [&](TreeRow const& live) {
              m_work += live.payload.size() + shape.columns.size();
              auto const values = values_of(shape, live.fields, live.rowid, m_pages.header().encoding);
              equal = agrees(candidate, values);
              candidate.shifted = m_shifts.see(candidate.fields, candidate.values, values);
              // Row ids that are no column's value are given out again.
              candidate.earlier_version = !is_of_another_key(shape, candidate, values);
          }));
    return equal;
}

Result<std::optional<bool>> Search::is_sole_reading(Candidate const& entry, CarvedRow const& row)
{
    bool sole = !m_highest_id || *entry.rowid <= *m_highest_id;
    if (row.longer_id)
        sole = sole && m_highest_id && *row.longer_id > *m_highest_id;
    for (auto const& rival : row.rivals) {
        CarvedRow reading;
        reading.fields = rival;
        reading.whole = rival.size();
        auto other = candidate_of(reading);
        if (EXHIBIT_TRY(is_live(other)))
            return std::nullopt;
        // That a live row has its id says nothing: the text may have been changed.
        sole = sole && m_highest_id && *other.rowid > *m_highest_id;
    }
    return sole;
}

std::vector<Candidate> Search::take()
{
    for (auto& candidate : m_candidates) {
        bool const proven = std::ranges::any_of(
            candidate.images, [this](std::uint32_t image) { return m_proven.contains(image); });
        // Rows of a dropped table of the same columns, whose declaration is gone too, lie on pages of nobody,
        // and have ids that rows of this table have.
        bool const foreign = candidate.id_taken && !candidate.own;
        bool const shifted = candidate.shifted || m_shifts.has(candidate.fields);
        candidate.certain = (proven || (candidate.certain && !foreign)) && !shifted;
    }
    return std::move(m_candidates);
}

/// Whether the table can have had a row of this id. On pages of nobody there may be rows of a dropped table
/// of the same columns, whose declaration is gone; a transaction that never ended may have raised the number.
bool Search::was_given_out(Image const& image, Candidate const& candidate) const
{
    return image.own || image.place.kind == Recovered::uncommitted_frame || !m_highest_id || !candidate.rowid
        || *candidate.rowid <= *m_highest_id;
}

/// Whether the values are such as live rows have in the columns. Of rows that an old image points to, the
/// declarations of that time tell more.
bool Search::is_familiar(Image const& image, CarvedRow const& row, bool by_pointer) const
{
    if (m_test.shape().index || (image.old && by_pointer))
        return true;
    std::size_t const first = row.first_lost ? 1 : 0;
    if (!m_test.has_usual_classes(row.fields, first))
        return false;
    for (auto place = first; place < std::min(row.fields.size(), m_places_now.size()); ++place)
        if (auto const now = m_places_now[place]; now && m_now->is_unfamiliar(row.fields[place], *now))
            return false;
    return true;
}

bool Search::is_certain(CarvedRow const& row)
{
    m_work += m_rivals.size();
    std::size_t const first = row.first_lost ? 1 : 0;
    auto const own = m_test.evidence(row.fields, row.whole, true, first).value_or(0);
    return std::ranges::none_of(m_rivals, [&](RowTest const& rival) {
        auto const bits = rival.evidence(row.fields, row.whole, false, first);
        return bits && own - *bits < kClearMargin;
    });
}

} // namespace exhibit::sqlite
