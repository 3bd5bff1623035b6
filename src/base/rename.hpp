#pragma once

#include <cstdint>
#include <filesystem>

namespace exhibit {

enum class Replace : std::uint8_t { no, yes };

/// Gives a finished file its name. With `Replace::no` only where that name is free. Returns 0 or an error
/// number.
int give_name(std::filesystem::path const& from, std::filesystem::path const& to, Replace replace);

} // namespace exhibit
