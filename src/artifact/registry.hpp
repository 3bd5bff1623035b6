#pragma once

#include "artifact/artifact.hpp"

namespace exhibit {

/// Every artifact that was compiled in, in the order of their ids.
std::span<Artifact const* const> artifacts();

/// The artifact with this id, or null.
Artifact const* find_artifact(std::string_view id);

} // namespace exhibit
