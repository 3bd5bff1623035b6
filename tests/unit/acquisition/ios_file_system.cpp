#include "acquisition/acquisition.hpp"
#include "support/archive_builder.hpp"
#include "support/plist_builder.hpp"
#include "support/temporary_folder.hpp"

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
            EXPECT_TRUE(description.starts_with("iOS file system, iOS 16.3, in a ")) << description;
        }
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

TEST(IosFileSystem, a_mac_is_none)
{
    TemporaryFolder const folder;
    std::filesystem::create_directories(folder / "private/var/db");
    std::filesystem::create_directories(folder / "System");
    EXPECT_FALSE(open_acquisition(folder.path(), {}).has_value());
}

} // namespace
