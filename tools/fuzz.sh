#!/usr/bin/env bash
# Runs every fuzz target briefly over its corpus and what earlier findings left.
# usage: tools/fuzz.sh BUILD_DIR SECONDS_EACH
set -euo pipefail
cd "$(dirname "$0")/.."
build=$1
seconds=$2
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

run() {
    local target=$1 name found
    name=$(basename "$target")
    name=${name#fuzz_}
    mkdir -p "$scratch/$name"
    local seeds=()
    for folder in "fuzz/corpus/$name" "fuzz/regressions/$name"; do
        [ -d "$folder" ] && seeds+=("$folder")
    done
    # The scratch folder comes first: libFuzzer writes what it finds there.
    if ! "$target" -max_total_time="$seconds" -rss_limit_mb=2048 -timeout=20 -print_final_stats=0 -verbosity=0 \
        -artifact_prefix="$scratch/$name-" "$scratch/$name" "${seeds[@]}" >"$scratch/$name.log" 2>&1; then
        echo "fuzz/$name: FAILED"
        tail -n 40 "$scratch/$name.log"
        for found in "$scratch/$name"-*; do
            [ -f "$found" ] && echo "input, base64: $(base64 -w0 "$found" | head -c 4000)"
        done
        return 1
    fi
    echo "fuzz/$name: ${seconds} s without a finding"
}
export -f run
export scratch seconds

mapfile -t targets < <(find "$build/fuzz" -maxdepth 1 -type f -name 'fuzz_*' -executable | sort)
[ ${#targets[@]} -gt 0 ] || { echo "no fuzz targets were built" >&2; exit 1; }
printf '%s\n' "${targets[@]}" | xargs -P "$(nproc)" -I{} bash -c 'run {}'
