#include "casefile/new_case.hpp"

#include "casefile/index_pages.hpp"
#include "casefile/page_layout.hpp"
#include "casefile/record.hpp"
#include "casefile/schema.hpp"

#include <algorithm>
#include <sqlite3.h>
#include <tuple>

namespace exhibit {
namespace {

/// A row of `sqlite_schema`.
struct SchemaObject {
    std::string_view type;
    std::string_view name;
    std::string_view table;
    std::string_view sql; ///< empty for the index that SQLite makes of a primary key
};

std::string_view word_after(std::string_view text, std::string_view words)
{
    auto const begin = text.find(words) + words.size();
    return text.substr(begin, text.find_first_of(" (", begin) - begin);
}

bool has_own_index(std::string_view create_table)
{
    return create_table.contains(" TEXT PRIMARY KEY") || create_table.contains(" UNIQUE")
        || create_table.contains(", PRIMARY KEY (");
}

/// What the statements make, in the order in which SQLite lists it.
class Schema {
public:
    explicit Schema(std::span<Artifact const* const> artifacts)
    {
        auto core = core_schema();
        while (core.contains(';')) {
            core.remove_prefix(core.find_first_not_of('\n'));
            add(std::string { core.substr(0, core.find(';')) });
            core.remove_prefix(core.find(';') + 1);
        }
        for (auto const* artifact : artifacts)
            for (auto const* table : artifact->tables)
                add(create_table(*table));
        for (auto* const create : { create_timeline, create_local_timeline, create_observables })
            m_views.push_back(object("view", m_texts.emplace_back(create(artifacts))));
    }

    [[nodiscard]] std::span<SchemaObject const> stored() const { return m_stored; }
    [[nodiscard]] std::span<SchemaObject const> views() const { return m_views; }

private:
    static SchemaObject object(std::string_view type, std::string_view sql)
    {
        auto const name = word_after(sql, type == "view" ? "CREATE VIEW " : "CREATE TABLE ");
        return { type, name, name, sql };
    }

    void add(std::string statement)
    {
        auto const& sql = m_texts.emplace_back(std::move(statement));
        if (sql.starts_with("CREATE INDEX ")) {
            m_stored.push_back({ "index", word_after(sql, "CREATE INDEX "), word_after(sql, " ON "), sql });
            return;
        }
        auto const table = m_stored.emplace_back(object("table", sql));
        if (has_own_index(sql)) {
            auto const& name = m_texts.emplace_back(own_index_of(table.name));
            m_stored.push_back({ "index", name, table.name, {} });
        }
    }

public:
    static std::string own_index_of(std::string_view table)
    {
        return fmt::format("sqlite_autoindex_{}_1", table);
    }

private:
    std::deque<std::string> m_texts;
    std::vector<SchemaObject> m_stored; ///< what has pages of its own
    std::vector<SchemaObject> m_views;
};

/// The rows of one table, numbered from 1.
class Rows {
public:
    explicit Rows(PageFile& file)
        : m_loader(file)
    {
    }

    template<typename... Values> [[nodiscard]] Result<void> add(Values const&... values)
    {
        m_record.clear();
        (m_record.add(values), ...);
        return m_loader.add(++m_count, m_record.finish());
    }

    [[nodiscard]] std::int64_t count() const { return m_count; }
    [[nodiscard]] LoadedRows finish() { return m_loader.finish(); }

private:
    TableLoader m_loader;
    RecordBuilder m_record;
    std::int64_t m_count = 0;
};

/// A primary key: a name, which may have a number, and the row.
struct Key {
    std::string_view name;
    std::optional<std::int64_t> number;
    std::int64_t row;
    friend auto operator<=>(Key const&, Key const&) = default;
};

std::vector<std::vector<std::byte>> records_of(std::vector<Key>& keys)
{
    std::ranges::sort(keys);
    std::vector<std::vector<std::byte>> records;
    records.reserve(keys.size());
    RecordBuilder record;
    for (auto const& key : keys) {
        record.clear();
        record.add(key.name);
        if (key.number)
            record.add(*key.number);
        record.add(key.row);
        auto const bytes = record.finish();
        records.emplace_back(bytes.begin(), bytes.end());
    }
    return records;
}

bool has_repeated(std::vector<Key> const& sorted)
{
    return std::ranges::adjacent_find(sorted, [](Key const& left, Key const& right) {
        return left.name == right.name && left.number == right.number;
    }) != sorted.end();
}

/// "Database File Format" of the SQLite documentation, 1.3. `PageFile` adds the number of pages.
void write_header(std::span<std::byte> page)
{
    constexpr std::string_view magic { "SQLite format 3\0", 16 };
    constexpr std::array<std::pair<std::size_t, std::uint32_t>, 7> numbers { {
        { 24, 1 }, // changes
        { 40, 1 }, // version of the schema
        { 44, 4 }, // its format
        { 56, 1 }, // UTF-8
        { 60, kSchemaVersion }, { 68, kApplicationId },
        { 92, 1 }, // the change that the number of pages is of
    } };
    std::ranges::copy(as_bytes(std::span { magic }), page.begin());
    put_big16(page, 16, kPageSize);
    page[18] = std::byte { 1 }; // With a journal, for those who write
    page[19] = std::byte { 1 }; // and for those who read.
    page[21] = std::byte { 64 }; // The share of a page that one payload takes at most,
    page[22] = std::byte { 32 }; // that it takes at least,
    page[23] = std::byte { 32 }; // and the same of leaves.
    for (auto const& [at, number] : numbers)
        put_big32(page, at, number);
    put_big32(page, 96, static_cast<std::uint32_t>(sqlite3_libversion_number()));
}

class Writer {
public:
    Writer(PageFile& file, std::span<Artifact const* const> artifacts)
        : m_file(&file)
        , m_artifacts(artifacts)
        , m_schema(artifacts)
    {
    }

