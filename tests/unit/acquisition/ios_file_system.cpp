#include "acquisition/acquisition.hpp"
#include "support/archive_builder.hpp"
#include "support/plist_builder.hpp"
#include "support/temporary_folder.hpp"

#include <algorithm>
#include <fstream>
#include <gtest/gtest.h>
#include <map>

namespace {

using namespace exhibit;
using test::ArchiveForm;
using test::ArchiveMember;
using test::Plist;
using test::TemporaryFolder;

std::string const kVersion = test::to_xml_plist(
    Plist::dictionary({ { "ProductVersion", "16.3" }, { "ProductBuildVersion", "20D47" } }));

/// Path on the device and content of every file.
std::map<std::string, std::string> files_of(
    std::filesystem::path const& path, std::string* description = nullptr)
{
    std::map<std::string, std::string> files;
    auto const acquisition = open_acquisition(path, {});
    EXPECT_TRUE(acquisition.has_value()) << (acquisition ? "" : acquisition.error().message);
    if (!acquisition)
        return files;
    EXPECT_EQ((*acquisition)->kind(), AcquisitionKind::ios_file_system);
    if (description != nullptr)
        *description = (*acquisition)->description();
    EXPECT_TRUE((*acquisition)->visit([&](EntryView const& view) {
        if (view.kind == EntryKind::file)
            files[std::string { view.path }]
                = as_text(read_all(*(*acquisition)->open(Entry { view }).value(), 1U << 20U).value().bytes());
        return true;
    }));
    return files;
}

std::map<std::string, std::string> const kExpected {
    { "/System/Library/CoreServices/SystemVersion.plist", kVersion },
    { "/private/var/db/x", "db" },
    { "/private/var/mobile/Library/SMS/sms.db", "sms" },
};

std::vector<ArchiveMember> members(std::string const& system, std::string const& data)
{
    return {
        { .name = system + "System/Library/CoreServices/SystemVersion.plist", .content = kVersion },
        { .name = data + "mobile/Library/SMS/sms.db", .content = "sms" },
        { .name = data + "db/x", .content = "db" },
    };
}

std::vector<std::string> others_named(std::filesystem::path const& path)
{
    std::vector<std::string> folders;
    auto const acquisition = open_acquisition(path, {});
    EXPECT_TRUE(acquisition.has_value());
    for (auto const& problem : (*acquisition)->problems())
        if (problem.message.contains("another acquisition") && !problem.damage)
            folders.push_back(problem.stored);
    return folders;
}

TEST(IosFileSystem, another_acquisition_in_a_folder_below_is_named_as_not_examined)
{
    TemporaryFolder const folder;
    auto both = members("", "private/var/");
    both.push_back({ .name = "old/backup/Manifest.db", .content = "x" });
    test::write_archive(folder / "both.zip", ArchiveForm::zip_stored, both);
    EXPECT_EQ(others_named(folder / "both.zip"), std::vector<std::string> { "old/backup" });
    test::write_archive(
        folder / "mounts.zip", ArchiveForm::zip_stored, members("filesystem1/", "filesystem2/"));
    EXPECT_TRUE(others_named(folder / "mounts.zip").empty());
}

TEST(IosFileSystem, every_known_layout_gives_the_same_paths)
{
    TemporaryFolder const folder;
    for (auto const& [system, data] : std::vector<std::pair<std::string, std::string>> {
             { "", "private/var/" },
             { "/", "/private/var/" },
             { "./", "./private/var/" },
             { "dump/", "dump/private/var/" },
             { "a/b/", "a/b/private/var/" },
             { "filesystem1/", "filesystem2/" },
             { "x/filesystem1/", "x/filesystem2/" },
             { "filesystem1/", "filesystem1/private/var/" },
             { "", "var/" },
         }) {
        SCOPED_TRACE(system + " " + data);
        for (auto const form : { ArchiveForm::zip_deflated, ArchiveForm::tar, ArchiveForm::tar_gzip }) {
            test::write_archive(folder / "image", form, members(system, data));
            std::string description;
            EXPECT_EQ(files_of(folder / "image", &description), kExpected);
            EXPECT_TRUE(description.starts_with("part of an iOS file system, iOS 16.3, in a "))
                << description;
            EXPECT_TRUE(description.ends_with(": /private/var/db, /private/var/mobile/Library, /System")
                || description.ends_with(": /System, /private/var/db, /private/var/mobile/Library"))
                << description;
        }
    }
}

TEST(IosFileSystem, an_archive_whose_files_all_have_one_time_is_a_copy_of_a_copy)
{
    TemporaryFolder const folder;
    auto const is_of_copy = [&](ArchiveForm form, std::int64_t step) {
        auto all = members("", "private/var/");
        for (int i = 0; i != 40; ++i)
            all.push_back({ .name = "private/var/mobile/" + std::to_string(i), .content = "x" });
        for (std::size_t i = 0; i != all.size(); ++i)
            all[i].modified += static_cast<std::int64_t>(i) * step;
        all.back().modified -= 500'000'000; // One file may be of any time.
        test::write_archive(folder / "archive", form, all);
        auto const acquisition = open_acquisition(folder / "archive", {}).value();
        bool const is_fact = std::ranges::any_of(
            acquisition->facts(), [](Fact const& fact) { return fact.name == "container.times"; });
        EXPECT_EQ(is_fact, std::ranges::any_of(acquisition->problems(), [](Problem const& problem) {
            return !problem.damage && problem.message.contains("the times of files date nothing");
        }));
        return is_fact;
    };
    for (auto const form : { ArchiveForm::tar, ArchiveForm::tar_gzip, ArchiveForm::zip_deflated }) {
        EXPECT_TRUE(is_of_copy(form, 2));
        EXPECT_FALSE(is_of_copy(form, 3600));
    }
}

TEST(IosFileSystem, what_was_not_found_may_be_in_the_part_of_an_archive_that_was_cut_off)
{
    TemporaryFolder const folder;
    for (auto const form : { ArchiveForm::tar, ArchiveForm::zip_deflated }) {
        auto all = members("", "private/var/");
        for (int i = 0; i != 40; ++i)
            all.push_back(
                { .name = "private/var/mobile/" + std::to_string(i), .content = std::string(2000, 'x') });
        test::write_archive(folder / "archive", form, all);
        auto const hides = [&] {
            auto const acquisition = open_acquisition(folder / "archive", {});
            return acquisition && std::ranges::any_of((*acquisition)->problems(), &Problem::hides);
        };
        EXPECT_FALSE(hides());
        std::filesystem::resize_file(
            folder / "archive", std::filesystem::file_size(folder / "archive") * 6 / 10);
        EXPECT_TRUE(hides());
    }
}

TEST(IosFileSystem, the_data_partition_alone_is_enough)
{
    TemporaryFolder const folder;
    std::filesystem::create_directories(folder / "var/mobile/Library/SMS");
    std::filesystem::create_directories(folder / "var/db");
    std::ofstream { folder / "var/mobile/Library/SMS/sms.db" } << "sms";
    std::ofstream { folder / "var/db/x" } << "db";
    auto expected = kExpected;
    expected.erase("/System/Library/CoreServices/SystemVersion.plist");
    EXPECT_EQ(files_of(folder / "var"), expected);
    EXPECT_EQ(files_of(folder.path()), expected);
}

std::string fact_of(Acquisition const& acquisition, std::string_view name)
{
    for (auto const& fact : acquisition.facts())
        if (fact.name == name)
            return fact.value;
    return {};
}

struct Part {
    std::string stored;
    std::string path;
    std::string description;
};

TEST(IosFileSystem, a_part_is_opened_and_said_to_be_one)
{
    std::vector<Part> const parts {
        { "private/var/preferences/com.apple.networkextension.plist",
            "/private/var/preferences/com.apple.networkextension.plist", "/private/var/preferences" },
        { "x/private/var/preferences/SystemConfiguration/preferences.plist",
            "/private/var/preferences/SystemConfiguration/preferences.plist", "/private/var/preferences" },
        { "var/wireless/Library/Databases/DataUsage.sqlite",
            "/private/var/wireless/Library/Databases/DataUsage.sqlite", "/private/var/wireless" },
        { "wireless/Library/Databases/DataUsage.sqlite",
            "/private/var/wireless/Library/Databases/DataUsage.sqlite", "/private/var/wireless" },
        { "db/diagnostics/shutdown.log", "/private/var/db/diagnostics/shutdown.log", "/private/var/db" },
        { "root/Library/Lockdown/pair_records/x.plist",
            "/private/var/root/Library/Lockdown/pair_records/x.plist", "/private/var/root" },
        { "private/var/mobile/Library/Keyboard/x", "/private/var/mobile/Library/Keyboard/x",
            "/private/var/mobile/Library" },
        { "mobile/Library/Safari/History.db", "/private/var/mobile/Library/Safari/History.db",
            "/private/var/mobile/Library" },
        { "Library/SMS/sms.db", "/private/var/mobile/Library/SMS/sms.db", "/private/var/mobile/Library" },
        { "a/b/Containers/Data/Application/A/x", "/private/var/mobile/Containers/Data/Application/A/x",
            "/private/var/mobile/Containers" },
        { "filesystem2/preferences/SystemConfiguration/x", "/private/var/preferences/SystemConfiguration/x",
            "/private/var/preferences" },
        { "filesystem1/private/var/installd/Library/x", "/private/var/installd/Library/x",
            "/private/var/installd" },
        { "filesystem2/mobile/Library/Keyboard/app_usage_database.plist",
            "/private/var/mobile/Library/Keyboard/app_usage_database.plist", "/private/var/mobile/Library" },
        { "filesystem2/mobile/Library/SMS/sms.db", "/private/var/mobile/Library/SMS/sms.db",
            "/private/var/mobile/Library" },
    };
    for (auto const& part : parts) {
        SCOPED_TRACE(part.stored);
        TemporaryFolder const folder;
        std::vector<ArchiveMember> const members { { .name = part.stored, .content = "x" } };
        std::filesystem::create_directories((folder / "tree" / part.stored).parent_path());
        std::ofstream { folder / "tree" / part.stored } << "x";
        test::write_archive(folder / "zip", ArchiveForm::zip_deflated, members);
        test::write_archive(folder / "tar", ArchiveForm::tar, members);
        for (std::string const form : { "tree", "zip", "tar" }) {
            std::string description;
            EXPECT_EQ(files_of(folder / form, &description),
                (std::map<std::string, std::string> { { part.path, "x" } }));
            EXPECT_TRUE(description.starts_with("part of an iOS file system, in a ")) << description;
            EXPECT_TRUE(description.ends_with(": " + part.description)) << description;
        }
        auto const acquisition = open_acquisition(folder / "zip", {});
        ASSERT_TRUE(acquisition.has_value());
        EXPECT_EQ(fact_of(**acquisition, "file_system.parts"), part.description);
        auto const problems = (*acquisition)->problems();
        ASSERT_EQ(problems.size(), 1U);
        EXPECT_FALSE(problems[0].damage);
        EXPECT_TRUE(problems[0].message.starts_with("only a part of the phone's file system is here: "));
    }
}

std::vector<std::string> const kWanted { "/private/var/db/dhcpclient/leases/*",
    "/private/var/**/Biome/streams/**", "/private/var/logs/lockdownd.log*", "/data/system/packages.xml",
    "/private/var/.fseventsd/*", "/**/Cache.db", "/private/var/tmp/**", "/private/var/logs/**",
    "/private/var/root/**", "/private/var/mobile/Media/**", "/private/var/db/*/*",
    "/private/var/mobile/Library/*" };

/// What a container with this one file is opened as.
std::string opened_as(std::string const& stored, std::vector<std::string> const& beside = {})
{
    TemporaryFolder const folder;
    std::vector<ArchiveMember> members { { .name = stored, .content = "x" } };
    for (auto const& name : beside)
        members.push_back({ .name = name, .content = "x" });
    test::write_archive(folder / "zip", ArchiveForm::zip_deflated, members);
    OpenOptions options;
    options.wanted = kWanted;
    auto const acquisition = open_acquisition(folder / "zip", options);
    if (!acquisition)
        return "refused: " + acquisition.error().message;
    std::string paths;
    EXPECT_TRUE((*acquisition)->visit([&](EntryView const& view) {
        if (view.kind == EntryKind::file)
            paths += std::string { view.path } + ' ';
        return true;
    }));
    return paths;
}

TEST(IosFileSystem, one_file_that_an_artifact_wants_is_enough)
{
    std::string const lease = "/private/var/db/dhcpclient/leases/en0 ";
    EXPECT_EQ(opened_as("private/var/db/dhcpclient/leases/en0"), lease);
    EXPECT_EQ(opened_as("a/b/c/private/var/db/dhcpclient/leases/en0"), lease);
    EXPECT_EQ(opened_as("var/db/dhcpclient/leases/en0"), lease);
    EXPECT_EQ(opened_as("db/dhcpclient/leases/en0"), lease);
    EXPECT_EQ(opened_as("filesystem2/db/dhcpclient/leases/en0"), lease);
    EXPECT_EQ(opened_as("logs/lockdownd.log.1"), "/private/var/logs/lockdownd.log.1 ");
    EXPECT_EQ(opened_as("private/var/tmp/x"), "/private/var/tmp/x ");
    EXPECT_EQ(opened_as("var/mobile/Media/x"), "/private/var/mobile/Media/x ");
    EXPECT_EQ(opened_as("case/root/private/var/db/dhcpclient/leases/en0"), lease);
    EXPECT_EQ(opened_as("private/var/db/Biome/streams/public/App.InFocus/local/1"),
        "/private/var/db/Biome/streams/public/App.InFocus/local/1 ");
}

TEST(IosFileSystem, what_was_copied_over_usb_is_known_without_its_folders)
{
    TemporaryFolder const folder;
    auto const report_of = [](std::string const& system) {
        return R"({"app_name":"x","bug_type":"309","os_version":")" + system + "\"}\n{}";
    };
    auto const report = report_of("iPhone OS 16.3 (20D47)");
    auto const of_mac = report_of("macOS 13.2 (22D49)");
    std::string const reports = "/private/var/mobile/Library/Logs/CrashReporter/";
    auto const write = [&](std::vector<ArchiveMember> const& files) {
        test::write_archive(folder / "image", ArchiveForm::zip_deflated, files);
        return folder / "image";
    };
    EXPECT_EQ(files_of(write({ { .name = "a/Retired/x-1.ips", .content = report },
                  { .name = "a/y-2.ips.synced", .content = report } })),
        (std::map<std::string, std::string> {
            { reports + "Retired/x-1.ips", report }, { reports + "y-2.ips.synced", report } }));
    EXPECT_EQ(files_of(write({ { .name = "DCIM/100APPLE/a.png", .content = "png" },
                  { .name = "PhotoData/Photos.sqlite", .content = "db" } })),
        (std::map<std::string, std::string> { { "/private/var/mobile/Media/DCIM/100APPLE/a.png", "png" },
            { "/private/var/mobile/Media/PhotoData/Photos.sqlite", "db" } }));
    std::ofstream { folder / "x-1.ips", std::ios::binary } << report;
    EXPECT_EQ(files_of(folder / "x-1.ips"),
        (std::map<std::string, std::string> { { reports + "x-1.ips", report } }));
    EXPECT_FALSE(open_acquisition(write({ { .name = "x-1.ips", .content = of_mac } }), {}));
    EXPECT_FALSE(open_acquisition(write({ { .name = "DCIM/100APPLE/a.png", .content = "png" } }), {}));
}

