#pragma once

#include "detection/case_view.hpp"
#include "detection/kept_views.hpp"
#include "detection/rule.hpp"

#include <chrono>

namespace exhibit::detection {

/// A row that a rule named.
struct MatchedRow {
    std::string table;
    std::int64_t record_id = 0;
    std::optional<std::int64_t> time; ///< microseconds since 1970 UTC
    std::optional<std::string> value;
    std::optional<std::string> column;
    std::optional<Severity> severity; ///< less than the rule's own
    std::string relation; ///< instead of the rule's own; empty: that
    std::string group; ///< rows of one group become one finding
    std::vector<std::pair<std::string, std::string>> details; ///< further columns of the query
    std::int64_t entry = 0; ///< in which it stands
    std::optional<std::string> stored; ///< what the row has in `column`
    bool earlier_version = false; ///< the phone has changed the row since
    bool elsewhere = false; ///< another device of the same account did it: its column `device_id` is set
};

/// What came of a rule with one case. Stable names: they are stored in the case file.
enum class RuleState : std::uint8_t {
    matched,
    silent, ///< evaluated, and nothing found
    not_evaluated, ///< the case lacks what it needs: this is not a pass
    failed, ///< its query is wrong or took too long
    refused, ///< the file is no valid rule
};
std::string_view name_of(RuleState);

struct RuleRun {
    RuleState state = RuleState::silent;
    std::string reason;
    std::vector<MatchedRow> rows; ///< by table and record id
    bool cut = false; ///< more rows matched than are kept
    bool lacks_column = false; ///< not evaluated, since the case has no such table or column
    bool lacks_table = false; ///< evaluated as if a table that the case does not have were empty
};

struct RuleRunLimits {
    std::chrono::milliseconds time { 10'000 };
    std::size_t rows = 20'000;
};

/// As much of a text of evidence as goes into a finding.
std::string short_text(std::string_view text);

/// Whether the case is of a platform that the rule is for.
bool is_for(Rule const& rule, CaseView const& view);

/// Which table or column the case lacks that the rule cannot do without: another version wrote it. Empty:
/// none.
std::string missing_column(CaseView const& view, Rule const& rule);

/// Why a rule cannot be evaluated with a case; empty when it can.
std::string missing_need(CaseView const& view, Rule const& rule);

/// Evaluates one rule. The connection allows reading only and has the functions of sql_functions.hpp.
RuleRun run_rule(casefile::Database& reader, CaseView const& view, Rule const& rule,
    RuleRunLimits const& limits, KeptViews& views);

} // namespace exhibit::detection
