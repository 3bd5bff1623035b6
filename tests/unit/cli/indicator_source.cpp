#include "support/backup_builder.hpp"
#include "support/run_program.hpp"
#include "support/temporary_folder.hpp"

#include <fstream>
#include <gtest/gtest.h>

namespace {

using namespace exhibit::test;

TEST(IndicatorSource, who_published_an_indicator_and_with_whom_it_may_be_shared_stands_with_the_finding)
{
    TemporaryFolder const folder;
    BackupBuilder backup { folder / "backup" };
    backup.add_file("HomeDomain", "Library/Odd/implant-one.bin", "x");
    backup.add_file("HomeDomain", "Library/Odd/implant-two.bin", "y");
    backup.finish();
    std::filesystem::create_directories(folder / "indicators");
    std::ofstream { folder / "indicators/event.json" }
        << R"({"Event":{"info":"Op Example","Orgc":{"name":"Example Lab"},"Tag":[{"name":"tlp:amber"},
        {"name":"misp-galaxy:tool=\"Example Spy\""}],"Attribute":[
        {"uuid":"u1","type":"filename","value":"implant-one.bin","to_ids":true,"Tag":[{"name":"tlp:red"}]}]}})";
    std::ofstream { folder / "indicators/list.csv" }
        << "value,type,name,source,tlp\nimplant-two.bin,filename,Other Spy,Example CERT,TLP:GREEN\n";
    auto const file = (folder / "a.exhibit").string();
    auto const ran = run_exhibit({ "check", (folder / "backup").string(), "--output", file, "--indicators",
        (folder / "indicators").string() });
    ASSERT_LE(ran.code, 1) << ran.err;
    auto const findings = run_exhibit({ "findings", file }).out;
    for (auto const* part : { "Op Example (event.json, Example Lab, TLP:RED)", "Example Spy",
             "list.csv (list.csv, Example CERT, TLP:GREEN)", "Other Spy" })
        EXPECT_NE(findings.find(part), std::string::npos) << part << "\n" << findings;
    auto const packs
        = run_exhibit({ "sql", file, "SELECT format, source, tlp FROM indicator_pack ORDER BY 1" }).out;
    EXPECT_NE(packs.find("TLP:GREEN"), std::string::npos) << packs;
    EXPECT_NE(packs.find("TLP:RED"), std::string::npos) << packs;
}

TEST(IndicatorSource, a_pack_of_a_folder_of_which_nothing_can_be_used_is_named)
{
    TemporaryFolder const folder;
    BackupBuilder backup { folder / "backup" };
    backup.add_file("HomeDomain", "Library/Odd/implant-one.bin", "x");
    backup.finish();
    std::filesystem::create_directories(folder / "indicators");
    std::ofstream { folder / "indicators/list.csv" } << "value,type\nimplant-two.bin,filename\n";
    std::ofstream { folder / "indicators/pegasus.stix2" } << "<html><body>404 Not Found</body></html>";
    std::ofstream { folder / "indicators/predator.stix2" } << "";
    auto const ran = run_exhibit({ "check", (folder / "backup").string(), "--output",
        (folder / "a.exhibit").string(), "--indicators", (folder / "indicators").string() });
    for (auto const* part : { "pegasus.stix2 could be used", "predator.stix2 could be used" })
        EXPECT_NE(ran.out.find(part), std::string::npos) << part << "\n" << ran.out;
    EXPECT_EQ(ran.out.find("list.csv could be used"), std::string::npos) << ran.out;
}

TEST(IndicatorSource, lint_says_each_mistake_once_and_with_its_place)
{
    TemporaryFolder const folder;
    std::ofstream { folder / "list.csv" }
        << "value;type\nbad;nosuchtype\na.example;domain\na.example;domain\n";
    auto const ran = run_exhibit({ "indicators", "lint", (folder / "list.csv").string() });
    EXPECT_EQ(ran.code, 1) << ran.err;
    EXPECT_EQ(ran.out,
        "list.csv: error line 2: nosuchtype: The type is not known. (See docs/indicators.md for the types.)\n"
        "list.csv: note 1 of its values occur more than once in it. (A match names every indicator with the "
        "value.)\n");
}

TEST(IndicatorSource, to_compare_indicators_and_not_to_is_refused)
{
    TemporaryFolder const folder;
    auto const ran = run_exhibit({ "check", folder.path().string(), "--no-indicators", "--indicators",
        (folder / "indicators").string() });
    EXPECT_EQ(ran.code, 2);
    EXPECT_NE(ran.err.find("--no-indicators"), std::string::npos) << ran.err;
}

} // namespace
