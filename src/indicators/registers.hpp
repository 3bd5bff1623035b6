#pragma once

#include "indicators/indicator.hpp"

#include <optional>
#include <string_view>

namespace exhibit::indicators {

/// What rules/common/ambiguous_indicators.tsv says about a value; `none` when it says nothing.
AmbiguousValue ambiguity_of(Kind, std::string_view value);

/// Why a value must not be used as an indicator (rules/common/do_not_import.tsv), or nothing.
std::optional<std::string_view> do_not_import_reason(Kind, std::string_view value);

/// A value of that register which `text`, such as the query of a rule, holds; empty when it holds none.
std::string_view do_not_import_in(std::string_view text);

} // namespace exhibit::indicators
