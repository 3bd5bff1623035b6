#include "acquisition/android/adb_backup.hpp"
#include "android_files.hpp"
#include "support/adb_backup_builder.hpp"
#include "support/archive_builder.hpp"
#include "support/temporary_folder.hpp"

#include <cstdlib>
#include <fmt/format.h>
#include <iterator>

namespace {

using namespace exhibit;
using test::Files;
using test::TemporaryFolder;

Files const kExpected {
    { "@adb_backup/apps/org.app/_manifest", "1\norg.app\n" },
    { "/data/data/org.app/databases/x.db", "database" },
    { "/data/user_de/0/com.android.providers.telephony/files/000000_sms_backup", "messages" },
    { "/sdcard/Download/a.txt", "shared" },
};

std::string tar_of_backup(TemporaryFolder const& folder)
{
    test::write_archive(folder / "tar", test::ArchiveForm::tar,
        {
            { .name = "apps/org.app/_manifest", .content = "1\norg.app\n" },
            { .name = "apps/org.app/db/x.db", .content = "database" },
            { .name = "apps/com.android.providers.telephony/d_f/000000_sms_backup", .content = "messages" },
            { .name = "shared/0/Download/a.txt", .content = "shared" },
        });
    std::ifstream stream { folder / "tar", std::ios::binary };
    return { std::istreambuf_iterator<char> { stream }, {} };
}

OpenOptions with_password(std::string const& password)
{
    OpenOptions options;
    options.password = [=] { return std::optional { password }; };
    return options;
}

TEST(AndroidBackup, every_version_and_form_gives_the_same_files)
{
    TemporaryFolder const folder;
    auto const tar = tar_of_backup(folder);
    for (unsigned const version : { 1U, 2U, 3U, 4U, 5U })
        for (bool const compressed : { false, true })
            for (std::string const password : { "", "p\u00e4ss" }) {
                SCOPED_TRACE(fmt::format("{} {} {}", version, compressed, password));
                // Format 1 took the low byte of each character.
                auto const used = version == 1 && !password.empty() ? std::string { "p\xE4ss" } : password;
                test::write_files(
                    folder.path(), { { "b.ab", test::adb_backup_file({ version, compressed, used }, tar) } });
                auto const acquisition = test::opened(folder / "b.ab", with_password(password));
                ASSERT_NE(acquisition, nullptr);
                EXPECT_EQ(acquisition->kind(), AcquisitionKind::android_backup);
                EXPECT_EQ(test::files_of(*acquisition), kExpected);
                EXPECT_EQ(test::problems_of(*acquisition), "");
                EXPECT_EQ(test::fact_of(*acquisition, "backup.encrypted"), password.empty() ? "no" : "yes");
            }
}

TEST(AndroidBackup, an_unpacked_backup_gives_the_same)
{
    TemporaryFolder const folder;
    (void)tar_of_backup(folder);
    auto const acquisition = test::opened(folder / "tar");
    ASSERT_NE(acquisition, nullptr);
    EXPECT_EQ(acquisition->kind(), AcquisitionKind::android_backup);
    EXPECT_EQ(test::files_of(*acquisition), kExpected);
}

TEST(AndroidBackup, a_wrong_or_missing_password_is_said)
{
    TemporaryFolder const folder;
    auto const tar = tar_of_backup(folder);
    test::write_files(folder.path(), { { "b.ab", test::adb_backup_file({ 5, true, "right" }, tar) } });
    EXPECT_EQ(open_acquisition(folder / "b.ab", with_password("wrong")).error().fault, Fault::locked);
    EXPECT_EQ(open_acquisition(folder / "b.ab", {}).error().fault, Fault::locked);
}

TEST(AndroidBackup, a_cut_one_gives_what_stands_before_the_cut)
{
    TemporaryFolder const folder;
    auto const tar = tar_of_backup(folder);
    for (bool const compressed : { false, true }) {
        auto file = test::adb_backup_file({ 5, compressed, "" }, tar);
        file.resize(compressed ? file.size() - 8 : 24 + 2048 + 100);
        test::write_files(folder.path(), { { "b.ab", file } });
        auto const acquisition = test::opened(folder / "b.ab");
        ASSERT_NE(acquisition, nullptr);
        EXPECT_TRUE(test::problems_of(*acquisition).contains("!"));
        bool found = false;
        EXPECT_TRUE(acquisition->visit([&](EntryView const& view) {
            found = found || view.path == "@adb_backup/apps/org.app/_manifest";
            return true;
        }));
        EXPECT_TRUE(found);
    }
}

TEST(AndroidBackup, an_empty_one_is_told)
{
    TemporaryFolder const folder;
    test::write_files(folder.path(), { { "b.ab", "ANDROID BACKUP\n5\n0\nnone\n" } });
    auto const acquisition = test::opened(folder / "b.ab");
    ASSERT_NE(acquisition, nullptr);
    EXPECT_TRUE(test::files_of(*acquisition).empty());
    EXPECT_TRUE(test::problems_of(*acquisition).starts_with("the backup is empty"));
}

TEST(AndroidBackup, every_domain_has_its_place_on_the_device)
{
    for (auto const& [stored, device] :
        Files { { "apps/p.q/r/x/y", "/data/data/p.q/x/y" }, { "apps/p.q/f/x", "/data/data/p.q/files/x" },
            { "apps/p.q/sp/x.xml", "/data/data/p.q/shared_prefs/x.xml" },
            { "apps/p.q/d_db/x", "/data/user_de/0/p.q/databases/x" },
            { "apps/p.q/a/base.apk", "/data/app/p.q/base.apk" },
            { "apps/p.q/ef/x", "/sdcard/Android/data/p.q/files/x" },
            { "apps/p.q/k/x", "@adb_backup/apps/p.q/k/x" }, { "shared/1/x", "@adb_backup/shared/1/x" },
            { "other", "@adb_backup/other" } })
        EXPECT_EQ(android::path_of_backed_up(stored), device);
}

TEST(AndroidBackup, real_backups_are_opened)
{
    auto const* const data = std::getenv("EXHIBIT_TEST_DATA");
    if (data == nullptr)
        GTEST_SKIP() << "EXHIBIT_TEST_DATA is not set";
    auto const root = std::filesystem::path { data } / "mvt-fixtures";
    for (auto const* const name :
        { "android_backup/backup.ab", "android_backup/backup2.ab", "android_backup/backup3.ab",
            "androidqf/backup.ab", "androidqf_encrypted/backup.ab", "android_backup/apps/.." }) {
        SCOPED_TRACE(name);
        auto const acquisition = test::opened((root / name).lexically_normal(), with_password("123456"));
        ASSERT_NE(acquisition, nullptr);
        EXPECT_EQ(acquisition->kind(), AcquisitionKind::android_backup);
        EXPECT_TRUE(test::files_of(*acquisition)
                .contains("/data/user_de/0/com.android.providers.telephony/files/000000_sms_backup"));
        // Beside the unpacked one lie those of the list.
        auto const beside = std::string_view { name }.ends_with(".ab") ? "" : "an archive lies beside";
        EXPECT_TRUE(test::problems_of(*acquisition).starts_with(beside));
        EXPECT_EQ(test::problems_of(*acquisition).empty(), std::string_view { beside }.empty());
    }
}

} // namespace
