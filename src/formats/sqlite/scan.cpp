#include "formats/sqlite/scan.hpp"

#include "base/text.hpp"
#include "formats/sqlite/btree.hpp"
#include "formats/sqlite/schema.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace exhibit::sqlite {

namespace {

/// Bytes of records and index that one joined table may take in memory.
constexpr std::size_t kJoinBytes = 24U << 20U;
constexpr std::size_t kLeastRecord = 2; ///< bytes, of a record with a value
constexpr std::size_t kNever = static_cast<std::size_t>(-2); ///< as the place of a row
constexpr std::size_t kRowId = static_cast<std::size_t>(-1); ///< as the place of a column

inline Value value_of(Field const& field, Affinity affinity)
{
    if (field.is_null())
        return {};
    if (field.is_integer() && affinity == Affinity::real)
        return Value::of(static_cast<double>(field.integer())); // Stored as an integer to save space.
    if (field.is_integer())
        return Value::of(field.integer());
    if (field.is_real())
        return Value::of(field.real());
    if (field.is_text())
        return Value::text(field.body);
    if (field.is_blob())
        return Value::blob(field.body);
    return {};
}

/// The value that rows have which are older than their column; nothing where SQLite would convert it.
std::optional<Value> initial_of(ShapeColumn const& column)
{
    auto const is = column.affinity;
    if (auto const* whole = std::get_if<std::int64_t>(&column.initial)) {
        if (is == Affinity::text)
            return std::nullopt;
        return is == Affinity::real ? Value::of(static_cast<double>(*whole)) : Value::of(*whole);
    }
    if (auto const* text = std::get_if<std::string>(&column.initial))
        return is == Affinity::text || is == Affinity::blob ? std::optional { Value::text(as_bytes(*text)) }
                                                            : std::nullopt;
    if (auto const* real = std::get_if<double>(&column.initial))
        return is == Affinity::real || is == Affinity::blob ? std::optional { Value::of(*real) }
                                                            : std::nullopt;
    return column.initial_known ? std::optional { Value {} } : std::nullopt;
}

/// A column of a table, found in its records.
struct Place {
    std::size_t field = kRowId; ///< of the record
    Affinity affinity = Affinity::integer;
    Value initial; ///< what records hold that are older than the column
};

bool is_row_id_name(std::string_view lower)
{
    return lower == "rowid" || lower == "oid" || lower == "_rowid_";
}

std::optional<Place> place_of(TableShape const& shape, std::string_view column)
{
    auto const wanted = to_lower(column);
    auto const named = std::ranges::find_if(
        shape.columns, [&](ShapeColumn const& one) { return to_lower(one.name) == wanted; });
    if (named == shape.columns.end())
        return is_row_id_name(wanted) ? std::optional { Place {} } : std::nullopt;
    auto const index = static_cast<std::size_t>(named - shape.columns.begin());
    if (shape.rowid_column == index)
        return Place {};
    auto const stored = std::ranges::find(shape.stored, index);
    auto const initial = initial_of(*named);
    if (stored == shape.stored.end() || !initial)
        return std::nullopt;
    return Place { static_cast<std::size_t>(stored - shape.stored.begin()), named->affinity, *initial };
}

/// A record that was split; its fields are borrowed.
struct Record {
    std::int64_t rowid = 0;
    std::span<Field const> fields;
    bool there = false;

