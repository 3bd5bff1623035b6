#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace exhibit::indicators {

/// How sure it is that a match, or a finding, is what it looks like.
enum class Confidence : std::uint8_t { context, weak, moderate, strong, exact };

std::string_view name_of(Confidence);
std::optional<Confidence> confidence_named(std::string_view);

} // namespace exhibit::indicators
