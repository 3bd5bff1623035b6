#!/usr/bin/env bash
# Installs the Debian or Ubuntu packages that Exhibit is built with; does nothing when all are there.
# usage: tools/install-dependencies.sh [--developer]
set -euo pipefail

packages=(
    g++ cmake ninja-build ccache pkg-config make python3
    libsqlite3-dev libssl-dev zlib1g-dev libdeflate-dev libarchive-dev libpugixml-dev
    libsimdjson-dev nlohmann-json3-dev libyaml-cpp-dev libcli11-dev libfmt-dev
    libpsl-dev libyara-dev libidn2-dev libre2-dev libcurl4-openssl-dev ca-certificates tzdata
    libgtest-dev libgmock-dev libbenchmark-dev
)
# The version that the project is checked with where it exists, else the distribution's own.
clang_packages() {
    local version
    for version in 19 18; do
        if apt-cache show "clang-$version" >/dev/null 2>&1; then
            echo "clang-$version clang-tidy-$version clang-format-$version libclang-rt-$version-dev"
            return
        fi
    done
}
missing() {
    local package
    for package in "$@"; do
        dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -q '^installed' || echo "$package"
    done
}

command -v apt-get >/dev/null || {
    echo "this script knows Debian and Ubuntu only; install these yourself: ${packages[*]}" >&2
    exit 1
}
if [ "${1:-}" = --developer ]; then
    packages+=(sqlite3 age)
    # Before the first `apt-get update` nothing is known of clang.
    [ -n "$(clang_packages)" ] || { [ "$(id -u)" = 0 ] && apt-get update -q >/dev/null; }
    read -ra clang <<<"$(clang_packages)"
    packages+=("${clang[@]}")
fi
mapfile -t wanted < <(missing "${packages[@]}")
[ ${#wanted[@]} -gt 0 ] || exit 0

echo "installing: ${wanted[*]}"
as_root=()
if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || {
        echo "run this as root: apt-get install ${wanted[*]}" >&2
        exit 1
    }
    as_root=(sudo)
fi
"${as_root[@]}" apt-get update -q >/dev/null
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "${wanted[@]}" >/dev/null
