// Counts of public sample data, where EXHIBIT_TEST_DATA names a folder that holds it.
#include "artifact/registry.hpp"
#include "support/fixture.hpp"
#include "support/recorder.hpp"

#include <algorithm>
#include <cstdlib>
#include <gtest/gtest.h>

namespace exhibit {
namespace {

class RealData : public testing::Test {
protected:
    void SetUp() override
    {
        auto const* folder = std::getenv("EXHIBIT_TEST_DATA"); // NOLINT(concurrency-mt-unsafe)
        if (folder == nullptr)
            GTEST_SKIP() << "EXHIBIT_TEST_DATA is not set";
        m_folder = folder;
    }

    /// Reads a file of the sample data, with the `-wal` beside it, as if it had lain at `path`.
    std::unique_ptr<test::Recorder> read(
        std::string_view id, std::string const& file, std::string_view path = {}) const
    {
        auto const* artifact = find_artifact(id);
        EXPECT_NE(artifact, nullptr);
        auto recorder = std::make_unique<test::Recorder>(*artifact);
        auto const main = test::slurp(m_folder / file);
        auto const wal = test::slurp(m_folder / (file + "-wal"));
        EXPECT_FALSE(main.empty()) << file;
        MemorySource const source { as_bytes(main) };
        MemorySource const log { as_bytes(wal) };
        Input input;
        input.path = path.empty() ? artifact->paths.front() : path;
        input.stored = input.path;
        input.source = &source;
        input.wal = wal.empty() ? nullptr : &log;
        auto const result = artifact->parse(input, *recorder);
        EXPECT_TRUE(result.has_value()) << file << ": " << result.error().what;
        return recorder;
    }

private:
    std::filesystem::path m_folder;
};

constexpr std::string_view kBackup = "mvt-fixtures/ios_backup/";

std::string backup(std::string_view file)
{
    return std::string { kBackup } + std::string { file };
}

std::size_t count_value(std::vector<std::string> const& values, std::string_view value)
{
    return static_cast<std::size_t>(std::ranges::count(values, value));
}

TEST_F(RealData, data_usage_has_every_process_and_no_orphan)
{
    auto const rows = read("ios.data_usage", "plaso/ios/DataUsage.sqlite");
    EXPECT_EQ(rows->count("ios_data_usage_process"), 371U);
    EXPECT_EQ(rows->count("ios_data_usage_live"), 887U);
    EXPECT_EQ(count_value(rows->values("ios_data_usage_live", "process_row_missing"), "true"), 0U);
    EXPECT_EQ(count_value(rows->values("ios_data_usage_process", "usage_rows"), "0"), 35U);
    auto const highest = rows->values("ios_data_usage_entity", "highest_id");
    EXPECT_EQ(count_value(highest, "371"), 1U);
    EXPECT_EQ(count_value(highest, "1766"), 1U);
}

TEST_F(RealData, data_usage_of_a_backup_has_one_gap_in_its_process_numbers)
{
    auto const rows = read("ios.data_usage", backup("0d/0d609c54856a9bb2d56729df1d68f2958a88426b"));
    EXPECT_EQ(rows->count("ios_data_usage_process"), 40U);
    EXPECT_EQ(rows->count("ios_data_usage_live"), 10U);
    auto const ids = rows->values("ios_data_usage_process", "process_id");
    EXPECT_EQ(count_value(ids, "4"), 1U);
    EXPECT_EQ(count_value(ids, "5"), 0U);
    EXPECT_EQ(count_value(ids, "41"), 1U);
}

TEST_F(RealData, permissions)
{
    EXPECT_EQ(read("ios.tcc", "plaso/macos/TCC-test.db")->count("ios_tcc_access"), 21U);
    auto const rows = read("ios.tcc", backup("64/64d0019cb3d46bfc8cce545a8ba54b93e7ea9347"));
    EXPECT_EQ(rows->count("ios_tcc_access"), 11U);
    EXPECT_EQ(rows->values("ios_tcc_access", "service").front(), "kTCCServiceUbiquity");
    EXPECT_EQ(rows->values("ios_tcc_access", "client").front(), "com.apple.Preferences");
    EXPECT_EQ(rows->values("ios_tcc_access", "decision").front(), "allowed");
    EXPECT_EQ(count_value(rows->values("ios_tcc_access", "client"), "Launch"), 1U);
}

TEST_F(RealData, safari_history_and_its_tombstones)
{
    auto const rows = read("ios.safari_history", "plaso/safari/History.db");
    EXPECT_EQ(rows->count("ios_safari_visit"), 25U);
    EXPECT_EQ(rows->count("ios_safari_tombstone"), 6U);
}

} // namespace
} // namespace exhibit
