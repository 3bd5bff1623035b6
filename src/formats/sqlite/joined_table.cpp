#include "formats/sqlite/joined_table.hpp"

#include <algorithm>

namespace exhibit::sqlite {

namespace {

/// Bytes of records and index that one table may take in memory.
constexpr std::size_t kMostBytes = 24U << 20U;
/// The same, of a table whose rows can be found by their ids as well.
constexpr std::size_t kMostBytesById = 1U << 20U;
/// The same, of a table whose keys rise with the row ids.
constexpr std::size_t kMostBytesInOrder = 2U << 20U;
constexpr std::size_t kLeastRecord = 2; ///< bytes, of a record with a value

} // namespace

Result<bool> JoinedTable::open(
    Pages const& pages, TableShape const& shape, Place const& key, bool unique, WalkLimits const& limits)
{
    m_pages = &pages;
    m_root = shape.root;
    m_limits = limits;
    m_limits.fields = shape.stored.size();
    m_limits.plain_leaves = nullptr;
    m_key = key;
    m_unique = unique;
    bool const by_id = key.field == kRowId;
    m_is_ordered = !by_id;
    bool fits = EXHIBIT_TRY(load(key, by_id ? kMostBytesById : kMostBytes));
    if (!fits && !m_leaves.empty()) { // It was seen too late that its keys do not rise.
        m_leaves = {};
        m_is_ordered = false;
        fits = EXHIBIT_TRY(load(key, kMostBytes));
    }
    if (!fits) {
        if (by_id)
            m_reader.emplace(pages, m_root, m_limits);
        return by_id;
    }
    return !unique || !m_is_held || std::ranges::adjacent_find(m_rows, {}, &Row::key) == m_rows.end();
}

/// False, and holds none, when the table does not fit, or its keys are no integers. Leaves are left only of
/// one that is not held.
Result<bool> JoinedTable::load(Place const& key, std::size_t most_bytes)
{
    // Room for all rows that there can be; what is not used of it costs nothing.
    auto const most = std::min<std::uint64_t>(m_pages->main().size(), most_bytes);
    m_rows.reserve(most / (sizeof(Row) + kLeastRecord));
    m_bytes.reserve(most);
    m_is_held = true;
    bool fits = true;
    auto const walk = walk_rows(*m_pages, m_root, false, m_limits, [&](TreeRow const& row) -> Result<void> {
        fits = take(row, key, most_bytes);
        if (!fits)
            return fail(Fault::over_limit, "joined table is read by SQLite");
        return {};
    });
    bool const fails = !fits || (!m_is_held && walk && walk->damage);
    if (m_is_held)
        m_leaves = {};
    if (fails) {
        forget_rows();
        return false;
    }
    m_damage = EXHIBIT_TRY(walk).damage;
    if (!std::ranges::is_sorted(m_rows, {}, &Row::key))
        std::ranges::stable_sort(m_rows, {}, &Row::key);
    return true;
}

/// Holds a row, or, when all of them would be too many, notes that its leaf has it.
bool JoinedTable::take(TreeRow const& row, Place const& key, std::size_t most_bytes)
{
    auto const value = StoredRow { row.rowid, row.fields, true }.at(key);
    if (!value.is_null() && value.kind() != Value::Kind::integer)
        return false;
    m_is_ordered = m_is_ordered && !value.is_null() && is_next(row, *value.integer());
    if (m_is_ordered)
        see_leaf(row, *value.integer());
    auto const bytes = m_bytes.size() + m_rows.size() * sizeof(Row) + row.payload.size();
    if (m_is_held && m_is_ordered && bytes > kMostBytesInOrder)
        forget_rows();
    if (!m_is_held)
        return m_is_ordered;
    if (bytes > most_bytes)
        return false;
    if (value.is_null())
        return true;
    m_rows.push_back({ *value.integer(), row.rowid, static_cast<std::uint32_t>(m_bytes.size()),
        static_cast<std::uint32_t>(row.payload.size()) });
    m_bytes.insert(m_bytes.end(), row.payload.begin(), row.payload.end());
    return true;
}

/// Whether it follows on the row before it by its key too, and lies on its page alone.
bool JoinedTable::is_next(TreeRow const& row, std::int64_t key) const
{
    if (local_size(PageKind::table_leaf, row.payload.size(), m_pages->header().usable())
        != row.payload.size())
        return false;
    return m_leaves.empty() || key > m_leaves.back().last_key
        || (!m_unique && key == m_leaves.back().last_key);
}

void JoinedTable::see_leaf(TreeRow const& row, std::int64_t key)
{
    if (m_leaves.empty() || m_leaves.back().page != row.page)
        m_leaves.push_back({ key, key, row.page });
    m_leaves.back().last_key = key;
}

void JoinedTable::forget_rows()
{
    m_is_held = false;
    m_rows = {};
    m_bytes = {};
}

Result<StoredRow> JoinedTable::find(Value const& key)
{
    auto const number = key.kind() == Value::Kind::integer ? key.integer() : std::nullopt;
    if (m_last_key != number || !number) {
        m_fits_several = false;
        m_last_key.reset();
    }
    if (!number)
        return StoredRow {};
    if (!m_last_key) {
        m_last = m_reader ? EXHIBIT_TRY(read(*number))
            : m_is_held   ? held(*number)
                          : EXHIBIT_TRY(read_in_order(*number));
        m_last_key = number;
    }
    return m_last;
}

Result<StoredRow> JoinedTable::read(std::int64_t rowid)
{
    auto const row = m_reader->find(rowid);
    if (!row)
        return row.error().fault == Fault::io || row.error().fault == Fault::cancelled
            ? std::unexpected(row.error())
            : read_past(row.error(), rowid);
    return *row ? StoredRow { rowid, (*row)->fields, true } : StoredRow {};
}

Result<StoredRow> JoinedTable::read_in_order(std::int64_t key)
{
    auto const has = [&](std::size_t number) {
        return number < m_leaves.size() && m_leaves[number].last_key >= key
            && (number == 0 || m_leaves[number - 1].last_key < key);
    };
    bool const is_next = has(m_leaf_number) && m_last_cell + 1 < m_leaf.cells && m_cell_key < key
        && EXHIBIT_TRY(key_at(m_last_cell + 1, m_fields)) == key;
    if (is_next) {
        ++m_last_cell;
        m_cell_key = key;
    } else {
        auto const first = std::ranges::lower_bound(m_leaves, key, {}, &Leaf::last_key);
        if (first == m_leaves.end())
            return StoredRow {};
        EXHIBIT_TRY(go_to_leaf(static_cast<std::size_t>(first - m_leaves.begin())));
        m_last_cell = EXHIBIT_TRY(cell_of_first(key));
        m_cell_key = EXHIBIT_TRY(key_at(m_last_cell, m_fields));
        if (m_cell_key != key)
            return StoredRow {};
    }
    m_fits_several = EXHIBIT_TRY(is_repeated(key));
    auto const rowid = EXHIBIT_TRY(cell_of(m_leaf, m_last_cell)).rowid;
    return StoredRow { rowid, m_fields, true };
}

Result<void> JoinedTable::go_to_leaf(std::size_t number)
{
    if (number == m_leaf_number)
        return {};
    m_leaf_number = static_cast<std::size_t>(-1);
    auto const page = m_leaves[number].page;
    auto const bytes = EXHIBIT_TRY(m_pages->page(page, m_leaf_bytes));
    auto const leaf = read_page(bytes, page, m_pages->header().usable());
    if (!leaf || leaf->kind != PageKind::table_leaf || leaf->cells == 0)
        return fail(Fault::malformed, "page of a table is missing or damaged", page);
    m_leaf = *leaf;
    m_leaf_number = number;
    return {};
}

/// Whether the row after the one that was found has the key too.
Result<bool> JoinedTable::is_repeated(std::int64_t key)
{
    if (m_unique)
        return false;
    auto const next = m_leaf_number + 1;
    if (m_last_cell + 1 == m_leaf.cells)
        return next < m_leaves.size() && m_leaves[next].first_key == key;
    return EXHIBIT_TRY(key_at(m_last_cell + 1, m_next_fields)) == key;
}

Result<std::int64_t> JoinedTable::key_at(std::size_t index, std::vector<Field>& fields) const
{
    auto const cell = EXHIBIT_TRY(cell_of(m_leaf, index));
    if (cell.overflow != 0 || !split_record(cell.local, m_limits.fields, fields))
        return fail(Fault::malformed, "row is damaged", m_leaves[m_leaf_number].page);
    return StoredRow { cell.rowid, fields, true }.at(m_key).integer().value_or(0);
}

/// The first cell of the leaf whose key is not below this one, or the last cell.
Result<std::size_t> JoinedTable::cell_of_first(std::int64_t key)
{
    std::size_t first = 0;
    for (auto count = m_leaf.cells - 1; count > 0;) {
        auto const half = count / 2;
        bool const is_below = EXHIBIT_TRY(key_at(first + half, m_fields)) < key;
        first += is_below ? half + 1 : 0;
        count = is_below ? count - half - 1 : half;
    }
    return first;
}

/// A damaged page hides the rows below it from who comes from above, but not from who reads all.
Result<StoredRow> JoinedTable::read_past(Error const& damage, std::int64_t rowid)
{
    if (!m_damage && EXHIBIT_TRY(load({}, kMostBytes))) {
        m_reader.reset();
        m_damage = m_damage.value_or(damage);
        return held(rowid);
    }
    m_damage = damage;
    return StoredRow {};
}

StoredRow JoinedTable::held(std::int64_t key)
{
    m_last_place = place_of(key);
    if (m_last_place == m_rows.size())
        return {};
    auto const& row = m_rows[m_last_place];
    m_fits_several = m_last_place + 1 < m_rows.size() && m_rows[m_last_place + 1].key == key;
    bool const is_whole
        = split_record(Bytes { m_bytes }.subspan(row.at, row.size), m_limits.fields, m_fields);
    return { row.rowid, m_fields, is_whole };
}

/// Of the first row of the key, or their number.
std::size_t JoinedTable::place_of(std::int64_t key) const
{
    // Tables are often in the order in which those that name their rows are.
    auto const is_first = [&](std::size_t at) {
        return at < m_rows.size() && m_rows[at].key == key && (at == 0 || m_rows[at - 1].key < key);
    };
    if (is_first(m_last_place + 1))
        return m_last_place + 1;
    auto const found = std::ranges::lower_bound(m_rows, key, {}, &Row::key);
    bool const there = found != m_rows.end() && found->key == key;
    return there ? static_cast<std::size_t>(found - m_rows.begin()) : m_rows.size();
}

} // namespace exhibit::sqlite
