#pragma once

#include "artifact/artifact.hpp"

namespace exhibit {

/// Every artifact that was compiled in, in the order of their ids.
std::span<Artifact const* const> artifacts();

/// The artifact with this id, or null.
Artifact const* find_artifact(std::string_view id);

/// A table as an artifact declares it.
struct DeclaredTable {
    Artifact const* artifact = nullptr;
    Table const* table = nullptr; ///< null, as the artifact, where no artifact declares it
};
inline DeclaredTable find_table(std::string_view name)
{
    for (auto const* artifact : artifacts())
        for (auto const* table : artifact->tables)
            if (table->name == name)
                return { artifact, table };
    return {};
}

} // namespace exhibit
