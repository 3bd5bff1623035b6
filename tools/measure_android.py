#!/usr/bin/env python3
"""Runs exhibit, and mvt-android where it is installed, over the acquisitions that bench/make_android.py wrote, and prints
time and memory. usage: tools/measure_android.py EXHIBIT FOLDER"""
import os
import pathlib
import shutil
import sys
import zipfile

from measure import report, run


def zipped(text):
    """mvt-android reads a bug report's text only in its zip or folder."""
    folder = text.with_suffix("")
    if not folder.exists():
        folder.mkdir()
        (folder / "main_entry.txt").write_text("bugreport-sample.txt", encoding="ascii")
        os.link(text, folder / "bugreport-sample.txt")
    return folder


def main():
    exhibit, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    os.environ["MVT_NETWORK_ACCESS_ALLOWED"] = "false"
    mvt = shutil.which("mvt-android")
    if not mvt:
        print("mvt-android is not installed: no comparison")
    for name, command in (("bugreport-usual.zip", "check-bugreport"), ("androidqf-usual.zip", "check-androidqf"),
                          ("androidqf.zip", "check-androidqf"), ("tombstones.zip", "check-bugreport"),
                          ("bugreport-long.txt", "check-bugreport")):
        path, case = folder / name, folder / "bench.exhibit"
        check = [exhibit, "check", path, "--output", case, "--force"]
        run(check)  # So that the measured run finds the file in memory.
        case.unlink()  # To remove an earlier case is no part of the examination; mvt-android begins without one, too.
        first = run(check)
        report(f"exhibit check {name}", *first)
        if mvt:
            output = folder / "mvt"
            shutil.rmtree(output, ignore_errors=True)
            source = path if zipfile.is_zipfile(path) else zipped(path)
            report(f"mvt-android {command}", *run([mvt, command, "--output", output, source]), first[0])


if __name__ == "__main__":
    main()
