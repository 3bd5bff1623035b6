"""What the program says to somebody who does not know it: what was passed over, what to do next, and why nothing is shown."""

import os
import pty
import select
import zipfile

import support
from support import COULD_NOT_RUN, GOOD

STOPPED = 130

RULE = """id: own-rule
title: A thing
class: anomaly
platforms: [ios]
status: recalled
severity: low
confidence: weak
relation: present
needs:
  {table}: [service]
sql: |
  SELECT '{table}' AS table_name, record_id, service AS value FROM {table} WHERE {condition}
summary: "{{values}}."
meaning: Something.
innocent_causes:
  - Anything.
next_steps:
  - Look.
references:
  - Made for a test.
tests:
  - name: one
    rows:
      {table}: [{{service: a}}]
    finds: [{table} 1]
    severity: low
  - name: none
    rows:
      {table}: [{{service: b}}]
    finds: []
"""


def in_terminal(keys, *command):
    """Runs a program in a terminal of its own, types once it asks, and gives exit code and output."""
    child, terminal = pty.fork()
    if child == 0:
        try:
            os.execvp(command[0], [str(part) for part in command])
        finally:
            os._exit(127)
    said = b""
    typed = False
    try:
        while select.select([terminal], [], [], 60)[0]:
            said += os.read(terminal, 4096)
            if not typed and said.endswith(b"(not shown): "):
                os.write(terminal, keys)
                typed = True
    except OSError:  # What a terminal says when the program has ended.
        pass
    os.close(terminal)  # Ends what still asks.
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status), said.decode()


class Examining(support.Test):
    def said(self, path, *options):
        result, _ = self.check(path, *options)
        return " ".join(result.out.split())

    def test_a_backup_that_lies_beside_another_is_named(self):
        self.copy("P/phone")
        self.copy("P/tablet/second")
        (self.folder / "P/old.zip").write_bytes(b"PK")
        above = self.said(self.folder / "P")
        self.assertRegex(above, "Examined: iOS backup of [^:]*, in a folder: phone ")
        self.assertIn("another acquisition in a folder below; it was not examined, name it by itself [tablet/second]", above)
        self.assertIn("name it by itself if it is another acquisition [old.zip]", above)
        self.copy("P/other")
        beside = self.said(self.folder / "P/phone")
        self.assertIn("another acquisition beside this folder; it was not examined, name it by itself [../other]", beside)
        self.assertNotIn("in a folder: ", beside)

    def test_what_was_left_out_by_choice_is_had_by_another_choice(self):
        said = self.said(self.backup, "--only", "ios.tcc")
        self.assertIn("Would change Examining the same acquisition again without --only or --skip.", said)
        self.assertNotIn("An acquisition that holds what is missing.", said)

    def test_a_zip_of_one_zip_is_to_be_unpacked(self):
        with zipfile.ZipFile(self.folder / "outer.zip", "w") as outer:
            outer.writestr("inner.zip", b"PK\x05\x06" + bytes(18))
        self.assertIn("unpack it, and name the zip to examine", self.check(self.folder / "outer.zip")[0].err)

    def test_mistakes_in_what_was_named_besides_are_told_before_the_acquisition_is_looked_at(self):
        rules = self.folder / "rules"
        rules.mkdir()
        yara = self.folder / "own.yar"
        yara.write_text("rule x { condition: }")
        cases = [(("--yara", yara), "own.yar, line 1"), (("--yara", self.folder / "none.yar"), "none.yar"),
                 (("--rules", self.folder / "none"), "none"), (("--only", "ios.none"), "no artifact 'ios.none'"),
                 (("--indicators", self.folder / "none.csv"), "there is nothing at")]
        for options, words in cases:
            result, _ = self.check(self.backup, *options)
            self.assertEqual(result.code, COULD_NOT_RUN, options)
            self.assertIn(words, result.err)
            self.assertNotIn("looking at what this is", result.err)
        for table, condition, words in (("ios_no_such_table", "1", "no artifact of this program has a table ios_no_such_table"),
                                        ("ios_tcc_access", "servic = 'a'", "no such column: servic"),
                                        ("ios_tcc_access", "service = 'a' AND 0 = (SELECT count(*) FROM ios_sms_message)", None),
                                        ("ios_tcc_access", "service = 'a' AND 0 = (SELECT count(*) FROM timeline)", None)):
            (rules / "own-rule.YAML").write_text(RULE.format(table=table, condition=condition))
            result, _ = self.check(self.backup, "--rules", rules, "--fail-on", "never")
            self.assertEqual(result.code, COULD_NOT_RUN if words else GOOD, result.err)
            if words:
                self.assertIn(words, result.err)
                self.assertNotIn("looking at what this is", result.err)


