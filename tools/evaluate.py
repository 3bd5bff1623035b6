#!/usr/bin/env python3
"""Measures how often rules and indicators speak on ordinary phones, and whether they find what they must.

usage: tools/evaluate.py BUILD_DIR [--report docs/error-rates.md] [--indicators DIR]...

Ordinary phones: the public test data below EXHIBIT_TEST_DATA, as far as it is there. Traces and near misses: those that
exhibit-make-sample generates, and the tests that each rule brings. Ends with 1 when an ordinary phone has a finding of
severity high or critical, a trace is not found, or a near miss is; with 77 when there is nothing to measure on.
"""
import argparse
import collections
import contextlib
import csv
import datetime
import hashlib
import io
import json
import os
import pathlib
import plistlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import zipfile

SEVERITIES = ['info', 'low', 'medium', 'high', 'critical']
SKIPPED = 77
# Name, path below EXHIBIT_TEST_DATA, what it is.
SETS = [
    ('iPhone backup, iOS 14.3', 'mvt-fixtures/ios_backup', 'part of a backup of a test phone (Mobile Verification Toolkit)'),
    ('AndroidQF', 'mvt-fixtures/androidqf', 'part of an acquisition of a test phone (Mobile Verification Toolkit)'),
    ('bug report of a test phone', 'mvt-fixtures/android_data/bugreport', 'sections of a report (Mobile Verification Toolkit)'),
    ('bug report, Android 14 beta', 'aosp-winscope/bugreport_stripped.zip', 'Android Open Source Project, most sections missing'),
    ('bug report, MIUI, aidl', 'chkbugreport/bugreport_aidldeadlock.txt', 'ChkBugReport, Android 2.3'),
    ('bug report, MIUI, hybrid', 'chkbugreport/bugreport_hybriddeadlock.txt', 'ChkBugReport, Android 2.3'),
    ('bug report, MIUI', 'chkbugreport/bugreport_deadlock.txt', 'ChkBugReport, Android 2.3'),
]
# Single files, and where they lay on the phone.
LOOSE = [
    ('plaso/ios/DataUsage.sqlite', 'private/var/wireless/Library/Databases/DataUsage.sqlite'),
    ('plaso/ios/Accounts3.sqlite', 'private/var/mobile/Library/Accounts/Accounts3.sqlite'),
    ('plaso/safari/History.db', 'private/var/mobile/Library/Safari/History.db'),
]
MODULES = 'ileapp/cases'
FILE_LIST = 'ileapp/filepath-lists/belkasoft-ctf6-ios-dev1.csv.zip'
DOMAINS = [('private/var/mobile/', 'HomeDomain'), ('private/var/root/', 'RootDomain'), ('private/var/wireless/', 'WirelessDomain'),
           ('mobile/', 'HomeDomain'), ('root/', 'RootDomain'), ('wireless/', 'WirelessDomain')]


class Exhibit:
    def __init__(self, build, indicators, work):
        self.program = build / 'exhibit'
        self.sample = build / 'exhibit-make-sample'
        self.indicators = [word for folder in indicators for word in ('--indicators', str(folder))]
        self.work = work
        self.cases = 0

    def check(self, path):
        """Examines one acquisition. None when it is of no known kind."""
        self.cases += 1
        case = self.work / f'{self.cases}.exhibit'
        done = subprocess.run([self.program, 'check', path, '--output', case, '--fail-on', 'never', *self.indicators],
                              capture_output=True, text=True, check=False)
        if not case.exists():
            return None
        if done.returncode not in (0, 3):
            raise SystemExit(f'{path}: exhibit ended with {done.returncode}: {done.stderr}')
        with contextlib.closing(sqlite3.connect(case)) as database:
            findings = database.execute(
                "SELECT severity, coalesce(rule_id, indicator_kind || ' indicator ' || indicator), rows FROM finding").fetchall()
            rules = database.execute("SELECT rule_id, state, reason FROM rule").fetchall()
        case.unlink()
        return findings, rules

    def rule_tests(self):
        done = subprocess.run([self.program, 'rules', 'test', '--json'], capture_output=True, text=True, check=False)
        return json.loads(done.stdout)


