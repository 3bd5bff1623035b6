#!/usr/bin/env bash
# Prints line coverage per folder of src. usage: tools/coverage.sh BUILD_DIR
set -euo pipefail
cd "$(dirname "$0")/.."
command -v gcovr >/dev/null || { echo "install gcovr to see coverage" >&2; exit 1; }
gcovr --root . --filter 'src/' --exclude-throw-branches --print-summary "$1"
