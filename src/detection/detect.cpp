#include "detection/detect.hpp"

#include "casefile/schema.hpp"
#include "detection/indicator_pass.hpp"
#include "detection/recovered_findings.hpp"
#include "detection/rule_findings.hpp"
#include "detection/sql_functions.hpp"
#include "detection/yara_findings.hpp"

#include <algorithm>
#include <functional>
#include <optional>
#include <set>

namespace exhibit::detection {
namespace {

using casefile::Access;
using casefile::Database;

bool is_for(Rule const& rule, CaseView const& view)
{
    return std::ranges::any_of(rule.platforms,
        [&](Platform platform) { return view.platforms.contains(exhibit::name_of(platform)); });
}

std::uint64_t rows_read_by(Rule const& rule, CaseView const& view)
{
    std::uint64_t rows = 0;
    for (auto const* needs : { &rule.needs, &rule.also_reads })
        for (auto const& need : *needs)
            if (auto const* table = view.table(need.table); table != nullptr)
                if (auto const* artifact = view.artifact(table->artifact); artifact != nullptr)
                    rows += artifact->rows;
    return rows;
}

/// The names of the views that the rule reads and that are kept.
std::set<std::string_view> kept_views_of(Rule const& rule)
{
    std::set<std::string_view> views;
    for (auto const& view : rule.reads)
        if (view->keep)
            views.insert(view->id);
    return views;
}

/// The parts of a detection that can be done at the same time: stretches of tables, and rules.
class Work {
public:
    explicit Work(DetectionInputs const& inputs)
        : m_inputs(&inputs)
    {
    }

    Result<void> plan(Database& reader)
    {
        view = EXHIBIT_TRY(CaseView::read(reader));
        others = EXHIBIT_TRY(yara_findings(reader, view, *m_inputs->rules));
        if (m_inputs->compared != nullptr)
            values = m_inputs->compared->values;
        else if (m_inputs->indicators != nullptr && !m_inputs->indicators->indicators().empty())
            units = EXHIBIT_TRY(plan_scan(reader, view));
        for (auto const& [id, rule] : m_inputs->rules->rules()) {
            auto const known = m_inputs->evaluated_already.find(id);
            if (is_for(rule, view)
                && (known == m_inputs->evaluated_already.end() || known->second != rule.sha256))
                outcomes.push_back({ &rule, RuleState::silent, {}, 0, {} });
        }
        runs.resize(outcomes.size());
        order_rules();
        return {};
    }

    /// One worker: takes parts until none is left.
    Result<void> work(Database& reader)
    {
        EXHIBIT_TRY(add_rule_functions(reader, m_inputs->rules->lists()));
        KeptViews views;
        std::optional<indicators::Matcher> matcher;
        if (!units.empty())
            matcher.emplace(*m_inputs->indicators);
        while (true) {
            auto const part = m_next++;
            if (part >= units.size() + m_groups.size())
                return {};
            if (m_inputs->stop.stop_requested())
                return fail(Fault::cancelled, "cancelled");
            if (part < units.size())
                EXHIBIT_TRY(units[part].run(reader, *matcher, m_inputs->stop, values));
            else
                EXHIBIT_TRY(run(m_groups[part - units.size()], reader, views));
        }
    }

    CaseView view;
    std::vector<ScanUnit> units;
    std::vector<RuleOutcome> outcomes;
    std::vector<RuleRun> runs;
    std::vector<Finding> others; ///< that neither an indicator nor a rule of ours made
    std::atomic<std::uint64_t> values = 0;

private:
    /// Rules that one worker evaluates: those that read a kept view, which each worker would compute anew.
    struct Group {
        std::vector<std::size_t> rules; ///< of `outcomes`
        std::set<std::string_view> views;
        std::uint64_t rows = 0; ///< that the rules read
    };

    /// Those that read most first: one that runs long must not be begun last.
    void order_rules()
    {
        for (std::size_t index = 0; index != outcomes.size(); ++index) {
            auto const& rule = *outcomes[index].rule;
            Group group { { index }, kept_views_of(rule), rows_read_by(rule, view) };
            auto const shares_view = [&](Group const& other) {
                return std::ranges::any_of(
                    other.views, [&](std::string_view name) { return group.views.contains(name); });
            };
            auto const apart = std::ranges::stable_partition(m_groups, std::not_fn(shares_view));
            for (auto& other : apart) {
                group.rules.insert(group.rules.begin(), other.rules.begin(), other.rules.end());
                group.views.merge(other.views);
                group.rows += other.rows;
            }
            m_groups.erase(apart.begin(), apart.end());
            m_groups.push_back(std::move(group));
        }
        std::ranges::stable_sort(m_groups, std::greater {}, &Group::rows);
    }

