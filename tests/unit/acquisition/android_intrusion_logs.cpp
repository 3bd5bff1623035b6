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

TEST(AndroidIntrusionLogs, only_an_object_with_an_event_is_one)
{
    EXPECT_TRUE(android::looks_like_intrusion_log("{ \"security_event\" : {"));
    EXPECT_TRUE(android::looks_like_intrusion_log("\xEF\xBB\xBF\r\n{\"connect_event\":{}}"));
    for (std::string_view const text :
        { "", "{", "[{\"dns_event\":{}}]", "{\"dns_events\":{}}", "{\"other\":{}}" })
        EXPECT_FALSE(android::looks_like_intrusion_log(text)) << text;
}

} // namespace
