#include "acquisition/container.hpp"
#include "acquisition/tar_container.hpp"
#include "support/archive_builder.hpp"
#include "support/counting_source.hpp"
#include "support/opened_container.hpp"
#include "support/temporary_folder.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <random>

namespace {

using namespace exhibit;
using test::ArchiveForm;
using test::ArchiveMember;
using test::content_of;
using test::opened_container;
using test::TemporaryFolder;

std::uint64_t problem_count(Container const& container, std::string_view words)
{
    std::uint64_t count = 0;
    for (auto const& problem : container.problems())
        if (problem.message.contains(words))
            count += problem.count;
    return count;
}

ArchiveMember hard_link(std::string name, std::string target)
{
    return { .name = std::move(name), .target = std::move(target), .hard_link = true };
}

TEST(ArchiveLimits, a_tar_may_hold_more_hard_links_than_files)
{
    TemporaryFolder const folder;
    std::vector<ArchiveMember> members { { .name = "m/a", .content = "first" },
        { .name = "m/z", .content = "second" } };
    constexpr unsigned links = 40;
    for (unsigned i = 0; i != links; ++i) // Names on all sides of those that were there.
        members.push_back(
            hard_link(fmt::format("{}/{}", i % 2 == 0 ? 'b' : 'x', links - i), i % 3 == 0 ? "m/z" : "m/a"));
    for (auto const form : { ArchiveForm::tar, ArchiveForm::tar_gzip }) {
        test::write_archive(folder / "a.tar", form, members);
        auto const container = opened_container(folder / "a.tar");
        for (unsigned i = 0; i != links; ++i)
            EXPECT_EQ(content_of(*container, fmt::format("{}/{}", i % 2 == 0 ? 'b' : 'x', links - i)),
                i % 3 == 0 ? "second" : "first");
        EXPECT_EQ(problem_count(*container, "hard link"), 0U);
    }
}

TEST(ArchiveLimits, what_has_several_names_in_a_tar_is_unpacked_once_for_all_that_follow_on_one_another)
{
    TemporaryFolder const folder;
    std::minstd_rand random;
    std::string content(1'000'000, '\0');
    std::ranges::generate(content, [&] { return static_cast<char>(random() >> 8U); });
    test::write_archive(folder / "a.tgz", ArchiveForm::tar_gzip,
        { { .name = "a", .content = content }, { .name = "b", .content = "alone" + content },
            hard_link("c", "a"), hard_link("d", "a") });
    std::ifstream file { folder / "a.tgz", std::ios::binary };
    auto const archive
        = std::make_shared<test::CountingSource>(std::string { std::istreambuf_iterator<char> { file }, {} });
    auto const container = TarContainer::open_tar(archive, Compression::gzip, {}).value();
    EXPECT_EQ(content_of(*container, "a"), content);
    auto const once = archive->read();
    EXPECT_EQ(content_of(*container, "c"), content_of(*container, "d"));
    EXPECT_EQ(archive->read(), once);
    EXPECT_EQ(content_of(*container, "b"), "alone" + content);
    EXPECT_GT(archive->read(), once);
}

TEST(ArchiveLimits, a_hard_link_may_name_a_hard_link)
{
    TemporaryFolder const folder;
    test::write_archive(folder / "a.tar", ArchiveForm::tar,
        { { .name = "file", .content = "shared" }, hard_link("c", "file"), hard_link("./a", "c"),
            hard_link("b", "./a"), hard_link("self", "self"), hard_link("later", "d"), hard_link("d", "b") });
    auto const container = opened_container(folder / "a.tar");
    for (auto const* name : { "a", "b", "c", "d" })
        EXPECT_EQ(content_of(*container, name), "shared") << name;
    EXPECT_FALSE(container->find("self"));
    EXPECT_FALSE(container->find("later"));
    EXPECT_EQ(problem_count(*container, "names no file of it"), 2U);
}

/// The place of a number in the header of a tar member, in octal digits.
void claim_size_in_tar(std::filesystem::path const& tar, std::size_t header, std::uint64_t size)
{
    constexpr std::size_t size_at = 124;
    constexpr std::size_t checksum_at = 148;
    std::fstream file { tar, std::ios::binary | std::ios::in | std::ios::out };
    std::string block(512, '\0');
    file.seekg(static_cast<std::streamoff>(header));
    file.read(block.data(), 512);
    block.replace(size_at, 12, fmt::format("{:011o}", size) + '\0');
    block.replace(checksum_at, 8, 8, ' ');
    unsigned sum = 0;
    for (char const c : block)
        sum += static_cast<unsigned char>(c);
    block.replace(checksum_at, 8, fmt::format("{:06o}", sum) + '\0' + ' ');
    file.seekp(static_cast<std::streamoff>(header));
    file.write(block.data(), 512);
}

TEST(ArchiveLimits, hard_links_do_not_multiply_what_a_tar_holds)
{
    TemporaryFolder const folder;
    constexpr std::uint64_t large = std::uint64_t { 900 } << 20U;
    // The links stand before the file, whose content is a hole of the file system.
    test::write_archive(folder / "a.tar", ArchiveForm::tar,
        { hard_link("l1", "large"), hard_link("l2", "large"), hard_link("l3", "large"),
            { .name = "small", .content = "small" }, hard_link("l4", "small"), { .name = "large" } });
    std::ifstream file { folder / "a.tar", std::ios::binary };
    std::string const content { std::istreambuf_iterator<char> { file }, {} };
    auto const header = content.rfind("large", content.rfind("ustar"));
    ASSERT_EQ(header % 512, 0U);
    claim_size_in_tar(folder / "a.tar", header, large);
    std::filesystem::resize_file(folder / "a.tar", header + 512 + large + 1024);
    auto const container = opened_container(folder / "a.tar");
    EXPECT_EQ(container->find("l1").value().size, large);
    EXPECT_EQ(container->find("l2").value().size, large);
    EXPECT_FALSE(container->find("l3"));
    EXPECT_EQ(container->find("large").value().size, large);
    EXPECT_EQ(content_of(*container, "l4"), "small");
    EXPECT_EQ(problem_count(*container, "far more content"), 1U);
}

/// Makes all members of a zip but the first claim to be this long when unpacked.
void claim_size_of_others(std::filesystem::path const& zip, std::uint32_t size)
{
    std::ifstream in { zip, std::ios::binary };
    std::string content { std::istreambuf_iterator<char> { in }, {} };
    bool first = true;
    for (auto at = content.find("PK\x01\x02"); at != content.npos; at = content.find("PK\x01\x02", at + 4))
        if (!std::exchange(first, false))
            for (unsigned byte = 0; byte != 4; ++byte)
                content[at + 24 + byte] = static_cast<char>((size >> (8 * byte)) & 0xFFU);
    std::ofstream { zip, std::ios::binary } << content;
}

TEST(ArchiveLimits, many_members_of_a_zip_that_are_little_but_zeros_share_what_all_may_take)
{
    TemporaryFolder const folder;
    constexpr std::size_t size = 150U << 20U;
    std::vector<ArchiveMember> members;
    members.push_back({ .name = "zeros", .content = "begins so" + std::string(size, '\0') });
    for (unsigned i = 0; i != 20; ++i)
        members.push_back({ .name = fmt::format("{}", i), .content = std::string(1000, '\0') });
    test::write_archive(folder / "a.zip", ArchiveForm::zip_deflated, members);
    EXPECT_GT(opened_container(folder / "a.zip")->open("zeros").value()->size(), size) << "alone it is whole";
    claim_size_of_others(folder / "a.zip", 250U << 20U);
    auto const container = opened_container(folder / "a.zip");
    auto const source = container->open("zeros").value();
    EXPECT_LT(source->size(), 100U << 20U);
    EXPECT_GT(source->size(), 90U << 20U);
    EXPECT_EQ(problem_count(*container, "only its beginning"), 1U);
}

} // namespace
