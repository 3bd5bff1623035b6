#include "detection/matched_rows.hpp"

#include "base/text.hpp"
#include "casefile/schema.hpp"
#include "detection/copies.hpp"
#include "detection/finding.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <span>

namespace exhibit::detection {
namespace {

using casefile::Statement;

/// Why what `row` says to be missing may only not have been read; empty when all of it was.
std::string unread(CaseView const& view, Rule const& rule, MatchedRow const& row)
{
    auto const* own = view.table(row.table);
    for (auto const& name : rule.needs_whole) {
        auto const* table = view.table(name);
        auto const* artifact = table == nullptr ? nullptr : view.artifact(table->artifact);
        if (artifact == nullptr)
            continue;
        bool const same_file = own != nullptr && own->artifact == table->artifact;
        if (same_file ? artifact->in_part.contains(row.entry) : artifact->unreadable() != 0)
            return fmt::format(
                "{}: what is missing in a file that could not be read whole may be in the part that was not "
                "read",
                table->artifact);
    }
    return {};
}

bool add(CountedRows& counted, MatchedRow const& row)
{
    return counted.add(row.table, row.column.value_or(""), row.value.value_or(""), row.time);
}

/// Of one group; its rows stay in their order.
void leave_out_repeated(std::span<MatchedRow const> group, RowOrigins& origins, std::vector<MatchedRow>& kept)
{
    CountedRows counted;
    Copies copies { origins };
    auto const is_repeated = [&](MatchedRow const& row) {
        return copies.is_repeated(
            { row.table, row.record_id, row.column.value_or(""), row.value.value_or(""), row.time });
    };
    for (auto const& row : group)
        if (!row.earlier_version)
            add(counted, row);
    for (auto const& row : group)
        if (row.earlier_version ? add(counted, row) : !is_repeated(row))
            kept.push_back(row);
}

std::string query_of(CaseView const& view, MatchedRow const& row)
{
    auto const* table = view.table(row.table);
    bool const has_column = table != nullptr && row.column && table->has(*row.column);
    auto const copied = table == nullptr ? std::string {} : fmt::format("{}", fmt::join(table->copied, ", "));
    return fmt::format("SELECT entry_id, recovered, {}, {}, ?2 IN ({}) FROM \"{}\" WHERE record_id = ?1",
        has_column ? fmt::format("\"{}\"", *row.column) : "NULL",
        table != nullptr && table->has("device_id") ? "device_id" : "NULL", copied, row.table);
}

} // namespace

Result<void> add_origins(casefile::Database& reader, CaseView const& view, std::vector<MatchedRow>& rows)
{
    std::map<std::string, Statement> origins;
    for (auto& row : rows) {
        auto const query = query_of(view, row);
        auto origin = origins.find(query);
        if (origin == origins.end())
            origin = origins.emplace(query, EXHIBIT_TRY(reader.prepare(query))).first;
        auto& statement = origin->second;
        if (EXHIBIT_TRY(statement.bind(1, row.record_id).bind(2, row.time).step())) {
            row.entry = statement.integer(0);
            row.earlier_version = is_earlier_version(statement.text(1));
            if (!statement.is_null(2))
                row.stored = short_text(statement.text(2));
            else
                row.column.reset(); // What the rule says instead does not stand there.
            if (!statement.text(3).empty()) {
                row.elsewhere = true;
                row.group += row.group.empty() ? kElsewhere : fmt::format("/{}", kElsewhere);
            }
            if (statement.integer(4) != 0)
                row.time.reset(); // Of the copying.
        }
        statement.reset();
    }
    return {};
}

std::string leave_out_unread(CaseView const& view, Rule const& rule, std::vector<MatchedRow>& rows)
{
    if (rule.needs_whole.empty())
        return {};
    std::string why;
    auto const left_out = std::erase_if(rows, [&](auto const& row) {
        auto reason = unread(view, rule, row);
        if (reason.empty())
            return false;
        why = std::move(reason);
        return true;
    });
    return left_out == 0
        ? why
        : fmt::format("{} not count; {}", exhibit::counted(left_out, "row does", "rows do"), why);
}

void leave_out_repeated(casefile::Database& reader, CaseView const& view, std::vector<MatchedRow>& rows)
{
    RowOrigins origins { reader, view };
    std::vector<MatchedRow> kept;
    for (auto begin = rows.begin(); begin != rows.end();) {
        auto const end
            = std::find_if(begin, rows.end(), [&](auto const& row) { return row.group != begin->group; });
        leave_out_repeated({ begin, end }, origins, kept);
        begin = end;
    }
    rows = std::move(kept);
}

} // namespace exhibit::detection
