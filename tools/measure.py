#!/usr/bin/env python3
"""Runs exhibit, and mvt-ios where it is installed, over the backup in a folder and prints time and memory."""
import os
import pathlib
import shutil
import subprocess
import sys
import time


def run(command):
    started = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    return time.monotonic() - started, usage.ru_maxrss / 1024, os.waitstatus_to_exitcode(status)


def report(name, seconds, peak, code, first=None):
    ratio = f"  {seconds / first:6.1f} times exhibit check" if first else ""
    print(f"{name:32} {seconds:8.2f} s  {peak:7.0f} MB peak  exit {code}{ratio}", flush=True)


def main():
    exhibit, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    indicators, case = folder / "indicators.stix2", folder / "bench.exhibit"
    check = [exhibit, "check", folder / "backup", "--indicators", indicators, "--output", case, "--force"]
    seconds, peak, code = run(check)
    report("exhibit check", seconds, peak, code)
    report("exhibit check --jobs 1", *run([*check, "--jobs", "1"]), seconds)
    lines = folder / "bench.jsonl"
    report("exhibit export --format jsonl", *run([exhibit, "export", case, lines, "--format", "jsonl", "--force"]))
    report("exhibit timeline", *run([exhibit, "timeline", case]))
    mvt = shutil.which("mvt-ios")
    if mvt:
        output = folder / "mvt"
        shutil.rmtree(output, ignore_errors=True)
        report("mvt-ios check-backup", *run([mvt, "check-backup", "--iocs", indicators, "--output", output,
                                             folder / "backup"]), seconds)
    else:
        print("mvt-ios is not installed: no comparison")


if __name__ == "__main__":
    main()
