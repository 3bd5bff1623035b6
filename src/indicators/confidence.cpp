#include "indicators/confidence.hpp"

#include <algorithm>
#include <array>

namespace exhibit::indicators {
namespace {

constexpr std::array<std::string_view, 5> kNames { "context", "weak", "moderate", "strong", "exact" };

} // namespace

std::string_view name_of(Confidence confidence)
{
    return kNames[static_cast<std::size_t>(confidence)];
}

std::optional<Confidence> confidence_named(std::string_view name)
{
    auto const found = std::ranges::find(kNames, name);
    return found == kNames.end() ? std::nullopt
                                 : std::optional { static_cast<Confidence>(found - kNames.begin()) };
}

} // namespace exhibit::indicators
