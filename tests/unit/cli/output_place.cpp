#include "support/backup_builder.hpp"
#include "support/run_program.hpp"
#include "support/small_case.hpp"
#include "support/temporary_folder.hpp"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <sys/stat.h>

namespace {

using namespace exhibit::test;
namespace fs = std::filesystem;

std::string content(fs::path const& file)
{
    std::ifstream stream { file, std::ios::binary };
    return { std::istreambuf_iterator<char> { stream }, {} };
}

void write(fs::path const& file, std::string_view text)
{
    std::ofstream { file } << text;
}

class OutputPlace : public ::testing::Test {
protected:
    OutputPlace()
    {
        write_small_case(path("small.exhibit"));
        BackupBuilder backup { m_folder / "backup" };
        backup.add_file("HomeDomain", "Library/Odd/one.bin", "x");
        backup.finish();
    }

    [[nodiscard]] std::string path(std::string_view name) const { return (m_folder / name).string(); }

    /// Runs a command that must be refused and must leave the file as it is.
    void refuses(std::vector<std::string> const& arguments, std::string const& file, std::string_view words)
    {
        auto const before = content(file);
        auto const ran = run_exhibit(arguments);
        EXPECT_EQ(ran.code, 2) << file;
        EXPECT_NE(ran.err.find(words), std::string::npos) << ran.err;
        EXPECT_EQ(content(file), before) << file;
    }

    TemporaryFolder m_folder;
};

TEST_F(OutputPlace, a_case_never_takes_the_place_of_the_evidence)
{
    write(path("phone.ab"), "ANDROID BACKUP\n5\n0\nnone\n");
    fs::create_hard_link(path("phone.ab"), path("hard.ab"));
    fs::create_symlink(path("phone.ab"), path("soft.ab"));
    for (auto const* name : { "phone.ab", "hard.ab", "soft.ab" })
        refuses(
            { "check", path("phone.ab"), "--output", path(name), "--force" }, path(name), "evidence itself");
    refuses({ "check", path("backup"), "--output", path("phone.ab"), "--force" }, path("phone.ab"),
        "no case file");
    refuses({ "check", path("phone.ab"), "--output", path("backup/Manifest.db"), "--force" },
        path("backup/Manifest.db"), "an iOS backup");
}

TEST_F(OutputPlace, a_case_never_takes_the_place_of_what_the_run_reads)
{
    fs::create_directories(path("rules"));
    for (auto const* name : { "rules/own.yaml", "list.csv", "secret", "key", "own.yar" })
        write(path(name), "x");
    std::vector<std::string> const check { "check", path("backup"), "--indicators", path("list.csv"),
        "--rules", path("rules"), "--password-file", path("secret"), "--identity", path("key"), "--yara",
        path("own.yar"), "--force", "--output" };
    for (auto const* name : { "rules/own.yaml", "list.csv", "secret", "key", "own.yar" }) {
        auto arguments = check;
        arguments.push_back(path(name));
        refuses(arguments, path(name), "is read by this command");
    }
}

TEST_F(OutputPlace, force_replaces_a_case_or_an_empty_file_and_nothing_else)
{
    write(path("notes"), "my notes");
    write(path("empty"), "");
    ASSERT_EQ(::mkfifo(path("pipe").c_str(), S_IRUSR | S_IWUSR), 0);
    auto const check = [&](std::string const& output) {
        return run_exhibit({ "check", path("backup"), "--only", "ios.tcc", "--no-indicators", "--output",
            output, "--force" });
    };
    for (auto const* name : { "notes", "pipe", "backup", "." })
        EXPECT_EQ(check(path(name)).code, 2) << name;
    EXPECT_TRUE(fs::is_fifo(path("pipe")));
    EXPECT_EQ(content(path("notes")), "my notes");
    for (auto const* name : { "empty", "small.exhibit" })
        EXPECT_EQ(check(path(name)).code, 0) << name;
}

TEST_F(OutputPlace, an_export_never_takes_the_place_of_a_case)
{
    auto const file = path("small.exhibit");
    fs::create_symlink(file, path("link"));
    fs::copy(file, path("other.exhibit"));
    for (auto const* format : { "jsonl", "timesketch" }) {
        refuses({ "export", file, file, "--format", format, "--force" }, file, "is read by this command");
        refuses(
            { "export", file, path("link"), "--format", format, "--force" }, file, "is read by this command");
        refuses({ "export", file, path("other.exhibit"), "--format", format, "--force" },
            path("other.exhibit"), "not written by an export");
    }
}

TEST_F(OutputPlace, nothing_is_written_into_an_acquisition)
{
    auto const file = path("small.exhibit");
    auto const manifest = path("backup/Manifest.db");
    refuses({ "export", file, manifest, "--format", "jsonl", "--force" }, manifest, "an iOS backup");
    refuses({ "export", file, path("backup/new/deep"), "--format", "jsonl" }, path("backup/new"),
        "an iOS backup");
    refuses({ "export", file, path("backup"), "--format", "csv", "--force" }, manifest, "an iOS backup");
    refuses({ "artifacts", "--format", "markdown", "--output", path("backup") }, manifest, "an iOS backup");
    refuses({ "indicators", "update", "--folder", path("backup") }, manifest, "an iOS backup");
    refuses({ "decrypt", path("phone.zip"), path("backup/clear") }, manifest, "an iOS backup");
    EXPECT_FALSE(fs::exists(path("backup/artifacts.md")));
    EXPECT_FALSE(fs::exists(path("backup/.lock")));
}

TEST_F(OutputPlace, the_folder_of_a_loose_bug_report_is_a_folder_like_any_other)
{
    fs::create_directories(path("work/FS"));
    write(path("work/bugreport-phone.txt"), "== dumpstate: 2023-01-01 00:00:00\n");
    std::vector<std::string> const arguments { "export", path("small.exhibit"), path("work/out"), "--format",
        "jsonl", "--force" };
    EXPECT_EQ(run_exhibit(arguments).code, 0);
    write(path("work/version.txt"), "2.0\n");
    EXPECT_EQ(run_exhibit(arguments).code, 2);
}

TEST_F(OutputPlace, force_leaves_nothing_of_another_case_in_the_folder_of_an_export)
{
    auto const file = path("small.exhibit");
    fs::create_directories(path("mvt"));
    write(path("mvt/info.json"), "{}");
    write(path("mvt/urls.json"), "[{\"old\": 1}]");
    std::vector<std::string> const arguments { "export", file, path("mvt"), "--format", "mvt", "--force" };
    auto const ran = run_exhibit(arguments);
    EXPECT_EQ(ran.code, 0) << ran.err;
    EXPECT_FALSE(fs::exists(path("mvt/urls.json")));
    EXPECT_NE(content(path("mvt/info.json")), "{}");
    write(path("mvt/notes.txt"), "my notes");
    refuses(arguments, path("mvt/notes.txt"), "notes.txt");
    for (auto const& entry : fs::directory_iterator { m_folder.path() })
        EXPECT_FALSE(entry.path().filename().string().contains("partial")) << entry.path();
}

TEST_F(OutputPlace, documentation_removes_no_page_but_its_own)
{
    fs::create_directories(path("docs/artifacts"));
    write(path("docs/artifacts/mine.md"), "my notes");
    write(path("docs/artifacts/ios.no_more.md"), "");
    EXPECT_EQ(run_exhibit({ "artifacts", "--format", "markdown", "--output", path("docs") }).code, 0);
    EXPECT_TRUE(fs::exists(path("docs/artifacts/mine.md")));
    EXPECT_FALSE(fs::exists(path("docs/artifacts/ios.no_more.md")));
}

} // namespace
