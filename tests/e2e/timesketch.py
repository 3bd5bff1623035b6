"""Timesketch drops events without a word that lack a required column or whose date it cannot read.

The samples hold what the fixtures of all artifacts hold, odd and impossible dates included.
"""

import csv
import datetime
import json

import support

REQUIRED = ("message", "datetime", "timestamp_desc")


class Samples:
    def events(self):
        case = self.folder / "a.exhibit"
        evidence = self.backup if self.backup.exists() else self.sample / "files"
        support.run("check", evidence, "--output", case)
        for name in ("events.csv", "events.jsonl"):
            done = support.run("export", case, self.folder / name, "--format", "timesketch")
            self.assertEqual(done.code, support.GOOD, done.err)
        with open(self.folder / "events.csv", encoding="utf-8", newline="") as file:
            yield list(csv.DictReader(file))
        with open(self.folder / "events.jsonl", encoding="utf-8") as file:
            yield [json.loads(line) for line in file]

    def test_every_event_has_what_timesketch_demands_and_a_date_that_it_reads(self):
        counts = []
        for events in self.events():
            counts.append(len(events))
            for event in events:
                for column in REQUIRED:
                    self.assertTrue(event[column].strip(), event)
                moment = datetime.datetime.fromisoformat(event["datetime"].replace("Z", "+00:00"))
                self.assertEqual(moment.utcoffset(), datetime.timedelta(0), event)
                self.assertTrue(1970 <= moment.year < 2100, event)
                since = moment - datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
                self.assertEqual(since // datetime.timedelta(microseconds=1), int(event["timestamp"]), event)
        self.assertEqual(counts[0], counts[1])
        self.assertGreater(counts[0], 100)


class Backup(Samples, support.Test):
    pass


class FileSystem(Samples, support.Test):
    sample_options = ("--file-system",)


if __name__ == "__main__":
    support.main()
