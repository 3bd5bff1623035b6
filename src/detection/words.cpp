#include "detection/words.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <string_view>

namespace exhibit::detection {
namespace {

constexpr std::array<std::string_view, 5> kSeverities { "info", "low", "medium", "high", "critical" };
constexpr std::array<std::string_view, 9> kClasses { "infection", "attempt", "tampering", "physical_access",
    "stalkerware", "management", "anomaly", "weakness", "context" };
constexpr std::array<std::string_view, 4> kStatuses { "published", "derived", "needs_calibration",
    "recalled" };

template<typename Enum>
std::optional<Enum> named(std::span<std::string_view const> names, std::string_view name)
{
    auto const found = std::ranges::find(names, name);
    if (found == names.end())
        return std::nullopt;
    return static_cast<Enum>(found - names.begin());
}

} // namespace

std::string_view name_of(Severity severity)
{
    return kSeverities[static_cast<std::size_t>(severity)];
}

std::string_view name_of(Class one)
{
    return kClasses[static_cast<std::size_t>(one)];
}

std::string_view name_of(Status status)
{
    return kStatuses[static_cast<std::size_t>(status)];
}

std::string_view words_of(Status status)
{
    constexpr std::array<std::string_view, 4> words { "as published", "derived from what is published",
        "not tried on many phones yet", "from a report that was not read again" };
    return words[static_cast<std::size_t>(status)];
}

std::optional<Severity> severity_named(std::string_view name)
{
    return named<Severity>(kSeverities, name);
}

std::optional<Class> class_named(std::string_view name)
{
    return named<Class>(kClasses, name);
}

std::optional<Status> status_named(std::string_view name)
{
    return named<Status>(kStatuses, name);
}

Severity at_most(Severity severity, Confidence confidence)
{
    switch (confidence) {
    case Confidence::exact:
    case Confidence::strong:
        return severity;
    case Confidence::moderate:
        return std::min(severity, Severity::high);
    case Confidence::weak:
        return std::min(severity, Severity::medium);
    case Confidence::context:
        return std::min(severity, Severity::low);
    }
    return Severity::info;
}

} // namespace exhibit::detection
