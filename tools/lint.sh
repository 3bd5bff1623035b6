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

# clang-tidy takes some 15 s a file: all of them are an hour's work, so a change is checked by what it touched.
case "${1:-}" in
--tidy) mapfile -t files < <(git ls-files 'src/*.cpp') ;;
--tidy-changed) mapfile -t files < <(git diff --name-only --diff-filter=d "$2" -- 'src/*.cpp' 2>/dev/null || true) ;;
*) files=() ;;
esac
if [ ${#files[@]} -ne 0 ]; then
    # A database of a clang build without precompiled headers: g++ flags are not all known to clang, and nothing
    # has to be built before.
    cmake --preset clang -B build/tidy -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON -DEXHIBIT_TESTS=OFF >/dev/null
    printf '%s\n' "${files[@]}" | xargs -P "$(nproc)" -n 4 "$(find_tool clang-tidy)" -p build/tidy --quiet
fi
echo "lint: all right"