    Result<void> run(Group const& group, Database& reader, KeptViews& views)
    {
        for (auto const index : group.rules) {
            if (m_inputs->stop.stop_requested())
                return fail(Fault::cancelled, "cancelled");
            run(index, reader, views);
        }
        return {};
    }

    void run(std::size_t index, Database& reader, KeptViews& views)
    {
        auto const begin = std::chrono::steady_clock::now();
        auto& outcome = outcomes[index];
        runs[index] = run_rule(reader, view, *outcome.rule, m_inputs->limits, views);
        outcome.state = runs[index].state;
        outcome.reason = runs[index].reason;
        outcome.lacks_column = runs[index].lacks_column;
        outcome.matches = runs[index].rows.size();
        outcome.took
            = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begin);
    }

    DetectionInputs const* m_inputs;
    std::vector<Group> m_groups;
    std::atomic<std::size_t> m_next = 0;
};

/// `first` is the reader of one of the workers; the others open their own.
Result<void> run_all(
    Work& work, Database& first, std::filesystem::path const& case_file, DetectionInputs const& inputs)
{
    auto const jobs = std::max(1U, inputs.jobs);
    std::vector<Result<void>> results(jobs);
    auto const run_with_own = [&]() -> Result<void> {
        auto reader = EXHIBIT_TRY(Database::open(case_file, Access::read_only));
        return work.work(reader);
    };
    auto const one
        = [&](unsigned worker) { results[worker] = worker == 0 ? work.work(first) : run_with_own(); };
    if (inputs.parallel)
        inputs.parallel(jobs, one);
    else
        for (unsigned worker = 0; worker != jobs; ++worker)
            one(worker);
    for (auto const& result : results)
        if (!result)
            return result;
    return {};
}

Detection finish(Database& reader, Work& work, DetectionInputs const& inputs)
{
    LocalTimes local_times { reader, work.view };
    Detection detection;
    std::vector<RuleProblem> problems;
    if (inputs.indicators != nullptr) {
        IndicatorWordTable const words { *inputs.rules, problems };
        auto const& units = inputs.compared == nullptr ? work.units : inputs.compared->units;
        RowOrigins origins { reader, work.view };
        ByteCounts bytes { reader, work.view };
        detection.findings
            = findings_of(units, *inputs.indicators, words, work.view, { local_times, origins, bytes });
    }
    for (std::size_t i = 0; i != work.runs.size(); ++i)
        for (auto& finding : findings_of(*work.outcomes[i].rule, work.runs[i], work.view, local_times))
            detection.findings.push_back(std::move(finding));
    std::ranges::move(work.others, std::back_inserter(detection.findings));
    say_what_is_only_recovered(reader, work.view, detection.findings);
    sort_findings(detection.findings);
    detection.assessment = assess(detection.findings, work.view, *inputs.rules);
    detection.rules = std::move(work.outcomes);
    detection.values_compared = work.values;
    return detection;
}

} // namespace

void sort_findings(std::vector<Finding>& findings)
{
    std::ranges::sort(findings, [](auto const& left, auto const& right) {
        return std::tie(right.severity, right.confidence, left.key)
            < std::tie(left.severity, left.confidence, right.key);
    });
}

std::size_t Detection::count(Severity severity) const
{
    return static_cast<std::size_t>(std::ranges::count(findings, severity, &Finding::severity));
}

Result<Detection> detect(Database& reader, DetectionInputs const& inputs)
{
    Work work { inputs };
    EXHIBIT_TRY(work.plan(reader));
    EXHIBIT_TRY(work.work(reader));
    return finish(reader, work, inputs);
}

Result<Detection> detect(std::filesystem::path const& case_file, DetectionInputs const& inputs)
{
    Work work { inputs };
    auto reader = EXHIBIT_TRY(Database::open(case_file, Access::read_only));
    EXHIBIT_TRY(work.plan(reader));
    EXHIBIT_TRY(run_all(work, reader, case_file, inputs));
    return finish(reader, work, inputs);
}

} // namespace exhibit::detection
