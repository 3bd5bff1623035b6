#pragma once

#include "base/result.hpp"
#include "engine/knowledge.hpp"
#include "indicators/matcher.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>

namespace exhibit {

/// What can be told of a case without opening it in SQLite, which spends most of its time on the
/// declarations of tables that a small case has empty.
struct Glance {
    bool worth_detection
        = false; ///< a value meets an indicator, or a rule was not evaluated with this wording and lists
    std::uint64_t values = 0; ///< compared with the indicators
};

/// Reads the values of a case with our own reader and compares them. Nothing when only SQLite can tell: the
/// case was written by another version, is damaged, or has changes beside it in a `-wal` or `-journal`.
Result<std::optional<Glance>> glance_at(std::filesystem::path const& case_file, Knowledge const& knowledge,
    indicators::Matcher& matcher, std::stop_token const& stop);

} // namespace exhibit
