#include "detection/rule_tests.hpp"

#include "detection/rule_findings.hpp"
#include "detection/test_case.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace exhibit::detection {
namespace {

using Rows = std::set<std::pair<std::string, std::int64_t>>;

std::string words_of(Rows const& rows)
{
    if (rows.empty())
        return "nothing";
    std::string out;
    for (auto const& [table, record] : rows)
        out += fmt::format("{}{} {}", out.empty() ? "" : ", ", table, record);
    return out;
}

/// What went differently than the test says; empty when nothing did.
std::string difference(RuleSet const& set, Rule const& rule, RuleTest const& test)
{
    auto made = TestCase::make(set, rule);
    if (!made)
        return std::string { made.error().what };
    if (auto problem = made->add_rows(test); !problem.empty())
        return problem;
    made->close_for_writing();
    auto const view = CaseView::read(made->database());
    if (!view)
        return std::string { view.error().what };
    KeptViews views;
    auto const run = run_rule(made->database(), *view, rule, {}, views);
    bool const may_be_left_out = !test.in_part.empty() || !rule.needs_rows.empty() || rule.before_system != 0;
    if (run.state == RuleState::failed || (run.state == RuleState::not_evaluated && !may_be_left_out))
        return run.reason;
    Rows found;
    for (auto const& row : run.rows)
        found.emplace(row.table, row.record_id);
    Rows const wanted { test.finds.begin(), test.finds.end() };
    if (found != wanted)
        return fmt::format("found {} instead of {}", words_of(found), words_of(wanted));
    auto worst = Severity::info;
    LocalTimes local_times { made->database(), *view };
    std::vector<std::string> summaries;
    for (auto const& finding : findings_of(rule, run, *view, local_times)) {
        worst = std::max(worst, finding.severity);
        summaries.push_back(finding.summary);
    }
    if (test.severity && *test.severity != worst)
        return fmt::format("the severity is {} instead of {}", name_of(worst), name_of(*test.severity));
    if (!test.summaries.empty() && test.summaries != summaries)
        return fmt::format("it says \"{}\" instead of \"{}\"", fmt::join(summaries, "\", \""),
            fmt::join(test.summaries, "\", \""));
    return {};
}

} // namespace

std::vector<RuleTestResult> test_rule(RuleSet const& set, Rule const& rule)
{
    std::vector<RuleTestResult> results;
    for (auto const& test : rule.tests) {
        auto why = difference(set, rule, test);
        bool const passed = why.empty();
        results.push_back({ rule.id, test.name, passed, std::move(why) });
    }
    return results;
}

} // namespace exhibit::detection
