#!/usr/bin/env python3
"""Writes Android acquisitions as large as a well-used phone's into a folder, everything in them invented:

androidqf.zip        AndroidQF with a long list of files, copies of apps, a bug report and logs
tombstones.zip       a bug report with 1,000 crash reports
bugreport-long.txt   the text of a bug report, most of it logcat

usage: bench/make_android.py FOLDER [SCALE]: at scale 1 they are 2 GB, 5 MB and 500 MB
"""
import io
import json
import pathlib
import random
import sys
import zipfile

MEGABYTE = 1 << 20
RULER = "-" * 79


def service(name, body):
    return (f"{RULER}\nDUMP OF SERVICE {name}:\n{body}"
            f"--------- 0.010s was the duration of dumpsys {name}, ending at: 2024-05-03 10:11:12\n")


def package(number):
    name = f"org.example.app{number}"
    permissions = "".join(f"        android.permission.SAMPLE_{i}: granted=true, flags=[ USER_SET]\n" for i in range(20))
    return (f"  Package [{name}] ({number:x}):\n    appId={10000 + number}\n    codePath=/data/app/{name}\n"
            f"    versionCode=42 minSdk=23 targetSdk=34\n    versionName=1.2\n    flags=[ HAS_CODE ]\n"
            f"    timeStamp=2024-05-01 10:11:12\n    lastUpdateTime=2024-05-01 10:11:12\n"
            f"    installerPackageName=com.android.vending\n    initiatingPackageName=com.android.vending\n"
            f"    User 0: ceDataInode=1 installed=true hidden=false suspended=false stopped=false enabled=0\n"
            f"      firstInstallTime=2024-05-01 10:11:12\n      runtime permissions:\n{permissions}")


def operations(number):
    lines = [f"  Uid u0a{number}:\n    Package org.example.app{number}:\n"]
    for name in ("RECORD_AUDIO", "CAMERA", "FINE_LOCATION", "WAKE_LOCK", "READ_CONTACTS"):
        lines.append(f"      {name} (allow):\n          Access: [top-s] 2024-05-01 11:00:00.000 (-1d23h) duration=+2m1s\n"
                     "          Access: [fg-s] 2024-05-01 11:00:01.000 (-1d23h)\n")
    return "".join(lines)


# What lines of a log are like, in the proportions of a real one: about half of them name an app, a file or a host.
LOG_LINES = (
    "D SampleTag: something that happened, number {n}, with words about nothing in particular",
    "I ActivityManager: Start proc {pid}:org.example.app{app}/u0a{app} for service {{org.example.app{app}/.SyncService}}",
    "D WifiClientModeImpl: rssi -{rssi} score 60 link speed 433 frequency 5180 counter {n}",
    "D BatteryStatsService: level {rssi} voltage 4123 temperature 251 plugged 0 sample {n} of the day",
    "W PackageManager: Unknown permission org.example.permission.SAMPLE_{app} in package org.example.app{app}",
    "V SensorService: event of sensor {app} at {n} was given to 3 listeners, batch of 12, none was dropped",
    "I example.app{app}: Background concurrent copying GC freed {n} objects, 49% free, 12MB/24MB, paused 123us",
    "D NetworkMonitor: probe of https://connectivity.example.org/generate_204 took {rssi}ms and gave 204",
    "D AlarmManager: 12 alarms in the batch, the next one is due in {n} milliseconds, nothing to deliver",
    "I JobScheduler: org.example.app{app}/.UploadJob is ready, constraints satisfied, started as {pid}",
)


def log_line(number):
    second = number // 50
    head = (f"05-0{1 + second // 86400 % 2} {second // 3600 % 24:02}:{second // 60 % 60:02}:{second % 60:02}."
            f"{number * 20 % 1000:03}")
    line = LOG_LINES[number % len(LOG_LINES)]
    text = line[2:].format(n=number, app=number % 300, pid=number % 32768, rssi=number % 99)
    return f"{head}  {10000 + number % 300}  {number % 32768}  {number % 32000} {line[0]} {text}\n"


