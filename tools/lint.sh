#!/usr/bin/env bash
# What every commit has to pass besides the tests: layers, format, words, clang-tidy.
# usage: tools/lint.sh [--tidy | --tidy-changed COMMIT]
set -euo pipefail
cd "$(dirname "$0")/.."
find_tool() { command -v "$1-19" || command -v "$1-18" || command -v "$1"; }

sources() { git ls-files 'src/*.cpp' 'src/*.hpp' 'tests/*.cpp' 'tests/*.hpp' 'fuzz/*.cpp' 'bench/*.cpp' 'tools/*.cpp' 'tools/*.hpp'; }

python3 tools/check_layers.py src
sources | xargs python3 tools/check_try.py
sources | grep -v compile_fail | xargs "$(find_tool clang-format)" --dry-run -Werror

if git grep -nIE '\b(TODO|FIXME|XXX|HACK)\b' -- src tests rules tools ':!tools/lint.sh'; then
    echo "unfinished work must not land" >&2
    exit 1
fi
if git grep -nIiE '\b(is clean|not infected|no infection|device is safe|phone is safe)\b' -- src rules ':!src/detection/rule_reader.cpp'; then
    echo "no tool can say this of a phone" >&2
    exit 1
fi
if git grep -nIP '\t' -- '*.cpp' '*.hpp' '*.py' '*.yaml' '*.md'; then
    echo "tabs" >&2
    exit 1
fi
if git grep -nIE ' +$' -- rules; then
    echo "blanks at the end of a line: readers of YAML differ in what they make of them" >&2
    exit 1
fi

# A database of a clang build without precompiled headers: g++ flags are not all known to clang, and nothing but
# generated sources has to be built before.
tidy_database() { cmake --preset clang -B "$1" -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON -DEXHIBIT_TESTS=OFF "${@:2}" >/dev/null; }
tidy() { xargs -P "$(nproc)" -n 1 "$(find_tool clang-tidy)" --quiet "$@"; }

# Nearly all of clang-tidy's time goes into headers, some 9 s a file: a change is checked file by file, all of src in
# the units of the unity build, a dozen files each, which reads a header once for all of them.
case "${1:-}" in
--tidy)
    tidy_database build/tidy-unity -DEXHIBIT_UNITY=ON
    cmake --build build/tidy-unity --target built_in_rules.cpp >/dev/null
    grep -o '"file": "[^"]*' build/tidy-unity/compile_commands.json | cut -d'"' -f4 \
        | tidy -p build/tidy-unity --checks=-bugprone-suspicious-include # A unit is nothing but such includes.
    ;;
--tidy-changed)
    mapfile -t files < <(git diff --name-only --diff-filter=d "$2" -- 'src/*.cpp' 2>/dev/null || true)
    if [ ${#files[@]} -ne 0 ]; then
        tidy_database build/tidy
        printf '%s\n' "${files[@]}" | tidy -p build/tidy
    fi
    ;;
esac
echo "lint: all right"
