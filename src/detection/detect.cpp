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

std::uint64_t rows_of(Need const& need, CaseView const& view)
{
    auto const* table = view.table(need.table);
    auto const* artifact = table == nullptr ? nullptr : view.artifact(table->artifact);
    return artifact == nullptr ? 0 : artifact->rows;
}

std::uint64_t rows_read_by(Rule const& rule, CaseView const& view)
{
    std::uint64_t rows = 0;
    for (auto const* needs : { &rule.needs, &rule.also_reads })
        for (auto const& need : *needs)
            rows += rows_of(need, view);
    return rows;
}

std::uint64_t rows_read_by(View const& one, CaseView const& view)
{
    std::uint64_t rows = 0;
    for (auto const& need : one.one_of)
        rows += rows_of(need, view);
    return rows;
}

bool reads_kept_view(Rule const& rule)
{
    return std::ranges::any_of(rule.reads, [](auto const& view) { return view->keep; });
}

/// Whether it has to be computed after another view that the rule keeps.
bool reads_kept_view(View const& one, Rule const& rule)
{
    return std::ranges::any_of(
        rule.reads, [&](auto const& other) { return other->keep && one.sql.contains(other->id); });
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
        view = EXHIBIT_TRY(m_inputs->coverage == nullptr ? CaseView::read(reader)
                                                         : CaseView::read(reader, *m_inputs->coverage));
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
        order_steps();
        return {};
    }

    /// One worker: takes parts until none is left.
    Result<void> work(Database& reader)
    {
        EXHIBIT_TRY(add_rule_functions(reader, m_inputs->rules->lists()));
        KeptViews views { m_inputs->jobs > 1 ? &m_shared_views : nullptr, m_inputs->seen };
        std::optional<indicators::Matcher> matcher;
        if (!units.empty())
            matcher.emplace(*m_inputs->indicators);
        while (true) {
            auto const part = m_next++;
            if (part >= units.size() + m_steps.size())
                return {};
            if (m_inputs->stop.stop_requested())
                return fail(Fault::cancelled, "cancelled");
            if (part < units.size())
                EXHIBIT_TRY(units[part].run(reader, *matcher, m_inputs->stop, values));
            else
                run(m_steps[part - units.size()], reader, views);
        }
    }

    CaseView view;
    std::vector<ScanUnit> units;
    std::vector<RuleOutcome> outcomes;
    std::vector<RuleRun> runs;
    std::vector<Finding> others; ///< that neither an indicator nor a rule of ours made
    std::atomic<std::uint64_t> values = 0;

private:
    /// A rule, or a view that is computed before the rules that read it.
    struct Step {
        std::size_t rule = 0; ///< of `outcomes`
        std::shared_ptr<View const> kept; ///< one of that rule; null: the rule itself
        unsigned stage = 0; ///< those of a lower one are begun first
        std::uint64_t rows = 0; ///< that are read
    };

    /// Views come first where threads share them, then rules that wait for none. Of either, those that read
    /// most: one that runs long must not be begun last.
    void order_steps()
    {
        std::set<View const*> planned;
        for (std::size_t index = 0; index != outcomes.size(); ++index) {
            auto const& rule = *outcomes[index].rule;
            m_steps.push_back({ index, nullptr, reads_kept_view(rule) ? 2U : 1U, rows_read_by(rule, view) });
            if (m_inputs->jobs < 2 || !missing_need(view, rule).empty())
                continue;
            for (auto const& one : rule.reads)
                if (one->keep && !reads_kept_view(*one, rule) && planned.insert(one.get()).second)
                    m_steps.push_back({ index, one, 0, rows_read_by(*one, view) });
        }
        std::ranges::stable_sort(m_steps, [](Step const& one, Step const& other) {
            return one.stage != other.stage ? one.stage < other.stage : one.rows > other.rows;
        });
    }

    void run(Step const& step, Database& reader, KeptViews& views)
    {
        // A view that cannot be computed fails again with the rule that tells why.
        if (step.kept)
            (void)views.keep(reader, *outcomes[step.rule].rule, step.kept, m_inputs->limits.time);
        else
            run(step.rule, reader, views);
    }

    void run(std::size_t index, Database& reader, KeptViews& views)
    {
        auto const begin = std::chrono::steady_clock::now();
        auto& outcome = outcomes[index];
        runs[index] = run_rule(reader, view, *outcome.rule, m_inputs->limits, views);
        outcome.state = runs[index].state;
        outcome.reason = runs[index].reason;
        outcome.lacks_column = runs[index].lacks_column;
        outcome.lacks_table = runs[index].lacks_table;
        outcome.matches = runs[index].rows.size();
        outcome.took
            = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begin);
    }

    DetectionInputs const* m_inputs;
    std::vector<Step> m_steps;
    SharedViews m_shared_views;
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
    if (inputs.indicators != nullptr) {
        IndicatorWordTable const words { *inputs.rules };
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
