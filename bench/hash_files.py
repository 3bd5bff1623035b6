#!/usr/bin/env python3
"""Measures `exhibit check --hash` over files that are in memory, against `openssl speed` on as many cores.

usage: bench/hash_files.py BUILD_DIR FOLDER [--bytes 2000000000]

What the examination takes without hashing is subtracted, and both programs run in turns, since other work on the
machine slows both.
"""
import argparse
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'tools'))
from measure import run  # noqa: E402

EACH = 32_000_000
ROUNDS = 3


def fill(root, size):
    """A file system of a phone, with one file much larger than the others."""
    for name in ('containers', 'db', 'mobile/Library', 'mobile/Media', 'preferences', 'root'):
        (root / 'private/var' / name).mkdir(parents=True, exist_ok=True)
    sizes = [size // 5] + [EACH] * ((size - size // 5) // EACH)
    for number, wanted in enumerate(sizes):
        with open(root / 'private/var/mobile/Media' / f'{number:05}', 'wb') as file:
            for _ in range(wanted // 1_000_000):
                file.write(os.urandom(1_000_000))


def openssl_speed(cores):
    """Bytes a second of SHA-256 of data that is in the cache."""
    command = ['openssl', 'speed', '-multi', str(cores), '-seconds', '2', '-bytes', '262144', '-evp', 'sha256']
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return float(output.split()[-1].rstrip('k')) * 1000


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('build', type=pathlib.Path)
    parser.add_argument('folder', type=pathlib.Path)
    parser.add_argument('--bytes', type=int, default=2_000_000_000)
    options = parser.parse_args()
    root = options.folder / 'files'
    if not root.exists():
        fill(root, options.bytes)
    size = sum(path.stat().st_size for path in root.rglob('*') if path.is_file())
    check = [options.build / 'exhibit', 'check', root, '--output', options.folder / 'hash.exhibit', '--force',
             '--fail-on', 'never', '--no-indicators']
    run([*check, '--hash'])  # So that every measured run finds the files in memory.
    cores = os.cpu_count() or 1
    shares = []
    for _ in range(ROUNDS):
        speed = openssl_speed(cores)
        seconds = run([*check, '--hash'])[0] - run(check)[0]
        shares.append(size / seconds / speed)
        print(f'check --hash: {size / seconds / 1e9:.2f} GB/s; openssl speed -evp sha256 on {cores} cores: '
              f'{speed / 1e9:.2f} GB/s; {shares[-1]:.0%}', flush=True)
    print(f'check --hash hashes at {sorted(shares)[ROUNDS // 2]:.0%} of openssl speed (median of {ROUNDS})')


if __name__ == '__main__':
    main()
