#!/usr/bin/env python3
"""Compares the MVT-compatible export of a case with the output of mvt-ios on the same evidence, record by record.

usage: compare_with_mvt.py EVIDENCE [--exhibit PATH] [--mvt PATH]

EVIDENCE is a backup or the folder of a file system. Every difference is printed with its reason, from
tools/mvt_differences.json, and how often it occurs. A difference without a stated reason ends the comparison
with exit status 1. Nothing is written beside the evidence.
"""
import argparse
import collections
import json
import os
import pathlib
import subprocess
import sys
import tempfile

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
    pairs, only_peer, only_own = pair(peer, own)
    for at in only_peer:
        yield "record", "only mvt", short(peer[at])
    for at in only_own:
        yield "record", "only exhibit", short(own[at])
    for at, other in pairs:
        for key in sorted(set(peer[at]) | set(own[other])):
            mine, theirs = canonical(own[other].get(key)), canonical(peer[at].get(key))
            if mine == theirs:
                continue
            how = "only mvt" if mine == "" else "only exhibit" if theirs == "" else "values"
            yield key, how, f"mvt {short(peer[at].get(key))!r}, exhibit {short(own[other].get(key))!r}"


def reason_of(reasons, module, key, how):
    for reason in reasons:
        if module in reason["modules"] and key in reason["keys"] and how in reason["how"]:
            return reason["reason"]
    return None


def run(command):
    environment = {**os.environ, "MVT_NETWORK_ACCESS_ALLOWED": "false"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode not in (0, 1, 3):
        sys.exit(f"{command[0]} failed: {done.stderr[-2000:]}")


def is_backup(evidence):
    return (pathlib.Path(evidence) / "Manifest.db").exists()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("evidence")
    parser.add_argument("--exhibit", default="build/release/exhibit")
    parser.add_argument("--mvt", default="mvt-ios")
    options = parser.parse_args()
    reasons = json.loads((pathlib.Path(__file__).parent / "mvt_differences.json").read_text(encoding="utf-8"))

    with tempfile.TemporaryDirectory() as scratch:
        case, mine, theirs = (os.path.join(scratch, name) for name in ("a.exhibit", "exhibit", "mvt"))
        run([options.exhibit, "check", options.evidence, "--output", case])
        run([options.exhibit, "export", case, mine, "--format", "mvt"])
        command = "check-backup" if is_backup(options.evidence) else "check-fs"
        run([options.mvt, command, "-o", theirs, options.evidence])
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
