#include "report/summary.hpp"
#include "report/text_format.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace exhibit::report {
namespace {

using Json = nlohmann::ordered_json;

Json json_time(std::optional<Timestamp> time)
{
    return time ? Json(to_iso(*time)) : Json(nullptr);
}

Json json_or_null(std::string const& text)
{
    return text.empty() ? Json(nullptr) : Json(text);
}

Json json_of(FindingRow const& row)
{
    return { { "table", row.table }, { "record_id", row.record_id }, { "entry", json_or_null(row.entry) },
        { "column", json_or_null(row.column) }, { "value", row.value }, { "how", row.how },
        { "recovered", json_or_null(row.recovered) }, { "time", json_time(row.time) } };
}

Json json_of(Finding const& finding)
{
    Json json { { "id", finding.id }, { "key", finding.key }, { "severity", finding.severity },
        { "confidence", finding.confidence }, { "title", finding.title }, { "relation", finding.relation },
        { "artifact", finding.artifact }, { "summary", finding.summary }, { "meaning", finding.meaning },
        { "innocent_causes", finding.innocent_causes }, { "next_steps", finding.next_steps },
        { "origin", finding.origin }, { "rule", json_or_null(finding.rule) },
        { "indicator", json_or_null(finding.indicator) }, { "pack", json_or_null(finding.pack) },
        { "campaign", json_or_null(finding.campaign) }, { "source", finding.source },
        { "first_seen", json_time(finding.first_seen) }, { "last_seen", json_time(finding.last_seen) },
        { "rows", finding.rows } };
    auto& examples = json["examples"] = Json::array();
    for (auto const& row : finding.examples)
        examples.push_back(json_of(row));
    return json;
}

Json json_of(ArtifactCoverage const& coverage)
{
    return { { "artifact", coverage.artifact }, { "title", coverage.title }, { "key", coverage.key },
        { "state", coverage.state }, { "entries", coverage.entries }, { "rows", coverage.rows },
        { "recovered_rows", coverage.recovered_rows }, { "undated_events", coverage.undated_events },
        { "first_seen", json_time(coverage.first_seen) }, { "last_seen", json_time(coverage.last_seen) },
        { "messages", coverage.messages } };
}

Json json_of(Assessment const& assessment)
{
    return { { "verdict", assessment.verdict }, { "confidence", assessment.confidence },
        { "wording", assessment.wording }, { "reason", assessment.reason },
        { "would_change", assessment.would_change } };
}

Json json_of(Pack const& pack)
{
    return { { "file", pack.file }, { "name", pack.name }, { "source", pack.source },
        { "sha256", pack.sha256 }, { "indicators", pack.indicators }, { "unusable", pack.unusable },
        { "damaged", pack.damaged } };
}

Json json_of(Problem const& problem)
{
    return { { "fault", problem.fault }, { "message", problem.message },
        { "stored", json_or_null(problem.stored) }, { "count", problem.count } };
}

template<typename T> Json json_list(std::vector<T> const& items)
{
    auto list = Json::array();
    for (auto const& item : items)
        list.push_back(json_of(item));
    return list;
}

std::string dump(Json const& json)
{
    return with_escapes(json.dump(2, ' ', false, Json::error_handler_t::replace)) + '\n';
}

} // namespace

std::string to_json(std::vector<Finding> const& findings)
{
    return dump(json_list(findings));
}

std::string to_json(std::vector<ArtifactCoverage> const& coverage)
{
    return dump(json_list(coverage));
}

std::string to_json(Summary const& summary, std::string_view case_file)
{
    Json json { { "format", 1 }, { "case_file", case_file }, { "info", summary.info } };
    auto& facts = json["facts"] = Json::array();
    for (auto const& [name, value] : summary.facts)
        facts.push_back({ { "name", name }, { "value", value } });
    json["assessment"] = json_list(summary.assessments);
    Json counts;
    for (auto const* severity : { "critical", "high", "medium", "low", "info" })
        counts[severity] = std::ranges::count(summary.findings, severity, &Finding::severity);
    json["finding_counts"] = counts;
    json["findings"] = json_list(summary.findings);
    json["coverage"] = json_list(summary.coverage);
    json["acquisition_problems"] = json_list(summary.problems);
    json["indicator_packs"] = json_list(summary.packs);
    json["covered_periods"] = summary.periods;
    json["rules"] = { { "run", summary.rules_run }, { "not_run", summary.rules_not_run },
        { "failed", summary.rules_failed } };
    return dump(json);
}

} // namespace exhibit::report
