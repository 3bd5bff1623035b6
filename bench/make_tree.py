#!/usr/bin/env python3
"""Makes the file system of a phone with many sparse files and measures `exhibit check` over it, without hashing.

usage: bench/make_tree.py BUILD_DIR FOLDER [--files 400000] [--bytes 20000000000]

The tests' fixtures lie at their places; the rest are files of holes under the folders a phone has most files in.
"""
import argparse
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'tools'))
from measure import report, run  # noqa: E402

FOLDERS = [
    'private/var/mobile/Media/DCIM/{:03}APPLE/IMG_{:06}.HEIC',
    'private/var/mobile/Media/PhotoData/Thumbnails/V2/DCIM/{:03}APPLE/IMG_{:06}.JPG',
    'private/var/mobile/Containers/Data/Application/{:08X}-0000-4000-8000-000000000000/Library/Caches/{:06}.cache',
    'private/var/containers/Bundle/Application/{:08X}-0000-4000-8000-000000000000/Sample.app/{:06}.strings',
    'System/Library/PrivateFrameworks/Sample{:03}.framework/{:06}.lproj',
]


def fill(root, count, size):
    each = size // count
    for number in range(count):
        kind = FOLDERS[number % len(FOLDERS)]
        path = root / kind.format(number // 1000, number)
        if number % 1000 < len(FOLDERS):
            path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o644)
        os.ftruncate(descriptor, each)
        os.close(descriptor)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('build', type=pathlib.Path)
    parser.add_argument('folder', type=pathlib.Path)
    parser.add_argument('--files', type=int, default=400_000)
    parser.add_argument('--bytes', type=int, default=20_000_000_000)
    options = parser.parse_args()
    root = options.folder / 'files'
    if not root.exists():
        subprocess.run([options.build / 'exhibit-make-sample', options.folder, '--file-system'], check=True)
        fill(root, options.files, options.bytes)
    check = [options.build / 'exhibit', 'check', root, '--output', options.folder / 'tree.exhibit', '--force',
             '--fail-on', 'never', '--no-indicators']
    run(check)  # So that every measured run finds the tree's folders in memory.
    first = run(check)
    report(f'check of {options.files} files', *first)
    report('the same, --jobs 1', *run([*check, '--jobs', '1']), first[0])


if __name__ == '__main__':
    main()
