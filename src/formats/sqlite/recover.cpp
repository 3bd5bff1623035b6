#include "formats/sqlite/recover.hpp"

#include "base/text.hpp"
#include "formats/sqlite/schema.hpp"
#include "formats/sqlite/search.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>

namespace exhibit::sqlite {

namespace {

constexpr std::uint64_t kSample = 5'000; ///< live rows that are looked at to learn what is usual in a table
constexpr std::size_t kMostDeclarations = 10'000; ///< deleted ones that are compiled
constexpr std::size_t kMostShapes = 8; ///< of one table in the course of time
constexpr std::size_t kMostIndexes = 4; ///< of one table that are searched: each costs a search of the file
constexpr std::size_t kMostDropped = 1'000; ///< tables: each row is compared with what all others could hold

/// sqlite_schema itself, which holds the declarations of tables that were dropped.
TableShape schema_shape()
{
    TableShape shape;
    shape.name = "sqlite_schema";
    shape.root = 1;
    for (auto const* const name : { "type", "name", "tbl_name", "rootpage", "sql" }) {
        shape.stored.push_back(shape.columns.size());
        ShapeColumn column;
        column.name = name;
        column.affinity = std::string_view { name } == "rootpage" ? Affinity::integer : Affinity::text;
        shape.columns.push_back(std::move(column));
    }
    return shape;
}

} // namespace

class Recoverer::State {
public:
    State(Database const& database, RecoverOptions options)
        : m_database(database)
        , m_options(std::move(options))
    {
    }

    Result<void> open()
    {
        auto const& pages = m_database.pages();
        m_versions = EXHIBIT_TRY(old_versions(pages));
        auto const& schema = *EXHIBIT_TRY(m_database.schema());
        std::vector<std::uint32_t> roots { 1 };
        add_table(schema_shape(), PageMap::kSchema);
        for (auto const& entry : schema) {
            if (entry.root == 0)
                continue;
            roots.push_back(entry.root);
            if (auto shape = read_shape(entry))
                add_table(std::move(*shape), static_cast<std::uint32_t>(roots.size()));
        }
        m_map.emplace(
            EXHIBIT_TRY(PageMap::build(pages, roots, m_versions, m_database.plain_leaves(), m_options.stop)));
        add_indexes(schema, roots);
        for (auto& table : m_tables)
            EXHIBIT_TRY(learn(*table));
        for (auto& index : m_indexes)
            EXHIBIT_TRY(learn(*index));
        EXHIBIT_TRY(read_sequences());
        return find_dropped();
    }

    Result<Recovery> recover(std::string_view name, std::span<std::string_view const> columns) const
    {
        auto const shapes = shapes_of(name);
        if (shapes.empty())
            return fail(Fault::missing, "no such table");
        auto const& table = *shapes.front();
        Recovery recovery;
        recovery.table = table.shape.name;
        recovery.columns.assign(columns.begin(), columns.end());
        if (columns.empty())
            for (auto const& column : table.shape.columns)
                recovery.columns.push_back(column.name);
        auto const candidates = EXHIBIT_TRY(search(shapes, recovery));
        for (auto const& candidate : candidates) {
            if (candidate.certain)
                recovery.rows.push_back(row_of(candidate, table.shape, recovery.columns));
            else
                ++recovery.uncertain;
        }
        return recovery;
    }

    Result<Database> database(Recovery const& recovery, std::span<std::string_view const> joined) const
    {
        return m_database.with_rows(recovery, joined);
    }

    [[nodiscard]] bool has(std::string_view name) const { return !shapes_of(name).empty(); }

private:
    struct Table {
        Table(TableShape of, std::uint32_t tree, Header const& header)
            : shape(std::move(of))
            , owner(tree)
            , test(shape, header)
        {
        }
        Table(Table const&) = delete;
        Table& operator=(Table const&) = delete;

        TableShape shape;
        std::uint32_t owner;
        RowTest test; ///< refers to `shape`
        std::uint32_t root = 0; ///< that a deleted declaration names
        std::string indexed; ///< of an index: its table, in small letters
        std::optional<std::int64_t> highest_id; ///< that was ever given out, where the database notes it
    };

    /// A declaration that was deleted.
    struct Former {
        TableShape shape;
        std::uint32_t root = 0;
    };

