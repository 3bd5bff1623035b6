#pragma once

#include "indicators/indicator.hpp"

#include <optional>
#include <string_view>

namespace exhibit::indicators {

/// What a type of the CSV format or of MISP means. Composite types of MISP (`filename|sha256`) hold two
/// values, of which either says something by itself.
struct TypeMeaning {
    std::optional<Kind> first; ///< empty: the part tells nothing that is compared (a port)
    std::optional<Kind> second;
    bool composite = false;
};

/// Accepts the names of `name_of(Kind)`, STIX spellings (`ipv4-addr:value`) and MISP's attribute types.
/// `hash` is told by the length of the value.
std::optional<TypeMeaning> type_named(std::string_view type, std::string_view value);

} // namespace exhibit::indicators
