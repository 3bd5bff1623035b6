#pragma once

#include "artifacts/android/common/xml_file.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace exhibit::android {

/// Adds a line of a list of what a user is forbidden, such as `no_cellular_2g`. Beside those a list has
/// `none`, `null` and, before those of another user, `User Id: 10`.
void add_restriction(std::optional<std::string>& list, std::string_view text);

/// Adds those that an element has as attributes: `no_debugging_features="true"`.
void add_restrictions(std::optional<std::string>& list, XmlElement const& element);

} // namespace exhibit::android
