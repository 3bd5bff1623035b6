#pragma once

#include "detection/rule_runner.hpp"

namespace exhibit::detection {

/// Looks up of each row in which entry it stands, and whether the phone has changed it since.
Result<void> add_origins(casefile::Database& reader, std::vector<MatchedRow>& rows);

/// Leaves out the rows of a rule that speaks of what is missing where something could not be read. Says how
/// many these were and why; nothing when there was none.
std::string leave_out_unread(CaseView const& view, Rule const& rule, std::vector<MatchedRow>& rows);

/// Leaves out earlier versions of rows that count already: one row that was written three times is one row.
void leave_out_earlier_versions(std::vector<MatchedRow>& rows);

} // namespace exhibit::detection
