"""Traces planted in an AndroidQF acquisition are found, what looks like them is not, in whatever form it comes."""

import datetime
import hashlib
import json
import os
import pty
import select
import shutil
import signal
import zipfile

import support
from support import FOUND, GOOD

QUIET = ("--fail-on", "never")
RULES = "SELECT DISTINCT rule_id FROM finding WHERE rule_id IS NOT NULL"


def type_passphrase(command, passphrase, patience=60):
    """Runs a program in a terminal of its own, answers what ends with a colon, and gives its exit code."""
    child, terminal = pty.fork()
    if child == 0:
        try:
            os.execvp(command[0], command)
        finally:
            os._exit(127)
    try:
        while True:
            if not select.select([terminal], [], [], patience)[0]:
                os.kill(child, signal.SIGKILL)
                break
            said = os.read(terminal, 4096)
            if not said:
                break
            if said.rstrip().endswith(b":"):
                os.write(terminal, f"{passphrase}\n".encode())
    except OSError:  # What a terminal says when the program has ended.
        pass
    _, status = os.waitpid(child, 0)
    os.close(terminal)
    return os.waitstatus_to_exitcode(status)


class Android(support.Test):
    sample_options = ("--android",)

    def acquisition(self, name):
        return self.sample / name / "androidqf"

    def truth(self, name):
        return set(json.loads((self.sample / name / "truth.json").read_text()))

    def rules_of(self, case):
        return {rule for rule, in support.rows(case, RULES)}

    def test_a_file_that_was_overwritten_is_not_called_empty(self):
        copy = self.folder / "overwritten"
        shutil.copytree(self.acquisition("traces"), copy)
        for name, content in (("getprop.txt", b"\0" * 3000), ("processes.txt", b"<!DOCTYPE html><html><body>no</body></html>"),
                              ("mounts.json", bytes(range(256)) * 9)):
            (copy / name).write_bytes(content)
        result, case = self.check(copy, *QUIET)
        self.assertEqual(result.code, support.DAMAGED)
        states = dict(support.rows(case, "SELECT e.path, c.state FROM coverage c JOIN entry e USING (entry_id) JOIN diagnostic d "
                                         "USING (entry_id) WHERE d.message LIKE 'the file does not begin as the text%'"))
        self.assertEqual(states, {f"@androidqf/{name}": "failed" for name in ("getprop.txt", "processes.txt", "mounts.json")})

    def zipped(self, name, prefix=""):
        path = self.folder / f"{name}.zip"
        root = self.acquisition(name)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in sorted(root.rglob("*")):
                if file.is_file():
                    archive.write(file, prefix + str(file.relative_to(root)))
        return path

    def test_every_planted_trace_is_found(self):
        result, case = self.check(self.acquisition("traces"))
        self.assertEqual(result.code, FOUND, result.err)
        self.assertEqual(self.truth("traces") - self.rules_of(case), set())

    def test_what_looks_much_like_a_trace_is_none(self):
        result, case = self.check(self.acquisition("near_misses"), *QUIET)
        self.assertEqual(result.code, GOOD, result.err)
        self.assertEqual(self.truth("near_misses") & self.rules_of(case), set())

    def test_folder_and_zip_give_the_same(self):
        without = {"acquisition", "acquisition_fact", "acquisition_problem", "entry", "coverage", "diagnostic"}

        def content(case):
            tables = support.content(case, without)
            # The last column says where the acquisition keeps the file.
            tables["android_file"] = [row[:-1] for row in tables["android_file"]]
            return tables
        _, folder = self.check(self.acquisition("traces"), *QUIET)
        expected = content(folder)
        for prefix in ("", "a-folder/"):
            _, case = self.check(self.zipped("traces", prefix), *QUIET)
            found = content(case)
            self.assertEqual(found.keys(), expected.keys())
            for table, rows in expected.items():
                self.assertEqual(found[table], rows, f"{table} with {prefix!r}")

    def found_of(self, acquisition, value, kind, *options):
        """What an indicator finds in an acquisition."""
        indicators = self.folder / "own.csv"
        indicators.write_text(f"value,type\n{value},{kind}\n")
        case = self.folder / "own.exhibit"
        result = support.run("check", acquisition, "--output", case, "--force", "--indicators", indicators, *options, *QUIET)
        self.assertIn(result.code, (GOOD, support.DAMAGED), result.err)
        return support.rows(case, "SELECT artifact, severity FROM finding WHERE indicator IS NOT NULL ORDER BY artifact")

    def test_an_app_that_was_copied_is_found_by_its_hash(self):
        copy = self.folder / "androidqf"
        shutil.copytree(self.acquisition("near_misses"), copy)
        (copy / "apks").mkdir(exist_ok=True)
        (copy / "apks" / "com.example.implant.apk").write_bytes(b"implant")
        sha256 = hashlib.sha256(b"implant").hexdigest()
        self.assertEqual(self.found_of(copy, sha256, "sha256"), [])
        self.assertEqual(self.found_of(copy, sha256, "sha256", "--hash"), [("android.files", "critical")])
        (copy / "hashes.csv").write_text(f"androidqf/apks/com.example.implant.apk,{sha256}\n")
        self.assertEqual(self.found_of(copy, sha256, "sha256"), [("android.androidqf_hashes", "critical")])

    def with_security_events(self, *events):
        """An AndroidQF acquisition whose run took from 10:00 to 10:20, and an intrusion log with these events at these times."""
        copy = self.folder / "logged"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(self.acquisition("near_misses"), copy)
        run = {"uuid": "1", "started": "2024-05-03T10:00:00Z", "completed": "2024-05-03T10:20:00Z"}
        (copy / "acquisition.json").write_text(json.dumps(run))
        shutil.rmtree(copy / "intrusion_logs")
        (copy / "intrusion_logs").mkdir()
        lines = [{"security_event": {"event_id": number, "event_time": int(datetime.datetime.fromisoformat(when).timestamp()) * 10**9,
                                     name: payload}} for number, (when, name, payload) in enumerate(events)]
        (copy / "intrusion_logs" / "log.txt").write_text("".join(json.dumps(line) + "\n" for line in lines))
        return copy

    def test_an_event_of_the_security_log_says_of_an_app_what_it_is_about(self):
        before, during = "2024-05-02T10:00:00+00:00", "2024-05-03T10:10:00+00:00"
        app, file = ("com.evil.spy", "app_id"), ("/data/local/tmp/evil", "file_path")
        for value, events, expected in (
                (app, [(before, "adb_shell_cmd", {"command": "pm path com.evil.spy"})], "medium"),
                (app, [(before, "adb_shell_cmd", {"command": "pm grant com.evil.spy android.permission.CAMERA"})], "high"),
                (app, [(during, "adb_shell_cmd", {"command": "pm path com.evil.spy"})], None),
                (app, [(during, "app_process_start", {"process": "com.evil.spy:push"})], "critical"),
                (app, [(before, "package_uninstalled", {"package_name": "com.evil.spy"})], "critical"),
                (app, [(before, "user_restriction_added", {"admin_package": "com.evil.spy"})], "high"),
                (file, [(before, "adb_sync_recv_file", {"path": "/data/local/tmp/evil"})], "critical"),
                (file, [(during, "adb_sync_send_file", {"path": "/data/local/tmp/evil"})], None)):
            found = [("android.intrusion_log", expected)] if expected else []
            self.assertEqual(self.found_of(self.with_security_events(*events), *value), found, events)
            case = self.folder / "own.exhibit"
            ran = any("running" in wording for wording, in support.rows(case, "SELECT wording FROM assessment"))
            self.assertEqual(ran, events[0][1] == "app_process_start", events)

    def test_what_two_exports_of_a_log_tell_is_one_record_of_the_export_for_mvt(self):
        copy = self.with_security_events(("2024-05-02T10:00:00+00:00", "adb_shell_cmd", {"command": "id"}),
                                         ("2024-05-02T11:00:00+00:00", "adb_shell_cmd", {"command": "ls"}))
        lines = (copy / "intrusion_logs" / "log.txt").read_text().splitlines(keepends=True)
        later = json.dumps({"dns_event": {"event_id": 7, "event_time": 1714644000000, "hostname": "a.example", "ip_addresses": ["1.2.3.4"]}}) + "\n"
        (copy / "intrusion_logs" / "log.txt").write_text("".join(lines) + later)
        (copy / "intrusion_logs" / "more.txt").write_text(lines[1] + later + lines[1].replace("ls", "ps"))
        case, out = self.folder / "twice.exhibit", self.folder / "twice"
        support.run("check", copy, "--output", case, "--force", *QUIET)
        support.run("export", case, out, "--format", "mvt", "--force")
        events = json.loads((out / "security_event.json").read_text())
        self.assertEqual([event["adb_shell_cmd"]["command"] for event in events], ["id", "ls", "ps"], events)
        self.assertEqual(len(json.loads((out / "dns_event.json").read_text())), 1)
        self.assertEqual((out / "timeline.csv").read_text().count("a.example"), 1)

    def test_who_looked_for_help_in_a_browser_is_not_told_that_a_program_watches(self):
        copy = self.with_security_events()
        for package, severity in (("com.android.chrome", "low"), ("com.example.notes", "medium")):
            line = {"dns_event": {"event_id": 1, "event_time": 1714644000000, "package_name": package, "hostname": "www.flexispy.com"}}
            (copy / "intrusion_logs" / "log.txt").write_text(json.dumps(line) + "\n")
            indicators = self.folder / "stalkerware.csv"
            indicators.write_text("value,type,malware\nflexispy.com,domain,FlexiSPY stalkerware\n")
            case = self.folder / "own.exhibit"
            support.run("check", copy, "--output", case, "--force", "--indicators", indicators, *QUIET)
            found = support.rows(case, "SELECT severity, summary FROM finding WHERE indicator IS NOT NULL")
            self.assertEqual([one for one, _ in found], [severity])
            if severity == "medium":
                self.assertIn(f"By: {package}.", found[0][1])

    def test_a_dump_that_ends_within_a_section_is_not_called_whole(self):
        end = "--------- 0.1s was the duration of dumpsys a, ending at: 2024-05-01 10:11:12\n"
        text = ("=" * 56 + "\n== dumpstate: 2024-05-01 10:11:12\n" + "=" * 56 + "\n" + "-" * 79 + "\nDUMP OF SERVICE a:\nx\n" + end
                + "-" * 79 + "\nDUMP OF SERVICE package:\nPackages:\n  Package [com.example.a] (1):\n    appId=10001\n  Package [com.exam")
        for ending, code, state in (("", support.DAMAGED, "partial"), ("ple.b] (1):\n" + end.replace("dumpsys a", "dumpsys package"), GOOD, "parsed")):
            report = self.folder / "bugreport-x-2024-05-01-10-11-12.txt"
            report.write_text(text + ending)
            result, case = self.check(report, *QUIET)
            self.assertEqual(result.code, code, result.err)
            self.assertEqual(support.rows(case, "SELECT state FROM coverage WHERE artifact = 'android.packages'"), [(state,)])

    def test_paths_of_a_file_system_are_compared_wherever_they_are(self):
        root = self.folder / "phone"
        for path in ("data/system/packages.list", "data/data/com.example.a/files/a", "vendor/lib64/implant/a.so", "system/build.prop"):
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text("")
        for path in ("/vendor/lib64/implant", "/vendor/lib64/implant/a.so"):
            self.assertEqual(self.found_of(root, path, "file_path"), [("android.files", "critical")])
        self.assertEqual(self.found_of(root, "/vendor/lib64/impl", "file_path"), [])

    def test_dumps_of_a_report_that_failed_come_from_the_dump_beside_it(self):
        copy = self.folder / "androidqf"
        shutil.copytree(self.acquisition("traces"), copy)
        with zipfile.ZipFile(copy / "bugreport.zip") as report:
            text = report.read("bugreport-sample.txt")
        (copy / "bugreport.zip").unlink()
        (copy / "dumpsys.txt").write_bytes(b"\xff\xfe" + text.decode().encode("utf-16-le"))
        _, case = self.check(copy, *QUIET)
        missing = self.truth("traces") - self.rules_of(case)
        crashes = {"android-privileged-crash", "android-memory-attack-signs", "android-foreign-code-in-memory"}
        self.assertEqual(missing, crashes)

    def test_what_age_locks_with_a_passphrase_is_read(self):
        if not shutil.which("age"):
            self.skipTest("age is not installed")
        archive = self.zipped("traces")
        locked = archive.with_suffix(".zip.age")
        self.assertEqual(type_passphrase(["age", "-p", "-o", str(locked), str(archive)], "pässword"), 0)
        result, case = self.check(locked, *QUIET, environment={"EXHIBIT_PASSWORD": "pässword"})
        self.assertEqual(result.code, GOOD, result.err)
        self.assertEqual(self.truth("traces") - self.rules_of(case), set())

    def test_records_of_the_export_nest_as_those_of_mvt_do(self):
        _, case = self.check(self.acquisition("traces"), *QUIET)
        folder = self.folder / "mvt"
        self.assertEqual(support.run("export", case, folder, "--format", "mvt").code, GOOD)
        read = lambda module: json.loads((folder / f"{module}.json").read_text())
        state, = read("dumpsys_adb_state")
        self.assertTrue(state["user_keys"] or state["keystore"], state)
        operations = [one for record in read("dumpsys_appops") for one in record["permissions"]]
        self.assertIn("Access", {entry["access"] for one in operations for entry in one["entries"]})
        package = next(record for record in read("dumpsys_packages") if record["package_name"] == "com.example.notes")
        self.assertEqual((package["package_type"], package["users"][0]["user_id"]), ("active", 0))
        self.assertIs(package["users"][0]["installed"], True)
        crash = read("tombstones")[0]
        self.assertEqual(crash["crash_id"], "tombstone_00")
        self.assertEqual(crash["timestamp"], "2024-05-01 08:11:12.123456", "its report names the zone")
        self.assertEqual(crash["sources"]["text"]["record"]["signal_info"], crash["signal_info"])
        commands = [record["adb_shell_cmd"]["command"] for record in read("security_event") if "adb_shell_cmd" in record]
        self.assertTrue(all(commands), commands)
        own = {record["name"] for record in read("aqf_get_prop")}
        self.assertIn("persist.sys.timezone", own)
        self.assertFalse((folder / "dumpsys_get_prop.json").exists(), "the bug report has no properties")
        alerts = {alert["module"]: alert["event"] for alert in read("alerts")}
        self.assertIn("name", alerts["aqf_get_prop"])
        self.assertIn("namespace", alerts["settings"], "settings of the bug report, not those that AndroidQF lists")
        self.assertNotIn("aqf_settings", alerts)
        services = read("dumpsys_accessibility")
        self.assertEqual(len(services), len({record["component"] for record in services}))
        self.assertTrue(any(record["enabled"] is True for record in services))

    def test_an_app_whose_name_nobody_noted_is_not_called_one_that_is_not_there(self):
        dump = self.folder / "dump.txt"
        dump.write_text(
            "-------------------------------------------------------------------------------\nDUMP OF SERVICE package:\n"
            "Packages:\n  Package [com.example.app] (1):\n    userId=10001\n\nHistorical install sessions:\n  Session 112:\n"
            "    userId=0 installerPackageName=null installInitiatingPackageName=com.android.shell mInstallerUid=2000 "
            "createdMillis=1714550000000 appPackageName=null mFinalStatus=-4 mFinalMessage=null\n"
        )
        _, case = self.check(dump, *QUIET)
        said = support.run("findings", case).out
        self.assertIn("An app whose name is not known was to be installed", said)
        self.assertIn("  value: an app without a name", said)

    def test_times_of_an_unknown_zone_stand_apart_and_are_said(self):
        report = self.folder / "bugreport-x.zip"
        dump = (
            "========================================================\n== dumpstate: 2024-05-02 12:00:00\n"
            "========================================================\n------ DUMPSYS (/system/bin/dumpsys) ------\n"
            "DUMP OF SERVICE package:\nPackages:\n  Package [com.example.app] (1):\n    userId=10001\n"
            "    pkgFlags=[ TEST_ONLY ]\n    firstInstallTime=2024-05-01 10:11:12\n"
            "    lastUpdateTime=2024-05-01 10:11:13\n    installerPackageName=com.android.shell\n"
        )
        with zipfile.ZipFile(report, "w") as archive:
            archive.writestr("main_entry.txt", "bugreport-x.txt")
            archive.writestr("bugreport-x.txt", dump)
        _, case = self.check(report, *QUIET)
        summaries = " ".join(text for text, in support.rows(case, "SELECT summary FROM finding"))
        self.assertIn("on 2024-05-01 10:11 (the phone's time, zone unknown)", summaries)
        said = support.rows(case, "SELECT count FROM acquisition_problem WHERE message LIKE '%zone is not known%'")
        self.assertEqual(said, [(2,)])
        lines = support.run("timeline", case).out.splitlines()
        self.assertEqual(lines[0], "Times of the phone's clock only: its time zone is unknown, or it was not set:")
        self.assertTrue(lines[1].startswith("2024-05-01 10:11:12  android.packages"), lines)
        events = [json.loads(line) for line in support.run("timeline", case, "--format", "jsonl").out.splitlines()]
        self.assertEqual([(one["time"], one["local_time"]) for one in events],
            [(None, "2024-05-01 10:11:12"), (None, "2024-05-01 10:11:13")])

        def shown(*bounds):
            return [line[:19] for line in support.run("timeline", case, *bounds).out.splitlines()[1:]]
        self.assertEqual(shown("--from", "2024-05-01 10:11:12", "--to", "2024-05-01 10:11:12"), ["2024-05-01 10:11:12"])
        self.assertEqual(shown("--from", "2024-05-01 10:11:13"), ["2024-05-01 10:11:13"])
        self.assertEqual(shown("--from", "2024-05-02"), [])
        self.assertIn("2 events have only the phone's own time, of an unknown zone or of a clock that was not set: 0 are shown",
            support.run("timeline", case, "--from", "2024-05-02").err)
        exported = support.run("export", case, "-", "--format", "timesketch")
        self.assertIn("2 events are in the phone's own time, of an unknown zone or of a clock that was not set", exported.err)

    def test_what_two_files_tell_alike_is_shown_once_and_said(self):
        copy = self.folder / "logs"
        shutil.copytree(self.acquisition("traces"), copy)
        for name in ("logcat.txt", "logcat_old.txt"):
            (copy / name).write_text("".join(f"2024-05-01 10:11:{second}.345 +0000  380   530 I boot_progress_start: 1\n" for second in (12, 13)))
        _, case = self.check(copy, *QUIET, "--only", "android.logcat")
        for options, events in (((), "2 events are"), (("--limit", "2"), "1 event is")):
            told = support.run("timeline", case, "--artifact", "android.logcat", *options)
            self.assertEqual(told.out.count("2024-05-01 10:11"), 2, told.out)
            self.assertIn(f"{events} told alike by several files and shown once", told.err)


if __name__ == "__main__":
    support.main()
