#include "support/backup_builder.hpp"
#include "support/media_builder.hpp"
#include "support/run_program.hpp"
#include "support/temporary_folder.hpp"

#include <gtest/gtest.h>

namespace {

using namespace exhibit::test;

TEST(MediaCoverage, says_how_many_files_were_looked_at_and_finds_what_came_as_a_download)
{
    TemporaryFolder const folder;
    BackupBuilder backup { folder / "backup" };
    auto const exploit = pdf_with_jbig2(0x8000'0000, 0x8000'0000);
    backup.add_file("AppDomainGroup-group.com.apple.FileProvider.LocalStorage",
        "File Provider Storage/Downloads/paper.pdf", exploit);
    backup.add_file("AppDomainGroup-group.org.example.chat",
        "telegram-data/account-1/postbox/media/photo.jpg", plain_jpeg());
    backup.add_file("AppDomain-org.example.reader", "Documents/Inbox/words.txt", "words");
    backup.add_file("AppDomain-org.example.reader", "Documents/paper.pdf", exploit);
    backup.add_file("CameraRollDomain", "Media/DCIM/100APPLE/IMG_0001.DNG", dng_file({ .samples = 2 }));
    backup.add_file("CameraRollDomain", "Media/DCIM/100APPLE/IMG_0002.HEIC", "a photo");
    backup.finish();
    auto const file = (folder / "a.exhibit").string();
    auto const ran = run_exhibit({ "check", (folder / "backup").string(), "--output", file });
    EXPECT_EQ(ran.code, 1) << ran.err;
    auto const coverage = run_exhibit({ "coverage", file }).out;
    EXPECT_NE(coverage.find("Files that were checked for exploits"), std::string::npos) << coverage;
    EXPECT_NE(coverage.find("ios.message_media: 5 files looked at; 3 by structure, 1 by name and first bytes "
                            "alone, 1 of a kind that no check is for"),
        std::string::npos)
        << coverage;
    auto const rows = run_exhibit(
        { "sql", file, "SELECT came_by, path FROM ios_media_anomaly WHERE check_name = 'jbig2_symbols'" })
                          .out;
    EXPECT_NE(rows.find("download"), std::string::npos) << rows;
    EXPECT_NE(rows.find("File Provider Storage/Downloads/paper.pdf"), std::string::npos) << rows;
    EXPECT_EQ(rows.find("/Documents/paper.pdf"), std::string::npos) << rows;
    EXPECT_NE(
        run_exhibit({ "sql", file, "SELECT path FROM ios_media_anomaly WHERE check_name = 'dng_components'" })
            .out.find("IMG_0001.DNG"),
        std::string::npos);
}

} // namespace
