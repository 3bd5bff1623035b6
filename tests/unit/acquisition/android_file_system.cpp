#include "android_files.hpp"
#include "support/archive_builder.hpp"
#include "support/temporary_folder.hpp"

namespace {

using namespace exhibit;
using test::ArchiveForm;
using test::Files;
using test::TemporaryFolder;

Files const kData {
    { "system/packages.xml", "<packages />" },
    { "system/users/0/settings_global.xml", "<settings />" },
    { "data/com.example/files/a", "a" },
    { "misc/adb/adb_keys", "key" },
    { "property/persistent_properties",
        std::string { "\x0a\x25\x0a\x14persist.sys.timezone\x12\x0d" } + "Europe/Berlin" },
};

Files whole()
{
    Files files;
    for (auto const& [name, content] : kData)
        files["data/" + name] = content;
    files["data/user/0/com.example/files/b"] = "b";
    files["system/build.prop"] = "# comment\nro.product.model=Phone 8\nro.build.version.release=14\n";
    return files;
}

TEST(AndroidFileSystem, folder_and_archives_give_the_same_files)
{
    TemporaryFolder const folder;
    test::write_files(folder / "dump", whole());
    test::archive_folder(folder / "dump", folder / "dump.zip", ArchiveForm::zip_deflated);
    test::archive_folder(folder / "dump", folder / "dump.tar", ArchiveForm::tar);
    Files expected;
    for (auto const& [name, content] : whole())
        expected["/" + name] = content;
    expected.erase("/data/user/0/com.example/files/b");
    expected["/data/data/com.example/files/b"] = "b";
    for (auto const* const name : { "dump", "dump.zip", "dump.tar" }) {
        auto const acquisition = test::opened(folder / name);
        ASSERT_NE(acquisition, nullptr) << name;
        EXPECT_EQ(acquisition->kind(), AcquisitionKind::android_file_system);
        EXPECT_EQ(test::files_of(*acquisition), expected) << name;
        EXPECT_EQ(test::fact_of(*acquisition, "device.product_type"), "Phone 8");
        EXPECT_EQ(test::fact_of(*acquisition, "device.product_version"), "14");
        EXPECT_EQ(test::fact_of(*acquisition, "device.time_zone"), "Europe/Berlin");
    }
}

TEST(AndroidFileSystem, the_data_partition_alone_is_recognized)
{
    TemporaryFolder const folder;
    test::write_files(folder / "partition", kData);
    auto const acquisition = test::opened(folder / "partition");
    ASSERT_NE(acquisition, nullptr);
    Files expected;
    for (auto const& [name, content] : kData)
        expected["/data/" + name] = content;
    EXPECT_EQ(test::files_of(*acquisition), expected);
    EXPECT_EQ(test::fact_of(*acquisition, "device.time_zone"), "Europe/Berlin");
}

TEST(AndroidFileSystem, a_folder_of_one_app_is_none)
{
    TemporaryFolder const folder;
    test::write_files(folder / "app", { { "data/com.example/files/a", "a" } });
    EXPECT_FALSE(open_acquisition(folder / "app", {}).has_value());
}

} // namespace
