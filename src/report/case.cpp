#include "report/case.hpp"

#include "casefile/case_head.hpp"
#include "casefile/schema.hpp"
#include "casefile/sound_case.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <fstream>

namespace exhibit::report {
namespace {

using casefile::Access;
using casefile::Database;

constexpr std::string_view kCopyAgain
    = "copy it again from where it is whole, or examine the acquisition again";

/// Whether an export may call a file so: what it writes besides those of tables has names of its own.
bool is_name_of_module(std::string_view name)
{
    constexpr std::array<std::string_view, 4> own { "alerts", "analytics_ios_versions", "info", "urls" };
    return casefile::is_plain_name(name) && std::ranges::find(own, name) == own.end();
}

Result<void> read_columns(Database& database, std::vector<TableInfo>& tables)
{
    auto statement = EXHIBIT_TRY(database.prepare("SELECT column_name, type, holds, clock, doc, mvt_key FROM "
                                                  "artifact_column WHERE table_name=? ORDER BY position"));
    for (auto& table : tables) {
        statement.reset();
        statement.bind(1, table.name);
        while (EXHIBIT_TRY(statement.step())) {
            ColumnInfo column;
            column.name = statement.text(0);
            column.type = type_named(statement.text(1)).value_or(Type::text);
            column.holds = statement.text(2);
            column.clock = statement.text(3);
            column.doc = statement.text(4);
            column.mvt_key = statement.text(5);
            table.columns.push_back(std::move(column));
        }
    }
    return {};
}

} // namespace

std::optional<NoCase> refusal_of(std::filesystem::path const& path)
{
    auto const name = path.string();
    std::error_code error;
    if (std::filesystem::is_directory(path, error))
        return NoCase { Fault::unsupported, fmt::format("{} is a folder, not a case file", name),
            "`exhibit check PATH` makes a case file of an acquisition" };
    if (!std::filesystem::is_regular_file(path, error))
        return NoCase { Fault::missing, fmt::format("there is no case file at {}", name), "check the path" };
    if (!std::ifstream { path, std::ios::binary })
        return NoCase { Fault::io, fmt::format("{} cannot be read", name), "check its permissions" };
    auto const head = casefile::read_case_head(path);
    if (!head)
        return NoCase { Fault::unsupported, fmt::format("{} is not a case file of exhibit", name),
            "`exhibit check PATH` makes one from an acquisition" };
    if (head->cut_off())
        return NoCase { Fault::truncated,
            fmt::format("the case file {} is cut off: {} of its {} bytes are there", name, head->size,
                head->stated_size),
            std::string { kCopyAgain } };
    if (head->version < 1)
        return NoCase { Fault::malformed, fmt::format("the case file {} is damaged", name),
            std::string { kCopyAgain } };
    if (head->version > kSchemaVersion)
        return NoCase { Fault::unsupported,
            fmt::format("{} has version {} of the case file format; this program reads up to {}", name,
                head->version, kSchemaVersion),
            "use the exhibit that wrote it, or a newer one" };
    return std::nullopt;
}

std::expected<Database, NoCase> open_case(
    std::filesystem::path const& path, std::stop_token const& stop, std::chrono::steady_clock::time_point end)
{
    if (auto refused = refusal_of(path))
        return std::unexpected(*std::move(refused));
    auto database = Database::open(path, Access::read_only);
    if (!database)
        return std::unexpected(
            NoCase { database.error().fault, std::string { database.error().what }, "is it readable?" });
    database->stop_when(stop);
    database->give_up_at(end);
    if (auto const safe = casefile::make_safe_to_read(*database); !safe)
        return std::unexpected(stop.stop_requested()
                ? NoCase { Fault::cancelled, "stopped", {} }
                : NoCase { safe.error().fault,
                      fmt::format("the case file {} was changed by somebody, or is damaged: {}",
                          path.string(), safe.error().what),
                      std::string { kCopyAgain } });
    return std::move(*database);
}

std::string sql_name(std::string_view name)
{
    std::string out = "\"";
    for (char const c : name) {
        out += c;
        if (c == '"')
            out += c;
    }
    return out + '"';
}

Result<std::vector<TableInfo>> read_tables(Database& database)
{
    std::vector<TableInfo> tables;
    auto statement = EXHIBIT_TRY(database.prepare("SELECT table_name, artifact, doc, relation, mvt_file FROM "
                                                  "artifact_table ORDER BY artifact, table_name"));
    while (EXHIBIT_TRY(statement.step())) {
        TableInfo table;
        table.name = statement.text(0);
        table.artifact = statement.text(1);
        table.doc = statement.text(2);
        table.relation = statement.text(3);
        table.mvt_file = statement.text(4);
        if (!casefile::is_plain_name(table.name)
            || (!table.mvt_file.empty() && !is_name_of_module(table.mvt_file)))
            return fail(Fault::malformed, "a table of the case file has a name that exhibit does not give");
        tables.push_back(std::move(table));
    }
    EXHIBIT_TRY(read_columns(database, tables));
    return tables;
}

Result<RowCursor> RowCursor::open(
    Database& database, TableInfo const& table, std::optional<std::int64_t> record, RowQuery const& query)
{
    std::string sql = "SELECT t.record_id, t.entry_id, t.locator, t.recovered";
    std::vector<int> positions;
    int position = 4;
    for (auto const& column : table.columns) {
        positions.push_back(position++);
        sql += ", t." + sql_name(column.name);
        if (column.type == Type::time) {
            sql += ", t." + sql_name(column.name + "_raw");
            ++position;
        }
    }
    for (auto const& expression : query.expressions)
        sql += ", " + expression;
    sql += fmt::format(" FROM {} AS t", sql_name(table.name));
    if (!query.expressions.empty())
        sql += " LEFT JOIN entry AS e ON e.entry_id=t.entry_id " + query.joins;
    sql += query.where.empty() ? " WHERE 1" : fmt::format(" WHERE ({})", query.where);
    sql += record ? " AND t.record_id=?1" : " ORDER BY t.record_id";
    auto statement = EXHIBIT_TRY(database.prepare(sql));
    if (record)
        statement.bind(1, *record);
    return RowCursor { std::move(statement), std::move(positions), position };
}

Result<EntryPaths> EntryPaths::open(Database& database)
{
    auto statement = EXHIBIT_TRY(database.prepare("SELECT path FROM entry WHERE entry_id=?"));
    return EntryPaths { std::move(statement) };
}

Result<std::string_view> EntryPaths::find(std::int64_t entry_id)
{
    if (entry_id == m_entry)
        return std::string_view { m_path };
    m_statement.reset();
    m_statement.bind(1, entry_id);
    m_path = EXHIBIT_TRY(m_statement.step()) ? m_statement.text(0) : std::string_view {};
    m_entry = entry_id;
    return std::string_view { m_path };
}

} // namespace exhibit::report