    Result<NewCase> run()
    {
        m_first = m_file->allocate(1);
        EXHIBIT_TRY(write_empty_roots());
        EXHIBIT_TRY(describe());
        EXHIBIT_TRY(write_first_page());
        return std::move(m_made);
    }

private:
    Result<void> write_empty_roots()
    {
        auto const objects = m_schema.stored();
        auto const first = m_file->allocate(static_cast<std::uint32_t>(objects.size()));
        ByteBuffer pages;
        auto page = first;
        for (auto const& object : objects) {
            add_leaf_page({}, object.type == "index" ? PageKind::index_leaf : PageKind::table_leaf, pages);
            m_made.roots.emplace(object.name, page);
            page = page_after(page);
        }
        return m_file->write(first, pages.bytes());
    }

    /// The case file describes itself: what each table and column holds is in it, not only in this program.
    Result<void> describe()
    {
        Rows artifact { *m_file };
        Rows table { *m_file };
        Rows column { *m_file };
        Rows event { *m_file };
        std::vector<Key> artifact_keys;
        std::vector<Key> table_keys;
        std::vector<Key> column_keys;
        for (auto const* one : m_artifacts) {
            EXHIBIT_TRY(artifact.add(
                one->id, one->title, one->doc, name_of(one->platform), std::int64_t { one->key }));
            artifact_keys.push_back({ one->id, {}, artifact.count() });
            for (auto const* own : one->tables) {
                EXHIBIT_TRY(table.add(own->name, one->id, own->doc, name_of(own->relation), own->mvt_file));
                table_keys.push_back({ own->name, {}, table.count() });
                std::int64_t position = 0;
                for (auto const& part : own->columns) {
                    EXHIBIT_TRY(
                        column.add(own->name, position, part.name, name_of(part.type), name_of(part.is),
                            part.clock == Clock::none ? "" : name_of(part.clock), part.doc, part.mvt_key));
                    column_keys.push_back({ own->name, position++, column.count() });
                }
                for (auto const& part : own->events)
                    EXHIBIT_TRY(event.add(own->name, part.when, part.kind, part.text));
            }
        }
        EXHIBIT_TRY(write("artifact", artifact, artifact_keys));
        EXHIBIT_TRY(write("artifact_table", table, table_keys));
        EXHIBIT_TRY(write("artifact_column", column, column_keys));
        auto const events = event.finish();
        return build_tree(*m_file, root_of("artifact_event"), { &events, 1 });
    }

    Result<void> write(std::string_view table, Rows& rows, std::vector<Key>& keys)
    {
        auto const loaded = rows.finish();
        EXHIBIT_TRY(build_tree(*m_file, root_of(table), { &loaded, 1 }));
        auto const records = records_of(keys);
        if (has_repeated(keys))
            return fail(Fault::unsupported, "two artifacts or tables have the same name");
        return build_index(*m_file, root_of(Schema::own_index_of(table)), records);
    }

    Result<void> write_first_page()
    {
        std::vector<LoadedRows::Leaf> leaves;
        EXHIBIT_TRY(list(m_schema.stored(), leaves));
        auto page = interior_page(leaves, kDatabaseHeader);
        EXHIBIT_TRY(list(m_schema.views(), leaves));
        if (leaves.size() > most_children(kDatabaseHeader))
            return fail(Fault::over_limit, "a case cannot hold so many tables");
        auto const whole = interior_page(leaves, kDatabaseHeader);
        m_made.whole_schema.assign(whole.begin() + kDatabaseHeader, whole.end());
        write_header(page);
        return m_file->write(m_first, page);
    }

    /// Adds leaves of the table of the schema.
    Result<void> list(std::span<SchemaObject const> objects, std::vector<LoadedRows::Leaf>& leaves)
    {
        TableLoader loader { *m_file };
        RecordBuilder record;
        for (auto const& object : objects) {
            record.clear();
            record.add(object.type);
            record.add(object.name);
            record.add(object.table);
            record.add(std::int64_t { object.type == "view" ? 0 : root_of(object.name) });
            if (object.sql.empty())
                record.add_null();
            else
                record.add(object.sql);
            EXHIBIT_TRY(loader.add(++m_listed, record.finish()));
        }
        auto rows = loader.finish();
        leaves.insert(leaves.end(), rows.leaves.begin(), rows.leaves.end());
        return write_leaf(*m_file, rows.tail, leaves);
    }

    [[nodiscard]] std::uint32_t root_of(std::string_view object) const
    {
        return m_made.roots.find(object)->second;
    }

    PageFile* m_file;
    std::span<Artifact const* const> m_artifacts;
    Schema m_schema;
    std::uint32_t m_first = 0; ///< the page 1
    std::int64_t m_listed = 0; ///< rows of the table of the schema
    NewCase m_made;
};

} // namespace

Result<NewCase> write_new_case(PageFile& file, std::span<Artifact const* const> artifacts)
{
    return Writer { file, artifacts }.run();
}

} // namespace exhibit
