#include "report/summary.hpp"

#include "casefile/schema.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <map>
#include <tuple>

namespace exhibit::report {
namespace {

using casefile::Database;
using casefile::Statement;

constexpr std::array<std::string_view, 5> kSeverities { "info", "low", "medium", "high", "critical" };
constexpr std::array<std::string_view, 10> kStates { "empty", "parsed", "skipped", "absent", "missing",
    "partial", "cancelled", "locked", "failed", "crashed" };

template<std::size_t N> int rank_in(std::array<std::string_view, N> const& words, std::string_view word)
{
    auto const found = std::ranges::find(words, word);
    return found == words.end() ? 0 : static_cast<int>(found - words.begin());
}

std::optional<Timestamp> time_or_none(Statement const& statement, int column)
{
    auto const micros = statement.integer_or_none(column);
    return micros ? plausible_micros(*micros) : std::nullopt;
}

Result<void> read_examples(Database& database, std::vector<Finding>& findings)
{
    auto statement = EXHIBIT_TRY(database.prepare(
        "SELECT r.table_name, r.record_id, coalesce(e.path, ''), coalesce(r.column_name, ''), "
        "coalesce(r.value, ''), r.how, r.time, coalesce(r.recovered, '') FROM finding_row r LEFT JOIN entry "
        "e USING (entry_id) "
        "WHERE r.finding_id=? ORDER BY r.time IS NULL, r.time, r.table_name, r.record_id LIMIT ?"));
    for (auto& finding : findings) {
        statement.reset();
        statement.bind(1, finding.id).bind(2, static_cast<std::int64_t>(kMostExamples));
        while (EXHIBIT_TRY(statement.step())) {
            FindingRow row;
            row.table = statement.text(0);
            row.record_id = statement.integer(1);
            row.entry = statement.text(2);
            row.column = statement.text(3);
            row.value = statement.text(4);
            row.how = statement.text(5);
            row.time = time_or_none(statement, 6);
            row.recovered = statement.text(7);
            finding.examples.push_back(std::move(row));
        }
    }
    return {};
}

/// Of the rows that are kept.
Result<void> count_by_artifact(Database& database, std::vector<Finding>& findings)
{
    auto statement = EXHIBIT_TRY(database.prepare(
        "SELECT t.artifact, count(*) FROM finding_row r JOIN artifact_table t USING (table_name) "
        "WHERE r.finding_id=? GROUP BY t.artifact ORDER BY t.artifact <> ?, count(*) DESC, t.artifact"));
    for (auto& finding : findings) {
        statement.reset();
        statement.bind(1, finding.id).bind(2, finding.artifact);
        while (EXHIBIT_TRY(statement.step()))
            finding.artifacts.emplace_back(statement.text(0), statement.integer(1));
    }
    return {};
}

Finding finding_of(Statement const& statement)
{
    Finding finding;
    finding.id = statement.integer(0);
    finding.rows = statement.integer(1);
    finding.first_seen = time_or_none(statement, 2);
    finding.last_seen = time_or_none(statement, 3);
    int column = 4;
    for (auto* text : { &finding.key, &finding.origin, &finding.rule, &finding.indicator, &finding.pack,
             &finding.campaign, &finding.title, &finding.severity, &finding.confidence, &finding.relation,
             &finding.artifact, &finding.summary, &finding.meaning, &finding.innocent_causes,
             &finding.next_steps, &finding.source })
        *text = statement.text(column++);
    return finding;
}

Result<void> read_facts(Database& database, Summary& summary)
{
    auto info = EXHIBIT_TRY(database.prepare("SELECT name, value FROM case_info"));
    while (EXHIBIT_TRY(info.step()))
        summary.info.emplace(info.text(0), info.text(1));
    auto facts = EXHIBIT_TRY(database.prepare("SELECT name, value FROM acquisition_fact ORDER BY rowid"));
    while (EXHIBIT_TRY(facts.step()))
        summary.facts.emplace_back(facts.text(0), facts.text(1));
    auto problems = EXHIBIT_TRY(
        database.prepare("SELECT fault, message, stored, count FROM acquisition_problem ORDER BY rowid"));
    while (EXHIBIT_TRY(problems.step())) {
        Problem problem;
        problem.fault = problems.text(0);
        problem.message = problems.text(1);
        problem.stored = problems.text(2);
        problem.count = problems.integer(3);
        summary.problems.push_back(std::move(problem));
    }
    return {};
}

Result<void> read_knowledge(Database& database, Summary& summary)
{
    auto packs = EXHIBIT_TRY(database.prepare(
        "SELECT name, source, sha256, indicators, unusable, EXISTS (SELECT 1 FROM unusable_indicator u WHERE "
        "u.pack_id = p.pack_id AND u.reason = 'damaged_file'), file FROM indicator_pack p ORDER BY pack_id"));
    while (EXHIBIT_TRY(packs.step())) {
        Pack pack;
        pack.name = packs.text(0);
        pack.source = packs.text(1);
        pack.sha256 = packs.text(2);
        pack.indicators = packs.integer(3);
        pack.unusable = packs.integer(4);
        pack.damaged = packs.integer(5) != 0;
        pack.file = packs.text(6);
        summary.packs.push_back(std::move(pack));
    }
    auto rules = EXHIBIT_TRY(database.prepare("SELECT rule_id, state, reason FROM rule ORDER BY rule_id"));
    while (EXHIBIT_TRY(rules.step())) {
        if (rules.text(1) == "matched" || rules.text(1) == "silent")
            ++summary.rules_run;
        else {
            summary.rules_not_run.push_back(fmt::format("{}: {}", rules.text(0), rules.text(2)));
            if (rules.text(2).contains(kLeftOutWords))
                ++summary.rules_left_out;
            else if (rules.text(2).contains(kNotFoundWords))
                ++summary.rules_not_found;
        }
        if (rules.text(1) == "failed" || rules.text(1) == "refused")
            summary.rules_failed.push_back(summary.rules_not_run.back());
    }
    auto periods = EXHIBIT_TRY(database.prepare("SELECT wording FROM covered_period ORDER BY artifact"));
    while (EXHIBIT_TRY(periods.step()))
        summary.periods.emplace_back(periods.text(0));
    auto assessments = EXHIBIT_TRY(database.prepare(
        "SELECT verdict, confidence, wording, reason, would_change FROM assessment ORDER BY position"));
    while (EXHIBIT_TRY(assessments.step())) {
        Assessment assessment;
        assessment.verdict = assessments.text(0);
        assessment.confidence = assessments.text(1);
        assessment.wording = assessments.text(2);
        assessment.reason = assessments.text(3);
        assessment.would_change = assessments.text(4);
        summary.assessments.push_back(std::move(assessment));
    }
    return {};
}

/// Of two entries: the worse state, except that an empty entry takes nothing from what was read, and that an
/// unreadable one beside it leaves the whole read in part.
std::string_view joined(std::string_view left, std::string_view right)
{
    auto const was_read = [](std::string_view state) { return state == "parsed" || state == "partial"; };
    auto const worse = rank_of_state(left) > rank_of_state(right) ? left : right;
    return is_damage(worse) && (was_read(left) || was_read(right)) ? "partial" : worse;
}

std::optional<Timestamp> time_of(std::optional<std::int64_t> micros)
{
    return micros ? std::optional { Timestamp { Timestamp::duration { *micros } } } : std::nullopt;
}

void add_run(ArtifactCoverage& coverage, casefile::CoverageRun const& run)
{
    coverage.state = coverage.state.empty() ? run.state : joined(coverage.state, run.state);
    coverage.entries += static_cast<std::int64_t>(run.entries);
    coverage.rows += static_cast<std::int64_t>(run.rows);
    coverage.recovered_rows += static_cast<std::int64_t>(run.recovered_rows);
    if (auto const first = time_of(run.first_seen))
        coverage.first_seen = std::min(coverage.first_seen.value_or(*first), *first);
    if (auto const last = time_of(run.last_seen))
        coverage.last_seen = std::max(coverage.last_seen.value_or(*last), *last);
    bool const is_away = run.state == "absent" || run.state == "skipped";
    coverage.not_found = run.state == "absent" && run.message.starts_with(kNotFoundBeginning);
    if (!run.message.empty() && !is_away
        && std::ranges::find(coverage.messages, run.message) == coverage.messages.end())
        coverage.messages.push_back(run.message);
}

} // namespace

int rank_of_severity(std::string_view severity)
{
    return rank_in(kSeverities, severity);
}

int rank_of_state(std::string_view state)
{
    return rank_in(kStates, state);
}

bool is_damage(std::string_view state)
{
    return rank_of_state(state) >= rank_of_state("missing");
}

Result<std::vector<Finding>> read_findings(Database& database)
{
    auto statement = EXHIBIT_TRY(database.prepare(
        "SELECT f.finding_id, f.rows, f.first_seen, f.last_seen, f.key, f.origin, coalesce(f.rule_id, ''), "
        "coalesce(f.indicator, ''), coalesce(p.name, ''), f.campaign, f.title, f.severity, f.confidence, "
        "f.relation, f.artifact, f.summary, f.meaning, f.innocent_causes, f.next_steps, f.source "
        "FROM finding f LEFT JOIN indicator_pack p USING (pack_id)"));
    std::vector<Finding> findings;
    while (EXHIBIT_TRY(statement.step()))
        findings.push_back(finding_of(statement));
    std::ranges::sort(findings, [](Finding const& a, Finding const& b) {
        auto const order = [](Finding const& finding) {
            return std::tuple { -rank_of_severity(finding.severity), !finding.first_seen.has_value(),
                finding.first_seen.value_or(Timestamp {}), finding.id };
        };
        return order(a) < order(b);
    });
    EXHIBIT_TRY(read_examples(database, findings));
    EXHIBIT_TRY(count_by_artifact(database, findings));
    return findings;
}

Result<std::map<std::string, std::int64_t, std::less<>>> read_undated_events(Database& database)
{
    auto statement = EXHIBIT_TRY(
        database.prepare("SELECT artifact, sum(count) FROM diagnostic WHERE message=? GROUP BY artifact"));
    statement.bind(1, kNoPlausibleDate);
    std::map<std::string, std::int64_t, std::less<>> undated;
    while (EXHIBIT_TRY(statement.step()))
        undated.emplace(statement.text(0), statement.integer(1));
    return undated;
}

Result<std::vector<ArtifactCoverage>> read_coverage(Database& database)
{
    return read_coverage(database, EXHIBIT_TRY(casefile::CoverageRuns::read(database)));
}

Result<std::vector<ArtifactCoverage>> read_coverage(
    Database& database, casefile::CoverageRuns const& coverage)
{
    std::map<std::string, ArtifactCoverage, std::less<>> by_artifact;
    for (auto const& run : coverage.runs())
        add_run(by_artifact[run.artifact], run);
    auto artifacts = EXHIBIT_TRY(database.prepare("SELECT artifact, title, is_key FROM artifact"));
    while (EXHIBIT_TRY(artifacts.step()))
        if (auto const found = by_artifact.find(artifacts.text(0)); found != by_artifact.end()) {
            found->second.title = artifacts.text(1);
            found->second.key = artifacts.integer(2) != 0;
        }
    for (auto const& [artifact, events] : EXHIBIT_TRY(read_undated_events(database)))
        if (auto const found = by_artifact.find(artifact); found != by_artifact.end())
            found->second.undated_events = events;
    std::vector<ArtifactCoverage> all;
    for (auto& [artifact, one] : by_artifact) {
        one.artifact = artifact;
        all.push_back(std::move(one));
    }
    return all;
}

Result<Summary> read_summary(Database& database)
{
    return read_summary(database, EXHIBIT_TRY(casefile::CoverageRuns::read(database)));
}

Result<Summary> read_summary(Database& database, casefile::CoverageRuns const& coverage)
{
    Summary summary;
    EXHIBIT_TRY(read_facts(database, summary));
    EXHIBIT_TRY(read_knowledge(database, summary));
    summary.findings = EXHIBIT_TRY(read_findings(database));
    summary.coverage = EXHIBIT_TRY(read_coverage(database, coverage));
    return summary;
}

} // namespace exhibit::report
