#!/usr/bin/env bash
# Measures exhibit on a generated backup as large as that of a well-used phone, against mvt-ios where it is
# installed, and on Android acquisitions, against mvt-android; then runs the small benchmarks.
# usage: tools/bench.sh BUILD_DIR [SCALE]
set -euo pipefail
build=$1
scale=${2:-1}
bench=$build/bench-data
if [ ! -f "$bench/$scale/indicators.stix2" ]; then
    rm -rf "${bench:?}/$scale"
    "$build/exhibit-make-sample" "$bench/$scale" --benchmark --scale "$scale"
fi
encrypted=$bench/$scale-encrypted
if [ ! -f "$encrypted/indicators.stix2" ]; then
    rm -rf "$encrypted"
    "$build/exhibit-make-sample" "$encrypted" --benchmark --scale "$scale" --encrypted
fi
python3 tools/measure.py "$build/exhibit" "$bench/$scale" "$encrypted"
android=$bench/$scale-android
if [ ! -f "$android/bugreport-usual.zip" ]; then
    rm -rf "$android"
    python3 bench/make_android.py "$android" "$scale"
fi
python3 tools/measure_android.py "$build/exhibit" "$android"
python3 bench/make_cases.py "$build" "$bench/cases"
python3 bench/make_tree.py "$build" "$bench/tree"
python3 bench/hash_files.py "$build" "$bench/hash"
for program in "$build"/bench/bench_*; do
    [ -x "$program" ] && "$program"
done
