"""What the end-to-end tests share: the programs, a sample backup, and how to run a check of it."""

import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import tempfile
import unittest

EXHIBIT = os.environ["EXHIBIT"]
MAKE_SAMPLE = os.environ["EXHIBIT_MAKE_SAMPLE"]
PASSWORD = "sample"
PLANTED_DOMAIN = "updates.sample-implant.example"

GOOD, FOUND, COULD_NOT_RUN, DAMAGED = range(4)

# What a run writes about itself and when.
CHANGING = {"case_info", "sqlite_sequence"}


class Run:
    def __init__(self, done):
        self.code, self.out, self.err = done.returncode, done.stdout, done.stderr


def run(*arguments, timeout=60, environment=None, **options):
    """Runs exhibit. A sanitizer's report ends it with another code than its own four."""
    done = subprocess.run(
        [EXHIBIT, *map(str, arguments)],
        capture_output=True,
        text=True,
        errors="replace",
        timeout=timeout,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "LC_ALL": "C.UTF-8", "HOME": "/nonexistent", "XDG_DATA_HOME": "/nonexistent", **(environment or {})},
        **options,
    )
    return Run(done)


def make_sample(folder, *options):
    subprocess.run([MAKE_SAMPLE, str(folder), *options], check=True)
    return pathlib.Path(folder)


def rows(case, query):
    connection = sqlite3.connect(f"file:{case}?mode=ro", uri=True)
    connection.text_factory = lambda value: value.decode("utf-8", "replace")
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def content(case, without=()):
    """All that a case says of the evidence, for comparison."""
    tables = [name for name, in rows(case, "SELECT name FROM sqlite_master WHERE type='table' ORDER BY name")]
    return {
        table: rows(case, f'SELECT * FROM "{table}"') for table in tables if table not in CHANGING | set(without)
    }


def indicators_of(case):
    return {value for value, in rows(case, "SELECT indicator FROM finding WHERE indicator IS NOT NULL")}


class Test(unittest.TestCase):
    """A test with a folder of its own and the sample, which is made once per program."""

    sample_options = ()

    @classmethod
    def setUpClass(cls):
        cls.shared = pathlib.Path(tempfile.mkdtemp(prefix="exhibit-e2e-"))
        cls.addClassCleanup(shutil.rmtree, cls.shared, True)
        cls.sample = make_sample(cls.shared / "sample", *cls.sample_options)
        cls.backup = cls.sample / "backup"
        cls.indicators = cls.sample / "indicators.stix2"

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(dir=self.shared))

    def check(self, path, *options, name=None, **settings):
        """Checks an acquisition; returns the run and the case, which exists unless the run could not."""
        case = self.folder / f"{name or len(list(self.folder.iterdir()))}.exhibit"
        result = run("check", path, "--output", case, "--indicators", self.indicators, *options, **settings)
        self.assertIn(result.code, (GOOD, FOUND, COULD_NOT_RUN, DAMAGED), result.err[-3000:])
        self.assertEqual(case.exists(), result.code != COULD_NOT_RUN, result.err[-3000:])
        self.assertEqual(self.left_behind(case), [])
        return result, case

    def left_behind(self, case):
        """What a run left beside a case."""
        return [path.name for path in case.parent.glob(f"*{case.name}*") if path != case]

    def copy(self, name="backup"):
        target = self.folder / name
        shutil.copytree(self.backup, target)
        return target

    def payload(self, domain, path, backup=None):
        found = rows(
            self.backup / "Manifest.db", f"SELECT fileID FROM Files WHERE domain='{domain}' AND relativePath='{path}'"
        )
        return (backup or self.backup) / found[0][0][:2] / found[0][0]


def as_json(text):
    return json.loads(text)


main = unittest.main
