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
constexpr std::uint64_t kMostHeld = 256U << 20U; ///< of memory for the rows of one image, while it is read

/// Whether the record is the one that SQLite puts into sqlite_schema first when it creates something, to keep
/// the place of the declaration (sqlite3StartTable in its build.c): a NULL for each of the five columns.
bool is_place_of_declaration(CarvedRow const& row)
{
    constexpr std::size_t columns = 5;
    return row.fields.size() == columns
        && std::ranges::all_of(row.fields, [](Field const& field) { return field.is_null(); });
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
{
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
        return carve_region(image, { 0, usable, false });
    bool const in_force = image.use == PageMap::Use::tree && !image.old;
    bool const of_the_table
        = page->kind != PageKind::table_interior && is_table(page->kind) == !m_test.shape().without_rowid;
    if (!in_force && of_the_table) {
        bool const taken = EXHIBIT_TRY(take_cells(image, *page));
        // A freed page may have served as an overflow page last, whose bytes look like a header by accident.
        if (!taken && !image.old && page->cells > 0)
            return carve_region(image, { 0, usable, false });
    }
    for (auto const& row : m_carver.carve(*page, image.own))
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

std::optional<Bytes> Search::old_payload(Image const& image, Cell const& cell, std::vector<std::byte>& buffer)
{
    if (image.place.kind != Recovered::wal_frame && image.place.kind != Recovered::replaced_page)
        return std::nullopt;
    if (cell.payload > std::uint64_t { m_map.last() } * m_pages.page_size() || cell.payload > 64U << 20U)
        return std::nullopt;
    if (cell.payload > kMostHeld - m_held) {
        m_values_cut = true;
        return std::nullopt;
    }
    m_held += cell.payload;
    buffer.assign(cell.local.begin(), cell.local.end());
    std::vector<std::byte> page(m_pages.header().usable());
    auto number = cell.overflow;
    while (buffer.size() < cell.payload) {
        m_work += page.size() + m_pages.wal().frames.size(); // All of which are looked through.
        if (is_spent())
            return std::nullopt;
        auto const location = locate_then(number, image.place.frame);
        if (!location || location->source->read_at(location->offset, page).value_or(0) < page.size())
            return std::nullopt;
        auto const wanted = std::min<std::size_t>(cell.payload - buffer.size(), page.size() - 4);
        auto const part = Bytes { page }.subspan(4, wanted);
        buffer.insert(buffer.end(), part.begin(), part.end());
        number = big32(page, 0);
    }
    if (number != 0)
        return std::nullopt;
    return Bytes { buffer };
}

/// The last frame of the transaction that `frame` (from 1) is part of. A leaf may stand before the overflow
/// pages that were written with it.
std::size_t Search::end_of_transaction(std::uint32_t frame) const
{
    auto const& frames = m_pages.wal().frames;
    for (std::size_t i = frame - 1; i < frames.size(); ++i) {
        if (i >= frame
            && frames[i].page == frames[frame - 1].page) // It was written twice: that was in between.
            return frame;
        if (frames[i].database_pages != 0)
            return i + 1;
    }
    return frame;
}

/// Where a page's image was when the transaction of `frame` had been written (0: before the first frame).
std::optional<Pages::Location> Search::locate_then(std::uint32_t page, std::uint32_t frame) const
{
    if (page == 0 || page > m_map.last())
        return std::nullopt;
    auto const& frames = m_pages.wal().frames;
    // Frames from before the log was restarted: the database has changed since.
    if (frame != 0 && frames[frame - 1].state != WalFrame::State::committed)
        return std::nullopt;
    std::optional<Pages::Location> newest;
    auto const end = frame == 0 ? 0 : end_of_transaction(frame);
    for (std::size_t i = 0; i < frames.size(); ++i) {
        if (frames[i].page != page || frames[i].state != WalFrame::State::committed)
            continue;
        if (i < end)
            newest = Pages::Location { m_pages.wal_source(), frames[i].offset, Pages::Place::wal };
        else if (!newest) // A checkpoint may have moved this later image into the database already.
            return std::nullopt;
    }
    if (newest)
        return newest;
    return Pages::Location { &m_pages.main(), std::uint64_t { page - 1 } * m_pages.page_size() };
}

Result<void> Search::carve_region(Image const& image, Region region)
{
    for (auto const& row : m_carver.carve(image.bytes.first(region.end), region, image.own))
        if (!is_spent())
            EXHIBIT_TRY(consider(image, row, false));
    return {};
}

/// What a row that was carved says, in the columns of the table that is searched for.
Candidate Search::candidate_of(CarvedRow const& row) const
{
    auto const& shape = m_test.shape();
    Candidate candidate;
    candidate.rowid = row.rowid;
    candidate.values = values_of(shape, row.fields, row.rowid, m_pages.header().encoding);
    candidate.lost.resize(shape.columns.size());
    for (std::size_t place = 0; place < row.fields.size(); ++place) {
        auto const column = shape.stored[place];
        bool const lost = shape.rowid_column == column ? !row.rowid
                                                       : place >= row.whole || (place == 0 && row.first_lost);
        candidate.lost[column] = lost;
        if (lost)
            candidate.values[column] = Lost {};
    }
    if (shape.index && row.whole == row.fields.size() && row.fields.back().is_integer())
        candidate.rowid = row.fields.back().integer();
    if (&shape != &m_target)
        tell_in(m_columns, candidate);
    return candidate;
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
              m_work += live.payload.size();
              auto const values = values_of(shape, live.fields, live.rowid, m_pages.header().encoding);
              equal = agrees(candidate, values);
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
        candidate.certain = proven || (candidate.certain && !foreign);
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