def backup_of_file_list(archive, folder):
    """A backup whose manifest lists the files of a published list of paths; none of them has content."""
    with zipfile.ZipFile(archive) as outer:
        text = outer.read(outer.namelist()[0]).decode('utf-8', 'replace')
    folder.mkdir()
    seen = set()
    with contextlib.closing(sqlite3.connect(folder / 'Manifest.db')) as database:
        database.execute('CREATE TABLE Files (fileID TEXT PRIMARY KEY, domain TEXT, relativePath TEXT, flags INTEGER, file BLOB)')
        database.execute('CREATE TABLE Properties (key TEXT PRIMARY KEY, value BLOB)')
        for row in csv.DictReader(io.StringIO(text)):
            path = row['path'].lstrip('/')
            for prefix, domain in DOMAINS:
                if path.startswith(prefix):
                    add_with_folders(database, domain, path[len(prefix):], seen)
                    break
        database.commit()
    plistlib.dump({'IsEncrypted': False, 'Version': '10.0'}, (folder / 'Manifest.plist').open('wb'))
    plistlib.dump({'Product Version': '16.3', 'Device Name': 'list'}, (folder / 'Info.plist').open('wb'))
    return len(seen)


def add_with_folders(database, domain, path, seen):
    parts = path.split('/')
    for length in range(1, len(parts) + 1):
        part = '/'.join(parts[:length])
        if (domain, part) not in seen:
            seen.add((domain, part))
            name = hashlib.sha1(f'{domain}-{part}'.encode()).hexdigest()
            database.execute('INSERT OR IGNORE INTO Files VALUES (?,?,?,?,NULL)', (name, domain, part, 1 if length == len(parts) else 2))


def assemble(files, folder):
    """Puts loose files where they lay on a phone; returns how many there were."""
    count = 0
    for source, path in files:
        if source.exists():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, folder / path)
            count += 1
    return count


def unpack_modules(data, work):
    """The test files of iLEAPP's modules: a folder for each phone that they are from."""
    folders = collections.Counter()
    for archive in sorted((data / MODULES).glob('*/*.zip')):
        phone = archive.name.split('.')[-2]
        with zipfile.ZipFile(archive) as opened:
            for member in opened.infolist():
                path = pathlib.PurePosixPath(member.filename.lstrip('/'))
                if member.is_dir() or '..' in path.parts:
                    continue
                if path.parts[0] == 'filesystem2':
                    path = pathlib.PurePosixPath('private/var', *path.parts[1:])
                target = work / phone / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(opened.read(member))
                folders[phone] += 1
    return sorted(folders.items())


def benign_sets(data, work):
    for name, path, what in SETS:
        if (data / path).exists():
            yield name, data / path, what
    if count := assemble([(data / source, path) for source, path in LOOSE], work / 'loose'):
        yield 'single files, iOS 16', work / 'loose', f'{count} databases of an ordinary phone and a computer (plaso)'
    for phone, count in unpack_modules(data, work):
        yield f'files of {phone}', work / phone, f'{count} files of a test phone (iLEAPP)'
    if (data / FILE_LIST).exists():
        count = backup_of_file_list(data / FILE_LIST, work / 'file_list')
        yield 'file list, iOS 16.3', work / 'file_list', f'{count} paths of a phone, without content (iLEAPP)'


def measure_benign(exhibit, data, problems):
    rows = []
    speaking = collections.defaultdict(list)
    for name, path, what in benign_sets(data, exhibit.work):
        result = exhibit.check(path)
        if result is None:
            rows.append((name, what, None, None))
            continue
        findings, rules = result
        evaluated = sum(state in ('matched', 'silent') for _, state, _ in rules)
        rows.append((name, what, collections.Counter(severity for severity, _, _ in findings), evaluated))
        for severity, who, count in findings:
            speaking[who].append((severity, name, count))
            if severity in ('high', 'critical'):
                problems.append(f'{name}: {who} speaks {severity} on an ordinary phone')
        problems.extend(f'{name}: rule {rule} failed: {reason}' for rule, state, reason in rules if state == 'failed')
    return rows, speaking


