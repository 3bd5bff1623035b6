#include "support/archive_builder.hpp"
#include "support/run_program.hpp"
#include "support/temporary_folder.hpp"

#include <cstdlib>
#include <gtest/gtest.h>

namespace {

using namespace exhibit::test;

TEST(Identity, check_reads_an_encrypted_acquisition_with_a_key_and_says_what_it_needs_without)
{
    if (!std::filesystem::exists("/usr/bin/age-keygen"))
        GTEST_SKIP() << "age is not installed";
    TemporaryFolder const folder;
    write_archive(folder / "out.zip", ArchiveForm::zip_deflated,
        { { .name = "getprop.txt", .content = "[ro.product.model]: [Phone 8]\n" },
            { .name = "packages.json", .content = "[]" } });
    auto const command = "cd " + folder.path().string()
        + " && /usr/bin/age-keygen -o key.txt 2>/dev/null && /usr/bin/age -e -i key.txt -o out.zip.age "
          "out.zip";
    ASSERT_EQ(std::system(command.c_str()), 0);
    std::vector<std::string> arguments { "check", (folder / "out.zip.age").string(), "--output",
        (folder / "case.exhibit").string() };
    auto const locked = run_exhibit(arguments);
    EXPECT_EQ(locked.code, 2);
    EXPECT_NE(locked.err.find("--identity"), std::string::npos) << locked.err;
    arguments.insert(arguments.end(), { "--identity", (folder / "key.txt").string() });
    auto const opened = run_exhibit(arguments);
    EXPECT_EQ(opened.code, 0) << opened.err;
    EXPECT_NE(opened.out.find("AndroidQF acquisition of Phone 8"), std::string::npos) << opened.out;
    arguments.back() = (folder / "nothing").string();
    EXPECT_EQ(run_exhibit(arguments).code, 2);
}

} // namespace
