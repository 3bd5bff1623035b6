#pragma once

#include "indicators/confidence.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace exhibit::detection {

/// How much a finding matters if it is what it looks like.
enum class Severity : std::uint8_t {
    info, ///< context
    low, ///< a weak anomaly, usually harmless
    medium, ///< needs somebody who knows
    high, ///< a strong anomaly, or an attempt
    critical, ///< an exact indicator of a named tool
};

using indicators::Confidence;
using indicators::confidence_named;
using indicators::name_of;

/// What a finding is about; the assessment weighs each class in its own way.
enum class Class : std::uint8_t {
    infection, ///< something ran, was installed or used the network
    attempt, ///< something was delivered or looked up: the person was a target
    tampering, ///< traces were removed
    physical_access, ///< somebody had the phone in hand
    stalkerware, ///< consumer surveillance software
    management, ///< somebody else administers the phone
    anomaly, ///< unusual, and often harmless
    weakness, ///< the phone is easier to attack than it need be
    context, ///< worth knowing
};

/// Where the logic of a rule comes from, and so how far it may be trusted.
enum class Status : std::uint8_t {
    published, ///< read in a publication of those who found it, or in their code
    derived, ///< follows from published facts
    needs_calibration, ///< plausible, but its false positives are not known well enough
    recalled, ///< known from reports that were not read again: at most `low`
};

std::string_view name_of(Severity);
std::string_view name_of(Class);
std::string_view name_of(Status);
/// What a status means, for people.
std::string_view words_of(Status);
std::optional<Severity> severity_named(std::string_view);
std::optional<Class> class_named(std::string_view);
std::optional<Status> status_named(std::string_view);

/// What a severity comes down to when no more than `confidence` can be claimed: `critical` needs at least
/// `strong`, and `high` more than `weak`.
Severity at_most(Severity severity, Confidence confidence);

} // namespace exhibit::detection
