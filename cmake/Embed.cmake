# Compiles text files into a library: each becomes `extern std::string_view const <symbol>` in
# namespace exhibit::embedded, so that data under rules/ needs no file at run time.
# exhibit_embed(<target> <symbol> <file> [<symbol> <file>]...)
function(exhibit_embed target)
    set(body "#include <string_view>\nnamespace exhibit::embedded {\n// NOLINTBEGIN(readability-redundant-declaration): in a unity build their header may stand above\n")
    set(pairs ${ARGN})
    while(pairs)
        list(POP_FRONT pairs symbol file)
        file(READ ${CMAKE_CURRENT_SOURCE_DIR}/${file} text)
        set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${file})
        string(APPEND body "extern std::string_view const ${symbol};\n"
            "std::string_view const ${symbol} = R\"embed(${text})embed\";\n")
    endwhile()
    string(APPEND body "// NOLINTEND(readability-redundant-declaration)\n}\n")
    file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/embedded_${target}.cpp CONTENT "${body}" @ONLY)
    target_sources(${target} PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/embedded_${target}.cpp)
endfunction()
