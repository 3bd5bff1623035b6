#pragma once

#include "artifact/artifact.hpp"
#include "indicators/indicator_set.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace exhibit::indicators {

enum class LintLevel : std::uint8_t {
    error, ///< can never match, or must not be used
    warning, ///< matches too much, or less than its author may expect
    note,
};
std::string_view name_of(LintLevel);

/// One thing that is wrong or dangerous about an indicator. `value`, `id` and `message` hold text of the
/// pack: escape before printing.
struct LintFinding {
    LintLevel level = LintLevel::note;
    std::uint32_t pack = 0; ///< index into IndicatorSet::packs()
    std::string id; ///< of the indicator; empty when the finding is about the pack
    std::string value;
    std::string message;
    std::string advice;
};

struct LintOptions {
    /// The day to compare `valid_until` with; not checked without one.
    std::optional<Timestamp> today;
    /// What the artifacts compare (`compared_values`); not checked when empty.
    std::vector<Is> compared;
};

/// Every meaning that some text column of these artifacts has.
std::vector<Is> compared_values(std::span<Artifact const* const> artifacts);

/// Names what can never match and what is dangerous to match, pack by pack, in the order of the indicators.
std::vector<LintFinding> lint(IndicatorSet const& set, LintOptions const& options = {});

} // namespace exhibit::indicators
