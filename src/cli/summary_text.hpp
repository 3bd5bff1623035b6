#pragma once

#include "cli/session.hpp"
#include "report/summary.hpp"

#include <span>
#include <string>
#include <string_view>

namespace exhibit::cli {

/// A severity in its color, in capitals.
std::string severity_word(Session const& session, std::string_view severity);

/// The texts of summaries that stand in no case file, for those who translate.
std::span<std::string_view const> summary_labels();

/// Prints a finding as a person needs it: what, where, why it matters, innocent causes, what to do next.
void print_finding(Session& session, report::Finding const& finding);

/// Prints how each artifact fared; `all`: also those that were read without trouble and are not key.
enum class CoverageDetail : std::uint8_t { key, all };
void print_coverage(
    Session& session, std::vector<report::ArtifactCoverage> const& coverage, CoverageDetail detail);

/// Prints what an examination came to. `case_file` is named in the commands to run next.
void print_summary(Session& session, report::Summary const& summary, std::string_view case_file);

} // namespace exhibit::cli