def report_text(log_bytes):
    """A bug report's text in pieces, with this much logcat."""
    yield ("========================================================\n== dumpstate: 2024-05-03 10:11:12\n"
           "========================================================\n\n"
           "Build fingerprint: 'example/sample/sample:14/UP1A/1:user/release-keys'\n\n"
           "------ SYSTEM PROPERTIES (getprop) ------\n[ro.build.version.release]: [14]\n"
           "[persist.sys.timezone]: [Europe/Berlin]\n"
           "------ 0.010s was the duration of 'SYSTEM PROPERTIES' ------\n\n"
           "------ SYSTEM LOG (logcat -v threadtime -v printable -v uid -d *:v) ------\n--------- beginning of main\n")
    written, number = 0, 0
    while written < log_bytes:
        text = "".join(map(log_line, range(number, number + 20_000)))
        number += 20_000
        written += len(text)
        yield text
    yield "------ 1.010s was the duration of 'SYSTEM LOG' ------\n\n"
    yield service("package", "Packages:\n" + "".join(map(package, range(500))) + "\n")
    yield service("appops", "Current AppOps Service state:\n" + "".join(map(operations, range(500))))


def tombstone(number):
    frames = "".join(f"      #{i:02} pc 000000000000{i:04x}  /system/lib64/libsample.so (function{i}+8)\n" for i in range(20))
    mappings = "".join(f"    {0x10000 * i:08x}-{0x10000 * i + 0xffff:08x} r-x         0     10000  /system/lib64/lib{i}.so\n"
                       for i in range(60))
    return ("*** *** *** *** *** *** *** *** *** *** *** *** *** *** *** ***\n"
            "Build fingerprint: 'example/sample/sample:14/UP1A/1:user/release-keys'\nRevision: '0'\nABI: 'arm64'\n"
            f"Timestamp: 2024-05-01 10:{number // 60 % 60:02}:{number % 60:02}.123456789+0200\nProcess uptime: 40s\n"
            f"Cmdline: org.example.app{number}\npid: {number}, tid: {number}, name: main  >>> org.example.app{number} <<<\n"
            f"uid: {10000 + number}\nsignal 11 (SIGSEGV), code 1 (SEGV_MAPERR), fault addr 0x10\n"
            f"Cause: null pointer dereference\n\nbacktrace:\n{frames}\nmemory map (60 entries):\n{mappings}")


def make_report(path, log_bytes, tombstones):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("version.txt", "2.0")
        archive.writestr("main_entry.txt", "bugreport-sample.txt")
        with archive.open("bugreport-sample.txt", "w") as member:
            for text in report_text(log_bytes):
                member.write(text.encode())
        for number in range(tombstones):
            archive.writestr(f"FS/data/tombstones/tombstone_{number:02}", tombstone(number))


def file_list(count):
    for number in range(count):
        line = {"path": f"/sdcard/DCIM/Camera/folder{number // 1000}/IMG_{number:08}.jpg", "size": number, "mode": "-rw-rw----",
                "user_id": 1000, "group_id": 1015, "context": "u:object_r:media_rw_data_file:s0",
                "modified_time": 1714550400 + number, "changed_time": 1714550400 + number, "access_time": 0,
                "sha1": "", "sha256": "", "sha512": "", "md5": ""}
        yield ("[" if number == 0 else ",\n") + json.dumps(line)
    yield "]"


def make_androidqf(path, total):
    randomness = random.Random(1)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("acquisition.json", json.dumps({"uuid": "1", "androidqf_version": "1.8.0"}))
        archive.writestr("getprop.txt", "[ro.build.version.release]: [14]\n[persist.sys.timezone]: [Europe/Berlin]\n")
        packages = [{"name": f"org.example.app{i}", "installer": "com.android.vending", "uid": 10000 + i, "disabled": False,
                     "system": False, "third_party": True, "files": []} for i in range(500)]
        archive.writestr("packages.json", json.dumps(packages))
        with archive.open("files.json", "w") as member:
            for text in file_list(total // 4000):
                member.write(text.encode())
        report = io.BytesIO()
        make_report(report, total // 40, 20)
        archive.writestr(zipfile.ZipInfo("bugreport.zip"), report.getvalue())
        with archive.open("logcat.txt", "w") as member:
            for text in report_text(total // 40):
                member.write(text.encode())
        number = 0
        while archive.fp.tell() < total:
            archive.writestr(zipfile.ZipInfo(f"apks/org.example.app{number}.apk"), randomness.randbytes(20 * MEGABYTE))
            number += 1


def main():
    folder, scale = pathlib.Path(sys.argv[1]), float(sys.argv[2] if len(sys.argv) > 2 else 1)
    folder.mkdir(parents=True, exist_ok=True)
    make_androidqf(folder / "androidqf.zip", int(scale * 2000 * MEGABYTE))
    make_report(folder / "tombstones.zip", 100_000, int(scale * 1000))
    with open(folder / "bugreport-long.txt", "w", encoding="ascii") as text:
        text.writelines(report_text(int(scale * 500 * MEGABYTE)))


if __name__ == "__main__":
    main()
