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
    seconds = time.monotonic() - started
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, os.waitstatus_to_exitcode(status)


def report(name, seconds, processor, peak, code, first=None):
    ratio = f"  {seconds / first:6.2f} times exhibit check" if first else ""
    print(f"{name:32} {seconds:8.2f} s  {processor:8.2f} s of processors  {peak:6.0f} MB peak  exit {code}{ratio}",
          flush=True)


def main():
    exhibit, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    indicators, case = folder / "indicators.stix2", folder / "bench.exhibit"
    check = [exhibit, "check", folder / "backup", "--indicators", indicators, "--output", case, "--force"]
    def fresh(command):
        """A case is new as a rule: to remove one of earlier, with what the system holds of it, takes long."""
        case.unlink(missing_ok=True)
        return run(command)

    fresh(check)  # So that every measured run finds the backup in memory.
    first = fresh(check)
    seconds = first[0]
    report("exhibit check", *first)
    report("exhibit check --jobs 1", *fresh([*check, "--jobs", "1"]), seconds)
    encrypted = pathlib.Path(sys.argv[3])
    os.environ["EXHIBIT_PASSWORD"] = "sample"
    run([exhibit, "check", encrypted / "backup", "--output", case, "--force"])
    report("exhibit check, encrypted", *fresh([exhibit, "check", encrypted / "backup", "--indicators", indicators,
                                             "--output", case, "--force"]), seconds)
    lines = folder / "bench.jsonl"
    report("exhibit export --format jsonl", *run([exhibit, "export", case, lines, "--format", "jsonl", "--force"]))
    report("exhibit timeline", *run([exhibit, "timeline", case]))
    subprocess.run([exhibit, "rules", "measure", case], check=False)
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
