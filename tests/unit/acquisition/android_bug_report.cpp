#include "android_files.hpp"
#include "support/archive_builder.hpp"
#include "support/temporary_folder.hpp"

#include <cstdlib>

namespace {

using namespace exhibit;
using test::ArchiveForm;
using test::ArchiveMember;
using test::Files;
using test::TemporaryFolder;

std::string const kProperties
    = "------ SYSTEM PROPERTIES (getprop) ------\n[persist.sys.timezone]: [Europe/Berlin]\n"
      "[ro.build.version.release]: [14]\n[ro.product.model]: [Phone 8]\n"
      "[ro.build.version.security_patch]: [2024-04-05]\n"
      "------ 0.1s was the duration of 'SYSTEM PROPERTIES' ------\n";
std::string const kText = std::string(56, '=') + "\n== dumpstate: 2024-05-01 10:11:12\n"
    + std::string(56, '=')
    + "\n\nBuild: AP1A.1\nBuild fingerprint: 'maker/product/device:13/AP1A.1/1:user/release-keys'\n"
    + kProperties + std::string(79, '-') + "\nDUMP OF SERVICE package:\nPackages:\n";

Files const kReport {
    { "main_entry.txt", "bugreport-phone-AP1A.1-2024-05-01-10-11-12.txt" },
    { "version.txt", "2.0" },
    { "bugreport-phone-AP1A.1-2024-05-01-10-11-12.txt", kText },
    { "FS/data/anr/anr_2024-04-30-01-02-03-004", "trace" },
};

Files const kExpected {
    { "@bugreport/main_entry.txt", "bugreport-phone-AP1A.1-2024-05-01-10-11-12.txt" },
    { "@bugreport/version.txt", "2.0" },
    { "@bugreport/bugreport-phone-AP1A.1-2024-05-01-10-11-12.txt", kText },
    { "/data/anr/anr_2024-04-30-01-02-03-004", "trace" },
    { "@dumpstate/system_properties", kProperties },
    { "@dumpsys/package", std::string(79, '-') + "\nDUMP OF SERVICE package:\nPackages:\n" },
};

TEST(AndroidBugReport, folder_zip_tar_and_nested_folders_give_the_same)
{
    TemporaryFolder const folder;
    test::write_files(folder / "report", kReport);
    auto const from_folder = test::opened(folder / "report");
    ASSERT_NE(from_folder, nullptr);
    EXPECT_EQ(from_folder->kind(), AcquisitionKind::android_bugreport);
    EXPECT_EQ(from_folder->description(), "Android bug report of Phone 8, Android 14, in a folder");
    EXPECT_EQ(test::files_of(*from_folder), kExpected);
    for (auto const form : { ArchiveForm::zip_deflated, ArchiveForm::zip_stored, ArchiveForm::tar_gzip })
        for (std::string const prefix : { "", "a/", "a/b/" }) {
            test::archive_folder(folder / "report", folder / "archive", form, prefix);
            auto const acquisition = test::opened(folder / "archive");
            ASSERT_NE(acquisition, nullptr);
            EXPECT_EQ(test::files_of(*acquisition), kExpected) << prefix;
        }
}

TEST(AndroidBugReport, the_zip_inside_another_zip_is_read)
{
    TemporaryFolder const folder;
    test::write_files(folder / "report", kReport);
    std::filesystem::create_directory(folder / "outer");
    test::archive_folder(folder / "report", folder / "outer/bugreport-x.zip", ArchiveForm::zip_deflated);
    for (auto const form : { ArchiveForm::zip_deflated, ArchiveForm::tar }) {
        test::archive_folder(folder / "outer", folder / "archive", form);
        auto const acquisition = test::opened(folder / "archive");
        ASSERT_NE(acquisition, nullptr);
        EXPECT_EQ(test::files_of(*acquisition), kExpected);
    }
}

TEST(AndroidBugReport, of_two_zips_inside_another_one_has_to_be_named)
{
    TemporaryFolder const folder;
    test::write_files(folder / "report", kReport);
    std::filesystem::create_directory(folder / "outer");
    for (auto const* const name : { "bugreport-a.zip", "bugreport-b.zip" })
        test::archive_folder(folder / "report", folder / "outer" / name, ArchiveForm::zip_deflated);
    test::archive_folder(folder / "outer", folder / "archive.zip", ArchiveForm::zip_deflated);
    auto const refused = open_acquisition(folder / "archive.zip", {});
    ASSERT_FALSE(refused.has_value());
    EXPECT_TRUE(refused.error().message.contains("bugreport-a.zip, bugreport-b.zip"));
    EXPECT_TRUE(refused.error().advice.contains("unpack it, and name the zip to examine"));
}

std::vector<std::string> others_named(std::filesystem::path const& path)
{
    std::vector<std::string> others;
    auto const acquisition = test::opened(path);
    for (auto const& problem : acquisition->problems())
        if (problem.message.contains("it was not examined"))
            others.push_back(problem.stored);
    return others;
}

TEST(AndroidBugReport, other_reports_beside_and_below_are_named_as_not_examined)
{
    TemporaryFolder const folder;
    test::write_files(folder / "texts",
        { { "bugreport-a.txt", kText }, { "bugreport-b.txt", kText + "more\n" }, { "c.log", kText },
            { "words.txt", "words\n" } });
    EXPECT_EQ(others_named(folder / "texts"), (std::vector<std::string> { "bugreport-a.txt", "c.log" }));
    test::write_files(folder / "zip", { { "bugreport-a.txt", kText } });
    test::archive_folder(folder / "texts", folder / "zip" / "x.zip", ArchiveForm::zip_deflated, "");
    EXPECT_EQ(others_named(folder / "zip"), std::vector<std::string> { "x.zip" });
    test::write_files(folder / "below", { { "bugreport-a.txt", kText } });
    test::write_files(folder / "below" / "phone2", kReport);
    EXPECT_EQ(others_named(folder / "below"), std::vector<std::string> { "phone2" });
    test::write_files(folder / "report", kReport);
    EXPECT_TRUE(others_named(folder / "report").empty());
}

TEST(AndroidBugReport, names_in_other_spellings_and_names_that_tell_nothing_hide_no_report)
{
    TemporaryFolder const folder;
    test::write_files(folder / "report", kReport);
    for (std::string const name : { "BUGREPORT.ZIP", "Bugreport-x.zip", "FS.zip" }) {
        std::filesystem::create_directory(folder / name);
        test::archive_folder(folder / "report", folder / name / name, ArchiveForm::zip_deflated);
        test::archive_folder(folder / name, folder / "archive", ArchiveForm::zip_deflated);
        auto const acquisition = test::opened(folder / "archive");
        ASSERT_NE(acquisition, nullptr) << name;
        EXPECT_EQ(test::files_of(*acquisition), kExpected) << name;
    }
    for (std::string const name : { "dumpState_G991B_2024.txt", "dumpstate_G991B.log", "bugreport_2024.txt",
             "Bugreport-2024.txt", "from my phone.txt" }) {
        auto const place = folder / (name + " in a folder");
        test::write_files(place, { { name, kText }, { "notes.txt", "on the phone" } });
        auto const acquisition = test::opened(place);
        ASSERT_NE(acquisition, nullptr) << name;
        EXPECT_EQ(acquisition->kind(), AcquisitionKind::android_bugreport) << name;
        EXPECT_EQ(test::files_of(*acquisition).at("@dumpsys/package"), kExpected.at("@dumpsys/package"));
    }
}

TEST(AndroidBugReport, the_time_zone_comes_from_services_where_no_property_tells_it)
{
    TemporaryFolder const folder;
    std::string const ruler(79, '-');
    std::string const alarm = ruler
        + "\nDUMP OF SERVICE alarm:\n  nowRTC=1714551072345=2024-05-01 03:11:12.345 nowELAPSED=1000\n";
    test::write_files(folder.path(),
        { { "alarm.txt", alarm },
            { "both.txt",
                alarm + ruler
                    + "\nDUMP OF SERVICE time_zone_detector:\n  getDeviceTimeZone()=America/Denver\n" },
            { "neither.txt",
                ruler + "\nDUMP OF SERVICE alarm:\n  nowRTC=1714551072345=2024-05-01 03:18:12\n" } });
    auto const zone_of = [&](std::string const& name) {
        auto const acquisition = test::opened(folder / name);
        return acquisition == nullptr ? "refused" : test::fact_of(*acquisition, "device.time_zone");
    };
    EXPECT_EQ(zone_of("alarm.txt"), "GMT-05:00");
    EXPECT_EQ(zone_of("both.txt"), "America/Denver");
    EXPECT_EQ(zone_of("neither.txt"), "");
    EXPECT_TRUE(test::problems_of(*test::opened(folder / "alarm.txt")).contains("no time zone is named"));
}

TEST(AndroidBugReport, the_text_alone_is_read_plain_and_compressed)
{
    TemporaryFolder const folder;
    test::write_files(folder.path(), { { "dump.txt", kText } });
    auto const acquisition = test::opened(folder / "dump.txt");
    ASSERT_NE(acquisition, nullptr);
    auto expected = kExpected;
    std::erase_if(expected, [](auto const& file) { return !file.first.starts_with("@dump"); });
    EXPECT_EQ(test::files_of(*acquisition), expected);
    EXPECT_EQ(acquisition->kind(), AcquisitionKind::android_bugreport);
}

TEST(AndroidBugReport, facts_come_from_the_properties_and_else_from_the_banner)
{
    TemporaryFolder const folder;
    test::write_files(folder / "report", kReport);
    auto const acquisition = test::opened(folder / "report");
    ASSERT_NE(acquisition, nullptr);
    EXPECT_EQ(test::fact_of(*acquisition, "device.time_zone"), "Europe/Berlin");
    EXPECT_EQ(test::fact_of(*acquisition, "device.security_patch"), "2024-04-05");
    EXPECT_EQ(test::fact_of(*acquisition, "device.build_version"), "AP1A.1");
    EXPECT_EQ(test::fact_of(*acquisition, "acquisition.local_time"), "2024-05-01 10:11:12");
    EXPECT_EQ(test::fact_of(*acquisition, "device.build_fingerprint"),
        "maker/product/device:13/AP1A.1/1:user/release-keys");
}

TEST(AndroidBugReport, missing_sections_are_named)
{
    TemporaryFolder const folder;
    test::write_files(folder / "report", kReport);
    auto const acquisition = test::opened(folder / "report");
    ASSERT_NE(acquisition, nullptr);
    EXPECT_EQ(test::problems_of(*acquisition),
        "the dump has no section: activity, appops, accessibility, batterystats, device_policy, settings, "
        "processes_and_threads\n");
    auto stripped = kReport;
    stripped["bugreport-phone-AP1A.1-2024-05-01-10-11-12.txt"] = "nothing";
    test::write_files(folder / "stripped", stripped);
    auto const nothing = test::opened(folder / "stripped");
    ASSERT_NE(nothing, nullptr);
    EXPECT_TRUE(test::problems_of(*nothing).starts_with("! the dump has no section: package, "))
        << test::problems_of(*nothing);
}

TEST(AndroidBugReport, the_name_of_the_main_text_leads_nowhere_else)
{
    TemporaryFolder const folder;
    auto report = kReport;
    report["main_entry.txt"] = "../secret.txt";
    report["../secret.txt"] = kText + "secret";
    test::write_files(folder / "report", report);
    auto const acquisition = test::opened(folder / "report");
    ASSERT_NE(acquisition, nullptr);
    auto const files = test::files_of(*acquisition);
    EXPECT_EQ(files.at("@dumpsys/package"), kExpected.at("@dumpsys/package"));
}

TEST(AndroidBugReport, a_report_without_a_main_text_gives_its_files)
{
    TemporaryFolder const folder;
    auto report = kReport;
    report.erase("bugreport-phone-AP1A.1-2024-05-01-10-11-12.txt");
    test::write_files(folder / "report", report);
    auto const acquisition = test::opened(folder / "report");
    ASSERT_NE(acquisition, nullptr);
    EXPECT_EQ(test::files_of(*acquisition).size(), 3U);
    EXPECT_TRUE(test::problems_of(*acquisition).starts_with("! the bug report has no main text"));
}

TEST(AndroidBugReport, names_that_lead_out_are_left_out_and_counted)
{
    TemporaryFolder const folder;
    test::write_archive(folder / "report.zip", ArchiveForm::zip_stored,
        {
            { .name = "main_entry.txt", .content = "../../etc/passwd" },
            { .name = "FS/../../etc/passwd", .content = "x" },
            { .name = "FS/data/anr/link", .kind = EntryKind::link, .target = "/etc/passwd" },
            { .name = "bugreport-x.txt", .content = kText },
        });
    auto const acquisition = test::opened(folder / "report.zip");
    ASSERT_NE(acquisition, nullptr);
    EXPECT_EQ(test::files_of(*acquisition).size(), 4U); // Two files and two sections.
    EXPECT_TRUE(test::problems_of(*acquisition).contains("! a name in the archive leads out of it"));
}

TEST(AndroidBugReport, times_are_those_of_the_devices_clock)
{
    TemporaryFolder const folder;
    test::write_files(folder / "report", kReport);
    test::archive_folder(folder / "report", folder / "report.zip", ArchiveForm::zip_stored);
    for (auto const* const name : { "report", "report.zip" }) {
        auto const acquisition = test::opened(folder / name);
        ASSERT_NE(acquisition, nullptr);
        EXPECT_TRUE(acquisition->visit([&](EntryView const& view) {
            if (view.path.starts_with("/data/anr/anr")) {
                EXPECT_FALSE(view.modified.has_value());
                EXPECT_EQ(view.wall_clock.has_value(), std::string_view { name } == "report.zip");
            }
            return true;
        }));
    }
}

TEST(AndroidBugReport, real_reports_are_recognized)
{
    auto const* const data = std::getenv("EXHIBIT_TEST_DATA");
    if (data == nullptr)
        GTEST_SKIP() << "EXHIBIT_TEST_DATA is not set";
    std::filesystem::path const root { data };
    for (auto const& [name, section] : std::map<std::string, std::string> {
             { "aosp-winscope/bugreport_stripped.zip", "/data/misc/logd/logcat" },
             { "mvt-fixtures/android_data/bugreport", "@dumpsys/appops" },
             { "andlogview/emulator_api34.minimized.dump", "@dumpstate/process_times" },
             { "andlogview/emulator_nougat.minimized.with-time-travel.dump", "@dumpstate/system_log" },
             { "andlogview/galaxy_nexus_jbmr2.minimized.dump", "@dumpstate/system_log" },
             { "chkbugreport/bugreport_aidldeadlock.txt", "@dumpstate/system_properties" },
             { "chkbugreport/bugreport_hybriddeadlock.txt", "@dumpsys/package" },
             { "chkbugreport/bugreport_deadlock.txt", "@dumpsys/package" } }) {
        SCOPED_TRACE(name);
        auto const acquisition = test::opened(root / name);
        ASSERT_NE(acquisition, nullptr);
        EXPECT_EQ(acquisition->kind(), AcquisitionKind::android_bugreport);
        EXPECT_TRUE(test::files_of(*acquisition).contains(section));
    }
    auto const stripped = test::opened(root / "aosp-winscope/bugreport_stripped.zip");
    EXPECT_TRUE(test::problems_of(*stripped).contains("! the dump has no section: package"));
    EXPECT_EQ(test::fact_of(*stripped, "acquisition.local_time"), "2023-05-30 14:33:48");
}

} // namespace