TEST(IosFileSystem, reports_beside_media_are_read_and_what_may_be_of_another_phone_is_told_of)
{
    TemporaryFolder const folder;
    std::string const report = R"({"bug_type":"309","os_version":"iPhone OS 16.3"})";
    std::string const media = "/private/var/mobile/Media/";
    std::string const reports = "/private/var/mobile/Library/Logs/CrashReporter/";
    auto const files_and_notes = [&](std::vector<ArchiveMember> const& files) {
        test::write_archive(folder / "image", ArchiveForm::zip_deflated, files);
        std::vector<std::string> left_out;
        for (auto const& problem : open_acquisition(folder / "image", {}).value()->problems())
            if (problem.message.contains("were not examined, name their"))
                left_out.push_back(problem.stored + ' ' + std::to_string(problem.count));
        return std::pair { files_of(folder / "image"), left_out };
    };
    using Files = std::map<std::string, std::string>;
    using Notes = std::vector<std::string>;
    ArchiveMember const picture { .name = "afc/DCIM/100APPLE/a.png", .content = "png" };
    ArchiveMember const photos { .name = "afc/PhotoData/x", .content = "db" };
    for (std::string const beside : { "Aaa/", "crashlogs/", "afc/inside/", "" })
        EXPECT_EQ(files_and_notes({ picture, photos, { .name = beside + "x.ips", .content = report } }),
            std::pair(Files { { media + "DCIM/100APPLE/a.png", "png" }, { media + "PhotoData/x", "db" },
                          { reports + "x.ips", report } },
                Notes {}))
            << beside;
    EXPECT_EQ(files_and_notes(
                  { { .name = "a/sub/x.ips", .content = report }, { .name = "a/x.ips", .content = report },
                      { .name = "b/x.ips", .content = report }, { .name = "c/d/x.ips", .content = report } }),
        std::pair(
            Files { { reports + "sub/x.ips", report }, { reports + "x.ips", report } }, Notes { "b 2" }));
    EXPECT_EQ(files_and_notes({ picture, photos, { .name = "b/DCIM/a.png", .content = "png" },
                  { .name = "b/PhotoData/x", .content = "db" } }),
        std::pair(Files { { media + "DCIM/100APPLE/a.png", "png" }, { media + "PhotoData/x", "db" } },
            Notes { "b 1" }));
    EXPECT_EQ(files_and_notes({ picture, photos, { .name = "afc/x.ips", .content = report } }).second,
        Notes { "afc 1" });
}

