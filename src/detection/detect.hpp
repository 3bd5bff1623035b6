#pragma once

#include "detection/assessment.hpp"
#include "detection/row_comparison.hpp"
#include "detection/rule_runner.hpp"
#include "detection/seen_views.hpp"
#include "indicators/indicator_set.hpp"

#include <functional>
#include <stop_token>

namespace exhibit::detection {

struct DetectionInputs {
    RuleSet const* rules = nullptr; ///< never null
    indicators::IndicatorSet const* indicators = nullptr; ///< null: rules only
    /// What all rows of the case came to, where they were compared with these indicators before; else null.
    Compared const* compared = nullptr;
    SeenViews const* seen = nullptr; ///< views that were answered while the case was written; may be null
    /// Tells the text of a YARA rule by the names of its file and of itself; may be empty.
    std::function<std::string(std::string_view file, std::string_view rule)> yara_text;
    casefile::CoverageRuns const* coverage = nullptr; ///< of the case, where it is known
    unsigned jobs = 1;
    /// Calls the function once with each number below `jobs`, at the same time where it can, and returns when
    /// all calls have. Without it one after the other.
    std::function<void(unsigned jobs, std::function<void(unsigned)> const&)> parallel;
    RuleRunLimits limits;
    std::stop_token stop;
    /// Rules that need not be evaluated: those of which the case has this hash already (`recheck`).
    std::map<std::string, std::string, std::less<>> evaluated_already;
};

/// What came of one rule.
struct RuleOutcome {
    Rule const* rule = nullptr;
    RuleState state = RuleState::silent;
    std::string reason;
    bool lacks_column = false; ///< not evaluated, since the case has no such table or column
    bool lacks_table = false; ///< evaluated as if a table that the case does not have were empty
    std::size_t matches = 0;
    std::chrono::microseconds took {}; ///< not stored: cases do not depend on time
};

/// All that detection finds in one case.
struct Detection {
    std::vector<Finding> findings; ///< the severest first, then by key
    std::vector<RuleOutcome> rules; ///< by id; only those for the platform of the case
    Assessment assessment;
    std::uint64_t values_compared = 0;

    [[nodiscard]] std::size_t count(Severity severity) const;
};

/// Reads a case file, compares it with the indicators and evaluates the rules. Writes nothing. The result
/// depends on the case, the indicators and the rules alone.
Result<Detection> detect(std::filesystem::path const& case_file, DetectionInputs const& inputs);
/// The same on one thread, over a connection that allows reading only.
Result<Detection> detect(casefile::Database& reader, DetectionInputs const& inputs);

/// The severest first, then by key.
void sort_findings(std::vector<Finding>& findings);

/// Under this name `case_info` holds `RuleSet::lists_sha256` of the rules that were evaluated.
inline constexpr std::string_view kListsInfo = "rule_lists_sha256";

/// Puts a detection into the case file, in place of what an earlier one left there.
Result<void> store(casefile::Database& database, Detection const& detection, DetectionInputs const& inputs);

} // namespace exhibit::detection
