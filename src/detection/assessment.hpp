#pragma once

#include "detection/case_view.hpp"
#include "detection/finding.hpp"
#include "detection/rule_set.hpp"

#include <span>

namespace exhibit::detection {

/// What findings and coverage together allow one to say: one line, in fixed words.
struct AssessmentLine {
    std::string verdict; ///< a key of rules/words/assessment.yaml
    std::string campaign; ///< empty: none in particular
    std::string confidence; ///< high, moderate or low
    std::string wording;
    std::string reason; ///< on how many findings and independent kinds of data it rests
    std::vector<std::string> would_change;
    std::vector<std::size_t> findings; ///< indices, the weightiest first
    std::optional<std::int64_t> first_seen;
    std::optional<std::int64_t> last_seen;
};

/// How far back a key artifact reaches.
struct CoveredPeriod {
    std::string artifact;
    std::string title;
    std::string state; ///< read, empty or missing
    std::optional<std::int64_t> first_seen;
    std::optional<std::int64_t> last_seen;
    std::string wording;
};

struct Assessment {
    std::vector<AssessmentLine> lines; ///< the weightiest first; never empty
    std::vector<CoveredPeriod> periods;
};

/// Weighs findings and coverage. The rules are those of docs/findings.md.
Assessment assess(std::span<Finding const> findings, CaseView const& view, RuleSet const& set);

} // namespace exhibit::detection
