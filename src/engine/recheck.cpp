#include "engine/recheck.hpp"

#include "base/parallel.hpp"
#include "casefile/schema.hpp"
#include "engine/case_glance.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <thread>

namespace exhibit {
namespace {

using casefile::Database;
using detection::Finding;
using detection::Severity;
using report::NoCase;

using Steady = std::chrono::steady_clock;
using KnownFindings = std::map<std::string, Severity, std::less<>>;

/// What the case says already.
struct Known {
    KnownFindings findings; ///< by key
    std::map<std::string, std::string, std::less<>> rules; ///< id to hash, of those that were evaluated
};

Result<std::optional<std::string>> info_of(Database& database, std::string_view name)
{
    auto info = EXHIBIT_TRY(database.prepare("SELECT value FROM case_info WHERE name = ?"));
    bool const there = EXHIBIT_TRY(info.bind(1, name).step());
    return there ? std::optional { std::string { info.text(0) } } : std::nullopt;
}

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

bool is_news(Finding const& finding, KnownFindings const& known)
{
    auto const before = known.find(finding.key);
    return before == known.end() || before->second < finding.severity;
}

/// Whether a glance tells all: what is new is put into words by a detection.
bool is_enough(Glance const& glance)
{
    return !glance.worth_detection && std::ranges::none_of(glance.findings, [&](Finding const& finding) {
        return is_news(finding, glance.known);
    });
}

/// Whether a glance told all.
Result<bool> tell_at_a_glance(Rechecked& result, GlanceInputs const& inputs, indicators::Matcher& matcher)
{
    auto glance = EXHIBIT_TRY(glance_at(result.case_file, inputs, matcher));
    if (!glance || !is_enough(*glance))
        return false;
    result.values_compared = glance->values;
    result.rules_left_out = glance->rules_left_out;
    result.minimal = glance->minimal;
    result.file_digests = std::move(glance->file_digests);
    return true;
}

Result<void> detect_news(Rechecked& result, Database& database, GlanceInputs const& inputs)
{
    EXHIBIT_TRY(database.begin_reading());
    result.minimal = EXHIBIT_TRY(info_of(database, kRowsKeptInfo)).has_value();
    bool const hashed = EXHIBIT_TRY(info_of(database, kFilesHashedInfo)).has_value();
    result.file_digests = EXHIBIT_TRY(info_of(database, kFileDigestsInfo))
                              .value_or(std::string { hashed ? kDigestsOfEarlierVersions : "" });
    auto known = EXHIBIT_TRY(read_known(database, inputs.knowledge->rules.lists_sha256()));
    detection::DetectionInputs detection_inputs;
    detection_inputs.rules = &inputs.knowledge->rules;
    detection_inputs.indicators = &inputs.knowledge->indicators;
    detection_inputs.stop = inputs.stop;
    detection_inputs.evaluated_already = std::move(known.rules);
    auto detection = EXHIBIT_TRY(detection::detect(database, detection_inputs));
    result.values_compared = detection.values_compared;
    for (auto const& rule : detection.rules) {
        if (rule.state == detection::RuleState::failed)
            result.failed_rules.push_back(fmt::format("{}: {}", rule.rule->id, rule.reason));
        result.rules_left_out += rule.lacks_column ? 1 : 0;
        result.rules_in_part += rule.lacks_table ? 1 : 0;
    }
    for (auto& finding : detection.findings)
        if (is_news(finding, known.findings))
            result.news.push_back(std::move(finding));
    return {};
}

NoCase takes_too_long(std::filesystem::path const& path)
{
    return { Fault::over_limit, fmt::format("{}: it takes longer than any case should", path.string()),
        "examine the acquisition again" };
}

NoCase could_not_be_compared(std::filesystem::path const& path, Error const& error)
{
    return { error.fault, fmt::format("{}: {}", path.string(), error.what),
        "copy the case again from where it is whole, or examine the acquisition again" };
}

std::optional<NoCase> recheck_one(
    Rechecked& result, GlanceInputs const& inputs, indicators::Matcher& matcher, Steady::time_point end)
{
    auto const& path = result.case_file;
    if (auto refused = report::refusal_of(path))
        return refused;
    if (Steady::now() > end)
        return takes_too_long(path);
    auto const told = tell_at_a_glance(result, inputs, matcher);
    if (!told)
        return could_not_be_compared(path, told.error());
    if (*told)
        return std::nullopt;
    // One connection for all: in a small case, reading the tables' declarations costs more than the
    // comparison.
    auto database = report::open_case(path, inputs.stop, end);
    auto const done = database ? detect_news(result, *database, inputs) : Result<void> {};
    if (Steady::now() > end) { // What is asked of single rows tells nothing when it is stopped.
        result.news.clear();
        return takes_too_long(path);
    }
    if (!database)
        return database.error();
    return done ? std::nullopt : std::optional { could_not_be_compared(path, done.error()) };
}

} // namespace

std::vector<Rechecked> recheck(
    std::span<std::filesystem::path const> cases, Knowledge const& knowledge, RecheckOptions const& options)
{
    std::vector<Rechecked> results(cases.size());
    std::atomic<std::size_t> next = 0;
    detection::IndicatorWordTable const words { knowledge.rules };
    GlanceInputs const inputs { &knowledge, &words, options.stop };
    auto const jobs = options.jobs != 0 ? options.jobs : std::max(1U, std::thread::hardware_concurrency());
    run_in_parallel(jobs, [&](unsigned) {
        indicators::Matcher matcher { knowledge.indicators };
        for (auto at = next++; at < cases.size() && !options.stop.stop_requested(); at = next++) {
            results[at].case_file = cases[at];
            auto const end = Steady::now() + options.time_per_case;
            results[at].error = recheck_one(results[at], inputs, matcher, end);
        }
    });
    return results;
}

} // namespace exhibit
