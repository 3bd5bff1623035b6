"""`exhibit check` and what reads a case: exit codes, options, forms of a backup, jobs, planted traces, queries."""

import hashlib
import os
import pty
import shutil
import signal
import sqlite3
import stat
import subprocess
import tarfile
import unittest
import zipfile

import support
from support import COULD_NOT_RUN, FOUND, GOOD


class Plain(support.Test):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.case = cls.shared / "plain.exhibit"
        cls.result = support.run("check", cls.backup, "--output", cls.case, "--indicators", cls.indicators)

    def test_a_finding_at_or_above_the_level_ends_with_1_and_a_case_of_its_owner(self):
        self.assertEqual(self.result.code, FOUND, self.result.err)
        self.assertEqual(stat.S_IMODE(os.stat(self.case).st_mode), 0o600)
        self.assertEqual(self.left_behind(self.case), [])

    def test_levels_decide_between_0_and_1(self):
        quick = ("--only", "ios.tcc")
        self.assertEqual(self.check(self.backup, *quick)[0].code, GOOD)
        self.assertEqual(self.check(self.backup, "--only", "ios.data_usage", "--fail-on", "never")[0].code, GOOD)
        self.assertEqual(self.check(self.backup, "--only", "ios.data_usage", "--fail-on", "critical")[0].code, FOUND)

    def test_what_was_left_out_is_not_said_to_be_missing(self):
        result, _ = self.check(self.backup, "--only", "ios.sms,ios.filesystem", "--fail-on", "never")
        said = " ".join(result.out.split())
        self.assertIn("Left out with --only or --skip: ios.accounts", said)
        self.assertIn("could not be applied because the data was left out with --only or --skip", said)
        self.assertIn("Not there: ios.filesystem Left out", said)
        self.assertRegex(said, r"1 of 2 artifacts read, [0-9]+ left out")
        self.assertIn("none of the artifacts that were asked for reads the content of", said)
        self.assertNotIn("left out", " ".join(self.result.out.split()))

    def test_each_artifact_of_a_finding_has_its_rows_counted(self):
        said = " ".join(self.result.out.split())
        for artifact, rows in support.rows(
            self.case,
            "SELECT f.artifact, f.rows FROM finding f WHERE 1 < (SELECT count(DISTINCT t.artifact) FROM finding_row r "
            "JOIN artifact_table t USING (table_name) WHERE r.finding_id = f.finding_id)",
        ):
            self.assertRegex(said, rf"in {artifact}, [0-9]+ rows?; with ios[.][a-z_]+, [0-9]+ row", rows)

    def test_what_cannot_run_ends_with_2_and_writes_nothing(self):
        for arguments in (
            [self.folder / "nothing-here"],
            [self.folder],
            [self.backup, "--only", "ios.no_such_artifact"],
            [self.backup, "--jobs", "0"],
            [self.backup, "--indicators", self.folder / "none.stix2"],
        ):
            self.assertEqual(self.check(*arguments)[0].code, COULD_NOT_RUN, arguments)

    def test_a_word_that_an_option_does_not_take_is_answered_with_those_that_it_does(self):
        for arguments, words in (
            (("rows", self.case, "ios.sms", "--format", "xml"), "table"),
            (("timeline", self.case, "--format", "xml"), "jsonl"),
            (("export", self.case, self.folder / "out", "--format", "xml"), "timesketch"),
            (("artifacts", "--format", "xml"), "markdown"),
            (("findings", self.case, "--severity", "xml"), "critical"),
            (("--color", "xml", "version"), "never"),
        ):
            result = support.run(*arguments)
            self.assertEqual(result.code, COULD_NOT_RUN, arguments)
            self.assertIn("xml not in {", result.err)
            self.assertIn(words, result.err)
            self.assertNotIn("\\x", result.err)

    def test_every_shell_completes_commands_and_what_is_below_them(self):
        for shell in ("bash", "zsh", "fish"):
            script = support.run("completion", shell)
            self.assertEqual(script.code, GOOD)
            for word in ("timeline", "lint", "--fail-on" if shell != "fish" else "fail-on"):
                self.assertIn(word, script.out, shell)

    def test_bash_completes_what_is_below_a_command_and_leaves_files_to_readline(self):
        script = support.run("completion", "bash").out
        for words, offered in (
            ("--color never ti", ["timeline"]),
            ("indicators up", ["update"]),
            ("indicators update --in", ["--index"]),
            ("rules test --ru", ["--rules"]),
            ("check --fail", ["--fail-on"]),
            ("check s", []),
            ("timeline a.exhibit --format c", ["csv"]),
            ("check --fail-on = ne", ["never"]),
            ("--color ne", ["never"]),
            ("check --col", ["--color"]),
            ("completion z", ["zsh"]),
        ):
            typed = ["exhibit", *words.split(" ")]
            line = f"COMP_WORDS=({' '.join(typed)}) COMP_CWORD={len(typed) - 1}; _exhibit; printf '%s\n' \"${{COMPREPLY[@]}}\""
            done = subprocess.run(["bash", "-c", script + line], capture_output=True, text=True, check=True)
            self.assertEqual(done.stdout.split(), offered, words)

    @unittest.skipUnless(shutil.which("fish"), "fish is not installed")
    def test_fish_tells_commands_of_one_name_apart(self):
        script = support.run("completion", "fish").out
        for typed, offered, foreign in (("rules show --", "--help", "--json"), ("show --", "--json", "--rules")):
            done = subprocess.run(["fish", "-c", f"{script}\ncomplete -C 'exhibit {typed}'"], capture_output=True, text=True, check=True)
            names = [line.split("\t")[0] for line in done.stdout.splitlines()]
            self.assertIn(offered, names)
            self.assertNotIn(foreign, names)

    def test_what_cannot_be_meant_is_refused(self):
        for arguments, said in (
            (("check", self.case), "is a case file"),
            (("check", self.backup, "-o", "-"), "standard output"),
            (("check", self.backup, "--only", "ios.sms", "--skip", "ios.sms"), "nothing of this acquisition"),
            (("check", self.backup, "--only", "android.packages"), "nothing of this acquisition"),
        ):
            result = support.run(*arguments, cwd=self.folder)
            self.assertEqual(result.code, COULD_NOT_RUN, arguments)
            self.assertIn(said, result.err)
        self.assertEqual(os.listdir(self.folder), [])
        self.assertEqual(support.run("--version").out.split()[0], "exhibit")

    def test_two_examinations_at_once_do_not_replace_each_other(self):
        running = [
            subprocess.Popen([support.EXHIBIT, "check", self.backup, "-o", "one.exhibit", "--no-indicators"], cwd=self.folder,
                             stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
            for _ in range(2)
        ]
        ended = [(run.communicate()[1], run.returncode) for run in running]
        refused = [said for said, code in ended if code == COULD_NOT_RUN]
        self.assertEqual(len(refused), 1, ended)
        self.assertEqual([path.name for path in self.folder.glob("*")], ["one.exhibit"])

    def test_what_was_written_while_an_examination_ran_is_not_replaced(self):
        running = subprocess.Popen([support.EXHIBIT, "check", self.backup, "-o", "one.exhibit", "--no-indicators"], cwd=self.folder,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        first = running.stderr.readline()  # By then it has seen that the name is free.
        running.send_signal(signal.SIGSTOP)
        (self.folder / "one.exhibit").write_text("another")
        running.send_signal(signal.SIGCONT)
        said = running.communicate()[1]
        self.assertEqual(running.returncode, COULD_NOT_RUN, first + said)
        self.assertIn("a file of that name was written while this examination ran and is not replaced", said)
        self.assertEqual((self.folder / "one.exhibit").read_text(), "another")

    def test_what_a_killed_examination_left_is_named(self):
        left = self.folder / ".a.exhibit.partial-99999999"
        left.write_text("rows")
        alive = self.folder / f".a.exhibit.partial-{os.getpid()}"
        alive.write_text("rows")
        result = support.run("check", self.backup, "-o", self.folder / "a.exhibit", "--only", "ios.tcc")
        self.assertIn(f"{left} is left of a run that was killed", result.err)
        self.assertNotIn(str(alive), result.err)
        for name, command in (("clear", ("decrypt", self.backup, self.folder / "clear")),
                              ("x.jsonl", ("export", self.case, self.folder / "x.jsonl", "--format", "jsonl"))):
            left = self.folder / f".{name}.partial-99999999"
            left.mkdir()
            self.assertIn(f"{left} is left of a run that was killed", support.run(*command).err)

    def test_the_case_of_a_run_that_was_killed_in_its_midst_is_named_by_the_next(self):
        case = self.folder / "a.exhibit"
        for _ in range(50):  # A run of the sample takes a moment: until one is met while it writes.
            running = subprocess.Popen([support.EXHIBIT, "check", self.backup, "-o", case, "--force", "--no-indicators"],
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            left = self.folder / f".a.exhibit.partial-{running.pid}"
            while running.poll() is None and not left.exists():
                pass
            running.kill()
            if running.wait() == -signal.SIGKILL and left.exists():
                break
        result = support.run("check", self.backup, "-o", case, "--force", "--no-indicators", "--fail-on", "never")
        self.assertEqual(result.code, GOOD)
        self.assertIn(f"{left} is left of a run that was killed", result.err)
        # A case is none before it is whole, as it may be already when its run is killed before the renaming.
        told = support.run("findings", left, "--json")
        self.assertIn((told.code, told.out), [(COULD_NOT_RUN, ""), (GOOD, support.run("findings", case, "--json").out)])

    def test_a_case_that_was_written_is_named_where_its_summary_could_not_be(self):
        with open("/dev/full", "w") as full:
            run = subprocess.run([support.EXHIBIT, "check", self.backup, "-o", self.folder / "a.exhibit", "--only", "ios.tcc"],
                                 stdout=full, stderr=subprocess.PIPE, text=True, check=False)
        self.assertEqual(run.returncode, COULD_NOT_RUN)
        self.assertIn("the case file is complete", run.stderr)
        self.assertEqual(support.run("show", self.folder / "a.exhibit").code, GOOD)

    def test_a_language_without_a_translation_is_told(self):
        self.assertIn("there is no translation into xx yet", support.run("--lang", "xx", "show", self.case).err)
        self.assertEqual(support.run("--lang", "en", "show", self.case).err, "")

    def test_recheck_can_leave_fetched_indicators_out(self):
        result = support.run("recheck", self.case, "--no-indicators")
        self.assertIn("no indicators were used", result.err)

    def test_reading_a_case_writes_nothing_beside_it(self):
        case = self.folder / "a case.exhibit"
        shutil.copy(self.case, case)
        database = sqlite3.connect(case)
        database.execute("PRAGMA journal_mode=wal")
        database.close()
        case.chmod(0o400)
        self.assertEqual(support.run("show", case).code, GOOD)
        self.assertEqual(support.run("rows", case, "ios.sms", "--limit", "1").code, GOOD)
        self.assertEqual(os.listdir(self.folder), [case.name])

    def test_a_cut_file_of_indicators_is_told_by_the_exit_code_too(self):
        cut = self.folder / "cut.stix2"
        cut.write_bytes(self.indicators.read_bytes()[:-3])
        result, _ = self.check(self.backup, "--indicators", cut, "--only", "ios.tcc")
        self.assertEqual(result.code, support.DAMAGED, result.out)

    def test_bytes_in_csv_are_no_formula(self):
        result = support.run("sql", self.case, "SELECT x'fbffff' AS bytes", "--format", "csv")
        self.assertEqual(result.out.split(), ["bytes", "\"'+///\""])

    def test_names_that_shells_take_apart_are_offered_in_a_way_that_they_do_not(self):
        for name in ("sp ace\nnew", "-o", "it's \\", "n" * 250, os.fsdecode(b"lat\xe9in")):
            folder = self.folder / "evidence" / name
            shutil.copytree(self.backup, folder)
            result = support.run("check", folder, "--only", "ios.backup_info, ios.tcc", "--no-indicators", cwd=self.folder)
            self.assertEqual(result.code, GOOD, result.err)
            offered = next(line for line in result.out.splitlines() if line.startswith("  exhibit coverage"))
            command = offered[: offered.rindex("  what was read")].replace("exhibit", support.EXHIBIT, 1)
            done = subprocess.run(["bash", "-c", command], cwd=self.folder, capture_output=True, check=False)
            self.assertEqual(done.returncode, GOOD, (command, done.stderr))

    def test_an_empty_value_selects_nothing_rather_than_all(self):
        for arguments in (("--from", ""), ("--to", ""), ("--artifact", ""), ("--around", "")):
            result = support.run("timeline", self.case, *arguments)
            self.assertEqual((result.code, result.out), (COULD_NOT_RUN, ""), arguments)
            self.assertIn("an empty value", result.err)

    def test_nothing_of_what_was_not_seen_is_no_silence(self):
        for command in (("timeline", self.case, "--artifact", "ios.powerlog"), ("rows", self.case, "ios.powerlog")):
            self.assertIn("ios.powerlog: absent; nothing of it was seen", support.run(*command).err)
        for command in (("rows", self.case, "ios.sms", "--limit", "0"), ("timeline", self.case, "--artifact", "ios.sms", "--from", "2035-01-01")):
            self.assertNotIn("nothing of it was seen", support.run(*command).err)

    def test_the_case_never_lies_inside_the_evidence_and_replaces_nothing_unasked(self):
        inside = support.run("check", self.backup, "--output", self.backup / "a.exhibit")
        self.assertEqual(inside.code, COULD_NOT_RUN)
        taken = support.run("check", self.backup, "--output", self.case)
        self.assertEqual(taken.code, COULD_NOT_RUN)
        self.assertIn("--force", taken.err)

    def test_every_planted_trace_is_found(self):
        self.assertEqual(
            support.indicators_of(self.case),
            {support.PLANTED_DOMAIN, "sampleimplantd", "sender@sample-implant.example"},
        )
        tables = {
            (indicator, table)
            for indicator, table in support.rows(
                self.case, "SELECT indicator, table_name FROM finding JOIN finding_row USING (finding_id)"
            )
        }
        for table in ("ios_sms_message", "ios_whatsapp_message", "ios_safari_visit"):
            self.assertIn((support.PLANTED_DOMAIN, table), tables)
        self.assertIn(("sampleimplantd", "ios_data_usage_live"), tables)
        self.assertTrue(any(one == "sender@sample-implant.example" for one, _ in tables))
        rules = {rule for rule, in support.rows(self.case, "SELECT rule_id FROM finding WHERE rule_id IS NOT NULL")}
        for rule in (
            "ios-app-not-from-store",
            "ios-data-usage-process-deleted",
            "ios-process-unknown",
            "ios-profile-event",
            "ios-profile-notification-settings",
            "ios-safari-instant-redirect",
            "ios-sms-attachment-temporary-file",
        ):
            self.assertIn(rule, rules)

    def test_how_far_back_each_key_artifact_reaches_is_said(self):
        shown = " ".join(support.run("show", self.case).out.split())
        periods = [wording for wording, in support.rows(self.case, "SELECT wording FROM covered_period")]
        self.assertTrue(any("would not be visible" in wording for wording in periods), periods)
        for wording in periods:
            self.assertIn(wording, shown)

    def test_rules_find_their_traces_without_any_indicator(self):
        case = self.folder / "a.exhibit"
        support.run("check", self.backup, "--output", case)
        rules = {rule for rule, in support.rows(case, "SELECT rule_id FROM finding WHERE rule_id IS NOT NULL")}
        self.assertIn("ios-data-usage-process-deleted", rules)
        self.assertEqual(support.indicators_of(case), set())

    def test_a_case_that_keeps_only_the_rows_of_findings_says_so(self):
        _, case = self.check(self.backup, "--minimal")
        for command in (("rows", case, "ios.sms"), ("timeline", case)):
            self.assertIn("--minimal", support.run(*command).err)
        self.assertIn("--minimal", support.run("show", case).out)
        self.assertIn("--minimal", support.run("recheck", case, "--indicators", self.indicators).err)

    def test_hash_indicators_are_compared_or_it_is_said_that_they_were_not(self):
        pack = self.folder / "hashes.csv"
        digest = hashlib.sha256((self.backup / "Info.plist").read_bytes()).hexdigest()
        pack.write_text(f"type,value\nsha256,{digest}\n")
        unhashed, case = self.check(self.backup, "--indicators", pack)
        self.assertIn("--hash", unhashed.out)
        self.assertNotIn(digest, support.indicators_of(case))
        self.assertIn("--hash", support.run("recheck", case, "--indicators", pack).err)
        hashed, case = self.check(self.backup, "--indicators", pack, "--hash")
        self.assertNotIn("files were not hashed", hashed.out)
        self.assertIn(digest, support.indicators_of(case))

    def test_files_that_were_hashed_beside_a_selection_of_artifacts_are_not_said_to_be_compared(self):
        pack = self.folder / "hashes.csv"
        digest = hashlib.sha256((self.backup / "Info.plist").read_bytes()).hexdigest()
        pack.write_text(f"type,value\nsha256,{digest}\n")
        for selection in (("--only", "ios.sms"), ("--skip", "ios.filesystem")):
            run, case = self.check(self.backup, "--indicators", pack, "--hash", *selection)
            self.assertNotIn(digest, support.indicators_of(case))
            self.assertIn("1 hash indicator was not compared", " ".join(run.out.split()))
            self.assertIn("no sha256", support.run("recheck", case, "--indicators", pack).err)
        run, case = self.check(self.backup, "--indicators", pack, "--hash", "--only", "ios.filesystem")
        self.assertIn(digest, support.indicators_of(case))
        self.assertNotIn("not compared", " ".join(run.out.split()))

    def test_a_kind_of_digest_that_was_not_made_is_named_when_indicators_of_it_come_later(self):
        _, case = self.check(self.backup, "--hash")
        pack = self.folder / "hashes.csv"
        pack.write_text(f"type,value\nmd5,{'0123456789abcdef' * 2}\n")
        self.assertIn("no md5", support.run("recheck", case, "--indicators", pack).err)
        _, case = self.check(self.backup, "--hash", "--indicators", pack)
        self.assertNotIn("no md5", support.run("recheck", case, "--indicators", pack).err)

    def test_a_file_without_indicators_is_refused_and_a_cut_one_is_named(self):
        pack = self.folder / "pack.stix2"
        for content in ("", "<html><body>404 not found</body></html>", '{"a": 1}'):
            pack.write_text(content)
            result = support.run("check", self.backup, "--output", self.folder / "no.exhibit", "--indicators", pack)
            self.assertEqual(result.code, COULD_NOT_RUN, content)
            self.assertIn("no indicator", result.err)
        whole = self.indicators.read_text()
        pack.write_text(whole[: whole.rindex('"type"')])
        result, _ = self.check(self.backup, "--indicators", pack)
        self.assertIn("damaged or cut off", result.out)

    def test_what_may_lie_in_a_folder_that_cannot_be_looked_into_is_not_called_absent(self):
        tree = self.folder / "tree"
        (tree / "private/var/mobile/Library/SMS").mkdir(parents=True)
        (tree / "private/var/root/Library").mkdir(parents=True)
        deep = tree / "private/var/mobile/Library/Mobile Documents" / "/".join("d" * 130)
        deep.mkdir(parents=True)  # Deeper than folders are followed; a sealed one would need another user.
        _, case = self.check(tree)
        states = dict(support.rows(case, "SELECT artifact, state FROM coverage"))
        self.assertEqual(states["ios.message_media"], "failed")
        self.assertEqual(states["ios.sms"], "absent")
        self.assertEqual(support.rows(case, "SELECT count FROM acquisition_problem WHERE fault = 'over_limit'"), [(1,)])

    def test_a_finding_of_a_yara_rule_is_explained_by_the_text_of_the_rule(self):
        rules = self.folder / "sample.yar"
        rules.write_text(
            'rule Other { condition: false }\nrule Database {\n  strings:\n    $a = "SQLite format 3"\n  condition:\n'
            "    $a at 0\n}\n"
        )
        result, case = self.check(self.backup, "--yara", rules, "--only", "ios.tcc", "--fail-on", "never")
        self.assertEqual(result.code, GOOD, result.err)
        rules.unlink()
        explained = support.run("explain", "yara/sample.yar/Database", case).out
        self.assertIn('    $a = "SQLite format 3"\n', explained)
        self.assertNotIn("rule Other", explained)

    def test_the_summary_as_json_tells_what_the_case_holds(self):
        result, case = self.check(self.backup, "--json")
        summary = support.as_json(result.out)
        found, = support.rows(case, "SELECT count(*) FROM finding")[0]
        self.assertEqual(len(summary["findings"]), found)
        self.assertNotIn("\x1b", result.out + result.err)

    def test_minimal_keeps_only_rows_that_findings_rest_on(self):
        _, case = self.check(self.backup, "--minimal")
        self.assertEqual(support.indicators_of(case), support.indicators_of(self.case))
        self.assertEqual(support.rows(case, "SELECT count(*) FROM ios_contact")[0][0], 0)
        kept = support.rows(case, "SELECT text FROM ios_sms_message WHERE text IS NOT NULL")
        self.assertTrue(kept)
        self.assertLess(len(kept), 10)
        self.assertNotIn(b"see you at 7 o'clock", case.read_bytes())

    def test_only_and_skip_leave_out_and_say_so(self):
        _, only = self.check(self.backup, "--only", "ios.sms,ios.tcc")
        read = support.rows(only, "SELECT DISTINCT artifact FROM coverage WHERE state='parsed' ORDER BY 1")
        self.assertEqual(read, [("ios.sms",), ("ios.tcc",)])
        _, skipped = self.check(self.backup, "--skip", "ios.sms")
        states = dict(support.rows(skipped, "SELECT artifact, state FROM coverage"))
        self.assertEqual(states["ios.sms"], "skipped")
        self.assertEqual(states["ios.tcc"], "parsed")

    def test_one_and_two_jobs_give_the_same_case(self):
        _, one = self.check(self.backup, "--jobs", "1")
        _, two = self.check(self.backup, "--jobs", "2")
        self.assertEqual(support.content(one), support.content(two))

    def test_folder_parent_and_archives_give_the_same_case(self):
        whole = support.content(self.case)
        parent = self.folder / "apart/parent"  # Archives beside a folder would be named.
        parent.mkdir(parents=True)
        shutil.copytree(self.backup, parent / "backup")
        archives = {
            "backup.zip": lambda path: pack_zip(path, parent),
            "stored.zip": lambda path: pack_zip(path, parent, zipfile.ZIP_STORED),
            "backup.tar": lambda path: pack_tar(path, parent, "w"),
            "backup.tar.gz": lambda path: pack_tar(path, parent, "w:gz"),
        }
        for name, pack in archives.items():
            pack(self.folder / name)
        for path in (parent, *(self.folder / name for name in archives)):
            result, case = self.check(path)
            self.assertEqual(result.code, FOUND, result.err)
            # How and where the backup is kept differs; so does what a name of a folder says.
            for table, rows in support.content(case, {"acquisition_fact", "entry"}).items():
                self.assertEqual(rows, whole[table], f"{table} of {path.name}")
            paths = "SELECT entry_id, path, stored, size FROM entry"
            self.assertEqual(support.rows(case, paths), support.rows(self.case, paths))

    def test_two_backups_in_one_folder_are_listed_and_none_is_chosen(self):
        for name in ("phones/first", "phones/second"):
            self.copy(name)
        result, _ = self.check(self.folder / "phones")
        self.assertEqual(result.code, COULD_NOT_RUN)
        self.assertIn("phones/first (an iOS backup), ", result.err)
        self.assertIn("phones/second (an iOS backup)", result.err)

    def test_the_evidence_is_left_as_it_was(self):
        backup = self.copy()
        before = {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in backup.rglob("*")}
        self.check(backup)
        after = {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in backup.rglob("*")}
        self.assertEqual(before, after)

    def test_csv_on_a_terminal_drives_it_no_more_than_a_table(self):
        query = "SELECT char(27) || '[31m' || char(155) || char(8238) AS a"
        master, terminal = pty.openpty()
        with os.fdopen(master, "rb", buffering=0) as shown:
            with os.fdopen(terminal, "wb") as screen:
                command = [support.EXHIBIT, "sql", str(self.case), query, "--format", "csv"]
                subprocess.run(command, stdout=screen, stdin=subprocess.DEVNULL, timeout=60, check=True)
                text = shown.read(4096)
        self.assertIn(rb"\x1b[31m\x9b\u202e", text)
        self.assertNotIn(b"\x1b", text)

    def test_a_query_can_read_the_case_and_nothing_else(self):
        good = support.run("sql", self.case, "SELECT count(*) AS n FROM ios_tcc_access; -- all of them\n")
        self.assertEqual(good.code, GOOD, good.err)
        self.assertIn("15", good.out)
        before = self.case.read_bytes()
        other = self.folder / "other.db"
        for query in (
            "DELETE FROM finding",
            "UPDATE finding SET severity='info'",
            "DROP TABLE finding",
            "CREATE TABLE a (b)",
            f"ATTACH '{other}' AS other",
            f"VACUUM INTO '{other}'",
            "SELECT 1; DELETE FROM finding",
            "PRAGMA writable_schema=ON",
            "SELECT load_extension('a')",
            "SELECT writefile('a', 'b')",
        ):
            result = support.run("sql", self.case, query)
            self.assertEqual(result.code, COULD_NOT_RUN, query)
        self.assertEqual(self.case.read_bytes(), before)
        self.assertFalse(other.exists())

    def test_a_query_that_does_not_end_is_stopped(self):
        endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n) SELECT count(*) FROM n"
        result = support.run("sql", self.case, endless, "--timeout", "1", timeout=30)
        self.assertEqual(result.code, COULD_NOT_RUN)
        slow = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n) SELECT randomblob(10000000) FROM n"
        cut = support.run("sql", self.case, slow, "--timeout", "1", "--format", "json", timeout=60)
        self.assertEqual(cut.code, COULD_NOT_RUN)
        self.assertTrue(cut.out.endswith("]\n"))
        huge = support.run("sql", self.case, "SELECT length(zeroblob(1000000000))")
        self.assertIn(huge.code, (GOOD, COULD_NOT_RUN))

    def test_what_is_no_acquisition_is_refused_in_words(self):
        file = self.folder / "file"
        for content in (b"", b"text", b"PK\x05\x06" + bytes(18), b"\x1f\x8b" + bytes(30), bytes(2000)):
            file.write_bytes(content)
            result, _ = self.check(file)
            self.assertEqual(result.code, COULD_NOT_RUN, content[:8])
            self.assertTrue(result.err.startswith("exhibit: ") or "\nexhibit: " in result.err, result.err)
        self.assertEqual(self.check("/dev/null")[0].code, COULD_NOT_RUN)
        file.write_bytes(b"7z\xbc\xaf\x27\x1c" + bytes(30))
        self.assertIn("7-Zip", self.check(file)[0].err)

    def test_a_relative_path_and_one_with_a_slash_behind_it_name_the_same_backup(self):
        for path in ("backup", "backup/", "./backup", "../sample/backup"):
            result, _ = self.check(path, "--only", "ios.tcc", cwd=self.sample)
            self.assertEqual(result.code, GOOD, result.err)

    def test_every_reading_command_runs_on_the_case(self):
        for command in ("show", "findings", "timeline", "coverage"):
            result = support.run(command, self.case)
            self.assertEqual(result.code, GOOD, result.err)
            self.assertTrue(result.out)
        self.assertEqual(support.run("rows", self.case, "ios.tcc").code, GOOD)
        for export in ("jsonl", "csv", "timesketch"):
            result = support.run("export", self.case, self.folder / export, "--format", export)
            self.assertEqual(result.code, GOOD, result.err)

    def test_what_is_no_case_is_refused(self):
        broken = self.folder / "broken.exhibit"
        for content in (b"", b"SQLite format 3\0" + bytes(84), self.case.read_bytes()[:5000], b"\xff" * 9000):
            broken.write_bytes(content)
            for command in ("show", "timeline"):
                self.assertEqual(support.run(command, broken).code, COULD_NOT_RUN)


class Encrypted(support.Test):
    sample_options = ("--encrypted", "--iterations", "100")

    def check_with(self, password):
        return self.check(self.backup, environment={"EXHIBIT_PASSWORD": password})

    def test_it_gives_what_the_plain_one_gives(self):
        plain = support.make_sample(self.folder / "plain")
        _, open_case = self.check(plain / "backup")
        result, case = self.check_with(support.PASSWORD)
        self.assertEqual(result.code, FOUND, result.err)
        # The manifest says of each file whether it is encrypted, and its own size differs.
        without = {"acquisition_fact", "acquisition_problem", "ios_backup_file", "entry"}
        expected = support.content(open_case, without | {"assessment"})
        for table, rows in support.content(case, without | {"assessment"}).items():
            self.assertEqual(rows, expected[table], table)
        said = "SELECT verdict, confidence, wording, reason FROM assessment ORDER BY position"
        self.assertEqual(support.rows(case, said), support.rows(open_case, said))
        advice = "SELECT group_concat(would_change) FROM assessment"
        self.assertIn("An encrypted backup", support.rows(open_case, advice)[0][0])
        self.assertNotIn("An encrypted backup", support.rows(case, advice)[0][0])

    def test_a_password_file_opens_it_too(self):
        secret = self.folder / "secret"
        line = support.PASSWORD + "\n"
        for content in (line.encode(), line.encode("utf-8-sig"), line.encode("utf-16"), support.PASSWORD.encode() + b"\r\nmore\n"):
            secret.write_bytes(content)
            self.assertEqual(self.check(self.backup, "--only", "ios.tcc", "--password-file", secret)[0].code, GOOD, content)

    def test_a_wrong_password_and_none_are_told_apart(self):
        wrong, _ = self.check_with("wrong")
        self.assertEqual(wrong.code, COULD_NOT_RUN)
        self.assertIn("does not open", wrong.err)
        none, _ = self.check(self.backup)
        self.assertEqual(none.code, COULD_NOT_RUN)
        self.assertIn("no password", none.err)

    def test_no_decrypted_byte_reaches_the_disk(self):
        scratch = self.folder / "scratch"
        scratch.mkdir()
        self.check(self.backup, environment={"EXHIBIT_PASSWORD": support.PASSWORD, "TMPDIR": str(scratch)})
        self.assertEqual(list(scratch.iterdir()), [])

    def test_a_clear_copy_gives_the_same_findings(self):
        clear = self.folder / "clear"
        done = support.run("decrypt", self.backup, clear, environment={"EXHIBIT_PASSWORD": support.PASSWORD})
        self.assertEqual(done.code, GOOD, done.err)
        self.assertTrue((clear / "ledger.jsonl").exists())
        _, case = self.check(clear)
        _, sealed = self.check_with(support.PASSWORD)
        self.assertEqual(support.indicators_of(case), support.indicators_of(sealed))
        self.assertEqual(len(support.indicators_of(case)), 3)


class Old(support.Test):
    sample_options = ("--mbdb",)

    def test_a_backup_of_ios_9_is_read(self):
        result, case = self.check(self.backup)
        self.assertEqual(result.code, FOUND, result.err)
        self.assertIn(support.PLANTED_DOMAIN, support.indicators_of(case))
        self.assertEqual(support.rows(case, "SELECT count(*) FROM ios_sms_message")[0][0], 502)


def pack_zip(path, folder, method=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", method) as archive:
        for file in sorted(folder.rglob("*")):
            archive.write(file, file.relative_to(folder))


def pack_tar(path, folder, mode):
    with tarfile.open(path, mode) as archive:
        archive.add(folder, ".")


if __name__ == "__main__":
    unittest.main()
