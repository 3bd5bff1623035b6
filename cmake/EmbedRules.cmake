# Compiles the rule files under a folder into a library, so that the program needs no file at run time:
# a table of (path below the folder, text, its SHA-256), and the digest of all views and lists. Adding a rule is adding a
# file.
#   exhibit_embed_rules(<target> <folder>)
# The same file is the script that writes the table when a rule changed.
if(CMAKE_SCRIPT_MODE_FILE STREQUAL CMAKE_CURRENT_LIST_FILE)
    file(GLOB_RECURSE files RELATIVE ${FOLDER} ${FOLDER}/*.yaml)
    list(SORT files)
    list(LENGTH files count)
    # As `RuleSet` makes it of the texts: each is hashed behind the digest of those before it, views first.
    set(chain "")
    set(lists ${files})
    set(views ${files})
    list(FILTER views INCLUDE REGEX "^views/")
    list(FILTER lists INCLUDE REGEX "^lists/")
    foreach(name IN LISTS views lists)
        file(READ ${FOLDER}/${name} text)
        string(SHA256 chain "${chain}${text}")
    endforeach()
    file(WRITE ${OUTPUT}.new "#include \"detection/rule_set.hpp\"\n\n#include <array>\n\n"
        "namespace exhibit::detection {\nnamespace {\n\nusing namespace std::string_view_literals; // Their length counts as no step of constant evaluation.\n\nconstexpr std::array<BuiltInFile, ${count}> kFiles { {\n")
    foreach(name IN LISTS files)
        file(READ ${FOLDER}/${name} text)
        file(SHA256 ${FOLDER}/${name} digest)
        file(APPEND ${OUTPUT}.new "    { \"${name}\", R\"rule(${text})rule\"sv, \"${digest}\"sv },\n")
    endforeach()
    file(APPEND ${OUTPUT}.new "} };\n\n} // namespace\n\n"
        "std::span<BuiltInFile const> built_in_files()\n{\n    return kFiles;\n}\n\n"
        "std::string_view built_in_lists_sha256()\n{\n    return \"${chain}\";\n}\n\n} // namespace exhibit::detection\n")
    file(RENAME ${OUTPUT}.new ${OUTPUT})
    return()
endif()

function(exhibit_embed_rules target folder)
    set(output ${CMAKE_CURRENT_BINARY_DIR}/built_in_rules.cpp)
    file(GLOB_RECURSE files CONFIGURE_DEPENDS ${folder}/*.yaml)
    add_custom_command(OUTPUT ${output}
        COMMAND ${CMAKE_COMMAND} -DFOLDER=${CMAKE_CURRENT_SOURCE_DIR}/${folder} -DOUTPUT=${output}
            -P ${CMAKE_CURRENT_FUNCTION_LIST_FILE}
        DEPENDS ${files} ${CMAKE_CURRENT_FUNCTION_LIST_FILE} COMMENT "Compiling the rules in" VERBATIM)
    target_sources(${target} PRIVATE ${output})
endfunction()