    [[nodiscard]] Value at(Place const& place) const
    {
        if (!there)
            return {};
        if (place.field == kRowId)
            return Value::of(rowid);
        return place.field < fields.size() ? value_of(fields[place.field], place.affinity) : place.initial;
    }
};

/// The rows of a joined table, by an integer key.
class Lookup {
public:
    /// False when the table cannot be held, or its keys are no integers, or not `unique` as they should be.
    Result<bool> load(
        Pages const& pages, TableShape const& shape, Place const& key, bool unique, WalkLimits limits)
    {
        limits.fields = shape.stored.size();
        m_most_fields = limits.fields;
        // Room for all rows that there can be; what is not used of it costs nothing.
        auto const most = std::min<std::uint64_t>(pages.main().size(), kJoinBytes);
        m_rows.reserve(most / (sizeof(Row) + kLeastRecord));
        m_bytes.reserve(most);
        bool fits = true;
        auto const walk
            = walk_rows(pages, shape.root, false, limits, [&](TreeRow const& row) -> Result<void> {
                  auto const value = Record { row.rowid, row.fields, true }.at(key);
                  fits = fits && (value.is_null() || value.kind() == Value::Kind::integer)
                      && m_bytes.size() + m_rows.size() * sizeof(Row) + row.payload.size() <= kJoinBytes;
                  if (!fits)
                      return fail(Fault::over_limit, "joined table is read by SQLite");
                  if (value.is_null())
                      return {};
                  m_rows.push_back({ *value.integer(), row.rowid, static_cast<std::uint32_t>(m_bytes.size()),
                      static_cast<std::uint32_t>(row.payload.size()) });
                  m_bytes.insert(m_bytes.end(), row.payload.begin(), row.payload.end());
                  return {};
              });
        if (!fits)
            return false;
        m_damage = EXHIBIT_TRY(walk).damage;
        if (!std::ranges::is_sorted(m_rows, {}, &Row::key))
            std::ranges::stable_sort(m_rows, {}, &Row::key);
        return !unique || std::ranges::adjacent_find(m_rows, {}, &Row::key) == m_rows.end();
    }

    /// `record` and `fields`, which keeps what it borrows, are those of the call before, or new.
    void find(Value const& key, Record& record, std::vector<Field>& fields)
    {
        auto const found = key.kind() == Value::Kind::integer ? place_of(*key.integer()) : m_rows.size();
        bool const again = std::exchange(m_last, found) == found;
        if (found == m_rows.size()) {
            record.there = false;
        } else if (!again) {
            auto const& row = m_rows[found];
            record.rowid = row.rowid;
            record.there = split_record(Bytes { m_bytes }.subspan(row.at, row.size), m_most_fields, fields);
            record.fields = fields;
        }
    }

    [[nodiscard]] std::optional<Error> const& damage() const { return m_damage; }

private:
    struct Row {
        std::int64_t key;
        std::int64_t rowid;
        std::uint32_t at; ///< in m_bytes
        std::uint32_t size;
    };

    /// Of the first row of the key, or their number.
    [[nodiscard]] std::size_t place_of(std::int64_t key) const
    {
        // Tables are often in the order in which those that name their rows are.
        auto const is_first = [&](std::size_t at) {
            return at < m_rows.size() && m_rows[at].key == key && (at == 0 || m_rows[at - 1].key < key);
        };
        for (auto const at : { m_last, m_last + 1 })
            if (is_first(at))
                return at;
        auto const found = std::ranges::lower_bound(m_rows, key, {}, &Row::key);
        bool const there = found != m_rows.end() && found->key == key;
        return there ? static_cast<std::size_t>(found - m_rows.begin()) : m_rows.size();
    }

    std::vector<Row> m_rows; ///< by key, then by row id
    std::vector<std::byte> m_bytes;
    std::size_t m_most_fields = 0;
    std::size_t m_last = kNever; ///< the row that was found last, or their number
    std::optional<Error> m_damage;
};

class TableScan {
public:
    explicit TableScan(Database const& database)
        : m_database(database)
        , m_pages(database.pages())
    {
        m_limits.stop = database.options().stop;
        m_limits.record_bytes = database.options().cell_bytes;
    }

    /// Whether all that the query needs can be read without SQLite.
    Result<bool> prepare(ScanQuery const& query)
    {
        if (m_pages.header().encoding != Encoding::utf8 || m_database.is_copy())
            return false;
        m_limits.plain_leaves = query.deleted ? &m_database.plain_leaves() : nullptr;
        m_schema = EXHIBIT_TRY(read_schema(m_pages));
        if (!add_table(query.table))
            return false;
        for (auto const& join : query.joins)
            if (!add_table(join.table))
                return false;
        for (auto const& column : query.columns) {
            auto const place = place_of(m_shapes[column.table], column.column);
            if (!place)
                return false;
            m_columns.emplace_back(column.table, *place);
        }
        return load_joins(query);
    }

