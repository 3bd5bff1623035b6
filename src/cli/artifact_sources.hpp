#pragma once

#include "artifact/artifact.hpp"

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

namespace exhibit::cli {

/// The kinds of acquisitions of a platform, in the order of `kinds_of`.
std::span<std::string_view const> acquisition_kinds(Platform);

inline constexpr std::size_t kMostKinds = 5;

/// Which kinds can hold an entry that an artifact wants, as its declaration says.
std::array<bool, kMostKinds> kinds_of(Artifact const&);

} // namespace exhibit::cli