    /// The table of this name and what else it was in the course of time, the newest first. The deleted
    /// declarations of a table that is there are of its earlier columns.
    [[nodiscard]] std::vector<Table const*> shapes_of(std::string_view name) const
    {
        std::vector<Table const*> shapes;
        auto const lower = to_lower(name);
        for (auto const& table : m_tables)
            if (to_lower(table->shape.name) == lower && shapes.size() < kMostShapes)
                shapes.push_back(table.get());
        return shapes;
    }

    /// Tables of other names that are gone and that may have been this one: they had all of its columns and
    /// more, or all but a few that were added since.
    void add_relatives(std::vector<Table const*>& shapes) const
    {
        auto const named = shapes.size();
        for (auto const& table : m_tables)
            if (table->shape.root == 0 && shapes.size() < kMostShapes
                && std::ranges::none_of(std::span { shapes }.first(named),
                    [&](Table const* shape) { return shape->shape.name == table->shape.name; })
                && is_relative(shapes.front()->shape, table->shape))
                shapes.push_back(table.get());
    }

    static bool is_relative(TableShape const& shape, TableShape const& former)
    {
        constexpr std::size_t enough = 6; // Columns: small tables are alike by accident.
        auto const fewer = std::min(shape.columns.size(), former.columns.size());
        if (fewer < enough || is_same_layout(shape, former) || shape.without_rowid != former.without_rowid)
            return false;
        auto const columns = columns_in(former, shape);
        auto const shared
            = std::ranges::count_if(columns, [](auto const& column) { return column.has_value(); });
        return static_cast<std::size_t>(shared) == fewer;
    }

    /// Whether both are one table: by name, or since one has had the name of the other, as when a program
    /// changes columns by renaming the table, filling a new one and dropping the old.
    [[nodiscard]] bool is_same_table(Table const& a, Table const& b) const
    {
        auto const lower = to_lower(b.shape.name);
        return to_lower(a.shape.name) == lower || had_name(a, lower) || had_name(b, to_lower(a.shape.name));
    }

    [[nodiscard]] bool had_name(Table const& table, std::string_view lower) const
    {
        return table.shape.root == 0 && table.root != 0
            && std::ranges::any_of(m_former, [&](Former const& former) {
                   return former.root == table.root && is_same_layout(former.shape, table.shape)
                       && to_lower(former.shape.name) == lower;
               });
    }

    void add_table(TableShape shape, std::uint32_t owner)
    {
        m_tables.push_back(std::make_unique<Table>(std::move(shape), owner, m_database.pages().header()));
    }

    void add_indexes(std::span<SchemaEntry const> schema, std::span<std::uint32_t const> roots)
    {
        for (auto const& entry : schema)
            if (auto const shape = read_shape(entry))
                for (auto& index : read_index_shapes(*shape, entry, schema)) {
                    auto const root = std::ranges::find(roots, index.root);
                    auto const owner = index.root == 0 || root == roots.end()
                        ? PageMap::kNobody
                        : static_cast<std::uint32_t>(root - roots.begin()) + 1;
                    m_indexes.push_back(
                        std::make_unique<Table>(std::move(index), owner, m_database.pages().header()));
                    auto& added = *m_indexes.back();
                    added.indexed = to_lower(entry.name);
                    for (std::size_t count = 0; count < added.shape.stored.size(); ++count)
                        added.test.refuse_count(count); // Of columns that were added nothing is indexed.
                }
    }

    /// Indexes of a table whose entries tell more than numbers: the first of those that no two rows are equal
    /// in, or else the first one of a single text.
    [[nodiscard]] std::vector<Table const*> telling_indexes(TableShape const& table) const
    {
        std::vector<Table const*> unique;
        Table const* other = nullptr;
        for (auto const& index : m_indexes) {
            auto const& columns = index->shape.columns;
            bool const has_text
                = std::ranges::any_of(columns, [](auto const& of) { return of.affinity == Affinity::text; });
            if (index->indexed != to_lower(table.name) || index->shape.root == 0 || !has_text)
                continue;
            if (index->shape.unique && unique.size() != kMostIndexes)
                unique.push_back(index.get());
            else if (other == nullptr && columns.size() == 2)
                other = index.get();
        }
        if (unique.empty() && other != nullptr)
            unique.push_back(other);
        return unique;
    }