TEST(IosFileSystem, a_file_that_only_looks_like_one_that_is_wanted_is_not_enough)
{
    for (std::string const stored : { "leases/en0", "a/b/c/d/private/var/db/dhcpclient/leases/en0",
             "x/Biome/streams/y", "private/var/Cache.db", "data/x/packages.xml", "logs/case.log",
             "stuff/tmp/tool", "root/x", "var/tmp/x", "mobile/Media/x", "private/var/db/x/y",
             "mobile/Library/a", ".fseventsd/0000000000000001", "a/b/c/root/private/var/mobile/Library/x" })
        EXPECT_TRUE(opened_as(stored).starts_with("refused: ")) << stored;
    EXPECT_TRUE(opened_as("private/var/db/dhcpclient/leases/en0", { "Users/a/x" }).starts_with("refused: "));
}

TEST(IosFileSystem, the_parts_that_are_not_named_are_counted)
{
    TemporaryFolder const folder;
    for (int i = 0; i != 40; ++i)
        std::filesystem::create_directories(folder / "private/var/mobile/Library" / std::to_string(100 + i));
    for (int i = 0; i != 40; ++i)
        std::filesystem::create_directories(folder / "private/var" / ("x" + std::to_string(100 + i)));
    auto const acquisition = open_acquisition(folder.path(), {});
    ASSERT_TRUE(acquisition.has_value());
    EXPECT_TRUE((*acquisition)->description().ends_with(" and 33 more")) << (*acquisition)->description();
}

