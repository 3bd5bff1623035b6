#pragma once

#include "indicators/indicator.hpp"
#include "indicators/pattern.hpp"

#include <string>
#include <vector>

namespace exhibit::indicators {

/// One value that a pattern looks for.
struct Term {
    Kind kind = Kind::domain;
    Compare compare = Compare::equal;
    std::string value;
};

/// A part of a pattern that cannot be evaluated.
struct Unusable {
    Reason reason = Reason::property;
    std::string detail; ///< the object path or operator
};

/// What a pattern comes to: any one of `terms` is a match. A pattern always yields at least one of
/// the two; both when only a part of an OR can be used.
struct PatternTerms {
    std::vector<Term> terms;
    std::vector<Unusable> unusable;
};

PatternTerms terms_of(Pattern const& pattern);

} // namespace exhibit::indicators
