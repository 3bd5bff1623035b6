#pragma once

#include "detection/case_view.hpp"

#include <string>
#include <vector>

namespace exhibit::detection {

/// How much of what is missing was left out by whoever asked for the examination.
enum class LeftOut : std::uint8_t { nothing, a_part, all };

/// What matters and was not read, in words, and how much of it was left out by choice.
struct Missing {
    std::vector<std::string> parts;
    std::size_t skipped = 0;

    [[nodiscard]] LeftOut left_out() const;
};

Missing find_missing(CaseView const& view);

/// Whether another artifact was read that tells the same as one that was not.
bool told_otherwise(CaseView const& view, std::string_view artifact);

} // namespace exhibit::detection
