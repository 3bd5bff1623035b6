# One folder per artifact: <platform>/<name>/*.cpp defines `exhibit::<platform>::<name>::kArtifact`.
# The registry is generated from the folders, so adding an artifact edits no shared file, and a
# folder that forgets its definition fails to link. A folder named `common`, beside the platforms or in
# one of them, holds helpers that artifacts share and is no artifact.
function(exhibit_add_artifacts target)
    cmake_parse_arguments(arg "" "DIRECTORY" "" ${ARGN})
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${arg_DIRECTORY}/*.cpp)
    file(GLOB folders CONFIGURE_DEPENDS LIST_DIRECTORIES true RELATIVE ${CMAKE_CURRENT_SOURCE_DIR}/${arg_DIRECTORY}
        ${arg_DIRECTORY}/*/*)
    list(FILTER folders EXCLUDE REGEX "^common/|/common$|/\\.")
    list(SORT folders)
    set(declarations "")
    set(entries "")
    set(ids "")
    foreach(folder IN LISTS folders)
        string(REPLACE "/" "::" space ${folder})
        string(REPLACE "/" "." id ${folder})
        string(APPEND declarations "namespace ${space} {\nextern Artifact const kArtifact;\n}\n")
        string(APPEND entries "    &${space}::kArtifact,\n")
        list(APPEND ids ${id})
    endforeach()
    list(LENGTH ids count)
    file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/registry.cpp CONTENT
"#include \"artifact/registry.hpp\"\n\n#include <array>\n\nnamespace exhibit {\n\n// NOLINTBEGIN(readability-redundant-declaration): in a unity build the definitions may stand above\n@declarations@// NOLINTEND(readability-redundant-declaration)\n\nnamespace {\nconstexpr std::array<Artifact const*, @count@> kArtifacts {\n@entries@};\n} // namespace\n\nstd::span<Artifact const* const> artifacts() { return kArtifacts; }\n\nArtifact const* find_artifact(std::string_view id)\n{\n    for (auto const* artifact : kArtifacts)\n        if (artifact->id == id)\n            return artifact;\n    return nullptr;\n}\n\n} // namespace exhibit\n" @ONLY)
    add_library(${target} STATIC ${sources} ${CMAKE_CURRENT_BINARY_DIR}/registry.cpp)
    set(EXHIBIT_ARTIFACT_IDS ${ids} CACHE INTERNAL "")
endfunction()
