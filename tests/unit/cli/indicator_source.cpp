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

} // namespace
