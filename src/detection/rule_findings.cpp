#include "detection/rule_findings.hpp"

#include "casefile/schema.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace exhibit::detection {
namespace {

Finding words_of(Rule const& rule, std::string_view group)
{
    Finding finding;
    finding.key = group.empty() ? fmt::format("rule/{}", rule.id) : fmt::format("rule/{}/{}", rule.id, group);
    finding.origin = "rule";
    finding.rule_id = rule.id;
    finding.about = rule.about;
    finding.campaign = rule.campaign;
    finding.confidence = rule.confidence;
    finding.relation = name_of(rule.relation);
    finding.status = rule.status;
    finding.innocent_causes = rule.innocent_causes;
    finding.next_steps = rule.next_steps;
    finding.references = rule.references;
    finding.source = fmt::format("rule {} ({}{})", rule.id, words_of(rule.status),
        rule.built_in ? "" : fmt::format(", from {}", rule.file));
    return finding;
}

/// The different values of the rows, the first few in full.
std::string some_values(std::span<MatchedRow const> rows)
{
    constexpr std::size_t shown = 5;
    std::vector<std::string_view> values;
    std::set<std::string_view> seen;
    for (auto const& row : rows)
        if (row.value && seen.insert(*row.value).second && values.size() < shown)
            values.push_back(*row.value);
    auto out = fmt::format("{}", fmt::join(values, ", "));
    if (seen.size() > values.size())
        out += fmt::format(" and {} more", seen.size() - values.size());
    return out;
}

Finding finding_of(
    Rule const& rule, std::span<MatchedRow const> rows, CaseView const& view, LocalTimes& local_times)
{
    auto finding = words_of(rule, rows.front().group);
    finding.row_count = rows.size();
    if (auto const* table = view.table(rows.front().table))
        finding.artifact = table->artifact;
    for (auto const& row : rows) {
        finding.severity = std::max(finding.severity, row.severity.value_or(rule.severity));
        finding.rows.push_back({ row.table, row.record_id, row.column.value_or(""),
            row.stored ? *row.stored : row.value.value_or(""), "rule", row.time });
    }
    for (auto const& [name, value] : rows.front().details)
        finding.details[name] = value;
    finding.details["value"] = rows.front().value.value_or("");
    finding.details["values"] = some_values(rows);
    add_common_details(finding, local_times);
    if (finding.rows.size() > kRowsPerFinding)
        finding.rows.resize(kRowsPerFinding);
    finding.title = fill(rule.title, finding.details);
    finding.summary = fill(rule.summary, finding.details);
    finding.meaning = fill(rule.meaning, finding.details);
    if (!rows.front().relation.empty())
        finding.relation = rows.front().relation;
    if (finding.relation == name_of(Relation::present) && rule.relation == Relation::received)
        finding.summary += " It is kept on this phone; nothing tells that somebody sent it to the phone.";
    if (rows.front().elsewhere) {
        finding.relation = kElsewhere;
        finding.summary += " Another device of the same account did this; nothing of it tells of this phone.";
    }
    if (std::ranges::all_of(rows, &MatchedRow::earlier_version))
        finding.summary += words_of_earlier_versions(rows.size());
    return finding;
}

} // namespace

std::vector<Finding> findings_of(
    Rule const& rule, RuleRun const& run, CaseView const& view, LocalTimes& local_times)
{
    std::vector<Finding> findings;
    std::span<MatchedRow const> left { run.rows };
    while (!left.empty()) {
        auto const end
            = std::ranges::find_if(left, [&](auto const& row) { return row.group != left.front().group; });
        auto const count = static_cast<std::size_t>(end - left.begin());
        findings.push_back(finding_of(rule, left.first(count), view, local_times));
        if (run.cut)
            findings.back().summary += " There may be more: the rule matched more rows than are kept.";
        left = left.subspan(count);
    }
    return findings;
}

} // namespace exhibit::detection
