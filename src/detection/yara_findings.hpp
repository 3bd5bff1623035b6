#pragma once

#include "casefile/database.hpp"
#include "detection/case_view.hpp"
#include "detection/finding.hpp"
#include "detection/rule_set.hpp"

namespace exhibit::detection {

/// One finding for each YARA rule that matched; none for a case that was not looked at with such rules.
Result<std::vector<Finding>> yara_findings(
    casefile::Database& reader, CaseView const& view, RuleSet const& set);

} // namespace exhibit::detection
