# One file per command: src/cli/commands/<name>.cpp defines `exhibit::cli::<name>_command::kCommand`. The table of
# commands is generated from the files, so adding a command edits no shared file, and a file that forgets its
# definition fails to link.
function(exhibit_add_commands target folder)
    file(GLOB files CONFIGURE_DEPENDS ${folder}/*.cpp)
    list(SORT files)
    set(declarations "")
    set(entries "")
    foreach(file IN LISTS files)
        get_filename_component(name ${file} NAME_WE)
        string(APPEND declarations "namespace ${name}_command {\nextern Command const kCommand;\n}\n")
        string(APPEND entries "    &${name}_command::kCommand,\n")
    endforeach()
    list(LENGTH files count)
    file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/commands.cpp CONTENT
"#include \"cli/command.hpp\"\n\n#include <array>\n\nnamespace exhibit::cli {\n\n// NOLINTBEGIN(readability-redundant-declaration): in a unity build the definitions may stand above\n@declarations@// NOLINTEND(readability-redundant-declaration)\n\nnamespace {\nconstexpr std::array<Command const*, @count@> kCommands {\n@entries@};\n} // namespace\n\nstd::span<Command const* const> commands() { return kCommands; }\n\n} // namespace exhibit::cli\n" @ONLY)
    target_sources(${target} PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/commands.cpp)
endfunction()
