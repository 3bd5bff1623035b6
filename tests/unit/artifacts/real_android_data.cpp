// Counts of public sample data of Android, where EXHIBIT_TEST_DATA names a folder that holds it.
#include "artifact/registry.hpp"
#include "support/fixture.hpp"
#include "support/recorder.hpp"

#include <algorithm>
#include <cstdlib>
#include <gtest/gtest.h>

namespace exhibit {
namespace {

class RealAndroidData : public testing::Test {
protected:
    void SetUp() override
    {
        auto const* folder = std::getenv("EXHIBIT_TEST_DATA"); // NOLINT(concurrency-mt-unsafe)
        if (folder == nullptr)
            GTEST_SKIP() << "EXHIBIT_TEST_DATA is not set";
        m_folder = folder;
    }

    /// Reads a file of the sample data as if it had lain at `path`.
    std::unique_ptr<test::Recorder> read(
        std::string_view id, std::string const& file, std::string_view path, bool succeeds = true) const
    {
        auto const* artifact = find_artifact(id);
        EXPECT_NE(artifact, nullptr);
        auto recorder = std::make_unique<test::Recorder>(*artifact);
        auto const content = test::slurp(m_folder / file);
        MemorySource const source { as_bytes(content) };
        Input input;
        input.path = path;
        input.stored = path;
        input.source = &source;
        auto const result = artifact->parse(input, *recorder);
        EXPECT_EQ(result.has_value(), succeeds) << file;
        return recorder;
    }

private:
    std::filesystem::path m_folder;
};

using Values = std::vector<std::string>;

TEST_F(RealAndroidData, accessibility_services_in_both_grammars)
{
    std::string const folder = "mvt-fixtures/android_data/";
    auto const old
        = read("android.accessibility", folder + "dumpsys_accessibility.txt", "@dumpsys/accessibility");
    auto const states = old->values("android_accessibility_service", "state");
    EXPECT_EQ(std::ranges::count(states, "installed"), 4);
    auto const recent = read(
        "android.accessibility", folder + "dumpsys_accessibility_v14_or_later.txt", "@dumpsys/accessibility");
    auto const packages = recent->values("android_accessibility_service", "package");
    EXPECT_EQ(std::ranges::count(packages, "com.malware.accessibility"), 1);
}

TEST_F(RealAndroidData, computers_trusted_for_adb)
{
    std::string const folder = "mvt-fixtures/android_data/";
    auto const text = read("android.adb_keys", folder + "dumpsys_adb_xml.txt", "@dumpsys/adb");
    auto const fingerprints = text->values("android_adb_key", "fingerprint");
    EXPECT_EQ(std::ranges::count(fingerprints, "F0:0B:27:08:E3:68:7B:FA:4C:79:A2:B4:BF:0E:CF:70"), 2);
    auto const times = text->values("android_adb_key", "last_connected");
    EXPECT_TRUE(
        std::ranges::any_of(times, [](auto const& time) { return time.contains("(1628501829898)"); }));
    for (auto const* name : { "dumpsys_adb.txt", "dumpsys_adb_wifi.txt" }) {
        auto const binary = read("android.adb_keys", folder + name, "@dumpsys/adb");
        auto const owners = binary->values("android_adb_key", "owner");
        EXPECT_EQ(std::ranges::count(owners, "user@linux"), 2) << name;
    }
}

TEST_F(RealAndroidData, app_operations)
{
    auto const rows
        = read("android.app_ops", "mvt-fixtures/android_data/dumpsys_appops.txt", "@dumpsys/appops");
    auto packages = rows->values("android_app_op", "package");
    std::erase(packages, "");
    std::ranges::sort(packages);
    packages.erase(std::ranges::unique(packages).begin(), packages.end());
    EXPECT_EQ(packages.size(), 13U);
    auto const operations = rows->values("android_app_op", "operation");
    EXPECT_EQ(operations.front(), "MANAGE_IPSEC_TUNNELS");
}

TEST_F(RealAndroidData, battery_history_and_days)
{
    std::string const file = "mvt-fixtures/android_data/dumpsys_battery.txt";
    EXPECT_EQ(read("android.battery_daily", file, "@dumpsys/batterystats")->count("android_package_day"), 3U);
    auto const history = read("android.battery_history", file, "@dumpsys/batterystats");
    auto const events = history->values("android_battery_event", "event");
    EXPECT_EQ(std::ranges::count(events, "job"), 2);
    EXPECT_EQ(std::ranges::count(events, "top"), 4);
}

TEST_F(RealAndroidData, databases_packages_overrides_properties_and_processes)
{
    std::string const folder = "mvt-fixtures/android_data/";
    EXPECT_EQ(read("android.database_activity", folder + "dumpsys_dbinfo.txt", "@dumpsys/dbinfo")
                  ->count("android_database_operation"),
        5U);
    auto const packages = read("android.packages", folder + "dumpsys_packages.txt", "@dumpsys/package");
    EXPECT_EQ(packages->count("android_package"), 2U);
    EXPECT_EQ(packages->values("android_package", "version_name").front(), "5.0.07");
    auto const overrides
        = read("android.platform_compat", folder + "dumpsys_platform_compat.txt", "@dumpsys/platform_compat");
    EXPECT_EQ(overrides->values("android_compat_override", "package"),
        (Values { "org.torproject.torbrowser", "org.article19.circulo.next" }));
    EXPECT_EQ(read("android.properties", folder + "getprop.txt", "@androidqf/getprop.txt")
                  ->count("android_property"),
        13U);
    EXPECT_EQ(
        read("android.processes", folder + "ps.txt", "@androidqf/ps.txt")->count("android_process"), 17U);
}

TEST_F(RealAndroidData, text_and_protobuf_tell_the_same_crash)
{
    std::string const file = "mvt-fixtures/android_data/tombstone_process";
    auto const text = read("android.tombstones", file + ".txt", "/data/tombstones/tombstone_00");
    auto const binary = read("android.tombstones", file + ".pb", "/data/tombstones/tombstone_00.pb");
    for (auto const* column : { "pid", "tid", "uid", "thread_name" })
        EXPECT_EQ(text->values("android_tombstone", column), binary->values("android_tombstone", column))
            << column;
    EXPECT_EQ(binary->values("android_tombstone", "uid"), Values { "1046" });
    EXPECT_EQ(binary->values("android_tombstone", "pid"), Values { "25541" });
    EXPECT_EQ(binary->values("android_tombstone", "thread_name"), Values { "mtk.ape.decoder" });
    EXPECT_EQ(binary->values("android_tombstone", "cause"), Values { "null pointer dereference" });
}

TEST_F(RealAndroidData, crashes_of_a_phone_with_android_8)
{
    std::string const folder = "tombstones/leila16/";
    auto const dump = read("android.tombstones", folder + "tombstone_00", "/data/tombstones/tombstone_00");
    EXPECT_EQ(dump->values("android_tombstone", "pid"), Values { "9611" });
    auto const browser = read("android.tombstones", folder + "tombstone_01", "/data/tombstones/tombstone_01");
    EXPECT_EQ(
        browser->values("android_tombstone", "process"), Values { "com.android.chrome:privileged_process1" });
    EXPECT_EQ(browser->values("android_tombstone", "pid"), Values { "4330" });
    EXPECT_EQ(browser->values("android_tombstone", "tid"), Values { "4387" });
    EXPECT_EQ(browser->values("android_tombstone", "signal_code_name"), Values { "SEGV_MAPERR" });
    auto const second = read("android.tombstones", folder + "tombstone_02", "/data/tombstones/tombstone_02");
    EXPECT_EQ(second->values("android_tombstone", "pid"), Values { "11553" });
    EXPECT_EQ(second->values("android_tombstone", "tid"), Values { "11579" });
}

TEST_F(RealAndroidData, a_crash_without_a_time_is_still_a_crash)
{
    std::string const folder = "mvt-history/bugreport_tombstones/";
    for (auto const* name : { "tombstone_empty_timestamp.pb", "tombstone_empty_timestamp_with_threads.pb",
             "tombstone_whitespace_timestamp.pb" }) {
        auto const rows = read("android.tombstones", folder + name, "/data/tombstones/tombstone_00.pb");
        EXPECT_EQ(rows->count("android_tombstone"), 1U) << name;
    }
    auto const empty = read(
        "android.tombstones", folder + "tombstone_empty_file.pb", "/data/tombstones/tombstone_00.pb", false);
    EXPECT_EQ(empty->count("android_tombstone"), 0U);
}

TEST_F(RealAndroidData, lists_that_androidqf_wrote_as_protobuf)
{
    std::string const folder = "mvt-history/androidqf/";
    EXPECT_EQ(
        read("android.mounts", folder + "mounts.pb", "@androidqf/mounts.pb")->count("android_mount"), 3U);
    EXPECT_EQ(read("android.androidqf_files", folder + "files.pb", "@androidqf/files.pb")
                  ->count("android_androidqf_file"),
        3U);
    EXPECT_EQ(read("android.root_binaries", folder + "root_binaries.pb", "@androidqf/root_binaries.pb")
                  ->values("android_root_binary", "file_name"),
        (Values { "su", "busybox", "magisk", "magiskhide" }));
    auto const packages
        = read("android.androidqf_packages", folder + "packages.pb", "@androidqf/packages.pb");
    EXPECT_EQ(packages->count("android_androidqf_package"), 7U);
    auto const names = packages->values("android_androidqf_package", "package");
    EXPECT_EQ(std::ranges::count(names, "com.malware.muahaha"), 1);
    auto const digests = packages->values("android_androidqf_package_file", "certificate_sha256");
    EXPECT_EQ(digests.front(), "3987d043d10aefaf5a8710b3671418fe57e0e19b653c9df82558feb5ffce5d44");
}

TEST_F(RealAndroidData, logs_in_every_form)
{
    auto const count = [&](std::string const& file) {
        return read("android.logcat", file, "@androidqf/logcat.txt")->count("android_log_message");
    };
    EXPECT_EQ(count("plaso/android_logcat.log"), 8U);
    auto const threadtime = count("andlogview/galaxy_nexus_jbmr2_threadtime.log");
    EXPECT_EQ(threadtime, 9U);
    EXPECT_EQ(count("andlogview/galaxy_nexus_jbmr2_brief.log"), threadtime);
    EXPECT_EQ(count("andlogview/galaxy_nexus_jbmr2_time.log"), threadtime);
    EXPECT_GT(count("andlogview/emulator_api31_long.log"), 10U);
    EXPECT_GT(count("andlogview/emulator_cupcake_android_studio.log"), 10U);
}

TEST_F(RealAndroidData, databases_of_calls_downloads_and_the_battery)
{
    std::string const data = "/data/data/com.android.providers.";
    auto const calls
        = read("android.calls", "plaso/android/contacts2.db", data + "contacts/databases/contacts2.db");
    EXPECT_EQ(calls->values("android_call", "call_kind"), (Values { "3", "2", "1" }));
    auto const downloads
        = read("android.downloads", "plaso/android/downloads.db", data + "downloads/databases/downloads.db");
    EXPECT_EQ(downloads->count("android_download"), 11U);
    auto const battery = read("android.charging", "plaso/android/turbo.db",
        "/data/data/com.google.android.apps.turbo/databases/turbo.db");
    EXPECT_EQ(battery->count("android_battery_level"), 2717U);
}

} // namespace
} // namespace exhibit
