#!/usr/bin/env python3
"""Compares the MVT-compatible export of a case with the output of MVT on the same evidence, record by record.

usage: compare_with_mvt.py EVIDENCE [--exhibit PATH] [--mvt FOLDER] [--password WORD]

EVIDENCE is a backup or the folder of a file system of an iPhone, or a bug report, an AndroidQF acquisition, an adb
backup or a folder of intrusion logs. Every difference is printed with its reason, from tools/mvt_differences.json
or tools/mvt_differences_android.json, and how often it occurs. A difference without a stated reason ends the
comparison with exit status 1. Nothing is written beside the evidence.
"""
import argparse
import collections
import json
import os
import pathlib
import subprocess
import re
import sys
import tempfile
import zipfile

NOT_RECORDS = {"alerts", "info", "timeline"}


def canonical(value):
    """A form in which equal facts are equal: 1 and 1.0 and true are one number; an absent key, null, an empty
    text and an empty list all say that there is nothing."""
    if value in (None, "", [], {}):
        return ""
    if isinstance(value, (bool, int, float)):
        return f"{float(value):.6f}" if abs(value) < 2**53 else str(value)
    if isinstance(value, dict):
        return json.dumps({key: canonical(item) for key, item in value.items()}, sort_keys=True)
    if isinstance(value, list):
        return json.dumps([canonical(item) for item in value])
    return value


def load(folder):
    modules = {}
    for path in sorted(pathlib.Path(folder).glob("*.json")):
        if path.stem in NOT_RECORDS or path.stem.endswith("_detected"):
            continue
        data = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(data, dict) and all(isinstance(item, list) for item in data.values()):
            data = [{"(file)": file, **record} for file, records in data.items() for record in records]
        modules[path.stem] = data if isinstance(data, list) else [data]
    return modules


def pair(peer, own):
    """Pairs records: equal ones first, then each with the one that has most values in common."""
    shared = sorted(set().union(*map(set, peer or [{}])) & set().union(*map(set, own or [{}])))
    form = lambda record: tuple((key, canonical(record.get(key))) for key in shared)
    left, right = [form(record) for record in peer], [form(record) for record in own]
    waiting = collections.defaultdict(list)
    for at, value in enumerate(right):
        waiting[value].append(at)
    pairs, rest, taken = [], [], set()
    for at, value in enumerate(left):
        if waiting[value]:
            other = waiting[value].pop(0)
            pairs.append((at, other))
            taken.add(other)
        else:
            rest.append(at)
    free = [at for at in range(len(own)) if at not in taken]
    # Values that single a record out weigh most; whole records are compared only with what shares one.
    by_value = collections.defaultdict(list)
    for at in free:
        for item in right[at]:
            if item[1] != "":
                by_value[item].append(at)
    alone = []
    for at in rest:
        scores = collections.Counter()
        for item in left[at]:
            others = by_value.get(item, ())
            for other in others:
                scores[other] += 1 / len(others)
        best = max((other for other in scores if other not in taken), key=scores.__getitem__, default=None)
        if best is None:
            alone.append(at)
        else:
            taken.add(best)
            pairs.append((at, best))
    return pairs, alone, [at for at in free if at not in taken]


def short(value):
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 100 else text[:97] + "..."


def differences(peer, own):
    """Yields what differs (a key, `record` for a whole record, `module` for all of them), how, and an example."""
    if not peer or not own:
        yield "module", "only exhibit" if own else "only mvt", short((own or peer)[0])
        return
    yield from list_differences(peer, own, "")


def list_differences(peer, own, prefix):
    pairs, only_peer, only_own = pair(peer, own)
    for at in only_peer:
        yield prefix + "record", "only mvt", short(peer[at])
    for at in only_own:
        yield prefix + "record", "only exhibit", short(own[at])
    for at, other in pairs:
        yield from record_differences(peer[at], own[other], prefix)


def are_records(value):
    return isinstance(value, list) and value and all(isinstance(item, dict) for item in value)


