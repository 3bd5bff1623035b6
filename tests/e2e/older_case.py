"""A case file of an earlier version of the tables is read by everything that reads cases, with the same answers."""

import json
import shutil
import sqlite3
import unittest

import support
from support import COULD_NOT_RUN, DAMAGED, FOUND, GOOD


class OlderCase(support.Test):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.new = cls.shared / "new" / "phone.exhibit"
        cls.old = cls.shared / "old" / "phone.exhibit"
        for case in (cls.new, cls.old):
            case.parent.mkdir()
        support.run("check", cls.backup, "--output", cls.new, "--indicators", cls.indicators)
        shutil.copyfile(cls.new, cls.old)
        with sqlite3.connect(cls.old) as database:
            version, = database.execute("PRAGMA user_version").fetchone()
            database.execute("DROP TABLE rule_query")
            database.execute("PRAGMA user_version = 1")
            database.execute("UPDATE case_info SET value = '1' WHERE name = 'schema_version'")
        database.close()
        cls.version = version

    def answers(self, case, *arguments):
        done = support.run(*[case.name if argument == "CASE" else argument for argument in arguments], cwd=case.parent)
        return done.code, done.out, done.err

    def test_every_reader_says_the_same_of_it(self):
        for arguments in (
            ["show", "CASE"],
            ["findings", "CASE"],
            ["explain", "1", "CASE"],
            ["timeline", "CASE"],
            ["rows", "CASE", "ios.sms"],
            ["coverage", "CASE"],
            ["sql", "CASE", "SELECT count(*) FROM finding"],
            ["recheck", "CASE", "--indicators", self.indicators],
        ):
            with self.subTest(command=arguments[0]):
                self.assertEqual(self.answers(self.old, *arguments), self.answers(self.new, *arguments))
                self.assertIn(self.answers(self.old, *arguments)[0], (GOOD, FOUND))

    def test_exports_are_the_same(self):
        for form in ("jsonl", "csv", "mvt", "timesketch"):
            with self.subTest(form=form):
                written = []
                for case in (self.old, self.new):
                    target = case.parent / form
                    self.assertEqual(support.run("export", case, target, "--format", form).code, GOOD)
                    files = sorted(target.rglob("*")) if target.is_dir() else [target]
                    # What earlier versions did not keep.
                    files = [file for file in files if file.is_file() and file.name != "rule_query.csv"]
                    written.append([(file.name, file.read_bytes()) for file in files])
                self.assertTrue(written[0])
                self.assertEqual([name for name, _ in written[0]], [name for name, _ in written[1]])
                for (name, old), (_, new) in zip(*written):
                    if b"schema_version" not in old:
                        self.assertEqual(old, new, name)

    def test_rules_that_a_case_does_not_know_are_applied_to_it(self):
        case = self.folder / "phone.exhibit"
        shutil.copyfile(self.new, case)
        with sqlite3.connect(case) as database:
            database.execute("DELETE FROM rule")
            known = {key for key, in database.execute("SELECT key FROM finding WHERE rule_id IS NOT NULL")}
            database.execute("DELETE FROM finding")
        database.close()
        self.assertTrue(known)
        self.assertNotIn("could not be applied", support.run("recheck", case).err)
        again, = json.loads(support.run("recheck", case, "--json").out)
        self.assertEqual((again["rules_left_out"], again["rules_in_part"], again["rules_failed"]), (0, 0, []))
        self.assertEqual({one["key"] for one in again["new"]}, known)

    def test_a_rule_that_fails_is_said_by_the_exit_code_too(self):
        (self.folder / "own-fails.yaml").write_text("""
id: own-fails
title: A rule whose query fails on the first row
class: context
platforms: [ios]
status: needs_calibration
severity: info
confidence: weak
relation: present
needs: {ios_sms_message: [guid]}
sql: |
  SELECT 'ios_sms_message' AS table_name, record_id, abs(-9223372036854775807 - 1) AS value FROM ios_sms_message
summary: "{rows} row(s)."
meaning: Nothing.
innocent_causes: [None.]
next_steps: [None.]
references: [None]
tests:
  - {name: a row, rows: {ios_sms_message: [{guid: a}]}, finds: [ios_sms_message 1]}
  - {name: no rows, rows: {ios_sms_message: []}, finds: []}
""")
        done = support.run("recheck", self.new, "--no-indicators", "--rules", self.folder)
        self.assertEqual(done.code, DAMAGED, done.err)
        self.assertIn("a rule could not be applied, own-fails: ", done.err)

    def test_a_version_that_is_to_come_is_refused(self):
        later = self.folder / "later.exhibit"
        shutil.copyfile(self.new, later)
        with sqlite3.connect(later) as database:
            database.execute(f"PRAGMA user_version = {self.version + 1}")
        database.close()
        done = support.run("show", later)
        self.assertEqual(done.code, COULD_NOT_RUN)
        self.assertIn(f"version {self.version + 1}", done.err)


if __name__ == "__main__":
    unittest.main()
