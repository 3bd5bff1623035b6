#include "acquisition/android/intrusion_logs.hpp"
#include "android_files.hpp"
#include "support/archive_builder.hpp"
#include "support/temporary_folder.hpp"

namespace {

using namespace exhibit;
using test::ArchiveForm;
using test::Files;
using test::TemporaryFolder;

std::string const kLog = "\n{\"dns_event\": {\"event_id\": 1, \"hostname\": \"example.org\"}}\n";

TEST(AndroidIntrusionLogs, a_file_a_folder_and_a_zip_give_the_same)
{
    TemporaryFolder const folder;
    test::write_files(folder / "out", { { "anything.txt", kLog } });
    Files const expected { { "@intrusion_logs/anything.txt", kLog } };
    test::archive_folder(folder / "out", folder / "out.zip", ArchiveForm::zip_deflated);
    for (auto const* const name : { "out", "out.zip", "out/anything.txt" }) {
        auto const acquisition = test::opened(folder / name);
        ASSERT_NE(acquisition, nullptr);
        EXPECT_EQ(acquisition->kind(), AcquisitionKind::intrusion_logs);
        EXPECT_EQ(test::files_of(*acquisition), expected);
    }
    std::filesystem::create_directory(folder / "zipped");
    std::filesystem::rename(folder / "out.zip", folder / "zipped/out.zip");
    auto const nested = test::opened(folder / "zipped");
    ASSERT_NE(nested, nullptr);
    EXPECT_EQ(test::files_of(*nested), expected);
}

TEST(AndroidIntrusionLogs, a_folder_is_known_by_what_its_files_hold)
{
    for (auto const* const name : { "a.json", "a.jsonl", "A.NDJSON", "a.log", "log" }) {
        TemporaryFolder const folder;
        test::write_files(folder / "out", { { name, kLog }, { "0.png", "picture" } });
        auto const acquisition = test::opened(folder / "out");
        ASSERT_NE(acquisition, nullptr) << name;
        EXPECT_EQ(acquisition->kind(), AcquisitionKind::intrusion_logs);
        EXPECT_TRUE(test::files_of(*acquisition).contains(std::string { "@intrusion_logs/" } + name));
    }
    TemporaryFolder const folder;
    test::write_files(folder / "out", { { "a.json", "{}" }, { "a.png", kLog } });
    EXPECT_FALSE(open_acquisition(folder / "out", {}).has_value());
}

TEST(AndroidIntrusionLogs, zips_in_zips_are_opened_to_a_depth)
{
    TemporaryFolder const folder;
    test::write_files(folder / "1", { { "days/log.txt", kLog } });
    for (int depth = 1; depth != 6; ++depth) {
        auto const next = folder / std::to_string(depth + 1);
        std::filesystem::create_directory(next);
        test::archive_folder(folder / std::to_string(depth), next / "logs.zip", ArchiveForm::zip_deflated);
    }
    auto const nested = test::opened(folder / "3");
    ASSERT_NE(nested, nullptr);
    EXPECT_EQ(nested->kind(), AcquisitionKind::intrusion_logs);
    EXPECT_EQ(test::files_of(*nested), (Files { { "@intrusion_logs/days/log.txt", kLog } }));
    EXPECT_EQ(test::problems_of(*nested), "");
    for (auto const depth : { 5, 6 }) {
        test::write_files(folder / "qf", { { "acquisition.json", R"({"androidqf_version": "1"})" } });
        std::filesystem::remove_all(folder / "qf/intrusion_logs");
        std::filesystem::copy(folder / std::to_string(depth), folder / "qf/intrusion_logs");
        auto const acquisition = test::opened(folder / "qf");
        ASSERT_NE(acquisition, nullptr);
        EXPECT_EQ(test::files_of(*acquisition).contains("@intrusion_logs/days/log.txt"), depth == 5);
        EXPECT_EQ(test::problems_of(*acquisition).contains("deeper in zips"), depth == 6);
    }
}

TEST(AndroidIntrusionLogs, how_long_the_zips_of_logs_may_be_in_all_is_bounded)
{
    TemporaryFolder const folder;
    test::write_archive(folder / "qf.zip", ArchiveForm::zip_deflated,
        { { .name = "intrusion_logs/a.zip", .content = "no zip" },
            { .name = "intrusion_logs/b.zip", .content = "no zip either" },
            { .name = "acquisition.json", .content = R"({"androidqf_version": "1"})" } });
    EXPECT_FALSE(test::problems_of(*test::opened(folder / "qf.zip")).contains("more zips"));
    test::claim_size(folder / "qf.zip", 0xFFFF'FFFE);
    EXPECT_TRUE(test::problems_of(*test::opened(folder / "qf.zip")).contains("more zips of intrusion logs"));
}

TEST(AndroidIntrusionLogs, a_zipped_acquisition_that_holds_logs_is_no_zip_of_logs)
{
    TemporaryFolder const folder;
    for (std::string const below : { "", "phone/" }) {
        auto const packed = folder / ("packed" + std::to_string(below.size()));
        test::write_files(packed,
            { { below + "acquisition.json", R"({"androidqf_version": "1"})" },
                { below + "intrusion_logs/log.txt", kLog } });
        auto const downloads = folder / ("downloads" + std::to_string(below.size()));
        std::filesystem::create_directory(downloads);
        test::archive_folder(packed, downloads / "phone.zip", ArchiveForm::zip_deflated);
        EXPECT_FALSE(open_acquisition(downloads, {}).has_value()) << below;
        auto const named = test::opened(downloads / "phone.zip");
        ASSERT_NE(named, nullptr);
        EXPECT_EQ(named->kind(), AcquisitionKind::androidqf);
    }
}

TEST(AndroidIntrusionLogs, only_an_object_with_an_event_is_one)
{
    EXPECT_TRUE(android::looks_like_intrusion_log("{ \"security_event\" : {"));
    EXPECT_TRUE(android::looks_like_intrusion_log("\xEF\xBB\xBF\r\n{\"connect_event\":{}}"));
    for (std::string_view const text :
        { "", "{", "[{\"dns_event\":{}}]", "{\"dns_events\":{}}", "{\"other\":{}}" })
        EXPECT_FALSE(android::looks_like_intrusion_log(text)) << text;
}

} // namespace
