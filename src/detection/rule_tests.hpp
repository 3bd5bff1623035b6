#pragma once

#include "detection/rule_set.hpp"

namespace exhibit::detection {

/// How a rule did with one of its own tests.
struct RuleTestResult {
    std::string rule;
    std::string test;
    bool passed = false;
    std::string why; ///< what went differently, when it did not pass
};

/// Runs the tests that a rule brings: each in a case of its own, in memory, that has the tables of this
/// program's artifacts and the rows of the test.
std::vector<RuleTestResult> test_rule(RuleSet const& set, Rule const& rule);

/// What cannot be seen in the file of a rule alone: unknown tables, columns and lists, SQL that cannot be
/// prepared or that reads what `needs` does not name, words with a `{name}` that the query does not return.
std::vector<RuleProblem> lint_rule(RuleSet const& set, Rule const& rule);

/// The first of these that keeps a rule from being evaluated on any case of this program: a table or column
/// that there is not, or SQL that cannot be prepared.
std::optional<RuleProblem> why_unusable(RuleSet const& set, Rule const& rule);

} // namespace exhibit::detection
