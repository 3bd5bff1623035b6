#include "detection/rule_runner.hpp"

#include "base/beginning.hpp"
#include "casefile/schema.hpp"
#include "detection/matched_rows.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <memory>
#include <set>
#include <sqlite3.h>
#include <tuple>

namespace exhibit::detection {
namespace {

using casefile::Database;
using casefile::Statement;

constexpr std::array<std::string_view, 5> kStates { "matched", "silent", "not_evaluated", "failed",
    "refused" };

/// The columns of a query that mean something to us, by their position.
struct ResultShape {
    int table = -1;
    int record = -1;
    int time = -1;
    int value = -1;
    int column = -1;
    int severity = -1;
    int group = -1;
    int relation = -1;
    std::vector<std::pair<int, std::string>> details;

    explicit ResultShape(Statement const& statement)
    {
        std::array<std::pair<std::string_view, int*>, 8> const known { { { "table_name", &table },
            { "record_id", &record }, { "time", &time }, { "value", &value }, { "column_name", &column },
            { "severity", &severity }, { "group_key", &group }, { "relation", &relation } } };
        for (int i = 0; i != statement.columns(); ++i) {
            auto const name = statement.column_name(i);
            auto const found = std::ranges::find(known, name, [](auto const& one) { return one.first; });
            if (found != known.end())
                *found->second = i;
            else
                details.emplace_back(i, name);
        }
    }
};

std::optional<std::string> text_at(Statement const& statement, int column)
{
    if (column < 0 || statement.is_null(column))
        return std::nullopt;
    return short_text(statement.text(column));
}

MatchedRow read_row(Statement const& statement, ResultShape const& shape)
{
    MatchedRow row;
    row.table = statement.text(shape.table);
    row.record_id = statement.integer(shape.record);
    if (shape.time >= 0)
        row.time = statement.integer_or_none(shape.time);
    row.value = text_at(statement, shape.value);
    row.column = text_at(statement, shape.column);
    row.severity = severity_named(text_at(statement, shape.severity).value_or(""));
    row.group = text_at(statement, shape.group).value_or("");
    for (auto const& [column, name] : shape.details)
        row.details.emplace_back(name, text_at(statement, column).value_or(""));
    return row;
}

bool may_name(Rule const& rule, std::string_view table)
{
    auto const names = [&](Need const& need) { return need.table == table; };
    return std::ranges::any_of(rule.needs, names) || std::ranges::any_of(rule.also_reads, names);
}

RuleRun failed(std::string reason)
{
    RuleRun run;
    run.state = RuleState::failed;
    run.reason = std::move(reason);
    return run;
}

RuleRun not_evaluated(std::string reason)
{
    RuleRun run;
    run.state = RuleState::not_evaluated;
    run.reason = std::move(reason);
    return run;
}

std::string why(Database const& reader, Error const& error)
{
    return error.fault == Fault::over_limit ? std::string { error.what }
                                            : fmt::format("{}: {}", error.what, reader.last_message());
}

RuleRun collect(Database& reader, Statement& statement, Rule const& rule, RuleRunLimits const& limits)
{
    ResultShape const shape { statement };
    if (shape.table < 0 || shape.record < 0)
        return failed("the query must return table_name and record_id");
    RuleRun run;
    while (true) {
        auto const step = statement.step();
        if (!step)
            return failed(why(reader, step.error()));
        if (!*step)
            break;
        if (run.rows.size() == limits.rows) {
            run.cut = true;
            break;
        }
        run.rows.push_back(read_row(statement, shape));
        auto& row = run.rows.back();
        if (!may_name(rule, row.table))
            return failed(fmt::format("the query names the table `{}`, which `needs` does not", row.table));
        row.severity = std::min(row.severity.value_or(rule.severity), rule.severity);
        if (auto relation = text_at(statement, shape.relation).value_or("");
            !relation.empty() && relation != name_of(rule.relation)) {
            row.group += (row.group.empty() ? "" : "/") + relation;
            row.relation = std::move(relation);
        }
    }
    return run;
}

void sort_rows(std::vector<MatchedRow>& rows)
{
    auto const place = [](MatchedRow const& row) { return std::tie(row.group, row.table, row.record_id); };
    std::ranges::stable_sort(
        rows, [&](auto const& left, auto const& right) { return place(left) < place(right); });
    auto const repeated = std::ranges::unique(
        rows, [&](auto const& left, auto const& right) { return place(left) == place(right); });
    rows.erase(repeated.begin(), repeated.end());
}

std::string no_table(Need const& need)
{
    return fmt::format("the case has no table {}", need.table);
}

/// Whether the rule means the same where the table is empty, as it is where its artifact was not read. A
/// table beside these may hold what keeps it silent.
bool can_do_without(Rule const& rule, std::string_view table)
{
    auto const names = [&](Need const& need) { return need.table == table; };
    auto const is_one_of = [&](auto const& needs) { return std::ranges::any_of(needs, names); };
    return std::ranges::any_of(rule.one_of, is_one_of) && std::ranges::none_of(rule.needs, names)
        && std::ranges::none_of(rule.needs_rows, names)
        && std::ranges::find(rule.needs_whole, table) == rule.needs_whole.end();
}

/// The rule with an empty table for each that the case of an earlier version does not have.
std::optional<Rule> rule_for_older_case(CaseView const& view, Rule const& rule)
{
    std::optional<Rule> older;
    for (auto const& need : rule.also_reads) {
        if (view.table(need.table) != nullptr)
            continue;
        auto empty = std::make_shared<View>();
        empty->id = need.table;
        empty->sql = "SELECT NULL AS record_id, NULL AS entry_id, NULL AS locator, NULL AS recovered";
        for (auto const& column : std::set<std::string_view> { need.columns.begin(), need.columns.end() })
            empty->sql += fmt::format(", NULL AS \"{0}\", NULL AS \"{0}_raw\"", column);
        empty->sql += " WHERE 0\n";
        if (!older)
            older = rule;
        older->reads.insert(older->reads.begin(), std::move(empty));
    }
    return older;
}

/// What of the evidence was not seen, for a rule that was evaluated all the same.
std::string unread_part(CaseView const& view, Rule const& rule)
{
    std::string out;
    std::set<std::string_view> said;
    auto const say = [&](Need const& need) {
        auto const* table = view.table(need.table);
        if (!said.insert(table == nullptr ? need.table : table->artifact).second)
            return;
        if (table == nullptr) {
            out += fmt::format("{}{}", out.empty() ? "" : "; ", no_table(need));
            return;
        }
        auto const* artifact = view.artifact(table->artifact);
        if (artifact == nullptr || artifact->unreadable() == 0)
            return;
        out += out.empty() ? "" : "; ";
        out += artifact->readable() ? fmt::format("{} of the files of {} could not be read whole",
                                          artifact->unreadable(), table->artifact)
                                    : fmt::format("{}: {}", table->artifact, artifact->why_not());
    };
    std::ranges::for_each(rule.needs, say);
    for (auto const& alternatives : rule.one_of)
        std::ranges::for_each(alternatives, say);
    return out;
}

std::string missing_table(CaseView const& view, Need const& need)
{
    auto const* table = view.table(need.table);
    if (table == nullptr)
        return no_table(need);
    for (auto const& column : need.columns)
        if (!table->has(column))
            return fmt::format("the table {} of this case has no column {}", need.table, column);
    return {};
}

/// Says which table that must have rows has none.
std::string missing_rows(Database& reader, CaseView const& view, Rule const& rule)
{
    for (auto const& [table, columns, acquisition] : rule.needs_rows) {
        std::string set;
        for (auto const& column : columns)
            set += fmt::format(" AND \"{}\" IS NOT NULL", column);
        auto statement = reader.prepare(
            fmt::format("SELECT 1 FROM \"{}\" WHERE recovered IS NULL{} LIMIT 1", table, set));
        auto const there = statement ? statement->step() : fail(Fault::unsupported, "");
        if (!there || !*there)
            return fmt::format("{}: it has no row in {}{}", view.table(table)->artifact, table,
                columns.empty() ? "" : fmt::format(" with {}", fmt::join(columns, ", ")));
    }
    return {};
}

std::string missing_artifact(CaseView const& view, Need const& need)
{
    if (view.table(need.table) == nullptr)
        return no_table(need);
    auto const& name = view.table(need.table)->artifact;
    if (!need.acquisition.empty() && !view.acquisition.empty() && need.acquisition != view.acquisition)
        return fmt::format("{}: it tells this in a {} only", name, need.acquisition);
    auto const* artifact = view.artifact(name);
    if (artifact != nullptr && artifact->readable())
        return {};
    return fmt::format(
        "{}: {}", name, artifact == nullptr ? "the case does not say how it fared" : artifact->why_not());
}

/// What is missing of every one of them; empty when one is enough.
std::string missing_of_all(CaseView const& view, std::vector<Need> const& alternatives)
{
    std::string out;
    for (auto const& need : alternatives) {
        auto const missing = missing_artifact(view, need);
        if (missing.empty())
            return {};
        if (!out.contains(missing))
            out += (out.empty() ? "" : "; ") + missing;
    }
    return out;
}

RuleRun query(Database& reader, Rule const& rule, KeptViews& views, RuleRunLimits const& limits)
{
    if (auto const kept = views.keep_for(reader, rule, limits.time); !kept)
        return failed(why(reader, kept.error()));
    casefile::TimeLimit const time { reader, limits.time };
    auto statement = reader.prepare(views.query_of(rule));
    return statement ? collect(reader, *statement, rule, limits) : failed(why(reader, statement.error()));
}

} // namespace

std::string short_text(std::string_view text)
{
    constexpr std::size_t longest = 300;
    auto const kept = beginning_of(text, longest);
    return std::string { kept } + (kept.size() == text.size() ? "" : "…");
}

std::string_view name_of(RuleState state)
{
    return kStates[static_cast<std::size_t>(state)];
}

bool is_for(Rule const& rule, CaseView const& view)
{
    return std::ranges::any_of(rule.platforms,
        [&](Platform platform) { return view.platforms.contains(exhibit::name_of(platform)); });
}

std::string missing_column(CaseView const& view, Rule const& rule)
{
    for (auto const* needs : { &rule.needs, &rule.also_reads })
        for (auto const& need : *needs)
            if (auto missing = missing_table(view, need);
                !missing.empty() && (view.table(need.table) != nullptr || !can_do_without(rule, need.table)))
                return missing;
    auto const is_there = [&](Need const& need) { return view.table(need.table) != nullptr; };
    for (auto const& alternatives : rule.one_of)
        if (std::ranges::none_of(alternatives, is_there))
            return no_table(alternatives.front());
    return {};
}

std::string missing_need(CaseView const& view, Rule const& rule)
{
    if (auto missing = missing_column(view, rule); !missing.empty())
        return missing;
    if (rule.before_system != 0 && first_number(view.system_version) >= rule.before_system)
        return fmt::format("it is for versions of the system before {}, and this one is {}",
            rule.before_system, view.system_version);
    for (auto const& need : rule.needs)
        if (auto missing = missing_artifact(view, need); !missing.empty())
            return missing;
    for (auto const& alternatives : rule.one_of)
        if (auto missing = missing_of_all(view, alternatives); !missing.empty())
            return missing;
    return {};
}

RuleRun run_rule(
    Database& reader, CaseView const& view, Rule const& rule, RuleRunLimits const& limits, KeptViews& views)
{
    if (auto missing = missing_need(view, rule); !missing.empty()) {
        auto run = not_evaluated(std::move(missing));
        run.lacks_column = !missing_column(view, rule).empty();
        return run;
    }
    if (auto missing = missing_rows(reader, view, rule); !missing.empty())
        return not_evaluated(std::move(missing));
    auto const older = rule_for_older_case(view, rule);
    auto run = query(reader, older ? *older : rule, views, limits);
    run.lacks_table = older.has_value();
    if (run.state == RuleState::failed)
        return run;
    sort_rows(run.rows);
    if (auto const added = add_origins(reader, view, run.rows); !added)
        return failed(why(reader, added.error()));
    sort_rows(run.rows);
    auto const left_out = leave_out_unread(view, rule, run.rows);
    leave_out_repeated(reader, view, run.rows);
    if (run.rows.empty() && !left_out.empty())
        return not_evaluated(left_out);
    run.state = run.rows.empty() ? RuleState::silent : RuleState::matched;
    run.reason = left_out.empty() ? unread_part(view, rule) : left_out;
    if (run.cut)
        run.reason = fmt::format("more rows matched than are kept; the first {} count{}{}", limits.rows,
            run.reason.empty() ? "" : "; ", run.reason);
    return run;
}

} // namespace exhibit::detection
