#pragma once

#include "detection/detect.hpp"
#include "engine/knowledge.hpp"
#include "report/case.hpp"

#include <chrono>

namespace exhibit {

/// What new knowledge says of one case that was examined before.
struct Rechecked {
    std::filesystem::path case_file;
    std::optional<report::NoCase> error; ///< the case could not be read
    std::vector<detection::Finding> news; ///< what the case does not have yet, or has with less severity
    std::uint64_t values_compared = 0;
    std::vector<std::string> failed_rules; ///< `id: reason` of those whose query is wrong or took too long
    std::size_t rules_left_out = 0; ///< the case has no such table or column: an earlier version wrote it
    std::size_t rules_in_part = 0; ///< likewise, of those that were applied to the tables that it has
    bool minimal = false; ///< the case keeps only the rows of its findings: nothing else can be found in it
    std::string file_digests; ///< kinds that files have there; hash indicators of others are not compared
};

struct RecheckOptions {
    unsigned jobs = 0; ///< 0: as many as there are processors
    std::stop_token stop;
    std::chrono::milliseconds time_per_case = std::chrono::minutes { 30 }; ///< then it goes on with the next
};

/// Compares existing case files with indicators and rules, without the acquisition. Rules that a case knows
/// in the same wording, with the same lists, are not evaluated again. Nothing is written. The results stand
/// in the order of the paths.
std::vector<Rechecked> recheck(
    std::span<std::filesystem::path const> cases, Knowledge const& knowledge, RecheckOptions const& options);

} // namespace exhibit
