"""Hostile and damaged archives, and a disk that fills up or a person who stops the run: nothing half is left."""

import io
import os
import plistlib
import resource
import signal
import sqlite3
import subprocess
import tarfile
import time
import zipfile

import support
from support import COULD_NOT_RUN, DAMAGED, FOUND, GOOD

QUIET = ("--fail-on", "never", "--only", "ios.tcc,ios.sms")


class Archives(support.Test):
    def zip_with(self, name, members, method=zipfile.ZIP_DEFLATED):
        """A zip of the backup and more members."""
        path = self.folder / name
        with zipfile.ZipFile(path, "w", method) as archive:
            for file in sorted(self.backup.rglob("*")):
                archive.write(file, file.relative_to(self.backup.parent))
            for member, content in members.items():
                archive.writestr(member, content)
        return path

    def tar_with(self, name, members, mode="w"):
        path = self.folder / name
        with tarfile.open(path, mode) as archive:
            archive.add(self.backup, "backup")
            for member in members:
                content = getattr(member, "content", b"")
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
        return path

    def assert_whole(self, case):
        self.assertEqual(support.rows(case, "SELECT count(*) FROM ios_tcc_access")[0][0], 15)
        self.assertEqual(support.rows(case, "SELECT count(*) FROM ios_sms_message")[0][0], 502)

    def test_names_that_lead_out_of_an_archive_write_and_read_nothing(self):
        names = ["../outside", "/absolute", "backup/../../outside", "..\\outside", "backup/sub/../../../outside"]
        result, case = self.check(self.zip_with("names.zip", dict.fromkeys(names, b"evil")), *QUIET)
        self.assertIn(result.code, (GOOD, DAMAGED), result.err)
        self.assert_whole(case)
        result, case = self.check(self.tar_with("names.tar", map(tarfile.TarInfo, names)), *QUIET)
        self.assertIn(result.code, (GOOD, DAMAGED), result.err)
        self.assert_whole(case)
        self.assertFalse((self.folder.parent / "outside").exists())
        self.assertTrue(support.rows(case, "SELECT * FROM acquisition_problem WHERE message LIKE '%..%'"))

    def test_links_and_devices_are_never_followed(self):
        secret = self.folder / "secret.db"
        secret.write_bytes(self.payload("HomeDomain", "Library/SMS/sms.db").read_bytes())
        with sqlite3.connect(secret) as database:
            database.execute("UPDATE message SET text='secret'")
        database.close()
        followed = "SELECT count(*) FROM ios_sms_message WHERE text='secret'"
        payload = self.payload("HomeDomain", "Library/SMS/sms.db").relative_to(self.backup)
        for kind, target in (
            (tarfile.SYMTYPE, str(secret)),
            (tarfile.SYMTYPE, "../../secret.db"),
            (tarfile.LNKTYPE, str(secret)),
            (tarfile.LNKTYPE, "backup/no/such/member"),
            (tarfile.CHRTYPE, ""),
            (tarfile.FIFOTYPE, ""),
        ):
            member = tarfile.TarInfo(f"backup/{payload}")
            member.type, member.linkname = kind, target
            result, case = self.check(self.tar_with("links.tar", [member]), *QUIET)
            self.assertEqual(result.code, DAMAGED, f"{kind} {target}: {result.err}")
            self.assertEqual(support.rows(case, followed), [(0,)], f"{kind} {target}")
        folder = self.copy("backup")
        (folder / payload).unlink()
        (folder / payload).symlink_to(secret)
        result, case = self.check(folder, *QUIET)
        self.assertEqual(result.code, DAMAGED, result.err)
        self.assertEqual(support.rows(case, followed), [(0,)])

    def test_files_with_holes_in_a_tar_are_read_whole(self):
        backup = self.copy("backup")
        payload = self.payload("HomeDomain", "Library/SMS/sms.db", backup)
        with payload.open("r+b") as file:
            file.truncate(payload.stat().st_size + (4 << 20))  # SQLite goes by the size in the header.
        for form in ("--format=gnu", *(f"--format=pax --sparse-version={version}" for version in ("0.0", "0.1", "1.0"))):
            path = self.folder / "holes.tar"
            subprocess.run(["tar", "-S", *form.split(), "-cf", path, "-C", self.folder, "backup"], check=True)
            self.assertLess(path.stat().st_size, 4 << 20, "this file system keeps no holes")
            result, case = self.check(path, *QUIET)
            self.assertEqual(result.code, GOOD, result.err)
            self.assert_whole(case)
            self.assertEqual(support.rows(case, "SELECT * FROM acquisition_problem WHERE message LIKE '%holes%'"), [])

    def test_files_that_hold_little_but_holes_share_what_all_may_take(self):
        backup = self.copy("backup")
        for number in range(3):
            with (backup / f"hole-{number}").open("wb") as file:
                file.truncate(900 << 20)
        path = self.folder / "hollow.tar"
        subprocess.run(["tar", "-S", "-cf", path, "-C", self.folder, "backup"], check=True)
        self.assertLess(path.stat().st_size, 100 << 20, "this file system keeps no holes")
        result, case = self.check(path, *QUIET)
        self.assertEqual(result.code, DAMAGED, result.err)
        self.assert_whole(case)
        self.assertEqual(
            support.rows(case, "SELECT count FROM acquisition_problem WHERE message LIKE '%far more holes%'"), [(1,)]
        )

    def test_a_member_that_expands_without_bound_is_left_out(self):
        payload = self.payload("HomeDomain", "Library/TCC/TCC.db").relative_to(self.backup.parent)
        path = self.folder / "bomb.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in sorted(self.backup.rglob("*")):
                if file != self.backup.parent / payload:
                    archive.write(file, file.relative_to(self.backup.parent))
            archive.writestr(str(payload), bytes(256 << 20))
        started = time.monotonic()
        result, case = self.check(path, *QUIET)
        self.assertEqual(result.code, DAMAGED, result.err)
        self.assertEqual(support.rows(case, "SELECT count(*) FROM ios_tcc_access")[0][0], 0)
        self.assertEqual(support.rows(case, "SELECT count(*) FROM ios_sms_message")[0][0], 502)
        self.assertLess(time.monotonic() - started, 60)

    def test_a_zip_with_members_that_share_bytes_is_bounded(self):
        # The directory names one member over and over, as bombs without recursion do.
        path = self.zip_with("shared.zip", {})
        content = bytearray(path.read_bytes())
        end = content.rindex(b"PK\x05\x06")
        size, start = (int.from_bytes(content[end + at : end + at + 4], "little") for at in (12, 16))
        directory = bytes(content[start : start + size])
        first = directory[: directory.index(b"PK\x01\x02", 4)]
        names = [first.replace(b"backup", b"back%02d" % (i % 100), 1) for i in range(2000)]
        more = directory + b"".join(names)
        total = int.from_bytes(content[end + 10 : end + 12], "little") + len(names)
        tail = bytearray(content[end:])
        tail[8:10] = tail[10:12] = total.to_bytes(2, "little")
        tail[12:16] = len(more).to_bytes(4, "little")
        path.write_bytes(bytes(content[:start]) + more + bytes(tail))
        result, _ = self.check(path, *QUIET)
        self.assertIn(result.code, (GOOD, COULD_NOT_RUN, DAMAGED), result.err)

    def test_an_archive_cut_anywhere_keeps_what_came_before(self):
        for name, path in (
            ("zip", self.zip_with("a.zip", {})),
            ("tar", self.tar_with("a.tar", [])),
            ("tar.gz", self.tar_with("a.tar.gz", [], "w:gz")),
        ):
            content = path.read_bytes()
            for tenth in range(0, 10, 3):
                cut = self.folder / f"cut-{tenth}.{name}"
                cut.write_bytes(content[: len(content) * tenth // 10])
                result, _ = self.check(cut, *QUIET)
                self.assertIn(result.code, (COULD_NOT_RUN, DAMAGED), f"{name} at {tenth}: {result.err}")
                self.assertNotIn("Sanitizer", result.err)


class Stopping(support.Test):
    def start(self, case, *options, **settings):
        return subprocess.Popen(
            [support.EXHIBIT, "check", self.backup, "--output", case, "--indicators", self.indicators, *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            text=True,
            **settings,
        )

    def stop(self, number):
        """A run that was stopped in its middle; tried again when it was faster than the signal."""
        for _ in range(20):
            stopped = self.stop_once(number)
            if stopped[0] != FOUND:
                break
            stopped[2].unlink()
        return stopped

    def stop_once(self, number):
        case = self.folder / "stopped.exhibit"
        process = self.start(case, "--jobs", "1")
        deadline = time.monotonic() + 30
        while not self.left_behind(case) and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.002)
        process.send_signal(number)
        _, error = process.communicate(timeout=60)
        return process.returncode, error, case

    def test_a_stop_leaves_no_half_case_and_says_what_happened(self):
        for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
            result, error, case = self.stop(number)
            self.assertEqual(result, code, error)
            self.assertIn("stopped", error)
            self.assertEqual(list(self.folder.iterdir()), [])

    def test_a_stop_while_the_key_is_derived_is_quick(self):
        sample = support.make_sample(self.folder / "sealed", "--encrypted", "--iterations", "100")
        path = sample / "backup" / "Manifest.plist"
        content = plistlib.loads(path.read_bytes())
        rounds = b"DPIC" + (4).to_bytes(4, "big")
        keybag = content["BackupKeyBag"]
        at = keybag.index(rounds) + len(rounds)
        content["BackupKeyBag"] = keybag[:at] + (50_000_000).to_bytes(4, "big") + keybag[at + 4 :]
        path.write_bytes(plistlib.dumps(content, fmt=plistlib.FMT_BINARY))
        case = self.folder / "a.exhibit"
        process = subprocess.Popen(
            [support.EXHIBIT, "check", sample / "backup", "--output", case],
            env={**os.environ, "EXHIBIT_PASSWORD": "sample"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            text=True,
        )
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        _, error = process.communicate(timeout=60)
        self.assertIn(process.returncode, (130, COULD_NOT_RUN), error)
        self.assertFalse(case.exists())
        self.assertEqual(self.left_behind(case), [])

    def test_a_full_disk_leaves_no_half_case_and_says_so(self):
        for kilobytes in (4, 64, 400):
            case = self.folder / "full.exhibit"
            limit = kilobytes << 10
            process = self.start(case, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
            _, error = process.communicate(timeout=60)
            self.assertEqual(process.returncode, COULD_NOT_RUN, error)
            self.assertIn("nothing was written", error)
            self.assertEqual(list(self.folder.iterdir()), [])

    def test_too_little_memory_leaves_no_half_case_and_says_so(self):
        refused = 0
        for megabytes, jobs in (*((megabytes, "2") for megabytes in range(80, 160, 5)), (2000, "256")):
            case = self.folder / "small.exhibit"

            def little_memory(limit=megabytes << 20):
                resource.setrlimit(resource.RLIMIT_AS, (limit, limit))

            if support.run("version", preexec_fn=little_memory).code != GOOD:
                continue  # A program with sanitizers takes much more for itself.
            process = self.start(case, "--jobs", jobs, preexec_fn=little_memory)
            _, error = process.communicate(timeout=60)
            if process.returncode == COULD_NOT_RUN:
                self.assertRegex(error, "not enough memory|no thread could be started")
                refused += 1
            else:
                self.assertIn(process.returncode, (FOUND, DAMAGED), error)
                case.unlink()
            self.assertEqual(list(self.folder.iterdir()), [], error)
        if support.run("version", preexec_fn=little_memory).code == GOOD:
            self.assertNotEqual(refused, 0)

    def test_a_full_disk_leaves_no_half_export(self):
        case = self.folder / "a.exhibit"
        support.run("check", self.backup, "--output", case)
        for form, target in (("jsonl", "a.jsonl"), ("csv", "csv"), ("mvt", "mvt")):
            done = subprocess.run(
                [support.EXHIBIT, "export", case, self.folder / target, "--format", form],
                capture_output=True,
                text=True,
                preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000)),
            )
            self.assertEqual(done.returncode, COULD_NOT_RUN, done.stderr)
            self.assertEqual([path.name for path in self.folder.iterdir()], ["a.exhibit"])

    def test_a_folder_that_cannot_be_written_is_refused_before_the_work(self):
        result = support.run("check", self.backup, "--output", self.folder / "none" / "a.exhibit")
        self.assertEqual(result.code, COULD_NOT_RUN)
        self.assertIn("--output", result.err)

    def test_output_that_nobody_reads_ends_the_run_without_damage(self):
        case = self.folder / "a.exhibit"
        process = self.start(case)
        process.stdout.close()
        process.wait(timeout=60)
        process.stderr.close()
        self.assertEqual(self.left_behind(case), [])


if __name__ == "__main__":
    support.main()
