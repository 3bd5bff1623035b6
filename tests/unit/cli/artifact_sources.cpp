#include "support/run_program.hpp"
#include "support/temporary_folder.hpp"

#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <sstream>

namespace {

using namespace exhibit::test;

/// The cells of each artifact's line in the table of artifacts and kinds of acquisition.
std::map<std::string, std::vector<std::string>> overview()
{
    TemporaryFolder const folder;
    auto const run = run_exhibit({ "artifacts", "--format", "markdown", "--output", folder.path().string() });
    EXPECT_EQ(run.code, 0) << run.err;
    std::map<std::string, std::vector<std::string>> lines;
    std::ifstream file { folder / "artifacts.md" };
    for (std::string line; std::getline(file, line);) {
        if (!line.starts_with("| ["))
            continue;
        std::vector<std::string> cells;
        std::istringstream stream { line };
        for (std::string cell; std::getline(stream, cell, '|');)
            cells.push_back(cell == " " ? "" : cell);
        lines[line.substr(3, line.find(']') - 3)] = cells;
    }
    return lines;
}

TEST(ArtifactSources, declarations_say_which_acquisitions_hold_an_artifact)
{
    auto const lines = overview();
    // Kinds follow the name, the title and the mark of key artifacts.
    auto const kinds = [&](std::string const& id) {
        std::string found;
        auto const& cells = lines.at(id);
        for (std::size_t i = 4; i + 1 < cells.size(); ++i)
            found += cells[i].empty() ? '-' : '+';
        return found;
    };
    EXPECT_EQ(kinds("ios.sms"), "+++"); // backup, encrypted backup, file system
    EXPECT_EQ(kinds("ios.manifest"), "++-");
    EXPECT_EQ(kinds("ios.safari_history"), "-++");
    EXPECT_EQ(kinds("ios.shutdown_log"), "--+");
    EXPECT_EQ(kinds("ios.filesystem"), "--+");
    EXPECT_EQ(kinds("ios.applications"), "+++");
    EXPECT_EQ(kinds("ios.notifications"), "+++");
    EXPECT_EQ(kinds("android.packages").substr(0, 2), "++"); // bug report, AndroidQF
    EXPECT_EQ(kinds("android.messages"), "-++-+");
    EXPECT_EQ(kinds("android.intrusion_log"), "---+-");
    EXPECT_EQ(kinds("android.files"), "+++++");
    for (auto const& [id, cells] : lines)
        EXPECT_NE(kinds(id).find('+'), std::string::npos) << id;
}

} // namespace
