#include "formats/sqlite/scan.hpp"

#include "base/text.hpp"
#include "formats/sqlite/btree.hpp"
#include "formats/sqlite/joined_table.hpp"
#include "formats/sqlite/schema.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace exhibit::sqlite {

namespace {

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

class TableScan {
public:
    explicit TableScan(Database const& database)
        : m_database(database)
        , m_pages(database.pages())
        , m_encoding(m_pages.header().encoding)
    {
        m_limits.stop = database.options().stop;
        m_limits.record_bytes = database.options().cell_bytes;
    }

    /// Whether all that the query needs can be read without SQLite.
    Result<bool> prepare(ScanQuery const& query)
    {
        if (m_database.is_copy())
            return false;
        m_limits.plain_leaves = query.deleted ? &m_database.plain_leaves() : nullptr;
        m_schema = EXHIBIT_TRY(m_database.schema());
        if (!add_table(query.table))
            return false;
        for (auto const& join : query.joins)
            if (!add_table(join.table))
                return false;
        for (auto const& column : query.columns) {
            auto const place = place_of(m_shapes[column.table], column.column);
            if (!place)
                return false;
            m_columns.push_back({ column.table, *place, {} });
        }
        return load_joins(query);
    }

    Result<Scan> run(ScanVisitor const& visit)
    {
        Cells cells { m_columns.size() };
        std::vector<StoredRow> rows(m_shapes.size());
        std::uint64_t ambiguous = 0;
        auto limits = m_limits;
        limits.fields = m_shapes[0].stored.size();
        auto const walk = EXHIBIT_TRY(
            walk_rows(m_pages, m_shapes[0].root, false, limits, [&](TreeRow const& row) -> Result<void> {
                rows[0] = { row.rowid, row.fields, true };
                bool fits_several = false;
                for (std::size_t i = 0; i < m_joined.size(); ++i) {
                    auto const& [table, place] = m_keys[i];
                    rows[i + 1] = EXHIBIT_TRY(m_joined[i].find(rows[table].at(place)));
                    fits_several = fits_several || m_joined[i].fits_several();
                }
                ambiguous += fits_several ? 1 : 0;
                fill(cells, rows);
                return visit(row.rowid, cells);
            }));
        Scan scan;
        scan.rows = walk.rows;
        scan.ambiguous = ambiguous;
        scan.damage = walk.damage;
        for (auto const& joined : m_joined)
            if (!scan.damage)
                scan.damage = joined.damage();
        return scan;
    }

    /// Of a query without joins.
    Result<bool> find(std::int64_t rowid, std::function<void(Cells const&)> const& visit)
    {
        auto limits = m_limits;
        limits.fields = m_shapes[0].stored.size();
        return find_row(m_pages, m_shapes[0].root, rowid, limits, [&](TreeRow const& row) {
            StoredRow const record { row.rowid, row.fields, true };
            Cells cells { m_columns.size() };
            fill(cells, { &record, 1 });
            visit(cells);
        });
    }

private:
    struct Column {
        std::size_t table = 0; ///< of the query
        Place place;
        std::string text; ///< of the last row, where it had to be converted
    };

    void fill(Cells& cells, std::span<StoredRow const> rows)
    {
        auto into = cells.values().begin();
        for (auto& column : m_columns)
            *into++ = value_at(rows[column.table], column.place, column.text);
    }

    [[nodiscard]] Value value_at(StoredRow const& row, Place const& place, std::string& text) const
    {
        auto const value = row.at(place);
        if (m_encoding == Encoding::utf8)
            return value;
        bool const is_stored = row.there && place.field < row.fields.size(); // Not told by the declaration.
        if (value.kind() != Value::Kind::text || !is_stored)
            return value;
        text = to_utf8(value.bytes(), m_encoding);
        return Value::text(as_bytes(text));
    }

    bool add_table(std::string_view name)
    {
        auto const is_wanted = [&](SchemaEntry const& entry) {
            return entry.type == "table" && entry.name.size() == name.size()
                && to_lower(entry.name) == to_lower(name);
        };
        auto const found = std::ranges::find_if(*m_schema, is_wanted);
        if (found == m_schema->end() || std::ranges::count_if(*m_schema, is_wanted) != 1)
            return false;
        auto shape = read_shape(*found);
        if (!shape || shape->without_rowid)
            return false;
        m_shapes.push_back(*std::move(shape));
        return true;
    }

    Result<bool> load_joins(ScanQuery const& query)
    {
        m_joined.resize(query.joins.size());
        for (std::size_t i = 0; i < m_joined.size(); ++i) {
            auto const& join = query.joins[i];
            auto const own = place_of(m_shapes[i + 1], join.column);
            auto const other = place_of(m_shapes[join.equals.table], join.equals.column);
            if (!own || !other || join.equals.table > i)
                return false;
            m_keys.emplace_back(join.equals.table, *other);
            if (!EXHIBIT_TRY(m_joined[i].open(m_pages, m_shapes[i + 1], *own, !query.once, m_limits)))
                return false;
        }
        return true;
    }

    Database const& m_database;
    Pages const& m_pages;
    Encoding m_encoding;
    WalkLimits m_limits;
    std::vector<SchemaEntry> const* m_schema = nullptr;
    std::vector<TableShape> m_shapes; ///< of the tables of the query
    std::vector<Column> m_columns; ///< that the query asks for
    std::vector<std::pair<std::size_t, Place>> m_keys; ///< what each joined table is looked up by
    std::vector<JoinedTable> m_joined;
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
