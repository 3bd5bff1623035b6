#pragma once

#include "detection/case_view.hpp"
#include "detection/finding.hpp"

namespace exhibit::detection {

/// Adds to the summary of each finding that rests on recovered rows alone that it does. One on earlier
/// versions of live rows says so by itself.
void say_what_is_only_recovered(
    casefile::Database& reader, CaseView const& view, std::vector<Finding>& findings);

} // namespace exhibit::detection