TEST(IosFileSystem, a_whole_copy_is_not_called_a_part)
{
    TemporaryFolder const folder;
    for (auto const* const name : { "containers", "db", "mobile/Library", "preferences", "root" })
        std::filesystem::create_directories(folder / "copy/private/var" / name);
    auto const acquisition = open_acquisition(folder / "copy", {});
    ASSERT_TRUE(acquisition.has_value());
    EXPECT_EQ((*acquisition)->description(), "iOS file system, in a folder");
    EXPECT_TRUE((*acquisition)->problems().empty());
}

TEST(IosFileSystem, the_time_zone_is_where_a_link_leads_to)
{
    TemporaryFolder const folder;
    std::string const target = "/var/db/timezone/zoneinfo/Europe/Vienna";
    std::vector<ArchiveMember> const members {
        { .name = "private/var/mobile/Library/x", .content = "x" },
        { .name = "private/var/db/timezone/localtime", .kind = EntryKind::link, .target = target },
    };
    std::filesystem::create_directories(folder / "tree/private/var/db/timezone");
    std::filesystem::create_directories(folder / "tree/private/var/mobile/Library");
    std::filesystem::create_symlink(target, folder / "tree/private/var/db/timezone/localtime");
    test::write_archive(folder / "zip", ArchiveForm::zip_stored, members);
    test::write_archive(folder / "tar", ArchiveForm::tar_gzip, members);
    for (std::string const form : { "tree", "zip", "tar" }) {
        auto const acquisition = open_acquisition(folder / form, {});
        ASSERT_TRUE(acquisition.has_value()) << form;
        EXPECT_EQ(fact_of(**acquisition, "device.time_zone"), "Europe/Vienna") << form;
    }
}

