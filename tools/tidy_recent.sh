#!/usr/bin/env bash
# Runs clang-tidy over the sources that changed last, until the time is up; says how many it covered.
# The whole tree takes far longer than a change may wait: `make tidy` is for that.
# usage: tools/tidy_recent.sh BUILD_DIR SECONDS
set -uo pipefail
cd "$(dirname "$0")/.."
build=$1
seconds=$2
tidy=$(command -v clang-tidy-19 || command -v clang-tidy-18 || command -v clang-tidy)
mapfile -t files < <(git log --format= --name-only -n 200 -- 'src/*.cpp' | awk '!seen[$0]++' | while read -r f; do [ -f "$f" ] && echo "$f"; done)
[ ${#files[@]} -gt 0 ] || mapfile -t files < <(git ls-files 'src/*.cpp')
end=$((SECONDS + seconds))
done_count=0
status=0
while [ $SECONDS -lt $end ] && [ $done_count -lt ${#files[@]} ]; do
    batch=("${files[@]:done_count:2}")
    printf '%s\n' "${batch[@]}" | xargs -P 2 -n 1 "$tidy" -p "$build" --quiet 2> >(grep -vE 'warnings? (generated|and)|Suppressed|Use -' >&2) || status=1
    done_count=$((done_count + ${#batch[@]}))
    [ $status = 0 ] || break
done
echo "clang-tidy: $done_count of ${#files[@]} sources looked at, the latest first"
exit $status
