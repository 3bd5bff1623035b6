#pragma once

#include "base/result.hpp"
#include "indicators/canonical_value.hpp"

#include <string>
#include <string_view>

namespace exhibit::indicators {

/// A LIKE or MATCHES pattern as a regular expression for values in their canonical form.
struct CanonicalPattern {
    Space space = Space::host;
    std::string expression;
};

/// Follows the links of the systems in the front of a pattern of paths, and drops what phone numbers are
/// compared without. Fails with `malformed` when the pattern could never match. `compare` is `like` or
/// `regex`.
Result<CanonicalPattern> canonical_pattern(Kind kind, Compare compare, std::string_view value);

} // namespace exhibit::indicators
