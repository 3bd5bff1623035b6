#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

namespace exhibit {

/// What a JSON text says before it ends early or is damaged: members and elements that were complete, in the
/// objects and arrays that were not. Discarded (`is_discarded`) when there is nothing.
nlohmann::json json_before_damage(std::string_view text);

} // namespace exhibit