def record_differences(peer, own, prefix):
    """The keys of records within records are written with points: `permissions.entries.duration`."""
    for key in sorted(set(peer) | set(own)):
        theirs, mine = peer.get(key), own.get(key)
        if canonical(mine) == canonical(theirs):
            continue
        if are_records(theirs) and are_records(mine):
            yield from list_differences(theirs, mine, f"{prefix}{key}.")
        elif isinstance(theirs, dict) and isinstance(mine, dict):
            yield from record_differences(theirs, mine, f"{prefix}{key}.")
        else:
            how = "only mvt" if canonical(mine) == "" else "only exhibit" if canonical(theirs) == "" else "values"
            yield prefix + key, how, f"mvt {short(theirs)!r}, exhibit {short(mine)!r}"


def reason_of(reasons, module, key, how):
    """A reason for a key holds for what is within it, too."""
    for reason in reasons:
        named = key in reason["keys"] or any(key.startswith(outer + ".") for outer in reason["keys"])
        if module in reason["modules"] and named and how in reason["how"]:
            return reason["reason"]
    return None


def run(command, environment):
    done = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True)
    if done.returncode not in (0, 1, 3):
        sys.exit(f"{command[0]} failed: {done.stderr[-2000:]}")


ANDROIDQF = {"acquisition.json", "packages.json", "files.json", "root_binaries.json", "getprop.txt", "mounts.json"}
EVENT = re.compile(rb'\s*\{\s*"(dns|connect|security)_event"')


def names_in(evidence):
    if evidence.is_dir():
        return {path.name for pattern in ("*", "*/*") for path in evidence.glob(pattern)}
    if zipfile.is_zipfile(evidence):
        with zipfile.ZipFile(evidence) as archive:
            return {name.rsplit("/", 1)[-1] for name in archive.namelist() if name.count("/") < 2}
    return set()


def command_for(evidence):
    """The program of MVT and its command for what EVIDENCE is."""
    names = names_in(evidence)
    if "Manifest.db" in names:
        return "mvt-ios", "check-backup"
    if ANDROIDQF & names:
        return "mvt-android", "check-androidqf"
    if "main_entry.txt" in names or any(name.startswith("dumpState_") for name in names):
        return "mvt-android", "check-bugreport"
    if "apps" in names or (evidence.is_file() and evidence.open("rb").read(14) == b"ANDROID BACKUP"):
        return "mvt-android", "check-backup"
    texts = evidence.rglob("*.txt") if evidence.is_dir() else []
    if any(EVENT.match(text.open("rb").read(64)) for text in texts):
        return "mvt-android", "check-intrusion-logs"
    return "mvt-ios", "check-fs"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("evidence", type=pathlib.Path)
    parser.add_argument("--exhibit", default="build/release/exhibit")
    parser.add_argument("--mvt", default="", help="the folder that holds mvt-ios and mvt-android")
    parser.add_argument("--password", default="")
    options = parser.parse_args()
    program, command = command_for(options.evidence)
    list_name = "mvt_differences_android.json" if program == "mvt-android" else "mvt_differences.json"
    reasons = json.loads((pathlib.Path(__file__).parent / list_name).read_text(encoding="utf-8"))
    environment = {"MVT_NETWORK_ACCESS_ALLOWED": "false"}
    if options.password:
        environment["EXHIBIT_PASSWORD"] = options.password
        environment["MVT_ANDROID_BACKUP_PASSWORD"] = environment["MVT_IOS_BACKUP_PASSWORD"] = options.password

    with tempfile.TemporaryDirectory() as scratch:
        case, mine, theirs = (os.path.join(scratch, name) for name in ("a.exhibit", "exhibit", "mvt"))
        run([options.exhibit, "check", options.evidence, "--output", case], environment)
        run([options.exhibit, "export", case, mine, "--format", "mvt"], environment)
        run([os.path.join(options.mvt, program), command, "-o", theirs, options.evidence], environment)
        peer, own = load(theirs), load(mine)

    unexplained = 0
    for module in sorted(set(peer) | set(own)):
        found = collections.defaultdict(list)
        for key, how, example in differences(peer.get(module, []), own.get(module, [])):
            found[key, how].append(example)
        print(f"{module}: {len(peer.get(module, []))} records of mvt, {len(own.get(module, []))} of exhibit")
        for (key, how), examples in found.items():
            reason = reason_of(reasons, module, key, how)
            unexplained += reason is None
            print(f"  {key} ({how}, {len(examples)} times): {reason or 'NO REASON STATED'}\n      {examples[0]}")
    print(f"{unexplained} kinds of difference without a stated reason")
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
