#include "detection/copies.hpp"

#include "indicators/digest.hpp"

#include <fmt/format.h>

namespace exhibit::detection {
namespace {

/// Rows of fewer cells may be the same in files that have nothing to do with each other.
constexpr std::int64_t kFewestCells = 3;

std::string origin_sql(CaseTable const& table)
{
    std::string cells = "0";
    std::string content = "''";
    for (auto const& column : table.columns) {
        cells += fmt::format("+coalesce(\"{}\" <> '', 0)", column.name);
        content += fmt::format("||quote(\"{}\")||','", column.name);
    }
    return fmt::format(
        "SELECT entry_id, locator, CASE WHEN ?2 AND {} >= {} THEN coalesce(recovered, '')||{} END "
        "FROM \"{}\" WHERE record_id = ?1",
        cells, kFewestCells, content, table.name);
}

} // namespace

std::optional<RowOrigins::Origin> RowOrigins::of(CountedValue const& row)
{
    auto* const statement = m_queries.find(row.table, origin_sql);
    if (statement == nullptr)
        return std::nullopt;
    statement->bind(1, row.record_id).bind(2, std::int64_t { !row.time });
    std::optional<Origin> origin;
    if (auto const there = statement->step(); there && *there)
        origin = Origin { statement->integer(0), statement->integer(1),
            statement->is_null(2) ? std::string {} : indicators::sha256_hex(statement->text(2)) };
    statement->reset();
    return origin;
}

bool Copies::is_repeated(CountedValue const& row)
{
    auto const [found, is_new]
        = m_said.try_emplace(Key { row.table, row.column, row.value, row.time }, Said { row.record_id, {} });
    if (is_new)
        return false;
    auto& said = found->second;
    if (said.entries.empty())
        is_said_elsewhere(said, { row.table, said.first_record, row.column, row.value, row.time });
    return is_said_elsewhere(said, row);
}

bool Copies::is_said_elsewhere(Said& said, CountedValue const& row)
{
    auto origin = m_origins->of(row);
    if (!origin || (!row.time && origin->content.empty()))
        return false;
    auto const place = row.time ? Place {} : Place { origin->locator, std::move(origin->content) };
    return said.entries.emplace(place, origin->entry).first->second != origin->entry;
}

} // namespace exhibit::detection
