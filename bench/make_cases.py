#!/usr/bin/env python3
"""Makes many small case files of one generated phone and measures how long `exhibit recheck` takes over all of them.

usage: bench/make_cases.py BUILD_DIR FOLDER [--cases 1000]

The cases together hold about a million values that indicators are compared with.
"""
import argparse
import json
import pathlib
import shutil
import subprocess
import time

ARTIFACTS = 'ios.data_usage,ios.tcc,ios.safari_history'


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('build', type=pathlib.Path)
    parser.add_argument('folder', type=pathlib.Path)
    parser.add_argument('--cases', type=int, default=1000)
    options = parser.parse_args()
    exhibit = options.build / 'exhibit'
    sample = options.folder / 'sample'
    cases = options.folder / 'cases'
    shutil.rmtree(options.folder, ignore_errors=True)  # Cases of another version are read in another way.
    subprocess.run([options.build / 'exhibit-make-sample', sample], check=True)
    cases.mkdir(parents=True)
    first = cases / '0000.exhibit'
    subprocess.run([exhibit, 'check', sample / 'backup', '--output', first, '--only', ARTIFACTS, '--fail-on', 'never'],
                   check=False, capture_output=True)
    for number in range(1, options.cases):
        shutil.copyfile(first, cases / f'{number:04}.exhibit')
    files = sorted(cases.glob('*.exhibit'))
    unknown = options.folder / 'unknown.csv'
    unknown.write_text('type,value\n' + ''.join(f'domain,new{number}.example\n' for number in range(1000)))
    measure(exhibit, files, unknown, 'none meets an indicator')
    measure(exhibit, files, sample / 'indicators.stix2', 'all meet an indicator')


def measure(exhibit, files, indicators, what):
    command = [exhibit, 'recheck', *files, '--indicators', indicators, '--fail-on', 'never', '--json']
    subprocess.run(command, capture_output=True, check=True)  # Once, so that the files are in memory.
    started = time.monotonic()
    done = subprocess.run(command, capture_output=True, check=True)
    seconds = time.monotonic() - started
    cases = json.loads(done.stdout)
    values = sum(one['values_compared'] for one in cases)
    news = sum(bool(one['new']) for one in cases)
    print(f'recheck: {len(files)} case files, {values} values, {what} ({news} with news): {seconds:.2f} s, '
          f'{seconds / len(files) * 1000:.2f} ms each', flush=True)


if __name__ == '__main__':
    main()
