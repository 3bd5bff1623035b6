#include "support/backup_builder.hpp"
#include "support/run_program.hpp"
#include "support/temporary_folder.hpp"

#include <fstream>
#include <gtest/gtest.h>

namespace {

using namespace exhibit::test;

class YaraCheck : public ::testing::Test {
protected:
    YaraCheck()
    {
        BackupBuilder backup { m_folder / "backup" };
        backup.add_file("HomeDomain", "Library/Odd/first.bin", "holds sample-implant words");
        backup.add_file("HomeDomain", "Library/Odd/second.bin", "sample-implant");
        backup.add_file("HomeDomain", "Library/Odd/third.bin", "sample implant");
        backup.finish();
        std::ofstream { m_folder / "sample.yar" }
            << "rule Sample { strings: $a = \"sample-implant\" condition: $a }\n";
    }

    [[nodiscard]] Ran check(std::string const& rules) const
    {
        return run_exhibit({ "check", (m_folder / "backup").string(), "--output", m_case, "--force", "--yara",
            (m_folder / rules).string() });
    }
    [[nodiscard]] std::string sql(std::string const& query) const
    {
        return run_exhibit({ "sql", m_case, query, "--format", "csv" }).out;
    }

    TemporaryFolder m_folder;
    std::string m_case = (m_folder / "a.exhibit").string();
};

TEST_F(YaraCheck, a_rule_is_one_finding_with_the_files_that_match)
{
    auto const ran = check("sample.yar");
    EXPECT_EQ(ran.code, 1) << ran.err;
    EXPECT_NE(ran.out.find("Files match the YARA rule Sample"), std::string::npos) << ran.out;
    EXPECT_NE(ran.out.find("By           YARA rule Sample of sample.yar"), std::string::npos) << ran.out;
    EXPECT_EQ(ran.out.find("Its author says"), std::string::npos) << ran.out;
    auto const coverage = run_exhibit({ "coverage", m_case }).out;
    EXPECT_NE(coverage.find("files were looked at with 1 rule"), std::string::npos) << coverage;
    auto const rows = sql(
        "SELECT r.entry_id IS NOT NULL, e.path, y.locator FROM finding_row r JOIN entry e USING (entry_id) "
        "JOIN yara_match y USING (record_id) WHERE r.table_name = 'yara_match'");
    EXPECT_NE(rows.find("Library/Odd/first.bin"), std::string::npos) << rows;
    EXPECT_NE(rows.find("Library/Odd/second.bin"), std::string::npos) << rows;
    EXPECT_EQ(rows.find("third.bin"), std::string::npos) << rows;
    EXPECT_NE(sql("SELECT message FROM coverage WHERE artifact = 'yara'").find("looked at with 1 rule"),
        std::string::npos);
}

TEST_F(YaraCheck, files_are_read_once_for_their_digests_and_for_yara)
{
    auto const ran = run_exhibit({ "check", (m_folder / "backup").string(), "--output", m_case, "--force",
        "--hash", "--yara", (m_folder / "sample.yar").string() });
    EXPECT_EQ(ran.code, 1) << ran.err;
    EXPECT_NE(ran.err.find("hashing files and looking at them with YARA rules"), std::string::npos)
        << ran.err;
    auto const both
        = sql("SELECT e.path, e.sha256 FROM yara_match y JOIN entry e USING (entry_id) ORDER BY 1");
    EXPECT_NE(both.find("Library/Odd/first.bin"), std::string::npos) << both;
    auto const digests
        = sql("SELECT count(*) FROM ios_file WHERE path LIKE '%/Odd/%' AND length(sha256) = 64");
    EXPECT_NE(digests.find("3"), std::string::npos) << digests;
    EXPECT_NE(sql("SELECT message FROM coverage WHERE artifact = 'yara'").find("looked at with 1 rule"),
        std::string::npos);
}

TEST_F(YaraCheck, rule_files_of_one_name_in_two_folders_are_kept_apart)
{
    for (auto const* folder : { "rules/a", "rules/b" }) {
        std::filesystem::create_directories(m_folder / folder);
        std::ofstream { m_folder / folder / "sample.yar" }
            << "rule Sample { strings: $a = \"sample-implant\" condition: $a }\n";
    }
    auto const ran = check("rules");
    EXPECT_EQ(ran.code, 1) << ran.err;
    auto const files = sql("SELECT DISTINCT yara_file FROM yara_match ORDER BY 1");
    EXPECT_NE(files.find("a/sample.yar"), std::string::npos) << files;
    EXPECT_NE(files.find("b/sample.yar"), std::string::npos) << files;
    EXPECT_NE(sql("SELECT count(*) FROM finding WHERE rule_id = 'Sample' OR title LIKE '%Sample%'").find("2"),
        std::string::npos);
}

TEST_F(YaraCheck, rules_that_do_not_compile_are_named_before_anything_is_read)
{
    std::ofstream { m_folder / "bad.yar" } << "rule Sample { condition: }";
    auto const ran = check("bad.yar");
    EXPECT_EQ(ran.code, 2);
    EXPECT_NE(ran.err.find("bad.yar, line 1"), std::string::npos) << ran.err;
    EXPECT_FALSE(std::filesystem::exists(m_case));
}

TEST_F(YaraCheck, a_file_that_was_not_looked_at_is_named)
{
    namespace fs = std::filesystem;
    for (auto const& file : fs::recursive_directory_iterator { m_folder / "backup" }) {
        std::string text(14, ' ');
        std::ifstream { file.path(), std::ios::binary }.read(text.data(), 14);
        if (file.is_regular_file() && text == "sample implant")
            fs::resize_file(file.path(), (std::uintmax_t { 64 } << 20U) + 1);
    }
    auto const ran = check("sample.yar");
    auto const coverage = run_exhibit({ "coverage", m_case }).out;
    EXPECT_NE(coverage.find("1 was not: larger than 64 MiB"), std::string::npos) << coverage << ran.err;
    EXPECT_NE(coverage.find("Library/Odd/third.bin: it is too large"), std::string::npos) << coverage;
}

TEST_F(YaraCheck, a_folder_or_file_without_a_rule_is_refused)
{
    std::filesystem::create_directories(m_folder / "rules");
    std::ofstream { m_folder / "rules/sample.rule" } << "rule Sample { condition: true }";
    std::ofstream { m_folder / "empty.yar" } << "// nothing\n";
    for (auto const* path : { "rules", "empty.yar" }) {
        auto const ran = check(path);
        EXPECT_EQ(ran.code, 2) << path;
        EXPECT_NE(ran.err.find(path), std::string::npos) << ran.err;
        EXPECT_FALSE(std::filesystem::exists(m_case));
    }
}

} // namespace