def measure_generated(exhibit, problems):
    folder = exhibit.work / 'generated'
    subprocess.run([exhibit.sample, folder, '--traces'], check=True)
    truth = json.loads((folder / 'traces' / 'truth.json').read_text())
    rows = []
    for kind, planted in truth.items():
        traces = best_by_rule(exhibit.check(folder / 'traces' / kind)[0])
        near = best_by_rule(exhibit.check(folder / 'near_misses' / kind)[0])
        found = [rule for rule, severity in planted.items() if traces.get(rule) == severity]
        silent = [rule for rule in planted if rule not in near]
        rows.append((kind, len(planted), len(found), len(silent)))
        problems.extend(f'{kind}: the trace of {rule} gave {traces.get(rule)} instead of {severity}'
                        for rule, severity in planted.items() if rule not in found)
        problems.extend(f'{kind}: {rule} speaks on its near miss' for rule in planted if rule not in silent)
    return rows


def best_by_rule(findings):
    best = {}
    for severity, rule, _ in findings:
        if rule not in best or SEVERITIES.index(severity) > SEVERITIES.index(best[rule]):
            best[rule] = severity
    return best


def names_of(folders):
    """A folder that only holds others stands for these."""
    names = []
    for folder in folders:
        inside = sorted(one.name.replace('+', '/') for one in folder.iterdir()) if folder.is_dir() else []
        only_folders = inside and all(one.is_dir() for one in folder.iterdir())
        names.extend(inside if only_folders else [folder.name])
    return names


def table(head, rows):
    lines = ['| ' + ' | '.join(head) + ' |', '|' + '---|' * len(head)]
    lines += ['| ' + ' | '.join(str(cell) for cell in row) + ' |' for row in rows]
    return '\n'.join(lines)


def report(benign, speaking, generated, tests, indicators, version):
    must_find = [test for test in tests if test['finds']]
    must_not = [test for test in tests if not test['finds']]
    text = f'''<!-- Written by `make evaluate`; do not edit. -->

# Error rates

Measured on {datetime.date.today().isoformat()} with {version}, {len({test['rule'] for test in tests})} rules, and {indicators}.
An ordinary phone must give no finding of severity high or critical; every planted trace must be found, with the severity that is expected of it;
every near miss must stay silent. The same is a test of every build.

## Ordinary phones

{table(['set', 'what it is', 'rules evaluated', *SEVERITIES], [
    (name, what, '-' if counts is None else evaluated, *(('not read',) * 5 if counts is None else (counts[word] for word in SEVERITIES)))
    for name, what, counts, evaluated in benign])}

A rule that lacks its data is not counted as evaluated. These sets are few and small, and most are of test phones: a rate on the phones of
people may be higher.

## What speaks on ordinary phones

{table(['rule or indicator', 'severity', 'set', 'rows'], [(who, severity, name, count) for who in sorted(speaking) for severity, name, count in speaking[who]])}

## Generated traces and near misses

{table(['acquisition', 'traces planted', 'found', 'near misses silent'], generated)}

Beside these, each rule brings tests of its own: {sum(test['passed'] for test in must_find)} of {len(must_find)} that must find rows do, and
{sum(test['passed'] for test in must_not)} of {len(must_not)} near misses are silent.
'''
    return text


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('build', type=pathlib.Path)
    parser.add_argument('--report', type=pathlib.Path)
    parser.add_argument('--indicators', type=pathlib.Path, action='append', default=[])
    parser.add_argument('--generated-only', action='store_true', help='leave the test data out')
    options = parser.parse_args()
    data = os.environ.get('EXHIBIT_TEST_DATA')
    if not data and not options.generated_only:
        print('EXHIBIT_TEST_DATA is not set: no ordinary phones to measure on')
        return SKIPPED
    problems = []
    with tempfile.TemporaryDirectory(prefix='exhibit-evaluate-') as work:
        exhibit = Exhibit(options.build.resolve(), options.indicators, pathlib.Path(work))
        benign, speaking = ([], {}) if options.generated_only else measure_benign(exhibit, pathlib.Path(data), problems)
        generated = measure_generated(exhibit, problems)
        tests = exhibit.rule_tests()
        problems.extend(f"test of {test['rule']}: {test['test']}: {test['why']}" for test in tests if not test['passed'])
        version = subprocess.run([exhibit.program, 'version'], capture_output=True, text=True, check=True).stdout.splitlines()[0]
    packs = 'no indicators' if not options.indicators else 'the indicators of ' + ', '.join(names_of(options.indicators))
    text = report(benign, speaking, generated, tests, packs, version)
    if options.report and not options.generated_only:
        options.report.write_text(text)
    print(text)
    for problem in problems:
        print('PROBLEM', problem)
    return 1 if problems else 0


if __name__ == '__main__':
    sys.exit(main())
