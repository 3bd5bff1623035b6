"""A case file that somebody changed: nothing that reads cases runs without end, fills memory or writes elsewhere."""

import shutil
import sqlite3
import unittest

import support
from support import COULD_NOT_RUN, FOUND, GOOD

ENDLESS = "WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r)"


class HostileCase(support.Test):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sound = cls.shared / "sound.exhibit"
        support.run("check", cls.backup, "--output", cls.sound, "--indicators", cls.indicators)

    def changed(self, change, name="changed"):
        case = self.folder / f"{name}.exhibit"
        shutil.copyfile(self.sound, case)
        with sqlite3.connect(case) as database:
            change(database)
        database.close()
        return case

    def view_instead_of(self, table, cell):
        """A view in the place of a table, with rows without end."""

        def change(database):
            columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
            database.execute(f"DROP TABLE {table}")
            cells = ", ".join(f"{cell} AS {column}" for column in columns)
            database.execute(f"CREATE VIEW {table} AS {ENDLESS} SELECT {cells} FROM r WHERE x < 0")

        return self.changed(change, table)

    def readers(self, case):
        return (
            ["show", case],
            ["findings", case],
            ["explain", "1", case],
            ["timeline", case],
            ["coverage", case],
            ["rows", case, "ios.sms"],
            ["export", case, self.folder / "out.jsonl", "--format", "jsonl"],
            ["export", case, self.folder / "csv", "--format", "csv"],
        )

    def assert_refused(self, case, readers=None):
        for arguments in readers or self.readers(case):
            with self.subTest(command=arguments[0], case=case.name):
                done = support.run(*arguments)
                self.assertEqual(done.code, COULD_NOT_RUN, done.err)
                self.assertIn("case file", done.err)
                self.assertEqual([path.name for path in self.folder.iterdir()], [case.name])

    def test_a_view_in_the_place_of_a_table_is_refused(self):
        for table in ("case_info", "coverage", "finding", "entry"):
            case = self.view_instead_of(table, "x")
            self.assert_refused(case)
            case.unlink()
        for table in ("artifact_table", "artifact_column", "finding_row", "assessment", "ios_sms_message"):
            case = self.view_instead_of(table, "'a'")
            self.assert_refused(case, self.readers(case)[:1])
            case.unlink()

    def test_a_computed_column_is_refused(self):
        def change(database):
            database.execute("ALTER TABLE finding RENAME TO kept")
            columns = [row[1] for row in database.execute("PRAGMA table_info(kept)")]
            declared = ", ".join(name for name in columns if name != "summary")
            database.execute(f"CREATE TABLE finding ({declared}, summary TEXT AS (hex(zeroblob(450000000))))")
            database.execute(f"INSERT INTO finding ({declared}) SELECT {declared} FROM kept")

        self.assert_refused(self.changed(change))

    def test_a_view_of_our_own_means_what_it_should(self):
        def change(database):
            for view, cells in (
                ("timeline", "x AS time, 'a' AS artifact, 'ios_sms_message' AS table_name, 1 AS record_id, "
                             "1 AS entry_id, NULL AS recovered, 'a' AS kind, 'b' AS words"),
                ("local_timeline", "'2020' AS local_time, 'a' AS artifact, 'b' AS table_name, 1 AS record_id, "
                                   "1 AS entry_id, NULL AS recovered, 'a' AS kind, 'b' AS words"),
                ("observable", "'url' AS kind, 'b' AS table_name, 1 AS record_id, 1 AS entry_id, NULL AS recovered, "
                               "'c' AS column_name, hex(zeroblob(450000000)) AS value"),
            ):
                database.execute(f"DROP VIEW {view}")
                database.execute(f"CREATE VIEW {view} AS {ENDLESS} SELECT {cells} FROM r")

        case = self.changed(change)
        for arguments in (["timeline"], ["sql", "SELECT count(*), max(value) FROM observable"]):
            of_changed, of_sound = (
                support.run(arguments[0], file, *arguments[1:]) for file in (case, self.sound)
            )
            self.assertEqual(of_changed.code, GOOD, of_changed.err)
            self.assertEqual(of_changed.out, of_sound.out)

    def test_no_query_comes_out_of_the_description_of_a_view(self):
        for statement in (
            "UPDATE artifact_event SET words = '{x || hex(zeroblob(450000000))}'",
            "UPDATE artifact_event SET kind = 'a'' || hex(zeroblob(450000000)) || ''b'",
            "UPDATE artifact_event SET when_column = 'a\" || \"b'",
            "UPDATE artifact_column SET column_name = 'a\" || hex(zeroblob(450000000)) || \"b' WHERE position = 0",
            "UPDATE artifact_table SET artifact = 'a'' || ''b'",
        ):
            case = self.changed(lambda database: database.execute(statement))
            self.assert_refused(case, [["timeline", case], ["show", case]])
            case.unlink()

    def test_a_name_that_leads_out_of_the_folder_is_refused(self):
        outside = self.folder / "outside"
        for name in (str(outside), "../outside", "a/../../outside", "..", "Outside"):

            def change(database):
                quoted = name.replace('"', '""')
                database.execute(
                    f'CREATE TABLE "{quoted}" (record_id INTEGER PRIMARY KEY, entry_id INTEGER, locator INTEGER, '
                    "recovered TEXT, x TEXT)"
                )
                database.execute(f'INSERT INTO "{quoted}" VALUES (1, 1, 0, NULL, ?)', ("theirs",))
                database.execute("INSERT INTO artifact_table VALUES (?, 'ios.sms', '', 'context', '')", (name,))
                database.execute("INSERT INTO artifact_column VALUES (?, 0, 'x', 'text', '', '', '', '')", (name,))

            case = self.changed(change)
            self.assert_refused(case)
            case.unlink()

    def test_a_name_of_a_module_is_no_other_file(self):
        for name in ("../outside", "info", "alerts", "urls", "a b"):
            case = self.changed(
                lambda database: database.execute(
                    "UPDATE artifact_table SET mvt_file = ? WHERE table_name = 'ios_sms_message'", (name,)
                )
            )
            self.assert_refused(case, [["export", case, self.folder / "mvt", "--format", "mvt"]])
            case.unlink()

    def test_a_page_that_stands_in_many_places_is_no_endless_table(self):
        def root_of(database):
            return database.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'coverage'").fetchone()[0]

        case = self.folder / "pages.exhibit"
        shutil.copyfile(self.sound, case)
        with sqlite3.connect(case) as database:
            root = root_of(database)
        database.close()
        content = bytearray(case.read_bytes())
        size = int.from_bytes(content[16:18], "big")
        for level in range(5):
            # An interior page of a table, all of whose children are the last page of the file.
            child = len(content) // size if level else root + 1
            cells = (size - 12) // 7 - 2
            page = bytearray(size)
            for cell in range(cells):
                at = size - 5 * (cell + 1)
                page[at : at + 5] = child.to_bytes(4, "big") + b"\x01"
                page[12 + 2 * cell : 14 + 2 * cell] = at.to_bytes(2, "big")
            page[0] = 5
            page[3:5], page[5:7], page[8:12] = cells.to_bytes(2, "big"), at.to_bytes(2, "big"), child.to_bytes(4, "big")
            content += page
        content[(root - 1) * size : root * size] = page
        content[28:32] = (len(content) // size).to_bytes(4, "big")
        case.write_bytes(content)
        self.assert_refused(case, [["show", case], ["coverage", case]])
        done = support.run("recheck", case, self.sound, "--no-indicators")
        self.assertEqual(done.code, COULD_NOT_RUN)
        self.assertIn("1 of 2 cases compared", done.out)

    def test_recheck_goes_on_with_the_next_case(self):
        for table in ("finding", "coverage", "case_info"):
            case = self.view_instead_of(table, "x")
            for options in (["--indicators", self.indicators], ["--no-indicators"]):
                done = support.run("recheck", case, self.sound, *options)
                self.assertEqual(done.code, COULD_NOT_RUN)
                self.assertIn(f"the case file {case} was changed by somebody, or is damaged: a table of the case file is not as exhibit makes it", done.err)
                self.assertIn("1 of 2 cases compared", done.out)

    def test_a_sound_case_is_read(self):
        for arguments in self.readers(self.sound):
            self.assertIn(support.run(*arguments).code, (GOOD, FOUND), arguments)


if __name__ == "__main__":
    unittest.main()
