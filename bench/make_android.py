#!/usr/bin/env python3
"""Writes Android acquisitions, usual ones and large ones, into a folder, everything in them invented:

androidqf.zip        AndroidQF with a long list of files, copies of apps, a bug report and logs
tombstones.zip       a bug report with 1,000 crash reports
androidqf-usual.zip  what AndroidQF takes of a phone in everyday use
bugreport-usual.zip  a bug report of such a phone
bugreport-long.txt   the text of a bug report, most of it logcat

usage: bench/make_android.py FOLDER [SCALE]: at scale 1 they are 2 GB, 5 MB and 500 MB; the usual ones do not scale
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


def make_report(path, texts, tombstones):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("version.txt", "2.0")
        archive.writestr("main_entry.txt", "bugreport-sample.txt")
        with archive.open("bugreport-sample.txt", "w") as member:
            for text in texts:
                member.write(text.encode())
        for number in range(tombstones):
            archive.writestr(f"FS/data/tombstones/tombstone_{number:02}", tombstone(number))


def resolver(title, apps):
    entries = "".join(f"      org.example.ACTION_{i}:\n        {i:x} org.example.app{i}/.Part filter {i:x}\n" for i in range(apps))
    return f"{title} Resolver Table:\n  Non-Data Actions:\n{entries}\n"


def battery_history(items):
    return "Battery History [Format: 2] (1% used, 40KB used of 4096KB, 90 strings using 7KB):\n" + (
        "                    0 (19) RESET:TIME: 2024-05-01-08-00-00\n") + "".join(
        f"          +{i // 3600}h{i // 60 % 60}m{i % 60}s100ms (2) 095 {'+-'[i % 2]}job=u0a{i // 2 % 300}:"
        f'"org.example.app{i // 2 % 300}/.SyncJob"\n' for i in range(items)) + "\n"


def battery_days(days):
    return "Daily stats:\n" + "".join(
        f"  Daily from 2024-04-{day + 1:02}-03-10-00 to 2024-04-{day + 2:02}-03-10-00:\n    Package changes:\n" + "".join(
            f"      Update org.example.app{i * 7 % 300} vers={40 + day}\n" for i in range(20)) for day in range(days))


def database_info(pools):
    operations = "".join(f'        {i}: [2024-05-01 10:11:{i:02}.345] executeForCursorWindow took 2ms - succeeded, '
                         f'sql="SELECT a, b, c FROM things WHERE number={i}"\n' for i in range(20))
    return "Applications Database Info:\n" + "".join(
        f"** Database info for pid {1000 + i} [org.example.app{i}] **\n"
        f"Connection pool for /data/user/0/org.example.app{i}/databases/things.db:\n"
        f"      Most recently executed operations:\n{operations}\n" for i in range(pools))


def usage_events(count):
    return "user=0\n  Last 24 hour events (timeRange=\"5/2/2024, 10:11 - 5/3/2024, 10:11\")\n" + "".join(
        f'    time="2024-05-02 {i // 3600 % 24:02}:{i // 60 % 60:02}:{i % 60:02}" type=ACTIVITY_RESUMED '
        f"package=org.example.app{i % 300} class=org.example.app{i % 300}.Main flags=0x0\n" for i in range(count))


def state_dump(lines):
    """What most of the 200 other services print: state that nobody reads."""
    return "".join(f"  mField{i}=false mOther={i} state{{id={i:x}, flags=0x{i:x}, list=[1, 2, 3], org.example.app{i % 300}}}\n"
                   for i in range(lines))


def services(apps):
    yield service("accessibility", "User state[\n     attributes:{id=0, installedServiceCount=2}\n"
                  "     Bound services:{}\n     Enabled services:{{org.example.app1/.Helper}}\n]\n")
    yield service("adb", "ADB MANAGER STATE (dumpsys adb):\n{\n  debugging_manager={\n    connected_to_adb=true\n  }\n}\n")
    yield service("appops", "Current AppOps Service state:\n  Uid 0:\n    state=cch\n" + "".join(map(operations, range(apps))))
    yield service("batterystats", battery_history(8_000) + battery_days(10))
    yield service("dbinfo", database_info(120))
    for number in range(200):
        yield service(f"sample{number}", state_dump(400))
    yield service("package", resolver("Activity", apps) + resolver("Receiver", apps) + "Packages:\n"
                  + "".join(map(package, range(apps))) + "\n")
    yield service("platform_compat", "ChangeId(168419799; name=DOWNSCALED; disabled; rawOverrides={org.example.app1=false}; )\n")
    yield service("usagestats", usage_events(3_000))


def usual_report_text():
    """What a phone in everyday use gives: 25 MB, of which 8 are logs."""
    yield from report_text(8 * MEGABYTE)
    yield from services(400)


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
        make_report(report, report_text(total // 40), 20)
        archive.writestr(zipfile.ZipInfo("bugreport.zip"), report.getvalue())
        with archive.open("logcat.txt", "w") as member:
            for text in report_text(total // 40):
                member.write(text.encode())
        number = 0
        while archive.fp.tell() < total:
            archive.writestr(zipfile.ZipInfo(f"apks/org.example.app{number}.apk"), randomness.randbytes(20 * MEGABYTE))
            number += 1


def make_usual_androidqf(path):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("sample/acquisition.json", json.dumps({"uuid": "1", "androidqf_version": "1.8.0"}))
        archive.writestr("sample/getprop.txt", "[ro.build.version.release]: [14]\n[persist.sys.timezone]: [Europe/Berlin]\n"
                         + "".join(f"[ro.sample.property{i}]: [{i}]\n" for i in range(900)))
        for name in ("system", "secure", "global"):
            archive.writestr(f"sample/settings_{name}.txt", "".join(f"sample_{i}={i}\n" for i in range(200)))
        packages = [{"name": f"org.example.app{i}", "installer": "com.android.vending", "uid": 10000 + i, "disabled": False,
                     "system": i % 2 == 0, "third_party": i % 2 == 1,
                     "files": [{"path": f"/data/app/org.example.app{i}/base.apk", "sha256": f"{i:064x}"}]} for i in range(400)]
        archive.writestr("sample/packages.json", json.dumps(packages))
        archive.writestr("sample/processes.txt", "USER PID PPID VSZ RSS WCHAN ADDR S NAME\n" + "".join(
            f"u0_a{i} {1000 + i} 1 100 100 0 0 S org.example.app{i}\n" for i in range(400)))
        archive.writestr("sample/files.json", "".join(file_list(150_000)))
        archive.writestr("sample/dumpsys.txt", "".join(services(400)))
        archive.writestr("sample/logcat.txt", "".join(map(log_line, range(40_000))))
        report = io.BytesIO()
        make_report(report, usual_report_text(), 5)
        archive.writestr("sample/bugreport.zip", report.getvalue())


def main():
    folder, scale = pathlib.Path(sys.argv[1]), float(sys.argv[2] if len(sys.argv) > 2 else 1)
    folder.mkdir(parents=True, exist_ok=True)
    make_androidqf(folder / "androidqf.zip", int(scale * 2000 * MEGABYTE))
    make_report(folder / "tombstones.zip", report_text(100_000), int(scale * 1000))
    make_report(folder / "bugreport-usual.zip", usual_report_text(), 5)
    make_usual_androidqf(folder / "androidqf-usual.zip")
    with open(folder / "bugreport-long.txt", "w", encoding="ascii") as text:
        text.writelines(report_text(int(scale * 500 * MEGABYTE)))


if __name__ == "__main__":
    main()