    Result<Scan> run(ScanVisitor const& visit)
    {
        Cells cells { m_columns.size() };
        std::vector<Record> records(m_shapes.size());
        std::vector<std::vector<Field>> joined(m_lookups.size());
        auto limits = m_limits;
        limits.fields = m_shapes[0].stored.size();
        auto const walk = EXHIBIT_TRY(
            walk_rows(m_pages, m_shapes[0].root, false, limits, [&](TreeRow const& row) -> Result<void> {
                records[0] = { row.rowid, row.fields, true };
                for (std::size_t i = 0; i < m_lookups.size(); ++i) {
                    auto const& [table, place] = m_keys[i];
                    m_lookups[i].find(records[table].at(place), records[i + 1], joined[i]);
                }
                for (std::size_t i = 0; i < m_columns.size(); ++i)
                    cells.set(i, records[m_columns[i].first].at(m_columns[i].second));
                return visit(row.rowid, cells);
            }));
        Scan scan;
        scan.rows = walk.rows;
        scan.damage = walk.damage;
        for (auto const& lookup : m_lookups)
            if (!scan.damage)
                scan.damage = lookup.damage();
        return scan;
    }

    /// Of a query without joins.
    Result<bool> find(std::int64_t rowid, std::function<void(Cells const&)> const& visit) const
    {
        auto limits = m_limits;
        limits.fields = m_shapes[0].stored.size();
        return find_row(m_pages, m_shapes[0].root, rowid, limits, [&](TreeRow const& row) {
            Record const record { row.rowid, row.fields, true };
            Cells cells { m_columns.size() };
            for (std::size_t i = 0; i < m_columns.size(); ++i)
                cells.set(i, record.at(m_columns[i].second));
            visit(cells);
        });
    }

private:
    bool add_table(std::string_view name)
    {
        auto const wanted = to_lower(name);
        auto const is_wanted = [&](SchemaEntry const& entry) {
            return entry.type == "table" && to_lower(entry.name) == wanted;
        };
        auto const found = std::ranges::find_if(m_schema, is_wanted);
        if (found == m_schema.end() || std::ranges::count_if(m_schema, is_wanted) != 1)
            return false;
        auto shape = read_shape(*found);
        if (!shape || shape->without_rowid)
            return false;
        m_shapes.push_back(*std::move(shape));
        return true;
    }

    Result<bool> load_joins(ScanQuery const& query)
    {
        m_lookups.resize(query.joins.size());
        for (std::size_t i = 0; i < m_lookups.size(); ++i) {
            auto const& join = query.joins[i];
            auto const own = place_of(m_shapes[i + 1], join.column);
            auto const other = place_of(m_shapes[join.equals.table], join.equals.column);
            if (!own || !other || join.equals.table > i)
                return false;
            m_keys.emplace_back(join.equals.table, *other);
            if (!EXHIBIT_TRY(m_lookups[i].load(m_pages, m_shapes[i + 1], *own, !query.once, m_limits)))
                return false;
        }
        return true;
    }

    Database const& m_database;
    Pages const& m_pages;
    WalkLimits m_limits;
    std::vector<SchemaEntry> m_schema;
    std::vector<TableShape> m_shapes; ///< of the tables of the query
    std::vector<std::pair<std::size_t, Place>> m_columns; ///< table and place of each
    std::vector<std::pair<std::size_t, Place>> m_keys; ///< what each joined table is looked up by
    std::vector<Lookup> m_lookups;
};

} // namespace

Result<std::optional<Scan>> scan_rows(
    Database const& database, ScanQuery const& query, ScanVisitor const& visit)
{
    TableScan scan { database };
    if (!EXHIBIT_TRY(scan.prepare(query)))
        return std::optional<Scan> {};
    auto const scanned = EXHIBIT_TRY(scan.run(visit));
    return std::optional { scanned };
}

Result<RowFinder> make_row_finder(
    Database const& database, std::string_view table, std::span<ScanColumn const> columns)
{
    auto scan = std::make_shared<TableScan>(database);
    if (!EXHIBIT_TRY(scan->prepare({ table, {}, columns })))
        return RowFinder {};
    return [scan](std::int64_t rowid, std::function<void(Cells const&)> const& visit) {
        return scan->find(rowid, visit);
    };
}

} // namespace exhibit::sqlite
