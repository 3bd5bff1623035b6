#include "formats/sqlite/database.hpp"

#include "base/text.hpp"
#include "formats/sqlite/connection.hpp"

#include <algorithm>

namespace exhibit::sqlite {

Result<Database> Database::open(Source const& main, Source const* wal, Source const* journal, Options options)
{
    auto pages = EXHIBIT_TRY(Pages::open(main, wal, journal));
    auto connection = std::make_shared<Connection>(std::move(pages), std::move(options));
    EXHIBIT_TRY(connection->open());
    return Database { std::move(connection) };
}

bool Database::empty() const
{
    return m_connection->tables().empty();
}

std::span<Note const> Database::notes() const
{
    return m_connection->notes();
}

Pages const& Database::pages() const
{
    return m_connection->pages();
}

bool Database::has_table(std::string_view table) const
{
    return m_connection->tables().contains(to_lower(table));
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

Result<Scan> Database::each(
    std::string_view sql, std::function<Result<void>(Statement const&)> const& row) const
{
    auto statement = EXHIBIT_TRY(prepare(sql));
    Scan scan;
    for (;;) {
        auto const more = statement.step();
        if (!more.has_value()) {
            if (more.error().fault != Fault::malformed)
                return std::unexpected(more.error());
            scan.damage = more.error();
            return scan;
        }
        if (!*more)
            return scan;
        ++scan.rows;
        EXHIBIT_TRY(row(statement));
    }
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
