#pragma once

#include <filesystem>

namespace exhibit::test {

/// The folder of the repository, and the program under test. Told from where the test program lies, not
/// compiled in: so that every checkout compiles the same and shares its compiler cache.
inline std::filesystem::path build_folder()
{
    return std::filesystem::read_symlink("/proc/self/exe").parent_path().parent_path();
}

inline std::filesystem::path source_folder()
{
    return build_folder().parent_path().parent_path();
}

inline std::filesystem::path exhibit_program()
{
    return build_folder() / "exhibit";
}

} // namespace exhibit::test
