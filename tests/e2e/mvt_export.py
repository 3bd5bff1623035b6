"""The MVT-compatible export of the sample has the files, keys and values that scripts for MVT expect.

tests/e2e/mvt_records.json holds, for each file, how many records there are, the first, and the last;
mvt_file_system_keys.json the keys of each file of a file system's export.
EXHIBIT_UPDATE=1 rewrites it; tools/compare_with_mvt.py tells whether MVT agrees.
"""

import csv
import json
import os
import pathlib

import support

GOLDEN = pathlib.Path(__file__).with_name("mvt_records.json")
KEYS = pathlib.Path(__file__).with_name("mvt_file_system_keys.json")


class MvtExport(support.Test):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.case = cls.shared / "sample.exhibit"
        cls.export = cls.shared / "mvt"
        support.run("check", cls.backup, "--output", cls.case, "--indicators", cls.indicators)
        done = support.run("export", cls.case, cls.export, "--format", "mvt")
        assert done.code == support.GOOD, done.err

    def read(self, name):
        return json.loads((self.export / name).read_text(encoding="utf-8"))

    def records(self):
        return {
            path.name: self.read(path.name)
            for path in sorted(self.export.glob("*.json"))
            if path.name not in ("alerts.json", "info.json") and not path.name.endswith("_detected.json")
        }

    def test_files_keys_and_values_are_those_that_were_compared_with_mvt(self):
        found = {}
        for name, records in self.records().items():
            records = records if isinstance(records, list) else [records]
            keys = {tuple(sorted(record)) for record in records if "record_type" not in record}
            self.assertEqual(len(keys), 1, f"records of {name} have different keys")
            found[name] = {"records": len(records), "first": records[0], "last": records[-1]}
        if os.environ.get("EXHIBIT_UPDATE"):
            GOLDEN.write_text(json.dumps(found, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")
        self.maxDiff = None
        self.assertEqual(found, json.loads(GOLDEN.read_text(encoding="utf-8")))

    def test_every_alert_has_the_members_of_one(self):
        alerts = self.read("alerts.json")
        members = {"level", "module", "message", "event_time", "event", "matched_indicator"}
        for alert in alerts:
            self.assertEqual(set(alert), members)
            self.assertIn(alert["level"], {"INFORMATIONAL", "LOW", "MEDIUM", "HIGH", "CRITICAL"})
        matched = {alert["matched_indicator"]["value"] for alert in alerts if alert["matched_indicator"]}
        self.assertEqual(matched, {support.PLANTED_DOMAIN, "sampleimplantd", "sender@sample-implant.example"})
        modules = {alert["module"] for alert in alerts}
        self.assertLessEqual({"datausage", "configuration_profiles", "whatsapp"}, modules)
        self.assertFalse({"ios.configuration_profiles", "ios.whatsapp", "ios.interaction_c"} & modules, modules)
        self.assertTrue(self.read("configuration_profiles_detected.json"))
        known = {alert["matched_indicator"]["type"] for alert in alerts if alert["matched_indicator"]}
        self.assertEqual(known, {"domains", "processes", "emails"})
        files = {alert["matched_indicator"]["stix2_file_name"] for alert in alerts if alert["matched_indicator"]}
        self.assertEqual(files, {self.indicators.name})
        self.assertEqual(self.read("info.json")["ioc_files"], [self.indicators.name])
        self.assertLessEqual({"target_path", "mvt_version", "date", "hashes"}, set(self.read("info.json")))

    def test_the_event_of_an_alert_is_a_record_of_its_module(self):
        records = {name.removesuffix(".json"): found for name, found in self.records().items()}
        checked = set()
        for alert in self.read("alerts.json"):
            module, event = alert["module"], alert["event"]
            self.assertFalse(module.startswith("ios.") and module.removeprefix("ios.") in records, module)
            of_module = records.get(module, [])
            of_module = of_module if isinstance(of_module, list) else [of_module]
            if any(set(event) == set(record) for record in of_module):
                self.assertIn(event, of_module)
                checked.add(module)
        self.assertLessEqual({"datausage", "interaction_c", "safari_history", "sms", "whatsapp"}, checked)
        for path in self.export.glob("*_detected.json"):
            self.assertTrue((self.export / path.name.replace("_detected", "")).exists(), path.name)

    def test_links_of_messages_are_listed_with_their_source(self):
        urls = self.read("urls.json")
        planted = {url["source"] for url in urls if support.PLANTED_DOMAIN in url["url"]}
        self.assertEqual(planted, {"sms", "whatsapp"})
        self.assertIn("https://www1.example.org/news/formatted", {url["url"] for url in urls})
        self.assertEqual({url["expanded_url"] for url in urls}, {None})

    def test_the_timeline_is_sorted_and_quoted(self):
        with open(self.export / "timeline.csv", encoding="utf-8", newline="") as file:
            lines = list(csv.reader(file))
        self.assertEqual(lines[0], ["UTC Timestamp", "Plugin", "Event", "Description"])
        times = [line[0] for line in lines[1:]]
        self.assertEqual(times, sorted(times))
        events = {(line[1], line[2]) for line in lines}
        for event in (
            ("SafariHistory", "safari_history"),
            ("SMS", "sms_received"),
            ("TCC", "AccessRequest"),
            ("Datausage", "live_usage"),
            ("InteractionC", "first_incoming_sender_date"),
            ("Manifest", "---B"),
            ("Manifest", "M-C-"),
        ):
            self.assertIn(event, events)
        self.assertNotIn(("Manifest", "M---"), events)

    def test_alerts_with_a_time_stand_in_its_order(self):
        with open(self.export / "alerts_timeline.csv", encoding="utf-8", newline="") as file:
            lines = list(csv.reader(file))
        self.assertEqual(lines[0], ["Event Time", "Module", "Message", "Event"])
        timed = [alert for alert in self.read("alerts.json") if alert["event_time"]]
        self.assertEqual(len(lines) - 1, len(timed))
        self.assertEqual([line[0] for line in lines[1:]], sorted(alert["event_time"] for alert in timed))
        self.assertEqual(
            sorted((line[1], line[2]) for line in lines[1:]), sorted((alert["module"], alert["message"]) for alert in timed)
        )
        records = [json.loads(line[3]) for line in lines[1:]]
        self.assertTrue(all(record in [alert["event"] for alert in timed] for record in records))


class FileSystem(support.Test):
    """What MVT reads in file systems: the sample there is made of the fixtures of the artifacts' own tests."""

    sample_options = ("--file-system",)

    def test_files_and_keys_are_those_that_were_compared_with_mvt(self):
        case, export = self.folder / "a.exhibit", self.folder / "mvt"
        support.run("check", self.sample / "files", "--output", case)
        done = support.run("export", case, export, "--format", "mvt")
        self.assertEqual(done.code, support.GOOD, done.err)
        found = {}
        for path in sorted(export.glob("*.json")):
            if path.name in ("alerts.json", "info.json") or path.name.endswith("_detected.json"):
                continue
            records = json.loads(path.read_text(encoding="utf-8"))
            if isinstance(records, dict) and all(isinstance(value, list) for value in records.values()):
                records = [record for group in records.values() for record in group]
            records = records if isinstance(records, list) else [records]
            found[path.name] = sorted(set().union(*records))
        versions = json.loads((export / "analytics_ios_versions.json").read_text(encoding="utf-8"))
        self.assertEqual(
            versions, [{"isodate": "2023-04-11 10:22:05.250000", "build": "20D47", "version": "16.3"}]
        )
        if os.environ.get("EXHIBIT_UPDATE"):
            KEYS.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        self.maxDiff = None
        self.assertEqual(found, json.loads(KEYS.read_text(encoding="utf-8")))


class Android(support.Test):
    sample_options = ("--android",)

    def test_times_of_crashes_are_in_utc_and_files_tell_where_their_times_come_from(self):
        case, export = self.folder / "a.exhibit", self.folder / "mvt"
        support.run("check", self.sample / "traces" / "androidqf", "--output", case)
        done = support.run("export", case, export, "--format", "mvt")
        self.assertEqual(done.code, support.GOOD, done.err)

        def read(name):
            return json.loads((export / name).read_text(encoding="utf-8"))

        crashes = read("tombstones.json")
        self.assertEqual([crash["timestamp"] for crash in crashes], ["2024-05-01 08:11:12.123456"])
        self.assertIn("extra", crashes[0])
        self.assertTrue(any(alert["event"] in crashes for alert in read("tombstones_detected.json")))
        sources = {file["timestamp_source"] for file in read("bugreport_timestamps.json")}
        self.assertLessEqual(sources, {"filesystem_metadata", "zip_metadata"})


if __name__ == "__main__":
    support.main()
