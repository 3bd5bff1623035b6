#!/usr/bin/env bash
# Fails when the committed pages under docs/ are not what the declarations of the artifacts give.
# usage: tools/check_docs.sh EXHIBIT
set -euo pipefail
cd "$(dirname "$0")/.."
fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT
"$1" artifacts --format markdown --output "$fresh/docs" >/dev/null
diff -u docs/artifacts.md "$fresh/docs/artifacts.md"
diff -ru docs/artifacts "$fresh/docs/artifacts" || { echo "run: make docs" >&2; exit 1; }
