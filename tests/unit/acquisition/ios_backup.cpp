#include "acquisition/acquisition.hpp"
#include "support/archive_builder.hpp"
#include "support/backup_builder.hpp"
#include "support/temporary_folder.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <set>
#include <sqlite3.h>
#include <tuple>

namespace {

using namespace exhibit;
using test::BackupBuilder;
using test::BackupItem;
using test::BackupOptions;
using test::ItemKind;
using test::ManifestForm;
using test::TemporaryFolder;

OpenOptions with_password(std::string password)
{
    OpenOptions options;
    options.password = [password] { return std::optional { password }; };
    return options;
}

std::unique_ptr<Acquisition> opened(
    std::filesystem::path const& path, OpenOptions const& options = with_password("correct horse"))
{
    auto acquisition = open_acquisition(path, options);
    EXPECT_TRUE(acquisition.has_value()) << (acquisition ? "" : acquisition.error().message);
    return acquisition ? std::move(*acquisition) : nullptr;
}

Refusal refusal(std::filesystem::path const& path, OpenOptions const& options = {})
{
    auto acquisition = open_acquisition(path, options);
    EXPECT_FALSE(acquisition.has_value());
    if (acquisition)
        return {};
    EXPECT_FALSE(acquisition.error().advice.empty()) << acquisition.error().message;
    return acquisition.error();
}

std::vector<Entry> entries_of(Acquisition const& acquisition)
{
    std::vector<Entry> entries;
    EXPECT_TRUE(acquisition.visit([&](EntryView const& view) {
        entries.emplace_back(view);
        return true;
    }));
    return entries;
}

Entry entry_at(Acquisition const& acquisition, std::string_view path)
{
    for (auto& entry : entries_of(acquisition))
        if (entry.path == path)
            return entry;
    ADD_FAILURE() << "no entry " << path;
    return {};
}

std::string content_of(Acquisition const& acquisition, Entry const& entry)
{
    auto const source = acquisition.open(entry);
    if (!source)
        return "error: " + std::string { name_of(source.error().fault) };
    auto const content = read_all(**source, 1U << 28U);
    return content ? std::string { as_text(content->bytes()) } : "unreadable";
}

std::string content_of(Acquisition const& acquisition, std::string_view path)
{
    return content_of(acquisition, entry_at(acquisition, path));
}

std::uint64_t problem_count(Acquisition const& acquisition, std::string_view words)
{
    std::uint64_t count = 0;
    for (auto const& problem : acquisition.problems())
        if (problem.message.contains(words))
            count += problem.count;
    return count;
}

bool is_damaged(Acquisition const& acquisition)
{
    return std::ranges::any_of(acquisition.problems(), &Problem::damage);
}

std::string fact(Acquisition const& acquisition, std::string_view name)
{
    for (auto const& one : acquisition.facts())
        if (one.name == name)
            return one.value;
    return {};
}

std::string large_text()
{
    std::string text;
    for (int i = 0; text.size() < 300'001; ++i)
        text += std::to_string(i);
    return text;
}

void add_usual(BackupBuilder& builder)
{
    builder.add({ .domain = "HomeDomain", .path = "", .kind = ItemKind::folder });
    builder.add_file("HomeDomain", "Library/SMS/sms.db", large_text());
    builder.add_file("HomeDomain", "Library/SMS/sms.db-wal", "the log");
    builder.add_file("MediaDomain", "Library/SMS/Attachments/a/b.heic", "picture");
    builder.add_file("CameraRollDomain", "Media/DCIM/100APPLE/IMG_0001.JPG", "photo");
    builder.add_file("RootDomain", "Library/Preferences/com.apple.x.plist", "root");
    builder.add_file("WirelessDomain", "Library/Databases/DataUsage.sqlite", "usage");
    builder.add_file("HealthDomain", "Health/healthdb.sqlite", "health");
    builder.add_file("AppDomain-com.example.app", "Documents/notes.txt", "app");
    builder.add_file("AppDomainGroup-group.net.whatsapp.WhatsApp.shared", "ChatStorage.sqlite", "chat");
    builder.add_file("AppDomainPlugin-com.example.app.share", "x", "plugin");
    builder.add_file("SysContainerDomain-com.apple.adid", "x", "system");
    builder.add_file("SysSharedContainerDomain-systemgroup.com.apple.configurationprofiles",
        "Library/ConfigurationProfiles/profile-1.stub", "stub");
    builder.add_file("FutureDomain", "x", "future");
    builder.add_file("HomeDomain", "Library/empty", "");
    builder.add({ .domain = "DatabaseDomain",
        .path = "timezone/localtime",
        .kind = ItemKind::link,
        .target = "/var/db/timezone/zoneinfo/Europe/London" });
}

std::map<std::string, std::string> const kUsualPaths {
    { "/private/var/mobile/Library/SMS/sms.db-wal", "the log" },
    { "/private/var/mobile/Library/SMS/Attachments/a/b.heic", "picture" },
    { "/private/var/mobile/Media/DCIM/100APPLE/IMG_0001.JPG", "photo" },
    { "/private/var/root/Library/Preferences/com.apple.x.plist", "root" },
    { "/private/var/wireless/Library/Databases/DataUsage.sqlite", "usage" },
    { "/private/var/mobile/Library/Health/healthdb.sqlite", "health" },
    { "/private/var/mobile/Containers/Data/Application/com.example.app/Documents/notes.txt", "app" },
    { "/private/var/mobile/Containers/Shared/AppGroup/group.net.whatsapp.WhatsApp.shared/ChatStorage.sqlite",
        "chat" },
    { "/private/var/mobile/Containers/Data/PluginKitPlugin/com.example.app.share/x", "plugin" },
    { "/private/var/containers/Data/System/com.apple.adid/x", "system" },
    { "/private/var/containers/Shared/SystemGroup/systemgroup.com.apple.configurationprofiles/Library/"
      "ConfigurationProfiles/profile-1.stub",
        "stub" },
    { "/private/var/@unknown_domain/FutureDomain/x", "future" },
    { "/private/var/mobile/Library/empty", "" },
};

void write_usual(std::filesystem::path const& folder, BackupOptions options = {})
{
    BackupBuilder builder { folder, std::move(options) };
    add_usual(builder);
    builder.finish();
}

struct Variant {
    std::string name;
    BackupOptions options;
};

std::vector<Variant> variants()
{
    return {
        { "plain", {} },
        { "encrypted", { .encrypted = true } },
        { "encrypted, manifest in the clear (iOS 10.0)",
            { .encrypted = true, .manifest_encrypted = false, .sha256_iterations = 0 } },
        { "mbdb", { .form = ManifestForm::mbdb } },
        { "mbdb, encrypted", { .form = ManifestForm::mbdb, .encrypted = true, .sha256_iterations = 0 } },
    };
}

TEST(IosBackup, shows_paths_as_the_device_had_them_and_reads_every_file)
{
    for (auto const& [name, options] : variants()) {
        SCOPED_TRACE(name);
        TemporaryFolder const folder;
        write_usual(folder / "b", options);
        auto const backup = opened(folder / "b");
        ASSERT_TRUE(backup);
        EXPECT_EQ(backup->kind(), AcquisitionKind::ios_backup);
        for (auto const& [path, content] : kUsualPaths)
            EXPECT_EQ(content_of(*backup, path), content) << path;
        EXPECT_EQ(content_of(*backup, "/private/var/mobile/Library/SMS/sms.db"), large_text());
        auto const entry = entry_at(*backup, "/private/var/mobile/Library/SMS/sms.db");
        EXPECT_EQ(entry.stored, "HomeDomain::Library/SMS/sms.db");
        EXPECT_EQ(entry.size, large_text().size());
        EXPECT_EQ(to_text(entry.modified.value()), "2021-05-03 00:00:00.000000");
        EXPECT_EQ(entry_at(*backup, "/private/var/mobile").kind, EntryKind::folder);
        EXPECT_EQ(entry_at(*backup, "/private/var/db/timezone/localtime").kind, EntryKind::link);
        EXPECT_FALSE(backup->open(entry_at(*backup, "/private/var/mobile")).has_value());
        EXPECT_TRUE(backup->problems().empty()) << backup->problems()[0].message;
    }
}

TEST(IosBackup, tells_what_it_is_and_of_which_device)
{
    TemporaryFolder const folder;
    write_usual(folder / "b", { .encrypted = true });
    auto const backup = opened(folder / "b");
    EXPECT_EQ(backup->description(), "iOS backup (encrypted) of iPhone9,3, iOS 14.3, in a folder");
    EXPECT_EQ(fact(*backup, "device.product_version"), "14.3");
    EXPECT_EQ(fact(*backup, "device.serial_number"), "F1234567890");
    EXPECT_EQ(fact(*backup, "device.time_zone"), "Europe/London");
    EXPECT_EQ(fact(*backup, "backup.encrypted"), "yes");
    EXPECT_EQ(fact(*backup, "backup.manifest"), "database");
    EXPECT_EQ(fact(*backup, "backup.date"), "2021-05-18T03:06:40.000000Z");
}

TEST(IosBackup, its_own_files_stand_under_a_pseudo_root_and_the_manifest_in_the_clear)
{
    for (auto const encrypted : { false, true }) {
        TemporaryFolder const folder;
        write_usual(folder / "b", { .encrypted = encrypted });
        auto const backup = opened(folder / "b");
        EXPECT_TRUE(content_of(*backup, "@backup/Manifest.db").starts_with("SQLite format 3"));
        EXPECT_EQ(content_of(*backup, "@backup/Manifest.db").size() % 4096, 0U);
        EXPECT_EQ(
            entry_at(*backup, "@backup/Manifest.db").size, content_of(*backup, "@backup/Manifest.db").size());
        EXPECT_TRUE(content_of(*backup, "@backup/Info.plist").starts_with("<?xml"));
        EXPECT_TRUE(content_of(*backup, "@backup/Status.plist").starts_with("bplist00"));
        EXPECT_EQ(entry_at(*backup, "@backup/Info.plist").stored, "Info.plist");
    }
}

TEST(IosBackup, a_folder_and_every_archive_of_it_give_the_same_entries)
{
    TemporaryFolder const folder;
    write_usual(folder / "b", { .encrypted = true });
    auto const summary = [](Acquisition const& backup) {
        std::vector<std::tuple<std::string, std::string, std::uint64_t, std::uint64_t>> all;
        for (auto const& entry : entries_of(backup))
            all.emplace_back(entry.path, entry.kind == EntryKind::file ? content_of(backup, entry) : "",
                entry.size, entry.handle);
        return all;
    };
    auto const expected = summary(*opened(folder / "b"));
    for (auto const form : { test::ArchiveForm::zip_stored, test::ArchiveForm::zip_deflated,
             test::ArchiveForm::tar, test::ArchiveForm::tar_gzip, test::ArchiveForm::tar_zstd })
        for (auto const* const prefix : { "", "1cb128/", "Backup/1cb128/" }) {
            test::archive_folder(folder / "b", folder / "archive", form, prefix);
            auto const backup = opened(folder / "archive");
            ASSERT_TRUE(backup);
            EXPECT_EQ(summary(*backup), expected);
        }
}

TEST(IosBackup, a_parent_folder_is_enough_when_only_one_backup_is_in_it)
{
    TemporaryFolder const folder;
    write_usual(folder / "parent/one");
    std::filesystem::create_directories(folder / "parent/other");
    EXPECT_EQ(fact(*opened(folder / "parent"), "container.folder"), "one");
    write_usual(folder / "parent/two");
    auto const refused = refusal(folder / "parent");
    EXPECT_TRUE(refused.message.contains("/parent/one")) << refused.message;
    EXPECT_TRUE(refused.message.contains("/parent/two"));
    EXPECT_TRUE(refused.advice.contains("Name the one"));
}

TEST(IosBackup, what_is_something_else_is_called_by_its_name)
{
    TemporaryFolder const folder;
    std::filesystem::create_directories(folder / "empty");
    EXPECT_TRUE(refusal(folder / "empty").message.contains("empty"));
    std::filesystem::create_directories(folder / "other");
    std::ofstream { folder / "other/a\x1b[31m.txt" } << "x";
    EXPECT_TRUE(refusal(folder / "other").message.contains("holds a\\x1b[31m.txt"))
        << refusal(folder / "other").message;
    write_usual(folder / "b");
    EXPECT_TRUE(refusal(folder / "b/Manifest.db").message.contains("SQLite database"));
    std::ofstream { folder / "note.txt" } << "hello";
    EXPECT_TRUE(refusal(folder / "note.txt").message.contains("single file"));
    std::filesystem::remove(folder / "b/Manifest.db");
    EXPECT_TRUE(refusal(folder / "b").message.contains("without its list of files"));
    EXPECT_EQ(refusal(folder / "nowhere").fault, Fault::missing);
}

TEST(IosBackup, a_wrong_password_no_password_and_no_keys_each_have_their_own_words)
{
    TemporaryFolder const folder;
    write_usual(folder / "b", { .encrypted = true });
    EXPECT_TRUE(refusal(folder / "b", with_password("wrong")).message.contains("password does not open"));
    EXPECT_EQ(refusal(folder / "b", with_password("wrong")).fault, Fault::locked);
    EXPECT_TRUE(refusal(folder / "b").message.contains("no password was given"));

    auto const rewrite = [&](std::string_view from, std::string_view to) {
        std::ifstream in { folder / "b/Manifest.plist", std::ios::binary };
        std::string content { std::istreambuf_iterator<char> { in }, {} };
        content.replace(content.find(from), from.size(), to);
        std::ofstream { folder / "b/Manifest.plist", std::ios::binary } << content;
    };
    rewrite("ManifestKey", "ManifestKex");
    EXPECT_TRUE(refusal(folder / "b", with_password("correct horse")).message.contains("ManifestKey"));
    rewrite("BackupKeyBag", "BackupKeyBax");
    EXPECT_TRUE(
        refusal(folder / "b", with_password("correct horse")).message.contains("does not hold its keys"));
    std::filesystem::remove(folder / "b/Manifest.plist");
    EXPECT_TRUE(refusal(folder / "b", with_password("correct horse"))
            .message.contains("Manifest.plist, which holds the keys, is missing"));
}

TEST(IosBackup, the_password_is_asked_for_once_and_only_when_needed)
{
    TemporaryFolder const folder;
    write_usual(folder / "plain");
    write_usual(folder / "encrypted", { .encrypted = true });
    int asked = 0;
    OpenOptions options;
    options.password = [&] {
        ++asked;
        return std::optional<std::string> { "correct horse" };
    };
    EXPECT_TRUE(opened(folder / "plain", options));
    EXPECT_EQ(asked, 0);
    EXPECT_TRUE(opened(folder / "encrypted", options));
    EXPECT_EQ(asked, 1);
}

TEST(IosBackup, an_encrypted_backup_that_another_program_decrypted_is_read_without_a_password)
{
    TemporaryFolder const folder;
    write_usual(folder / "clear");
    write_usual(folder / "b", { .encrypted = true });
    std::filesystem::copy_file(folder / "b/Manifest.plist", folder / "clear/Manifest.plist",
        std::filesystem::copy_options::overwrite_existing);
    auto const backup = opened(folder / "clear", {});
    ASSERT_TRUE(backup);
    EXPECT_EQ(content_of(*backup, "/private/var/wireless/Library/Databases/DataUsage.sqlite"), "usage");
    EXPECT_EQ(fact(*backup, "backup.decrypted_by_another_program"), "yes");
}

TEST(IosBackup, the_real_size_of_an_encrypted_file_comes_from_its_padding)
{
    TemporaryFolder const folder;
    BackupBuilder builder { folder / "b", { .encrypted = true } };
    std::string const database(8192, 'd');
    auto const add
        = [&](std::string_view path, std::string_view content, std::int64_t stated, test::Padding padding) {
              builder.add({ .domain = "HomeDomain",
                  .path = path,
                  .content = content,
                  .stated_size = stated,
                  .padding = padding });
          };
    add("right", database, 8192, test::Padding::pkcs7);
    add("too_small", database, 4096, test::Padding::pkcs7);
    add("too_large", database, 12'288, test::Padding::pkcs7);
    add("off_by_some", database, 8195, test::Padding::pkcs7);
    add("zeros", database.substr(0, 8001), 8001, test::Padding::zeros);
    add("none", database, 8192, test::Padding::none);
    add("cut", database, 9000, test::Padding::none);
    builder.finish();
    auto const backup = opened(folder / "b");
    auto const content = [&](std::string_view name) {
        return content_of(*backup, "/private/var/mobile/" + std::string { name });
    };
    for (auto const* const name : { "right", "zeros", "none" })
        EXPECT_EQ(content(name), std::string_view { name } == "zeros" ? database.substr(0, 8001) : database)
            << name;
    EXPECT_TRUE(backup->problems().empty());
    for (auto const* const name : { "too_small", "too_large", "off_by_some" })
        EXPECT_EQ(content(name), database) << name;
    EXPECT_EQ(problem_count(*backup, "wrong size"), 3U);
    EXPECT_FALSE(is_damaged(*backup));
    EXPECT_EQ(content("cut"), database);
    EXPECT_EQ(problem_count(*backup, "shorter than the manifest"), 1U);
    EXPECT_EQ(content("cut"), database);
    EXPECT_EQ(problem_count(*backup, "shorter than the manifest"), 1U)
        << "counted once, however often it is opened";
    EXPECT_TRUE(is_damaged(*backup));
}

TEST(IosBackup, a_file_without_its_key_is_locked_and_the_others_are_read)
{
    TemporaryFolder const folder;
    BackupBuilder builder { folder / "b", { .encrypted = true } };
    builder.add({ .domain = "HomeDomain", .path = "odd", .content = "x", .protection_class = 77 });
    builder.add({ .domain = "HomeDomain", .path = "of_device", .content = "x", .protection_class = 11 });
    builder.add_file("HomeDomain", "good", "fine");
    builder.finish();
    auto const backup = opened(folder / "b");
    EXPECT_EQ(content_of(*backup, "/private/var/mobile/odd"), "error: locked");
    EXPECT_EQ(content_of(*backup, "/private/var/mobile/of_device"), "error: locked");
    EXPECT_EQ(content_of(*backup, "/private/var/mobile/good"), "fine");
    EXPECT_EQ(problem_count(*backup, "protection class"), 2U);
}

TEST(IosBackup, what_is_listed_and_not_held_and_the_reverse_are_counted)
{
    for (auto const form : { ManifestForm::database, ManifestForm::mbdb }) {
        TemporaryFolder const folder;
        BackupBuilder builder { folder / "b", { .form = form } };
        builder.add({ .domain = "HomeDomain", .path = "gone", .content = "x", .has_payload = false });
        builder.add({ .domain = "HomeDomain", .path = "empty", .content = "", .has_payload = false });
        builder.add({ .domain = "HomeDomain", .path = "unlisted", .content = "y", .has_row = false });
        builder.add({ .domain = "HomeDomain", .path = "short", .content = "12345", .stated_size = 10 });
        builder.finish();
        auto const backup = opened(folder / "b");
        EXPECT_EQ(content_of(*backup, "/private/var/mobile/gone"), "error: missing");
        EXPECT_EQ(content_of(*backup, "/private/var/mobile/empty"), "");
        EXPECT_EQ(content_of(*backup, "/private/var/mobile/short"), "12345");
        EXPECT_EQ(problem_count(*backup, "does not hold"), 1U);
        EXPECT_EQ(problem_count(*backup, "does not list"), 1U);
        EXPECT_EQ(problem_count(*backup, "shorter"), 1U);
        (void)entries_of(*backup);
        EXPECT_EQ(problem_count(*backup, "does not hold"), 1U) << "a second visit finds the same";
    }
}

TEST(IosBackup, of_lines_that_name_one_payload_again_and_again_the_first_are_used)
{
    TemporaryFolder const folder;
    BackupBuilder builder { folder / "b" };
    builder.add_file("HomeDomain", "Library/SMS/sms.db", "messages");
    builder.finish();
    sqlite3* manifest = nullptr;
    ASSERT_EQ(sqlite3_open((folder / "b" / "Manifest.db").c_str(), &manifest), SQLITE_OK);
    std::string const ten
        = "(WITH RECURSIVE c(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM c LIMIT 10) SELECT n FROM c)";
    auto const sql
        = "ALTER TABLE Files RENAME TO f; CREATE TABLE Files AS SELECT * FROM f WHERE 0; INSERT INTO Files "
          "SELECT fileID, domain, 'Library/' || n, flags, file FROM f, "
        + ten + "; INSERT INTO Files SELECT f.* FROM f, " + ten;
    EXPECT_EQ(sqlite3_exec(manifest, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(manifest);
    auto const backup = opened(folder / "b");
    std::map<std::string, int> lines;
    EXPECT_TRUE(backup->visit([&](EntryView const& view) {
        ++lines[std::string { view.path }];
        return true;
    }));
    EXPECT_EQ(lines["/private/var/mobile/Library/SMS/sms.db"], 1);
    EXPECT_EQ(lines["/private/var/mobile/Library/3"], 1);
    EXPECT_EQ(lines["/private/var/mobile/Library/4"], 0);
    EXPECT_EQ(problem_count(*backup, "again and again"), 15U);
    EXPECT_EQ(content_of(*backup, "/private/var/mobile/Library/SMS/sms.db"), "messages");
}

TEST(IosBackup, an_unlisted_payload_is_found_by_the_path_that_is_wanted)
{
    TemporaryFolder const folder;
    BackupBuilder builder { folder / "b" };
    builder.add_file("AppDomainGroup-group.net.whatsapp.WhatsApp.shared", "ChatStorage.sqlite", "chat");
    builder.add({ .domain = "AppDomainGroup-group.net.whatsapp.WhatsApp.shared",
        .path = "LID.sqlite",
        .content = "lost",
        .has_row = false });
    builder.add(
        { .domain = "HomeDomain", .path = "Library/SMS/sms.db-wal", .content = "log", .has_row = false });
    builder.add({ .domain = "HomeDomain", .path = "Library/other", .content = "other", .has_row = false });
    builder.finish();
    OpenOptions options;
    options.wanted = { "/private/var/mobile/Containers/Shared/AppGroup/*/LID.sqlite",
        "/private/var/mobile/Library/SMS/sms.db", "**/*.plist", "/private/var/mobile/Library/*" };
    auto const backup = opened(folder / "b", options);
    EXPECT_EQ(
        content_of(*backup,
            "/private/var/mobile/Containers/Shared/AppGroup/group.net.whatsapp.WhatsApp.shared/LID.sqlite"),
        "lost");
    EXPECT_EQ(content_of(*backup, "/private/var/mobile/Library/SMS/sms.db-wal"), "log");
    EXPECT_EQ(problem_count(*backup, "were found"), 2U);
    EXPECT_EQ(problem_count(*backup, "does not list, and"), 1U);
}

TEST(IosBackup, a_payload_is_found_by_its_name_when_its_line_tells_another_path)
{
    TemporaryFolder const folder;
    BackupBuilder builder { folder / "b" };
    builder.add({ .domain = "homedomain",
        .path = "Library/SMS/sms.db",
        .content = "messages",
        .stated_id = "3d0d7e5fb2ce288813306e4d4636395e047a3d28" });
    builder.finish();
    // The builder names the payload after its path; the line says otherwise, and so does the folder now.
    std::filesystem::path payload;
    for (auto const& entry : std::filesystem::recursive_directory_iterator { folder / "b" })
        if (entry.path().filename().string().size() == 40)
            payload = entry.path();
    std::filesystem::create_directory(folder / "b" / "3d");
    std::filesystem::rename(payload, folder / "b" / "3d" / "3d0d7e5fb2ce288813306e4d4636395e047a3d28");
    OpenOptions options;
    options.wanted = { "/private/var/mobile/Library/SMS/sms.db" };
    auto const backup = opened(folder / "b", options);
    EXPECT_EQ(content_of(*backup, "/private/var/mobile/Library/SMS/sms.db"), "messages");
    EXPECT_EQ(problem_count(*backup, "were found"), 1U);
    EXPECT_EQ(problem_count(*backup, "does not list, and"), 0U);
}

TEST(IosBackup, payloads_are_found_under_other_spellings_and_in_a_backup_that_did_not_end)
{
    std::string const name = "3d0d7e5fb2ce288813306e4d4636395e047a3d28";
    for (std::string const stored : { "3D/3D0D7E5FB2CE288813306E4D4636395E047A3D28",
             "3D/3d0d7e5fb2ce288813306e4d4636395e047a3d28", "3d/3D0D7E5FB2CE288813306E4D4636395E047A3D28",
             "3d0d7e5fb2ce288813306e4d4636395e047a3d28", "3d/3d0d7e5fb2ce288813306e4d4636395e047a3d28.mddata",
             "Snapshot/3d/3d0d7e5fb2ce288813306e4d4636395e047a3d28" }) {
        TemporaryFolder const folder;
        BackupBuilder builder { folder / "b" };
        builder.add_file("HomeDomain", "Library/SMS/sms.db", "messages");
        builder.add_file("HomeDomain", "other", "other");
        builder.finish();
        std::filesystem::create_directories((folder / "b" / stored).parent_path());
        std::filesystem::rename(folder / "b/3d" / name, folder / "b" / stored);
        auto const backup = opened(folder / "b");
        EXPECT_EQ(content_of(*backup, "/private/var/mobile/Library/SMS/sms.db"), "messages") << stored;
        EXPECT_EQ(content_of(*backup, "/private/var/mobile/other"), "other") << stored;
        EXPECT_EQ(problem_count(*backup, "does not hold"), 0U) << stored;
        EXPECT_EQ(
            problem_count(*backup, "were taken from a newer one"), stored.starts_with("Snapshot") ? 1U : 0U);
        EXPECT_EQ(problem_count(*backup, "were not examined"), 0U) << stored;
    }
}

TEST(IosBackup, newer_payloads_of_a_backup_that_did_not_end_are_counted)
{
    TemporaryFolder const folder;
    BackupBuilder builder { folder / "b" };
    builder.add_file("HomeDomain", "Library/SMS/sms.db", "messages");
    builder.finish();
    auto const newer = folder / "b/Snapshot/3d";
    std::filesystem::create_directories(newer);
    std::ofstream { newer / "3d0d7e5fb2ce288813306e4d4636395e047a3d28" } << "newer";
    auto const backup = opened(folder / "b");
    EXPECT_EQ(content_of(*backup, "/private/var/mobile/Library/SMS/sms.db"), "messages");
    EXPECT_EQ(problem_count(*backup, "were not examined"), 1U);
    EXPECT_EQ(problem_count(*backup, "were taken from a newer one"), 0U);
}

TEST(IosBackup, hostile_names_in_the_manifest_open_nothing)
{
    TemporaryFolder const folder;
    std::ofstream { folder / "secret" } << "outside";
    BackupBuilder builder { folder / "b" };
    builder.add({ .domain = "HomeDomain", .path = "a", .content = "x", .stated_id = "../secret" });
    builder.add({ .domain = "HomeDomain",
        .path = "b",
        .content = "x",
        .stated_id = "../../../../../../../../../../../../../secret" });
    builder.add({ .domain = "HomeDomain", .path = "../../etc/passwd", .content = "x" });
    builder.add({ .domain = "HomeDomain", .path = "c", .content = "x", .stated_id = std::string(40, 'a') });
    builder.finish();
    auto const backup = opened(folder / "b");
    EXPECT_EQ(content_of(*backup, "/private/var/mobile/a"), "error: malformed");
    EXPECT_EQ(content_of(*backup, "/private/var/mobile/b"), "error: malformed");
    EXPECT_EQ(content_of(*backup, "/private/var/mobile/../../etc/passwd"), "x");
    EXPECT_EQ(problem_count(*backup, "40 hexadecimal digits"), 2U);
    EXPECT_EQ(problem_count(*backup, "`..`"), 1U);
    EXPECT_EQ(problem_count(*backup, "does not follow"), 1U);
}

TEST(IosBackup, a_payload_is_the_one_that_its_line_names_whatever_the_domain)
{
    TemporaryFolder const folder;
    BackupBuilder builder { folder / "b" };
    builder.add_file("AppDomain-x::y", "c", "right");
    builder.add_file("AppDomain-x-y::c", "", "other, and longer");
    builder.add_file("AppDomain-x", "y::c", "of the other application");
    builder.finish();
    auto const backup = opened(folder / "b");
    std::multiset<std::string> contents;
    for (auto const& entry : entries_of(*backup))
        if (entry.stored == "AppDomain-x::y::c")
            contents.insert(content_of(*backup, entry));
    EXPECT_EQ(contents, (std::multiset<std::string> { "right", "of the other application" }));
}

TEST(IosBackup, is_refused_or_keeps_what_can_be_read_when_a_file_of_its_own_is_cut)
{
    for (auto const& [name, options] : variants()) {
        TemporaryFolder const folder;
        write_usual(folder / "b", options);
        for (std::string_view const file :
            { "Manifest.db", "Manifest.mbdb", "Manifest.plist", "Info.plist", "Status.plist" })
            for (unsigned tenth = 0; tenth < 10; ++tenth) {
                auto const path = folder.path() / "b" / file;
                if (!std::filesystem::exists(path))
                    continue;
                SCOPED_TRACE(name + std::string { file } + std::to_string(tenth));
                std::filesystem::copy_file(
                    path, folder / "kept", std::filesystem::copy_options::overwrite_existing);
                std::filesystem::resize_file(path, std::filesystem::file_size(path) * tenth / 10);
                auto const backup = open_acquisition(folder / "b", with_password("correct horse"));
                if (backup) {
                    (void)(*backup)->visit([&](EntryView const& view) {
                        (void)(*backup)->open(Entry { view });
                        return true;
                    });
                    EXPECT_FALSE((*backup)->problems().empty());
                } else
                    EXPECT_FALSE(backup.error().advice.empty());
                std::filesystem::copy_file(
                    folder / "kept", path, std::filesystem::copy_options::overwrite_existing);
            }
    }
}

TEST(IosBackup, nothing_in_the_evidence_changes)
{
    TemporaryFolder const folder;
    write_usual(folder / "b", { .encrypted = true });
    auto const state = [&] {
        std::map<std::string, std::pair<std::filesystem::file_time_type, std::uintmax_t>> files;
        for (auto const& found : std::filesystem::recursive_directory_iterator { folder / "b" })
            files[found.path().string()]
                = { found.last_write_time(), found.is_regular_file() ? found.file_size() : 0 };
        return files;
    };
    auto const before = state();
    auto const backup = opened(folder / "b");
    for (auto const& entry : entries_of(*backup))
        (void)content_of(*backup, entry);
    EXPECT_EQ(state(), before);
}

/// The folder of real data, when there is one.
std::optional<std::filesystem::path> real_backup()
{
    // NOLINTNEXTLINE(concurrency-mt-unsafe)
    auto const* const folder = std::getenv("EXHIBIT_TEST_DATA");
    if (folder == nullptr)
        return std::nullopt;
    auto const path = std::filesystem::path { folder } / "mvt-fixtures/ios_backup";
    return std::filesystem::exists(path) ? std::optional { path } : std::nullopt;
}

TEST(RealBackup, has_the_rows_that_its_manifest_is_known_to_have)
{
    auto const path = real_backup();
    if (!path)
        GTEST_SKIP() << "no test data";
    OpenOptions options;
    options.wanted = { "/private/var/mobile/Containers/Shared/AppGroup/*/LID.sqlite" };
    auto const backup = opened(*path, options);
    std::map<EntryKind, std::size_t> kinds;
    std::set<std::string> domains;
    std::size_t present = 0;
    for (auto const& entry : entries_of(*backup)) {
        if (entry.path.starts_with("@backup/"))
            continue;
        EXPECT_FALSE(entry.path.contains("@unknown_domain")) << entry.path;
        ++kinds[entry.kind];
        domains.insert(entry.stored.substr(0, entry.stored.find("::")));
        if (entry.kind == EntryKind::file && entry.size != 0 && backup->open(entry))
            ++present;
    }
    EXPECT_EQ(kinds[EntryKind::file], 1089U + 1); // and LID.sqlite, which no row names
    EXPECT_EQ(kinds[EntryKind::folder], 2618U);
    EXPECT_EQ(kinds[EntryKind::link], 14U);
    EXPECT_EQ(domains.size(), 562U);
    EXPECT_EQ(present, 11U);
    EXPECT_EQ(problem_count(*backup, "were found"), 1U);
    EXPECT_EQ(problem_count(*backup, "does not follow"), 0U);
    EXPECT_EQ(problem_count(*backup, "hexadecimal"), 0U);
    EXPECT_EQ(fact(*backup, "device.product_version"), "14.3");
    EXPECT_EQ(fact(*backup, "device.product_type"), "iPhone9,3");
}

} // namespace
