#pragma once

#include "artifact/artifact.hpp"

#include <array>

/// Programs, libraries and scripts by their first bytes.
namespace exhibit::ios {

struct ProgramFile {
    std::string_view path;
    std::string_view file_name;
    std::string_view kind;
    std::int64_t size = 0;
    std::optional<std::string> sha256;
};

inline constexpr std::array kProgramColumns {
    column<&ProgramFile::path>("path", Is::path, "Where it lies on the device.").mvt("-"),
    column<&ProgramFile::file_name>("file_name", Is::file_name, "Its name.").mvt("-"),
    column<&ProgramFile::kind>(
        "kind", Is::opaque, "program, library or script: one of three words for what its first bytes say.")
        .mvt("-"),
    column<&ProgramFile::size>("size", "Bytes of its content.").mvt("-"),
    column<&ProgramFile::sha256>("sha256", Is::hash, "SHA-256 of its content; absent for a very large one.")
        .mvt("-"),
};
/// Nothing where the entry is none. Only one that is counts as read whole.
Result<std::optional<ProgramFile>> read_program_file(Input const&, Context&);

} // namespace exhibit::ios
