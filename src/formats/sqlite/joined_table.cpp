#include "formats/sqlite/joined_table.hpp"

#include <algorithm>

namespace exhibit::sqlite {

namespace {

/// Bytes of records and index that one table may take in memory.
constexpr std::size_t kMostBytes = 24U << 20U;
/// The same, of a table whose rows can be found by their ids as well.
constexpr std::size_t kMostBytesById = 1U << 20U;
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
    bool const by_id = key.field == kRowId;
    if (!EXHIBIT_TRY(load(key, by_id ? kMostBytesById : kMostBytes))) {
        if (by_id)
            m_reader.emplace(pages, m_root, m_limits);
        return by_id;
    }
    return !unique || std::ranges::adjacent_find(m_rows, {}, &Row::key) == m_rows.end();
}

/// False, and holds none, when the table does not fit or its keys are no integers.
Result<bool> JoinedTable::load(Place const& key, std::size_t most_bytes)
{
    // Room for all rows that there can be; what is not used of it costs nothing.
    auto const most = std::min<std::uint64_t>(m_pages->main().size(), most_bytes);
    m_rows.reserve(most / (sizeof(Row) + kLeastRecord));
    m_bytes.reserve(most);
    bool fits = true;
    auto const walk = walk_rows(*m_pages, m_root, false, m_limits, [&](TreeRow const& row) -> Result<void> {
        auto const value = StoredRow { row.rowid, row.fields, true }.at(key);
        fits = fits && (value.is_null() || value.kind() == Value::Kind::integer)
            && m_bytes.size() + m_rows.size() * sizeof(Row) + row.payload.size() <= most_bytes;
        if (!fits)
            return fail(Fault::over_limit, "joined table is read by SQLite");
        if (value.is_null())
            return {};
        m_rows.push_back({ *value.integer(), row.rowid, static_cast<std::uint32_t>(m_bytes.size()),
            static_cast<std::uint32_t>(row.payload.size()) });
        m_bytes.insert(m_bytes.end(), row.payload.begin(), row.payload.end());
        return {};
    });
    if (!fits) {
        m_rows = {};
        m_bytes = {};
        return false;
    }
    m_damage = EXHIBIT_TRY(walk).damage;
    if (!std::ranges::is_sorted(m_rows, {}, &Row::key))
        std::ranges::stable_sort(m_rows, {}, &Row::key);
    return true;
}

Result<StoredRow> JoinedTable::find(Value const& key)
{
    auto const number = key.kind() == Value::Kind::integer ? key.integer() : std::nullopt;
    if (!number)
        return StoredRow {};
    if (m_last_key != number) {
        m_last_key.reset();
        m_last = m_reader ? EXHIBIT_TRY(read(*number)) : held(*number);
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