class Reading(support.Test):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.case = cls.shared / "case.exhibit"
        support.run("check", cls.backup, "--output", cls.case, "--indicators", cls.indicators)
        android = support.make_sample(cls.shared / "android", "--android")
        cls.other = cls.shared / "other.exhibit"
        support.run("check", android / "near_misses", "--output", cls.other, "--no-indicators")

    def test_a_timeline_without_events_says_why(self):
        for options, words in (
            (("--artifact", "ios.contacts"), r"^ios\.contacts: no event, its 50 rows have no time$"),
            (("--from", "2030-01-01"), r"^no event in this period; the timeline reaches from 2021-\S+ \S+ to 2021-\S+ \S+ \(UTC\)$"),
            (("--artifact", "ios.tcc", "--to", "2001-01-01"), r"^ios\.tcc: no event in this period; the timeline of this artifact "),
            (("--artifact", "ios.powerlog"), r"^ios\.powerlog: absent; nothing of it was seen"),
            (("--limit", "0"), "^$"),
        ):
            result = support.run("timeline", self.case, *options)
            self.assertEqual((result.code, result.out), (GOOD, ""), options)
            self.assertRegex(result.err.rstrip("\n"), words)

    def test_an_artifact_that_was_not_seen_is_told_once(self):
        result = support.run("rows", self.case, "ios.powerlog")
        self.assertEqual((result.code, result.out), (GOOD, ""))
        self.assertEqual(result.err, "ios.powerlog: absent; nothing of it was seen, `exhibit coverage` says why\n")

    def test_an_export_tells_rows_of_evidence_from_those_of_the_case(self):
        rows, = support.rows(self.case, "SELECT sum(rows) FROM coverage")[0]
        target = self.folder / "out.jsonl"
        said = support.run("export", self.case, target, "--format", "jsonl").err
        own = len(target.read_text().splitlines()) - rows - 1
        self.assertEqual(said, f"{rows} rows of evidence, and {own} of the case's own tables (findings, coverage, files and others), to {target}\n")
        self.assertRegex(support.run("export", self.case, self.folder / "m", "--format", "mvt").err, r"^[0-9]+ records to ")
        self.assertRegex(support.run("export", self.case, self.folder / "t", "--format", "timesketch").err, r"^[0-9]+ events to ")

    def test_the_ending_of_a_name_counts_in_capitals_too(self):
        target = self.folder / "T.CSV"
        support.run("export", self.case, target, "--format", "timesketch")
        self.assertTrue(target.read_text().startswith("message,datetime,"))

    def test_an_export_replaces_one_of_another_phone_and_no_folder_of_files(self):
        for form in ("csv", "mvt"):
            target = self.folder / form
            for case in (self.case, self.other, self.case):
                result = support.run("export", case, target, "--format", form, "--force")
                self.assertEqual(result.code, GOOD, result.err)
            (target / "own.json").write_text("{}")
            result = support.run("export", self.other, target, "--format", form, "--force")
            self.assertEqual(result.code, COULD_NOT_RUN)
            self.assertIn("holds own.json, which no export of this format writes", result.err)

    def test_a_folder_is_not_called_missing(self):
        result = support.run("show", self.backup)
        self.assertEqual(result.code, COULD_NOT_RUN)
        self.assertIn("is a folder, not a case file", result.err)
        self.assertIn("exhibit check", result.err)

    def test_packs_are_told_with_their_file(self):
        summary = support.as_json(support.run("show", self.case, "--json").out)
        self.assertEqual([pack["file"] for pack in summary["indicator_packs"]], ["indicators.stix2"])


class Asking(support.Test):
    sample_options = ("--encrypted", "--iterations", "100")

    def test_no_answer_is_told_from_an_empty_one(self):
        case = self.folder / "case.exhibit"
        command = (support.EXHIBIT, "check", self.backup, "--no-indicators", "-o", case)
        for keys, code, words in ((b"\x03", STOPPED, "stopped: nothing was written"), (b"\n", COULD_NOT_RUN, "the password that was given is empty")):
            ended, said = in_terminal(keys, *command)
            self.assertEqual(ended, code, said)
            self.assertIn(words, said)
            self.assertNotIn("on a terminal", said)
            self.assertFalse(case.exists())


if __name__ == "__main__":
    support.main()
