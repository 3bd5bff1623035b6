#!/usr/bin/env python3
"""Compares the MVT-compatible export of a case with the output of mvt-ios on the same evidence, record by record.

usage: compare_with_mvt.py EVIDENCE [--exhibit PATH] [--mvt PATH]

Every difference is listed with its reason, from tools/mvt_differences.json. A difference without a stated
reason ends the comparison with exit status 1. Nothing is written beside the evidence.
"""
import argparse
import collections
import json
import os
import pathlib
import subprocess
import sys
import tempfile

ABSENT = (None, "", [], {})
NOT_RECORDS = {"alerts", "info", "urls", "timeline"}


def canonical(value):
    """A form in which equal facts are equal: MVT writes numbers and flags as text in places."""
    if value in ABSENT:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float):
        return f"{value:.3f}"
    if isinstance(value, (dict, list)):
        return json.dumps(value, sort_keys=True, ensure_ascii=False)
    return str(value)


def load(folder):
    modules = {}
    for path in sorted(pathlib.Path(folder).glob("*.json")):
        if path.stem in NOT_RECORDS or path.stem.endswith("_detected"):
            continue
        data = json.loads(path.read_text(encoding="utf-8"))
        modules[path.stem] = data if isinstance(data, list) else [data]
    return modules


def pair(peer, own):
    """Pairs records that agree on most keys: equal ones first, then by the number of equal values."""
    left, right = list(range(len(peer))), list(range(len(own)))
    index = collections.defaultdict(list)
    shared = set().union(*map(set, peer or [{}])) & set().union(*map(set, own or [{}]))
    form = lambda record: tuple((key, canonical(record.get(key))) for key in sorted(shared))
    for at in right:
        index[form(own[at])].append(at)
    pairs, rest = [], []
    for at in left:
        found = index.get(form(peer[at]))
        if found:
            other = found.pop(0)
            pairs.append((at, other))
            right.remove(other)
        else:
            rest.append(at)
    for at in rest[:]:
        if not right:
            break
        score = lambda other: sum(canonical(peer[at].get(k)) == canonical(own[other].get(k)) != "" for k in shared)
        best = max(right, key=score)
        if score(best) > 0:
            pairs.append((at, best))
            right.remove(best)
            rest.remove(at)
    return pairs, rest, right


def differences(module, peer, own):
    pairs, only_peer, only_own = pair(peer, own)
    for at in only_peer:
        yield (module, "record only of mvt"), json.dumps(peer[at], ensure_ascii=False)[:160]
    for at in only_own:
        yield (module, "record only of exhibit"), json.dumps(own[at], ensure_ascii=False)[:160]
    for at, other in pairs:
        for key in sorted(set(peer[at]) | set(own[other])):
            mine, theirs = own[other].get(key), peer[at].get(key)
            if canonical(mine) != canonical(theirs):
                yield (module, key), f"mvt {canonical(theirs)[:70]!r}, exhibit {canonical(mine)[:70]!r}"


def reason_of(reasons, module, key):
    return reasons.get(f"{module}.{key}") or reasons.get(f"*.{key}") or reasons.get(f"{module}.*")


def run(command):
    environment = {**os.environ, "MVT_NETWORK_ACCESS_ALLOWED": "false"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode not in (0, 1, 3):
        sys.exit(f"{command[0]} failed: {done.stderr[-2000:]}")


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
        run([options.mvt, "check-backup", "-o", theirs, options.evidence])
        peer, own = load(theirs), load(mine)

    unexplained = 0
    for module in sorted(set(peer) | set(own)):
        found = collections.defaultdict(list)
        for where, example in differences(module, peer.get(module, []), own.get(module, [])):
            found[where].append(example)
        print(f"{module}: {len(peer.get(module, []))} records of mvt, {len(own.get(module, []))} of exhibit")
        for (_, key), examples in found.items():
            reason = reason_of(reasons, module, key)
            unexplained += reason is None
            print(f"  {key} ({len(examples)} times): {reason or 'NO REASON STATED'}\n      {examples[0]}")
    print(f"{unexplained} kinds of difference without a stated reason")
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
