#pragma once

#include "base/result.hpp"
#include "detection/finding.hpp"
#include "detection/indicator_words.hpp"
#include "engine/knowledge.hpp"
#include "indicators/matcher.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace exhibit {

/// What can be told of a case without opening it in SQLite, which spends most of its time on the
/// declarations of tables that a small case has empty.
struct Glance {
    /// A rule that has what it needs was not evaluated with this wording and lists, or there is what only a
    /// whole detection reads. The rest says nothing then.
    bool worth_detection = false;
    bool minimal = false; ///< only the rows that findings rest on are there
    std::string file_digests; ///< kinds that files have there, `sha256 md5`
    std::uint64_t values = 0; ///< compared with the indicators
    std::size_t rules_left_out
        = 0; ///< not evaluated before, and not now: the case has no such table or column
    /// What the indicators find, with the keys and severities of `detect`. Copies of a row are not known as
    /// such, nor what the phone's clock showed.
    std::vector<detection::Finding> findings;
    std::map<std::string, detection::Severity, std::less<>> known; ///< findings of the case, by key
};

/// What is the same for all cases.
struct GlanceInputs {
    Knowledge const* knowledge = nullptr; ///< never null, nor are the words
    detection::IndicatorWordTable const* words = nullptr;
    std::stop_token stop {};
};

/// Reads the values of a case with our own reader and compares them. Nothing when only SQLite can tell: the
/// case was written by another version, is damaged, or has changes beside it in a `-wal` or `-journal`.
Result<std::optional<Glance>> glance_at(
    std::filesystem::path const& case_file, GlanceInputs const& inputs, indicators::Matcher& matcher);

} // namespace exhibit
