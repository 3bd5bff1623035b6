option(EXHIBIT_TESTS "Build the tests" ON)
option(EXHIBIT_UNITY "Compile many files of a layer as one: less time for all of them, more for one" OFF)
set(EXHIBIT_UNITY_FILES 12 CACHE STRING "How many; 0 for a whole layer")
option(EXHIBIT_FUZZ "Link the fuzz targets with libFuzzer (clang only)" OFF)
option(EXHIBIT_WERROR "Treat warnings as errors" OFF)
option(EXHIBIT_COVERAGE "Instrument for coverage" OFF)
set(EXHIBIT_SANITIZE "" CACHE STRING "Sanitizers, as for -fsanitize=")

set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
find_program(EXHIBIT_CCACHE ccache)
if(EXHIBIT_CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
        CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${EXHIBIT_CCACHE})
endif()

add_library(exhibit_options INTERFACE)
target_compile_features(exhibit_options INTERFACE cxx_std_23)
# Some libraries demand it of whoever links them; one flag for all keeps the precompiled header usable.
target_compile_options(exhibit_options INTERFACE -pthread)
target_compile_options(exhibit_options INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast -Wcast-qual
    -Wnon-virtual-dtor -Woverloaded-virtual -Wimplicit-fallthrough -Wformat=2
    -Wundef -Wmissing-declarations -Wextra-semi -Wsuggest-override
    -fno-strict-aliasing -fstack-protector-strong -pthread
    $<$<CXX_COMPILER_ID:GNU>:-Wduplicated-cond -Wduplicated-branches -Wlogical-op>
    $<$<CXX_COMPILER_ID:Clang>:-Wthread-safety -Wunreachable-code -Wno-missing-designated-field-initializers
    -fpch-instantiate-templates -Xclang -fno-pch-timestamp>)
# Both warn inside of the library of g++: clang of what std::stable_sort calls, g++, when it optimizes, of what cannot happen.
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    target_compile_options(exhibit_options INTERFACE -Wno-deprecated-declarations)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(exhibit_options INTERFACE $<$<CONFIG:Release>:-Wno-stringop-overflow;-Wno-stringop-overread;-Wno-array-bounds;-Wno-maybe-uninitialized;-Wno-free-nonheap-object;-Wno-restrict>)
endif()
# All libraries are linked into programs, where no other function can take the place of one of ours.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(exhibit_options INTERFACE -fno-semantic-interposition)
endif()
if(EXHIBIT_WERROR)
    target_compile_options(exhibit_options INTERFACE -Werror)
endif()
# Evidence is hostile: the checks of the library stay in the release build too.
target_compile_definitions(exhibit_options INTERFACE _GLIBCXX_ASSERTIONS)
target_compile_options(exhibit_options INTERFACE
    $<$<CONFIG:Release>:-U_FORTIFY_SOURCE;-D_FORTIFY_SOURCE=3;-ftrivial-auto-var-init=zero;-fstack-clash-protection>)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    target_compile_options(exhibit_options INTERFACE $<$<CONFIG:Release>:-fcf-protection>)
    # g++ clears what has between 64 and some hundred bytes, as rows have, by `rep stos`, which takes longer to begin than to end.
    target_compile_options(exhibit_options INTERFACE
        $<$<AND:$<CXX_COMPILER_ID:GNU>,$<CONFIG:Release>>:-mmemset-strategy=vector_loop:1024:noalign,libcall:-1:noalign>)
endif()
target_link_options(exhibit_options INTERFACE $<$<CONFIG:Release>:-pie;-Wl,-z,relro,-z,now>)
if(EXHIBIT_SANITIZE)
    target_compile_options(exhibit_options INTERFACE -fsanitize=${EXHIBIT_SANITIZE} -fno-sanitize-recover=all
        -fno-omit-frame-pointer)
    target_link_options(exhibit_options INTERFACE -fsanitize=${EXHIBIT_SANITIZE})
endif()
if(EXHIBIT_FUZZ)
    target_compile_options(exhibit_options INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(EXHIBIT_COVERAGE)
    target_compile_options(exhibit_options INTERFACE --coverage)
    target_link_options(exhibit_options INTERFACE --coverage)
endif()
