#pragma once

#include "detection/rule_runner.hpp"

namespace exhibit::detection {

/// Looks up of each row in which entry it stands, whether the phone has changed it since, what it has in
/// the column that the rule names, and whether another device did it, which gives it a group of its own.
/// Takes away times that tell of the copying only.
Result<void> add_origins(casefile::Database& reader, CaseView const& view, std::vector<MatchedRow>& rows);

/// Leaves out the rows of a rule that speaks of what is missing where something could not be read. Says how
/// many these were and why; nothing when there was none.
std::string leave_out_unread(CaseView const& view, Rule const& rule, std::vector<MatchedRow>& rows);

/// Leaves out earlier versions of rows that count already, and what stands in another file again, at the same
/// time and with the same words: what was written three times happened once.
void leave_out_repeated(casefile::Database& reader, CaseView const& view, std::vector<MatchedRow>& rows);

} // namespace exhibit::detection
