#include "formats/sqlite/database.hpp"

#include "base/text.hpp"
#include "formats/sqlite/btree.hpp"
#include "formats/sqlite/connection.hpp"
#include "formats/sqlite/recover.hpp"
#include "formats/sqlite/schema.hpp"

#include <algorithm>
#include <unordered_map>

namespace exhibit::sqlite {

namespace {

/// Whether the trees that the schema names begin where it says, as trees of that kind.
bool schema_fits(Pages const& pages)
{
    auto const schema = read_schema(pages);
    if (!schema.has_value())
        return false;
    std::vector<std::byte> buffer;
    return std::ranges::all_of(*schema, [&](SchemaEntry const& entry) {
        if (entry.root == 0)
            return true;
        auto const bytes = pages.page(entry.root, buffer);
        auto const page
            = bytes.has_value() ? read_page(*bytes, entry.root, pages.header().usable()) : std::nullopt;
        bool const as_index
            = entry.type != "table" || to_lower(entry.sql).find("without") != std::string::npos;
        return page && (is_table(page->kind) ? entry.type == "table" : as_index);
    });
}

/// A log does not say to which database it belongs. One of another database puts its pages where the
/// schema has others; then the database makes sense without it, and not with it.
Result<Pages> open_pages(Source const& main, Source const* wal, Source const* journal)
{
    auto pages = EXHIBIT_TRY(Pages::open(main, wal, journal));
    if (!pages.wal_applied() || schema_fits(pages))
        return pages;
    auto without = Pages::open(main, nullptr, journal);
    if (!without.has_value() || without->empty() || !schema_fits(*without))
        return pages;
    without->add_note({ true, { Fault::malformed, "log left out: a write-ahead log of another database" } });
    return without;
}

} // namespace

Result<Database> Database::open(Source const& main, Source const* wal, Source const* journal, Options options)
{
    auto pages = std::make_shared<Pages const>(EXHIBIT_TRY(open_pages(main, wal, journal)));
    auto connection = std::make_shared<Connection>(pages, options);
    EXHIBIT_TRY(connection->open());
    if (!connection->schema_damaged())
        return Database { std::move(connection) };
    // SQLite stops at the first page of the schema that it cannot read; our own reader does not.
    auto copy = std::make_shared<Connection>(std::move(pages), std::move(options));
    EXHIBIT_TRY(copy->open_copy(nullptr));
    if (copy->tables().size() <= connection->tables().size())
        return Database { std::move(connection) };
    copy->add_notes(connection->notes());
    return Database { std::move(copy) };
}

bool Database::empty() const
{
    return m_connection->tables().empty() && !m_connection->has_views();
}

std::span<Note const> Database::notes() const
{
    return m_connection->notes();
}

Pages const& Database::pages() const
{
    return *m_connection->pages();
}

Result<std::vector<SchemaEntry> const*> Database::schema() const
{
    return m_connection->schema();
}

Options const& Database::options() const
{
    return m_connection->options();
}

bool Database::is_copy() const
{
    return m_connection->is_copy();
}

bool Database::has_table(std::string_view table) const
{
    return m_connection->tables().contains(to_lower(table));
}

bool Database::had_table(std::string_view table) const
{
    if (has_table(table))
        return true;
    auto const found = recoverer();
    return found && (*found)->has(table);
}

bool Database::has_column(std::string_view table, std::string_view column) const
{
    auto const wanted = to_lower(column);
    return std::ranges::any_of(
        columns(table), [&](ColumnInfo const& info) { return to_lower(info.name) == wanted; });
}

std::span<ColumnInfo const> Database::columns(std::string_view table) const
{
    return m_connection->columns(table);
}

std::vector<std::string> Database::tables() const
{
    std::vector<std::string> names;
    for (auto const& [lower, name] : m_connection->tables())
        names.push_back(name);
    return names;
}

std::string Database::column_or_null(
    std::string_view alias, std::string_view table, std::string_view column) const
{
    if (!has_column(table, column))
        return "NULL";
    return alias.empty() ? quote_name(column) : std::string { alias } + "." + quote_name(column);
}

Result<Statement> Database::prepare(std::string_view sql) const
{
    auto* const statement = EXHIBIT_TRY(m_connection->compile(sql));
    return Statement { m_connection, statement };
}

namespace {

std::uint64_t hash_of(Statement const& row)
{
    std::uint64_t hash = 14'695'981'039'346'656'037U; // FNV-1a
    auto const add = [&hash](std::string_view bytes) {
        for (char const c : bytes)
            hash = (hash ^ static_cast<unsigned char>(c)) * 1'099'511'628'211U;
    };
    for (int column = 0; column < row.columns(); ++column) {
        auto const text = row.text(column);
        add(row.is_null(column) ? "n" : row.is_text(column) ? "t" : row.is_blob(column) ? "b" : "i");
        add(std::to_string(text.size()));
        add(text);
    }
    return hash;
}

using RowVisitor = std::function<Result<void>(Statement const&)>;

/// Goes on with a query behind damage, in a copy of what can be salvaged of the tables it reads.
Result<void> resume_in_copy(std::shared_ptr<Connection> const& damaged, std::string_view sql,
    Connection::Names const& tables, RowVisitor const& row, Scan& scan)
{
    // The same query over the same bytes gives the rows again that were delivered before the damage.
    std::unordered_map<std::uint64_t, std::uint64_t> delivered;
    auto* const same = EXHIBIT_TRY(damaged->compile(sql));
    Statement again { damaged, same };
    for (std::uint64_t i = 0; i < scan.rows && EXHIBIT_TRY(again.step()); ++i)
        ++delivered[hash_of(again)];

    auto copy = std::make_shared<Connection>(damaged->pages(), damaged->options());
    EXHIBIT_TRY(copy->open_copy(&tables));
    auto const compiled = copy->compile(sql);
    if (!compiled.has_value()) // A table was lost whole; the damage has been told.
        return {};
    Statement statement { std::move(copy), *compiled };
    while (EXHIBIT_TRY(statement.step())) {
        auto const known = delivered.find(hash_of(statement));
        if (known != delivered.end() && known->second > 0) {
            --known->second;
            continue;
        }
        ++scan.rows;
        ++scan.salvaged;
        EXHIBIT_TRY(row(statement));
    }
    return {};
}

} // namespace

Result<Scan> Database::each(std::string_view sql, RowVisitor const& row) const
{
    auto statement = EXHIBIT_TRY(prepare(sql));
    auto const tables = m_connection->tables_read();
    Scan scan;
    for (;;) {
        auto const more = statement.step();
        if (!more.has_value() && more.error().fault != Fault::malformed)
            return std::unexpected(more.error());
        if (!more.has_value()) {
            scan.damage = more.error();
            if (!m_connection->is_copy())
                EXHIBIT_TRY(resume_in_copy(m_connection, sql, tables, row, scan));
            return scan;
        }
        if (!*more)
            return scan;
        ++scan.rows;
        EXHIBIT_TRY(row(statement));
    }
}

Result<Database> Database::with_rows(Recovery const& recovery, std::span<std::string_view const> joined) const
{
    Connection::Names names;
    for (auto const name : joined)
        names.insert(to_lower(name));
    names.erase(to_lower(recovery.table));
    auto copy = std::make_shared<Connection>(m_connection->pages(), m_connection->options());
    EXHIBIT_TRY(copy->open_copy(&names, &recovery));
    return Database { std::move(copy) };
}

/// A recoverer and the database that it looks at, which does not own the connection that owns both.
struct RecoveryState {
    Database database;
    std::optional<Recoverer> recoverer = std::nullopt;
};

std::vector<bool>& Database::plain_leaves() const
{
    return m_connection->plain_leaves;
}

Result<Recoverer const*> Database::recoverer() const
{
    auto state = std::static_pointer_cast<RecoveryState>(m_connection->recovery);
    if (!state) {
        std::shared_ptr<Connection> const borrowed { std::shared_ptr<void> {}, m_connection.get() };
        state = std::make_shared<RecoveryState>(RecoveryState { Database { borrowed } });
        RecoverOptions options;
        options.stop = m_connection->options().stop;
        state->recoverer = EXHIBIT_TRY(Recoverer::open(state->database, std::move(options)));
        m_connection->recovery = state;
    }
    return &*state->recoverer;
}

std::string Database::last_message() const
{
    return m_connection->message();
}

std::string quote_name(std::string_view name)
{
    std::string text { '"' };
    for (char const c : name) {
        text += c;
        if (c == '"')
            text += c;
    }
    return text + '"';
}

} // namespace exhibit::sqlite