    /// What entries of indexes tell of rows that are gone: the indexed columns and the row id.
    Result<void> search_indexes(
        Table const& table, std::vector<Candidate>& candidates, Recovery& recovery) const
    {
        if (table.shape.root == 0 || table.shape.without_rowid)
            return {};
        for (auto const* index : telling_indexes(table.shape)) {
            std::vector<RowTest> rivals;
            for (auto const& other : m_indexes)
                if (other.get() != index)
                    rivals.push_back(other->test);
            for (auto const& other : m_tables)
                if (other->shape.without_rowid)
                    rivals.push_back(other->test);
            Search search { { m_database.pages(), *m_map, m_versions, table.highest_id }, index->test,
                table.shape, index->owner, rivals, m_options };
            EXHIBIT_TRY(search.run());
            recovery.cut = recovery.cut || search.cut();
            std::ranges::move(search.take(), std::back_inserter(candidates));
        }
        return {};
    }

    /// The highest row ids of tables that are declared AUTOINCREMENT.
    Result<void> read_sequences()
    {
        auto const sequence = shapes_of("sqlite_sequence");
        if (sequence.empty() || sequence.front()->shape.root == 0)
            return {};
        WalkLimits limits;
        limits.fields = 2;
        limits.stop = m_options.stop;
        auto const encoding = m_database.pages().header().encoding;
        auto const visit = [&](TreeRow const& row) -> Result<void> {
            if (row.fields.size() != 2 || !row.fields[0].is_text() || !row.fields[1].is_integer())
                return {};
            auto const name = to_lower(to_utf8(row.fields[0].body, encoding));
            for (auto& table : m_tables)
                if (to_lower(table->shape.name) == name)
                    table->highest_id = std::max(table->highest_id.value_or(0), row.fields[1].integer());
            return {};
        };
        EXHIBIT_TRY(walk_rows(m_database.pages(), sequence.front()->shape.root, false, limits, visit));
        return {};
    }

    Result<void> learn(Table& table)
    {
        if (table.shape.root == 0)
            return {};
        std::uint64_t rows = 0;
        WalkLimits limits;
        limits.fields = table.shape.stored.size();
        limits.stop = m_options.stop;
        auto const walk = walk_rows(m_database.pages(), table.shape.root, table.shape.without_rowid, limits,
            [&](TreeRow const& row) -> Result<void> {
                table.test.learn(row.fields);
                return ++rows < kSample ? Result<void> {} : fail(Fault::over_limit, "enough");
            });
        if (!walk.has_value() && walk.error().fault != Fault::over_limit)
            return std::unexpected(walk.error());
        return {};
    }

    Result<std::vector<Candidate>> search(std::span<Table const* const> shapes, Recovery& recovery) const
    {
        auto const& target = shapes.front()->shape;
        std::vector<Candidate> candidates;
        std::vector<std::size_t> ends;
        recovery.cut = m_cut;
        std::vector all(shapes.begin(), shapes.end());
        std::vector<RowTest const*> tests;
        std::ranges::transform(
            shapes, std::back_inserter(tests), [](Table const* table) { return &table->test; });
        add_relatives(all);
        for (auto const* table : all) {
            std::vector<RowTest> rivals;
            for (auto const& other : m_tables)
                if (other->shape.without_rowid == table->shape.without_rowid
                    && !is_same_table(*other, *table))
                    rivals.push_back(other->test);
            bool const named = ends.size() < shapes.size();
            Search search { { m_database.pages(), *m_map, m_versions, shapes.front()->highest_id, tests },
                table->test, target, named ? shapes.front()->owner : table->owner, rivals, m_options };
            EXHIBIT_TRY(search.run());
            recovery.cut = recovery.cut || search.cut();
            auto found = search.take();
            if (!named)
                for (auto& candidate : found)
                    candidate.certain = false;
            std::ranges::move(found, std::back_inserter(candidates));
            ends.push_back(candidates.size());
        }
        drop_worse_readings(candidates, ends, shapes.size());
        EXHIBIT_TRY(search_indexes(*shapes.front(), candidates, recovery));
        EXHIBIT_TRY(drop_known(candidates, target, m_database.pages(), m_options.stop));
        drop_told_entries(candidates, target);
        return candidates;
    }

