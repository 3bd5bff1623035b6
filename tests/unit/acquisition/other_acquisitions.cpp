#include "acquisition/acquisition.hpp"
#include "support/backup_builder.hpp"
#include "support/temporary_folder.hpp"

#include <fmt/format.h>
#include <fstream>
#include <gtest/gtest.h>
#include <set>

namespace {

using namespace exhibit;
using test::TemporaryFolder;

namespace fs = std::filesystem;

/// A backup with all folders for payloads, most of them empty.
void write_backup(fs::path const& folder)
{
    test::BackupBuilder backup { folder, {} };
    backup.add_file("HomeDomain", "Library/SMS/sms.db", "messages");
    backup.finish();
    for (int i = 0; i != 256; ++i)
        fs::create_directories(folder / fmt::format("{:02x}", i));
}

void write_file(fs::path const& file)
{
    fs::create_directories(file.parent_path());
    std::ofstream { file } << "x";
}

std::set<std::string> noted(fs::path const& path, std::string_view words)
{
    std::set<std::string> stored;
    auto const acquisition = open_acquisition(path, {});
    EXPECT_TRUE(acquisition.has_value());
    if (acquisition)
        for (auto const& problem : (*acquisition)->problems())
            if (problem.message.contains(words) && !problem.damage)
                stored.insert(fmt::format("{} {}", problem.stored, problem.count));
    return stored;
}

using Noted = std::set<std::string>;

TEST(OtherAcquisitions, a_backup_on_a_lower_level_is_named_however_many_payload_folders_there_are)
{
    TemporaryFolder const folder;
    write_backup(folder / "P/phone");
    write_backup(folder / "P/tablet/second");
    EXPECT_EQ(noted(folder / "P", "another acquisition in a folder below"), Noted { "tablet/second 1" });
    write_backup(folder / "P/phone/old");
    EXPECT_EQ(noted(folder / "P/phone", "another acquisition in a folder below"), Noted { "old 1" });
}

TEST(OtherAcquisitions, a_backup_beside_the_folder_that_was_named_is_named)
{
    TemporaryFolder const folder;
    write_backup(folder / "two/a");
    EXPECT_EQ(noted(folder / "two/a", "another acquisition"), Noted {});
    write_backup(folder / "two/b");
    fs::create_directories(folder / "two/empty");
    for (auto const* const path : { "two/a", "two/a/", "two/../two/a/." })
        EXPECT_EQ(noted(folder / path, "another acquisition beside"), Noted { "../b 1" }) << path;
}

TEST(OtherAcquisitions, archives_beside_a_backup_are_named)
{
    TemporaryFolder const folder;
    write_backup(folder / "P/phone");
    write_file(folder / "P/notes.txt");
    EXPECT_EQ(noted(folder / "P", "an archive lies beside"), Noted {});
    write_file(folder / "P/other.ZIP");
    EXPECT_EQ(noted(folder / "P", "an archive lies beside"), Noted { "other.ZIP 1" });
    EXPECT_EQ(noted(folder / "P/phone", "an archive lies beside"), Noted { "../other.ZIP 1" });
    write_file(folder / "P/phone/backup.ab");
    EXPECT_EQ(noted(folder / "P", "an archive lies beside"), Noted { "other.ZIP 2" });
}

TEST(OtherAcquisitions, archives_that_belong_to_what_is_examined_are_no_others)
{
    TemporaryFolder const folder;
    write_file(folder / "run/acquisition.json");
    write_file(folder / "run/backup.ab");
    write_file(folder / "run/bugreport.zip");
    EXPECT_EQ(noted(folder / "run", "an archive lies beside"), Noted {});
}

TEST(OtherAcquisitions, how_many_folders_are_looked_into_is_bounded_and_said)
{
    TemporaryFolder const folder;
    write_backup(folder / "P/phone");
    for (int i = 0; i != 600; ++i)
        fs::create_directories(folder / fmt::format("P/x{}", i));
    EXPECT_EQ(noted(folder / "P", "more folders beside"), Noted { " 1" });
}

} // namespace
