"""Damaged and hostile backups: the program never crashes, and never ends as if all had been read."""

import concurrent.futures
import csv
import hashlib
import os
import plistlib
import random
import shutil
import sqlite3
import struct

import support
from support import COULD_NOT_RUN, DAMAGED, GOOD

QUIET = ("--fail-on", "never", "--jobs", "1")


class Damage(support.Test):
    def each(self, attempt, items):
        """Runs attempts side by side; each gets a backup of its own."""
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            return list(pool.map(attempt, items))

    def links(self, name):
        """A copy of the backup that shares its files, for tests that replace one."""
        target = self.folder / name
        shutil.copytree(self.backup, target, copy_function=os.link)
        return target

    def replace(self, file, content):
        file.unlink()
        file.write_bytes(content)

    def truncations(self, file, only):
        """Cuts a file of the backup at each tenth; returns the exit codes."""
        content = file.read_bytes()

        def attempt(tenth):
            backup = self.links(f"{file.name}-{tenth}")
            self.replace(backup / file.relative_to(self.backup), content[: len(content) * tenth // 10])
            result, case = self.check(backup, *QUIET, "--only", only, name=f"{file.name}-{tenth}")
            self.assertNotIn("Sanitizer", result.err)
            if result.code == COULD_NOT_RUN:
                self.assertTrue(result.err.strip())
            else:
                support.rows(case, "SELECT * FROM coverage")
            return result

        return self.each(attempt, range(10))

    def assert_all_damaged(self, results):
        self.assertEqual({result.code for result in results}, {DAMAGED})

    def test_messages_cut_anywhere(self):
        results = self.truncations(self.payload("HomeDomain", "Library/SMS/sms.db"), "ios.sms")
        self.assert_all_damaged(results)

    def test_safari_history_cut_anywhere(self):
        results = self.truncations(self.payload("HomeDomain", "Library/Safari/History.db"), "ios.safari_history")
        self.assert_all_damaged(results)

    def test_the_manifest_cut_anywhere(self):
        results = self.truncations(self.backup / "Manifest.db", "ios.sms,ios.manifest")
        for result in results:
            self.assertIn(result.code, (COULD_NOT_RUN, DAMAGED), result.err)

    def test_property_lists_of_the_backup_cut_anywhere(self):
        for name, only in (
            ("Info.plist", "ios.backup_info,ios.applications"),
            ("Manifest.plist", "ios.tcc"),
            ("Status.plist", "ios.tcc"),
        ):
            for result in self.truncations(self.backup / name, only):
                self.assertIn(result.code, (COULD_NOT_RUN, DAMAGED), f"{name}: {result.err}")

    def test_configuration_profile_events_cut_anywhere(self):
        profiles = "SysSharedContainerDomain-systemgroup.com.apple.configurationprofiles"
        file = self.payload(profiles, "Library/ConfigurationProfiles/MCProfileEvents.plist")
        self.assert_all_damaged(self.truncations(file, "ios.profile_events"))

    def test_flipped_bits_never_crash_it(self):
        chance = random.Random(20210501)
        files = [
            (self.backup / "Manifest.db", "ios.sms,ios.manifest"),
            (self.backup / "Info.plist", "ios.backup_info"),
            (self.backup / "Manifest.plist", "ios.tcc"),
            (self.payload("HomeDomain", "Library/SMS/sms.db"), "ios.sms"),
            (self.payload("HomeDomain", "Library/CoreDuet/People/interactionC.db"), "ios.interaction_c"),
        ]
        tasks = []
        for number in range(15):
            file, only = files[number % len(files)]
            content = bytearray(file.read_bytes())
            for _ in range(1 << chance.randrange(7)):
                content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
            tasks.append((number, file, only, bytes(content)))

        def attempt(task):
            number, file, only, content = task
            backup = self.links(f"flipped-{number}")
            self.replace(backup / file.relative_to(self.backup), content)
            result, _ = self.check(backup, *QUIET, "--only", only, name=f"flipped-{number}")
            self.assertNotIn("Sanitizer", result.err)

        self.each(attempt, tasks)

    def test_a_missing_payload_is_told_and_the_rest_is_read(self):
        backup = self.copy()
        self.payload("HomeDomain", "Library/SMS/sms.db", backup).unlink()
        result, case = self.check(backup, *QUIET)
        self.assertEqual(result.code, DAMAGED)
        self.assertEqual(support.rows(case, "SELECT count(*) FROM ios_sms_message")[0][0], 0)
        self.assertEqual(support.rows(case, "SELECT count(*) FROM ios_tcc_access")[0][0], 15)
        self.assertIn("does not hold", result.out + result.err)

    def test_a_payload_that_no_row_names_is_found_by_its_name(self):
        backup = self.copy()
        with sqlite3.connect(backup / "Manifest.db") as manifest:
            manifest.execute("DELETE FROM Files WHERE relativePath='Library/SMS/sms.db'")
        manifest.close()
        _, case = self.check(backup, *QUIET)
        self.assertEqual(support.rows(case, "SELECT count(*) FROM ios_sms_message")[0][0], 502)

    def test_rows_that_only_the_log_holds_are_read_and_a_lost_log_costs_only_those(self):
        backup = self.copy()
        file = self.payload("HomeDomain", "Library/SMS/sms.db", backup)
        work = self.folder / "sms.db"
        shutil.copy(file, work)
        database = sqlite3.connect(work)
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA wal_autocheckpoint=0")
        database.execute("UPDATE message SET text='only in the log' WHERE ROWID=1")
        database.commit()
        main, log = work.read_bytes(), (self.folder / "sms.db-wal").read_bytes()
        database.close()
        file.write_bytes(main)
        _, without = self.check(backup, *QUIET, "--only", "ios.sms")
        first = "SELECT text FROM ios_sms_message WHERE message_id=1 AND recovered IS NULL"
        self.assertNotEqual(support.rows(without, first), [("only in the log",)])
        self.assertEqual(support.rows(without, "SELECT count(*) FROM ios_sms_message")[0][0], 502)
        self.add(backup, "HomeDomain", "Library/SMS/sms.db-wal", log)
        _, with_log = self.check(backup, *QUIET, "--only", "ios.sms")
        self.assertEqual(support.rows(with_log, first), [("only in the log",)])
        self.add(backup, "HomeDomain", "Library/SMS/sms.db-wal", log[: len(log) // 2])
        result, _ = self.check(backup, *QUIET, "--only", "ios.sms")
        self.assertIn(result.code, (GOOD, DAMAGED))

    def test_a_log_that_is_none_silences_no_rule_of_what_is_missing(self):
        backup = self.copy()
        usage = "Library/Databases/DataUsage.sqlite"
        with sqlite3.connect(self.payload("WirelessDomain", usage, backup)) as database:
            database.execute("INSERT INTO ZLIVEUSAGE (Z_PK, ZHASPROCESS, ZWWANOUT) VALUES (90001, 90001, 204800)")
        database.close()
        for suffix in ("-journal", "-wal"):
            self.add(backup, "WirelessDomain", usage + suffix, b"garbage" * 9)
            result, case = self.check(backup, *QUIET, "--only", "ios.data_usage")
            self.assertEqual(result.code, DAMAGED)
            found = support.rows(case, "SELECT severity FROM finding WHERE rule_id='ios-data-usage-process-deleted'")
            self.assertEqual(found, [("high",)])

    def add(self, backup, domain, path, content):
        """Puts a file under the name that a backup gives it; no row names it."""
        name = hashlib.sha1(f"{domain}-{path}".encode()).hexdigest()
        (backup / name[:2]).mkdir(exist_ok=True)
        (backup / name[:2] / name).write_bytes(content)

    def test_names_of_payloads_that_lead_elsewhere_open_nothing(self):
        secret = self.folder / "secret.db"
        shutil.copy(self.payload("HomeDomain", "Library/SMS/sms.db"), secret)
        backup = self.copy()
        with sqlite3.connect(backup / "Manifest.db") as manifest:
            row = "SELECT file FROM Files WHERE relativePath='Library/SMS/sms.db'"
            details, = manifest.execute(row).fetchone()
            manifest.execute("DELETE FROM Files WHERE relativePath='Library/SMS/sms.db'")
            for name in (f"../../{secret.name}", str(secret), f"..\\{secret.name}", "3d/../../secret.db", "3d" * 200):
                manifest.execute(
                    "INSERT OR REPLACE INTO Files VALUES (?,'HomeDomain','Library/SMS/sms.db',1,?)", (name, details)
                )
        manifest.close()
        self.payload("HomeDomain", "Library/SMS/sms.db", backup).unlink()
        result, case = self.check(backup, *QUIET, "--only", "ios.sms")
        self.assertEqual(result.code, DAMAGED, result.err)
        self.assertEqual(support.rows(case, "SELECT count(*) FROM ios_sms_message")[0][0], 0)

    def test_hostile_property_lists_are_bounded(self):
        deep = b'<?xml version="1.0"?><plist version="1.0">' + b"<array>" * 100_000 + b"</array>" * 100_000 + b"</plist>"
        laughs = (
            b'<?xml version="1.0"?><!DOCTYPE plist [<!ENTITY a "ha">'
            + b"".join(b'<!ENTITY %c "%s">' % (99 + i, (b"&%c;" % (98 + i if i else 97)) * 10) for i in range(9))
            + b']><plist version="1.0"><string>&k;</string></plist>'
        )
        # An array that holds itself, and one that states more elements than a file can hold.
        circle = b"bplist00\xa1\x00\x08" + bytes(6) + b"\x01\x01" + struct.pack(">QQQ", 1, 0, 10)
        count = b"bplist00\xaf\x13" + b"\xff" * 8 + b"\x08" + bytes(6) + b"\x01\x01" + struct.pack(">QQQ", 1, 0, 18)
        objects = b"bplist00\x00\x08" + bytes(6) + b"\x01\x01" + struct.pack(">QQQ", 2**62, 0, 9)
        # Each level names the level below 20 times: 20 to the power of 40 elements when written out.
        levels = [b"\xaf\x10\x14" + bytes([level + 1]) * 20 for level in range(40)] + [b"\x09"]
        places, body = [], b"bplist00"
        for level in levels:
            places.append(len(body))
            body += level
        bomb = body + b"".join(place.to_bytes(2, "big") for place in places)
        bomb += bytes(6) + b"\x02\x01" + struct.pack(">QQQ", len(places), 0, len(body))
        for content in (deep, laughs, circle, count, objects, bomb):
            for name, only in (("Info.plist", "ios.backup_info,ios.applications"), ("Manifest.plist", "ios.tcc")):
                backup = self.links(f"hostile-{len(list(self.folder.iterdir()))}")
                self.replace(backup / name, content)
                result, _ = self.check(backup, *QUIET, "--only", only)
                self.assertIn(result.code, (COULD_NOT_RUN, DAMAGED), f"{content[:40]}: {result.err}")
                self.assertNotIn("Sanitizer", result.err)

    def test_text_of_the_phone_never_drives_terminal_or_spreadsheet(self):
        backup = self.copy()
        hostile = "\x1b]0;owned\x07\x1b[2J\u202e\u009b31m"
        info = plistlib.loads((backup / "Info.plist").read_bytes())
        info["Device Name"] = info["Product Type"] = info["Product Version"] = hostile
        (backup / "Info.plist").write_bytes(plistlib.dumps(info, fmt=plistlib.FMT_BINARY))
        with sqlite3.connect(self.payload("HomeDomain", "Library/SMS/sms.db", backup)) as database:
            database.execute(
                "UPDATE message SET text=? WHERE text LIKE '%sample-implant%'",
                (f"=cmd()\n{hostile} https://{support.PLANTED_DOMAIN}/{hostile}",),
            )
            database.execute("UPDATE handle SET id=?", (hostile + "+1",))
        database.close()
        result, case = self.check(backup)
        shown = [result.out, result.err]
        for command in (["show"], ["findings"], ["timeline"], ["coverage"], ["rows", "ios.sms"], ["rows", "ios.backup_info"]):
            done = support.run(command[0], case, *command[1:])
            self.assertEqual(done.code, GOOD, done.err)
            shown += [done.out, done.err]
        done = support.run("sql", case, "SELECT text FROM ios_sms_message WHERE text LIKE '%implant%'")
        shown += [done.out, done.err]
        for text in shown:
            for character in "\x1b\x07\u202e\u009b":
                self.assertNotIn(character, text)
        support.run("export", case, self.folder / "csv", "--format", "csv")
        with open(self.folder / "csv/ios_sms_message.csv", encoding="utf-8", newline="") as file:
            for line in csv.reader(file):
                for cell in line:
                    self.assertNotIn(cell[:1], tuple("=@"))

    def test_a_database_in_the_place_of_another_is_damage(self):
        backup = self.copy()
        shutil.copy(
            self.payload("HomeDomain", "Library/TCC/TCC.db"), self.payload("HomeDomain", "Library/SMS/sms.db", backup)
        )
        result, case = self.check(backup, *QUIET, "--only", "ios.sms")
        self.assertEqual(result.code, DAMAGED)
        self.assertIn(("ios.sms", "unsupported"), support.rows(case, "SELECT artifact, fault FROM coverage"))


class Old(support.Test):
    sample_options = ("--mbdb",)

    def test_the_list_of_files_cut_anywhere(self):
        backup = self.copy()
        content = (backup / "Manifest.mbdb").read_bytes()
        for tenth in range(0, 10, 2):
            (backup / "Manifest.mbdb").write_bytes(content[: len(content) * tenth // 10])
            result, _ = self.check(backup, *QUIET, "--only", "ios.tcc,ios.manifest")
            self.assertIn(result.code, (COULD_NOT_RUN, DAMAGED), result.err)

    def test_counts_and_lengths_that_cannot_be_are_bounded(self):
        backup = self.copy()
        content = bytearray((backup / "Manifest.mbdb").read_bytes())
        for at in range(6, 60, 6):
            hostile = bytearray(content)
            hostile[at : at + 2] = b"\xff\xfe"
            (backup / "Manifest.mbdb").write_bytes(hostile)
            result, _ = self.check(backup, *QUIET, "--only", "ios.tcc")
            self.assertNotIn("Sanitizer", result.err)


class Encrypted(support.Test):
    sample_options = ("--encrypted", "--iterations", "100")

    def check_with_password(self, backup, *options):
        return self.check(backup, *QUIET, *options, environment={"EXHIBIT_PASSWORD": support.PASSWORD})

    def change_manifest_list(self, change):
        backup = self.copy()
        path = backup / "Manifest.plist"
        content = plistlib.loads(path.read_bytes())
        change(content)
        path.write_bytes(plistlib.dumps(content, fmt=plistlib.FMT_BINARY))
        return backup

    def test_a_class_that_the_keybag_lacks_is_named(self):
        results = set()
        for number in (3, 4):
            result, _ = self.check_with_password(
                self.change_manifest_list(lambda content: content.update(BackupKeyBag=without_class(content, number))),
                "--only",
                "ios.tcc,ios.sms",
            )
            self.assertIn(result.code, (COULD_NOT_RUN, DAMAGED), result.err)
            self.assertIn("class", result.out + result.err)
            results.add(result.code)
            shutil.rmtree(self.folder / "backup")

    def test_a_damaged_or_missing_keybag_is_told(self):
        for change in (
            lambda content: content.pop("BackupKeyBag"),
            lambda content: content.update(BackupKeyBag=b""),
            lambda content: content.update(BackupKeyBag=content["BackupKeyBag"][:200]),
            lambda content: content.update(BackupKeyBag=b"UUID\xff\xff\xff\xff" * 50),
            lambda content: content.update(ManifestKey=b"\0" * 44),
            lambda content: content.pop("ManifestKey"),
        ):
            result, _ = self.check_with_password(self.change_manifest_list(change), "--only", "ios.tcc")
            self.assertEqual(result.code, COULD_NOT_RUN, result.err)
            self.assertNotIn("Sanitizer", result.err)
            shutil.rmtree(self.folder / "backup")

    def test_messages_cut_anywhere(self):
        backup = self.copy()
        file = self.payload_by_name(backup)
        content = file.read_bytes()
        for tenth in range(1, 10, 2):
            file.write_bytes(content[: len(content) * tenth // 10])
            result, _ = self.check_with_password(backup, "--only", "ios.sms")
            self.assertEqual(result.code, DAMAGED, result.err)

    def test_what_a_cut_list_may_have_named_is_not_said_to_be_missing_from_the_backup(self):
        backup = self.copy()
        whole, _ = self.check_with_password(backup)
        self.assertNotIn("not found in what could be read", " ".join(whole.out.split()))
        os.truncate(backup / "Manifest.db", 12288)
        result, case = self.check_with_password(backup)
        self.assertEqual(result.code, DAMAGED)
        said = " ".join(result.out.split())
        self.assertIn("it was not found in what could be read of this acquisition", said)
        self.assertIn("Not found in what could be read: ios.accounts", said)
        for words in ("this acquisition does not hold it", "Not there:"):
            self.assertNotIn(words, said)
        self.assertNotIn(("nothing_found",), support.rows(case, "SELECT verdict FROM assessment"))
        reasons = support.rows(case, "SELECT reason FROM rule WHERE reason LIKE '%not found in what could be read%'")
        self.assertNotEqual(reasons, [])

    def payload_by_name(self, backup):
        name = "3d0d7e5fb2ce288813306e4d4636395e047a3d28"
        return backup / name[:2] / name


def without_class(content, number):
    """The keybag without the block of one class."""
    keybag, blocks, at = content["BackupKeyBag"], [[]], 0
    while at < len(keybag):
        tag, size = keybag[at : at + 4], int.from_bytes(keybag[at + 4 : at + 8], "big")
        if tag == b"UUID" and blocks[0]:
            blocks.append([])
        blocks[-1].append(keybag[at : at + 8 + size])
        at += 8 + size
    class_field = b"CLAS" + (4).to_bytes(4, "big") + number.to_bytes(4, "big")
    return b"".join(b"".join(block) for block in blocks if class_field not in block)


if __name__ == "__main__":
    support.main()
