#include "engine/recheck.hpp"

#include "engine/case_glance.hpp"

#include <thread>

namespace exhibit {
namespace {

using casefile::Access;
using casefile::Database;
using detection::Finding;
using detection::Severity;

/// What the case says already.
struct Known {
    std::map<std::string, Severity, std::less<>> findings; ///< by key
    std::map<std::string, std::string, std::less<>> rules; ///< id to hash, of those that were evaluated
};

/// A rule counts as evaluated when its wording and all lists that it may ask for are the same.
Result<Known> read_known(Database& database, std::string const& lists)
{
    Known known;
    auto findings = EXHIBIT_TRY(database.prepare("SELECT key, severity FROM finding"));
    while (EXHIBIT_TRY(findings.step()))
        known.findings.emplace(
            findings.text(0), detection::severity_named(findings.text(1)).value_or(Severity::info));
    auto stored = EXHIBIT_TRY(database.prepare("SELECT value FROM case_info WHERE name = ?"));
    stored.bind(1, detection::kListsInfo);
    if (!EXHIBIT_TRY(stored.step()) || stored.text(0) != lists)
        return known;
    auto rules = EXHIBIT_TRY(database.prepare(
        "SELECT rule_id, sha256 FROM rule WHERE state IN ('matched', 'silent', 'not_evaluated')"));
    while (EXHIBIT_TRY(rules.step()))
        known.rules.emplace(rules.text(0), rules.text(1));
    return known;
}

Result<void> recheck_one(
    Rechecked& result, Knowledge const& knowledge, indicators::Matcher& matcher, std::stop_token const& stop)
{
    auto const glance = EXHIBIT_TRY(glance_at(result.case_file, knowledge, matcher, stop));
    if (glance && !glance->worth_detection) {
        result.values_compared = glance->values;
        return {};
    }
    // One connection for all: in a small case, reading the tables' declarations costs more than the
    // comparison.
    auto database = EXHIBIT_TRY(Database::open(result.case_file, Access::read_only));
    EXHIBIT_TRY(database.begin_reading());
    auto known = EXHIBIT_TRY(read_known(database, knowledge.rules.lists_sha256()));
    detection::DetectionInputs inputs;
    inputs.rules = &knowledge.rules;
    inputs.indicators = &knowledge.indicators;
    inputs.stop = stop;
    inputs.evaluated_already = std::move(known.rules);
    auto detection = EXHIBIT_TRY(detection::detect(database, inputs));
    result.values_compared = detection.values_compared;
    result.rules_evaluated = detection.rules.size();
    for (auto& finding : detection.findings) {
        auto const before = known.findings.find(finding.key);
        if (before == known.findings.end() || before->second < finding.severity)
            result.news.push_back(std::move(finding));
    }
    return {};
}

} // namespace

std::vector<Rechecked> recheck(
    std::span<std::filesystem::path const> cases, Knowledge const& knowledge, RecheckOptions const& options)
{
    std::vector<Rechecked> results(cases.size());
    std::atomic<std::size_t> next = 0;
    auto const jobs = options.jobs != 0 ? options.jobs : std::max(1U, std::thread::hardware_concurrency());
    run_in_parallel(jobs, [&](unsigned) {
        indicators::Matcher matcher { knowledge.indicators };
        for (auto at = next++; at < cases.size(); at = next++) {
            results[at].case_file = cases[at];
            if (auto const done = recheck_one(results[at], knowledge, matcher, options.stop); !done)
                results[at].error = done.error();
        }
    });
    return results;
}

} // namespace exhibit