    /// Declarations that were deleted: their tables may be asked for, and their rows are not taken for
    /// those of a table that is left.
    Result<void> find_dropped()
    {
        Recovery unused;
        auto const candidates
            = EXHIBIT_TRY(search(std::array<Table const*, 1> { m_tables.front().get() }, unused));
        m_cut = unused.cut;
        std::size_t declarations = 0;
        std::size_t dropped = 0;
        for (auto const& candidate : candidates) {
            if (m_options.stop.stop_requested())
                return fail(Fault::cancelled, "cancelled");
            if (++declarations > kMostDeclarations || dropped == kMostDropped) {
                m_cut = true;
                break;
            }
            auto const text = [&](std::size_t column) {
                auto const* stored = std::get_if<std::string>(&candidate.values[column]);
                return stored == nullptr ? std::string {} : *stored;
            };
            SchemaEntry const entry { text(0), text(1), 2, text(4) };
            auto shape = read_shape(entry);
            if (!shape)
                continue;
            shape->root = 0;
            auto const* root = std::get_if<std::int64_t>(&candidate.values[3]);
            Former former { std::move(*shape),
                root != nullptr && *root > 0 && *root <= m_map->last() ? static_cast<std::uint32_t>(*root)
                                                                       : 0 };
            if (!is_known(former.shape)) {
                add_table(former.shape, PageMap::kNobody);
                m_tables.back()->root = former.root;
                ++dropped;
            }
            m_former.push_back(std::move(former));
        }
        return {};
    }

    /// Whether the shapes of its table that are known read its rows too, maybe from now on: columns are added
    /// at the end, and rows that are older lack them.
    [[nodiscard]] bool is_known(TableShape const& former)
    {
        for (auto const& table : m_tables) {
            if (to_lower(table->shape.name) != to_lower(former.name))
                continue;
            bool const in_place = columns_stay(former, table->shape);
            if (in_place && is_same_layout(table->shape, former))
                return true;
            if (in_place && table->shape.root != 0 && begins_with(table->shape, former)) {
                table->test.allow_count(former.stored.size());
                return true;
            }
            table->test.refuse_count(former.stored.size());
        }
        return false;
    }

    static RecoveredRow row_of(
        Candidate const& candidate, TableShape const& shape, std::span<std::string const> columns)
    {
        RecoveredRow row;
        row.rowid = candidate.rowid;
        row.kind = candidate.place.kind;
        row.page = candidate.place.page;
        row.frame = candidate.place.frame;
        row.offset = candidate.place.offset + candidate.at;
        row.earlier_version = candidate.earlier_version;
        for (std::size_t column = 0; column != candidate.values.size(); ++column)
            row.incomplete = row.incomplete
                || (column != shape.rowid_column && std::holds_alternative<Lost>(candidate.values[column]));
        for (auto const& name : columns) {
            auto const found = std::ranges::find(shape.columns, to_lower(name),
                [](ShapeColumn const& column) { return to_lower(column.name); });
            row.values.push_back(found == shape.columns.end()
                    ? StoredValue {}
                    : candidate.values[static_cast<std::size_t>(found - shape.columns.begin())]);
        }
        return row;
    }

    Database const& m_database;
    RecoverOptions m_options;
    std::vector<PageVersion> m_versions;
    std::optional<PageMap> m_map;
    std::vector<Former> m_former;
    std::vector<std::unique_ptr<Table>> m_indexes;
    std::vector<std::unique_ptr<Table>> m_tables; ///< the first is sqlite_schema
    bool m_cut = false; ///< there may be more tables that were dropped
};

Recoverer::Recoverer(std::unique_ptr<State> state)
    : m_state(std::move(state))
{
}

Recoverer::Recoverer(Recoverer&&) noexcept = default;
Recoverer& Recoverer::operator=(Recoverer&&) noexcept = default;
Recoverer::~Recoverer() = default;

Result<Recoverer> Recoverer::open(Database const& database, RecoverOptions options)
{
    auto state = std::make_unique<State>(database, std::move(options));
    if (!database.pages().empty())
        EXHIBIT_TRY(state->open());
    return Recoverer { std::move(state) };
}

Result<Recovery> Recoverer::recover(std::string_view table, std::span<std::string_view const> columns) const
{
    return m_state->recover(table, columns);
}

Result<Database> Recoverer::database(Recovery const& recovery, std::span<std::string_view const> joined) const
{
    return m_state->database(recovery, joined);
}

bool Recoverer::has(std::string_view table) const
{
    return m_state->has(table);
}

} // namespace exhibit::sqlite
