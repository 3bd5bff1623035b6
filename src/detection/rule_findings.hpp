#pragma once

#include "detection/finding.hpp"
#include "detection/rule_runner.hpp"

namespace exhibit::detection {

/// The findings of a rule that matched: one for each group of rows, in the order of the groups.
std::vector<Finding> findings_of(
    Rule const& rule, RuleRun const& run, CaseView const& view, LocalTimes& local_times);

} // namespace exhibit::detection
