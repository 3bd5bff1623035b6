#include "base/files_below.hpp"

#include "support/few_files.hpp"
#include "support/temporary_folder.hpp"

#include <fstream>
#include <gtest/gtest.h>

namespace {

using namespace exhibit;
namespace fs = std::filesystem;

bool is_rule(fs::path const& path)
{
    return path.extension() == ".rule";
}

TEST(FilesBelow, are_those_that_are_wanted_in_the_order_of_their_paths)
{
    test::TemporaryFolder const folder;
    fs::create_directories(folder / "b/deep");
    fs::create_directories(folder / "c.rule");
    for (auto const* const name : { "z.rule", "b/deep/y.rule", "a.rule", "a.txt" })
        std::ofstream { folder / name } << "x";
    fs::create_symlink("nowhere", folder / "link.rule");
    std::vector const files { folder / "a.rule", folder / "b/deep/y.rule", folder / "link.rule",
        folder / "z.rule" };
    EXPECT_EQ(files_below(folder.path(), 4, is_rule).value(), files);
    EXPECT_EQ(files_below(folder.path(), 3, is_rule).error().fault, Fault::over_limit);
    EXPECT_EQ(files_below(folder / "none", 3, is_rule).error().fault, Fault::io);
}

TEST(FilesBelow, are_not_told_in_part_where_a_folder_cannot_be_read)
{
    test::TemporaryFolder const folder;
    fs::create_directories(folder / "1/2/3/4/5/6/7/8");
    std::ofstream { folder / "a.rule" } << "x";
    EXPECT_EQ(files_below(folder.path(), 9, is_rule).value().size(), 1U);
    test::FewFiles const few { 4 };
    EXPECT_EQ(files_below(folder.path(), 9, is_rule).error().fault, Fault::io);
}

} // namespace