TEST(IosFileSystem, unrelated_files_are_none)
{
    for (std::vector<std::string> const& names : {
             std::vector<std::string> { "photos/2021/a.jpg", "notes.txt" },
             std::vector<std::string> { "mobile/Library/ShaderCache/x", "db/schema.sql", "root/readme" },
             std::vector<std::string> { "Library/Safari/History.db", "Library/Preferences/x.plist" },
             std::vector<std::string> { "private/var/db/x", "private/var/root/Library/x", "Users/a" },
             std::vector<std::string> { "preferences/settings.json", "containers/web/Dockerfile" },
             std::vector<std::string> { "filesystem1/etc/passwd", "filesystem2/home/a" },
             std::vector<std::string> { "wireless/ath10k/core.c", "MobileDevice/x", "installd/main.c" },
         }) {
        SCOPED_TRACE(names.front());
        TemporaryFolder const folder;
        for (auto const& name : names) {
            std::filesystem::create_directories((folder / name).parent_path());
            std::ofstream { folder / name } << "x";
        }
        auto const acquisition = open_acquisition(folder.path(), {});
        ASSERT_FALSE(acquisition.has_value()) << (*acquisition)->description();
        EXPECT_TRUE(
            acquisition.error().message.starts_with("This folder holds no acquisition that is known."))
            << acquisition.error().message;
        EXPECT_NE(acquisition.error().advice.find("private/var"), std::string::npos);
    }
}

TEST(IosFileSystem, a_backup_that_was_sorted_by_domains_is_named_and_refused)
{
    TemporaryFolder const folder;
    std::filesystem::create_directories(folder / "HomeDomain/Library/SMS/sms.db");
    std::filesystem::create_directories(folder / "CameraRollDomain/Media");
    auto const acquisition = open_acquisition(folder.path(), {});
    ASSERT_FALSE(acquisition.has_value());
    EXPECT_EQ(acquisition.error().message,
        "This is an iOS backup whose files another program sorted by their domains.");
    EXPECT_NE(acquisition.error().advice.find("Manifest.db"), std::string::npos);
}

TEST(IosFileSystem, a_mac_is_none)
{
    TemporaryFolder const folder;
    std::filesystem::create_directories(folder / "private/var/db");
    std::filesystem::create_directories(folder / "System");
    EXPECT_FALSE(open_acquisition(folder.path(), {}).has_value());
}

} // namespace
