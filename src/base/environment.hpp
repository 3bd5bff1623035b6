#pragma once

#include <cstdlib>
#include <string_view>

namespace exhibit {

/// A variable of the environment; empty when it is not set.
inline std::string_view environment(char const* name)
{
    // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing in this program changes the environment
    auto const* value = std::getenv(name);
    return value == nullptr ? std::string_view {} : std::string_view { value };
}

} // namespace exhibit
