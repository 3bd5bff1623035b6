#pragma once

#include "indicators/indicator_set.hpp"

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

/// Adds the value, or the parts of a composite one that say something by themselves. A file's hash tells it
/// from every other file of that name: the name alone would match too much.
void add_typed(SetBuilder& builder, RawIndicator raw, std::string_view value, TypeMeaning const& meaning);

/// A certificate's hash says something about an app only where it is said to be the app's.
bool is_foreign_certificate(std::string_view type, std::string_view object_name);

} // namespace exhibit::indicators
