#pragma once

#include "artifact/artifact.hpp"

#include <span>
#include <string>

namespace exhibit::cli {

/// What docs/artifacts/<id>.md says of one artifact, from its declaration.
std::string artifact_page(Artifact const& artifact);

/// What docs/artifacts.md says of all of them.
std::string artifact_overview(std::span<Artifact const* const> artifacts);

} // namespace exhibit::cli
