// What rows are joined to comes with each of them: evidence that makes much of little.
#include "artifact/registry.hpp"
#include "base/beginning.hpp"
#include "support/recorder.hpp"
#include "support/sqlite_files.hpp"

#include <algorithm>
#include <gtest/gtest.h>

namespace exhibit {
namespace {

constexpr auto kUsage
    = "CREATE TABLE ZLIVEUSAGE(Z_PK INTEGER PRIMARY KEY, ZHASPROCESS INTEGER, ZTIMESTAMP TIMESTAMP);"
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)"
      "INSERT INTO ZLIVEUSAGE SELECT i, 1, 7e8 FROM n;";

std::unique_ptr<test::Recorder> read_usage(std::string const& processes)
{
    test::SqliteFiles files { kUsage + processes };
    files.close();
    auto const content = files.main();
    auto const* artifact = find_artifact("ios.data_usage");
    auto recorder = std::make_unique<test::Recorder>(*artifact);
    MemorySource const source { content };
    Input input;
    input.path = "/private/var/wireless/Library/Databases/DataUsage.sqlite";
    input.source = &source;
    EXPECT_TRUE(artifact->parse(input, *recorder).has_value());
    return recorder;
}

bool tells(test::Recorder const& recorder, std::string_view words)
{
    return std::ranges::any_of(
        recorder.diagnostics(), [&](auto const& line) { return line.find(words) != line.npos; });
}

TEST(JoinedValues, a_long_name_is_whole_in_its_own_row_and_does_not_fill_all_others)
{
    auto const read = read_usage(
        "CREATE TABLE ZPROCESS(Z_PK INTEGER PRIMARY KEY, ZPROCNAME TEXT);"
        "INSERT INTO ZPROCESS VALUES(1, replace(hex(zeroblob(250000)), '0', 'a')), (2, 'last');");
    EXPECT_EQ(read->count("ios_data_usage_process"), 2U);
    EXPECT_EQ(read->count("ios_data_usage_live"), 300U);
    EXPECT_GT(read->rows().front().size(), 500'000U);
    auto const cut = std::ranges::count_if(
        read->rows(), [](auto const& row) { return row.size() < 3 * kLongestRepeated; });
    EXPECT_GT(cut, 250);
    EXPECT_TRUE(tells(*read, "of which only the beginning was taken"));
}

TEST(JoinedValues, a_number_that_many_rows_have_repeats_nothing)
{
    for (std::string const number : { "1", "'1'" }) { // A key that is no integer is read by SQLite.
        auto const read
            = read_usage("CREATE TABLE ZPROCESS(Z_PK, ZPROCNAME TEXT);"
                         "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)"
                         "INSERT INTO ZPROCESS SELECT "
                + number + ", 'many' FROM n; INSERT INTO ZPROCESS VALUES(2, 'last');");
        EXPECT_EQ(read->count("ios_data_usage_process"), 301U);
        EXPECT_EQ(read->count("ios_data_usage_live"), 300U);
        EXPECT_TRUE(tells(*read, "that several have")) << number;
    }
}

TEST(JoinedValues, a_column_that_is_called_as_the_row_id_hides_no_rows)
{
    auto const read = read_usage(
        "DROP TABLE ZLIVEUSAGE;"
        "CREATE TABLE ZLIVEUSAGE(rowid, ZHASPROCESS); INSERT INTO ZLIVEUSAGE VALUES(1, 1), (1, 2);"
        "CREATE TABLE ZPROCESS(Z_PK, ZPROCNAME TEXT);"
        "INSERT INTO ZPROCESS VALUES('1', 'a'), ('2', 'b');");
    EXPECT_EQ(read->count("ios_data_usage_live"), 2U);
}

} // namespace
} // namespace exhibit
