#include "acquisition/archive_index.hpp"
#include "acquisition/container.hpp"
#include "acquisition/file_source.hpp"
#include "acquisition/spool.hpp"
#include "acquisition/tar_container.hpp"
#include "acquisition/zip_container.hpp"
#include "support/archive_builder.hpp"
#include "support/bad_spot.hpp"
#include "support/counting_source.hpp"
#include "support/few_files.hpp"
#include "support/opened_container.hpp"
#include "support/temporary_folder.hpp"

#include <fmt/format.h>
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <sstream>
#include <sys/stat.h>
#include <unistd.h>

namespace {

using namespace exhibit;
using test::ArchiveForm;
using test::ArchiveMember;
using test::content_of;
using test::opened_container;
using test::TemporaryFolder;

/// Everything in a container, in its order: `path` and, of files, the content; folders end in `/`.
std::vector<std::pair<std::string, std::string>> listing(
    Container const& container, std::string_view folder = {})
{
    std::vector<std::pair<std::string, std::string>> all;
    EXPECT_TRUE(container.visit(folder, [&](Node const& node) {
        std::string path { node.path };
        if (node.kind == EntryKind::folder)
            all.emplace_back(path + '/', "");
        else if (node.kind == EntryKind::link)
            all.emplace_back(path + '@', "");
        else
            all.emplace_back(path, content_of(container, path));
        return true;
    }));
    return all;
}

std::uint64_t problem_count(Container const& container, std::string_view words)
{
    std::uint64_t count = 0;
    for (auto const& problem : container.problems())
        if (problem.message.contains(words))
            count += problem.count;
    return count;
}

std::vector<ArchiveMember> const kTree {
    { .name = "b/", .kind = EntryKind::folder },
    { .name = "b/one.txt", .content = "one" },
    { .name = "b-c/two.txt", .content = std::string(100'000, 'z') },
    { .name = "b/d/", .kind = EntryKind::folder },
    { .name = "b/d/\xff\xfe.bin", .content = std::string { "\0\1\2", 3 } },
    { .name = "b-c/", .kind = EntryKind::folder },
    { .name = "empty", .content = "" },
};

constexpr std::array kForms { ArchiveForm::zip_stored, ArchiveForm::zip_deflated, ArchiveForm::tar,
    ArchiveForm::tar_gzip, ArchiveForm::tar_zstd, ArchiveForm::tar_xz };

void write_folder(std::filesystem::path const& folder, std::vector<ArchiveMember> const& members)
{
    for (auto const& member : members) {
        auto const path = folder / member.name;
        std::filesystem::create_directories(member.kind == EntryKind::folder ? path : path.parent_path());
        if (member.kind == EntryKind::file)
            std::ofstream { path, std::ios::binary } << member.content;
    }
}

TEST(Container, a_folder_and_every_archive_of_it_show_the_same)
{
    TemporaryFolder const folder;
    write_folder(folder / "tree", kTree);
    auto const expected = listing(*opened_container(folder / "tree"));
    ASSERT_EQ(expected.size(), kTree.size());
    EXPECT_EQ(expected.front().first, "b/");
    EXPECT_EQ(expected.back().first, "empty");
    for (auto const form : kForms) {
        auto const path = folder / "archive";
        test::write_archive(path, form, kTree);
        auto const container = opened_container(path);
        ASSERT_TRUE(container);
        EXPECT_EQ(listing(*container), expected) << container->form();
        EXPECT_EQ(listing(*container, "b/d").size(), 1U);
        EXPECT_TRUE(container->problems().empty()) << container->form() << container->problems()[0].message;
    }
}

TEST(Container, children_are_shown_once_each_also_of_folders_that_no_member_names)
{
    TemporaryFolder const folder;
    std::vector<ArchiveMember> const members { { .name = "x/y/1", .content = "1" },
        { .name = "x/y/2", .content = "2" }, { .name = "x/z", .content = "3" } };
    write_folder(folder / "tree", members);
    test::write_archive(folder / "a.zip", ArchiveForm::zip_stored, members);
    for (auto const* const name : { "tree", "a.zip" }) {
        auto const container = opened_container(folder / name);
        std::vector<std::string> seen;
        ASSERT_TRUE(container->children("x", Detail::names, [&](Node const& node) {
            seen.emplace_back(node.path);
            return true;
        }));
        EXPECT_EQ(seen, (std::vector<std::string> { "x/y", "x/z" })) << name;
        EXPECT_EQ(container->find("x/y")->kind, EntryKind::folder);
        EXPECT_EQ(container->find("x/z")->size, 1U);
        EXPECT_FALSE(container->find("x/none"));
        EXPECT_FALSE(container->find("x/../x/z"));
        EXPECT_EQ(container->open("x/none").error().fault, Fault::missing);
        EXPECT_FALSE(container->open("x/y").has_value());
        EXPECT_EQ(
            container->children("nowhere", Detail::names, [](Node const&) { return true; }).error().fault,
            Fault::missing);
    }
}

TEST(Container, names_that_lead_out_are_refused_and_counted)
{
    TemporaryFolder const folder;
    std::vector<ArchiveMember> const members { { .name = "../evil", .content = "1" },
        { .name = "a/../../evil", .content = "2" }, { .name = "/abs/file", .content = "3" },
        { .name = "./dot//slash", .content = "4" } };
    for (auto const form : kForms) {
        test::write_archive(folder / "a", form, members);
        auto const container = opened_container(folder / "a");
        EXPECT_EQ(listing(*container),
            (std::vector<std::pair<std::string, std::string>> { { "abs/file", "3" }, { "dot/slash", "4" } }));
        EXPECT_EQ(problem_count(*container, "leads out"), 2U);
        EXPECT_EQ(problem_count(*container, "absolute"), 1U);
        EXPECT_FALSE(container->open("../evil").has_value());
    }
}

TEST(Container, an_archive_of_which_nothing_can_be_used_is_not_called_empty)
{
    TemporaryFolder const folder;
    test::write_archive(folder / "a.zip", ArchiveForm::zip_stored, { { .name = "../evil", .content = "1" } });
    auto const refused = open_acquisition(folder / "a.zip", {});
    ASSERT_FALSE(refused.has_value());
    EXPECT_TRUE(refused.error().message.contains("leads out")) << refused.error().message;
}

TEST(Container, of_two_members_with_one_name_the_last_counts)
{
    TemporaryFolder const folder;
    std::vector<ArchiveMember> const members { { .name = "a", .content = "old" },
        { .name = "a", .content = "new" } };
    for (auto const form : kForms) {
        test::write_archive(folder / "a", form, members);
        auto const container = opened_container(folder / "a");
        EXPECT_EQ(content_of(*container, "a"), "new");
        EXPECT_EQ(problem_count(*container, "twice"), 1U);
    }
}

TEST(Container, backslashes_separate_only_where_nothing_else_does)
{
    TemporaryFolder const folder;
    test::write_archive(folder / "w.zip", ArchiveForm::zip_stored, { { .name = "a\\b", .content = "1" } });
    EXPECT_EQ(content_of(*opened_container(folder / "w.zip"), "a/b"), "1");
    test::write_archive(folder / "u.zip", ArchiveForm::zip_stored,
        { { .name = "a\\b", .content = "1" }, { .name = "c/d", .content = "2" } });
    EXPECT_EQ(content_of(*opened_container(folder / "u.zip"), "a\\b"), "1");
    test::write_archive(
        folder / "e.zip", ArchiveForm::zip_stored, { { .name = "..\\evil", .content = "1" } });
    EXPECT_TRUE(listing(*opened_container(folder / "e.zip")).empty());
}

TEST(Container, links_are_shown_and_never_followed)
{
    TemporaryFolder const folder;
    std::ofstream { folder / "secret" } << "outside";
    std::filesystem::create_directories(folder / "tree/inside");
    std::filesystem::create_symlink(folder / "secret", folder / "tree/link");
    std::filesystem::create_directory_symlink(folder.path(), folder / "tree/way_out");
    ASSERT_EQ(::mkfifo((folder / "tree/pipe").c_str(), 0600), 0);
    auto const container = opened_container(folder / "tree");
    EXPECT_EQ(listing(*container),
        (std::vector<std::pair<std::string, std::string>> {
            { "inside/", "" }, { "link@", "" }, { "way_out@", "" } }));
    EXPECT_EQ(container->open("link").error().fault, Fault::unsupported);
    EXPECT_FALSE(container->open("way_out/secret").has_value());
    EXPECT_FALSE(container->open("inside/../../secret").has_value());
    EXPECT_FALSE(container->open("pipe").has_value());
    EXPECT_EQ(problem_count(*container, "pipe"), 1U);

    test::write_archive(folder / "a.tar", ArchiveForm::tar,
        { { .name = "l", .kind = EntryKind::link, .target = "/etc/passwd" } });
    auto const tar = opened_container(folder / "a.tar");
    EXPECT_EQ(listing(*tar).at(0).first, "l@");
    EXPECT_FALSE(tar->open("l").has_value());
}

TEST(Container, a_hard_link_in_a_tar_has_the_content_of_its_target)
{
    TemporaryFolder const folder;
    test::write_archive(folder / "a.tar", ArchiveForm::tar,
        { { .name = "x/a", .content = "shared" }, { .name = "x/b", .target = "x/a", .hard_link = true },
            { .name = "x/c", .target = "x/none", .hard_link = true } });
    auto const container = opened_container(folder / "a.tar");
    EXPECT_EQ(content_of(*container, "x/b"), "shared");
    EXPECT_FALSE(container->find("x/c"));
    EXPECT_EQ(problem_count(*container, "hard link"), 1U);
}

TEST(Container, long_names_and_times_survive_in_a_tar)
{
    TemporaryFolder const folder;
    auto const name = std::string(90, 'd') + "/" + std::string(120, 'e') + "/" + std::string(200, 'f');
    for (auto const form : { ArchiveForm::tar, ArchiveForm::tar_gnu, ArchiveForm::tar_gzip }) {
        test::write_archive(
            folder / "a.tar", form, { { .name = name, .content = "deep", .modified = 1'600'000'000 } });
        auto const container = opened_container(folder / "a.tar");
        EXPECT_EQ(content_of(*container, name), "deep");
        EXPECT_EQ(to_text(container->find(name)->modified.value()), "2020-09-13 12:26:40.000000");
    }
}

TEST(Container, devices_and_pipes_of_a_tar_are_left_out_and_counted)
{
    TemporaryFolder const folder;
    test::write_archive(folder / "a.tar", ArchiveForm::tar_gnu,
        { { .name = "pipe" }, { .name = "file", .content = "content" } });
    std::fstream file { folder / "a.tar", std::ios::binary | std::ios::in | std::ios::out };
    std::string header(512, '\0');
    file.read(header.data(), 512);
    header[156] = '6';
    auto const sum = std::stoul(header.substr(148, 6), nullptr, 8) + '6' - '0';
    header.replace(148, 6, fmt::format("{:06o}", sum));
    file.seekp(0);
    file << header << std::flush;
    auto const container = opened_container(folder / "a.tar");
    EXPECT_EQ(content_of(*container, "file"), "content");
    EXPECT_FALSE(container->find("pipe"));
    EXPECT_EQ(problem_count(*container, "a device, pipe or socket"), 1U);
}

TEST(Container, a_file_with_holes_reads_as_zeros_where_nothing_is_stored)
{
    auto const stored = std::make_shared<MemorySource>(as_bytes("aaabbbbb"));
    tar::SparseSource const source { stored, { { 2, 3 }, { 7, 5 }, { 14, 0 } }, 14 };
    std::string const content { "\0\0aaa\0\0bbbbb\0\0", 14 };
    for (std::uint64_t from = 0; from <= content.size(); ++from)
        for (std::size_t count = 1; count <= content.size() + 1; ++count) {
            std::vector<std::byte> piece(count);
            auto const read = source.read_at(from, piece).value();
            EXPECT_EQ(as_text(Bytes { piece }.first(read)), content.substr(from, count))
                << from << ' ' << count;
        }
}

TEST(Container, what_is_stored_of_a_file_with_holes_must_fit_together)
{
    using tar::Extent;
    EXPECT_TRUE(tar::is_sound({ { 0, 10 }, { 20, 5 }, { 30, 0 } }, 30, 15));
    EXPECT_TRUE(tar::is_sound({}, 30, 0));
    EXPECT_FALSE(tar::is_sound({}, 30, 15)) << "bytes that belong nowhere";
    EXPECT_FALSE(tar::is_sound({ { 20, 5 }, { 0, 10 } }, 30, 15)) << "out of order";
    EXPECT_FALSE(tar::is_sound({ { 0, 10 }, { 9, 5 } }, 30, 15)) << "over each other";
    EXPECT_FALSE(tar::is_sound({ { 20, 15 } }, 30, 15)) << "behind the end";
    EXPECT_FALSE(tar::is_sound({ { UINT64_MAX, 15 } }, UINT64_MAX, 15)) << "the sum wraps";
    EXPECT_FALSE(tar::is_sound({ tar::kNoExtent }, UINT64_MAX, UINT64_MAX - 1));
}

TEST(Container, what_a_folder_that_cannot_be_listed_held_is_not_known)
{
    TemporaryFolder const folder;
    std::filesystem::create_directories(folder / "1/2/3/4");
    auto const list = [](auto const& container) {
        return container->visit({}, [](Node const&) { return true; }).has_value();
    };
    // Also for the sanitizer, which opens files to look at a class that it has not met.
    EXPECT_TRUE(list(opened_container(folder.path())));
    bool is_met = false;
    for (unsigned files = 1; files != 8; ++files) {
        auto const container = opened_container(folder.path());
        {
            test::FewFiles const few { files };
            (void)list(container);
        }
        for (auto const& problem : container->problems())
            if (problem.message.contains("could not be listed")) {
                is_met = true;
                EXPECT_TRUE(problem.hides) << files;
            }
    }
    EXPECT_TRUE(is_met);
}

TEST(Container, a_large_member_can_be_read_at_any_place)
{
    TemporaryFolder const folder;
    std::string content;
    for (std::uint32_t i = 0; content.size() < (6U << 20U); ++i)
        content += std::to_string(i * 2654435761U);
    for (auto const form : { ArchiveForm::zip_deflated, ArchiveForm::tar_gzip, ArchiveForm::tar_zstd }) {
        test::write_archive(folder / "a", form,
            { { .name = "first", .content = content }, { .name = "second", .content = content } });
        auto const container = opened_container(folder / "a");
        auto const source = container->open("second").value();
        ASSERT_EQ(source->size(), content.size());
        std::string part(5000, '\0');
        ASSERT_EQ(
            source->read_at(5'000'000, std::as_writable_bytes(std::span { part })).value(), part.size());
        EXPECT_EQ(part, content.substr(5'000'000, 5000));
        EXPECT_EQ(content_of(*container, "first"), content);
    }
}

std::string text_of_file(std::filesystem::path const& path)
{
    std::ifstream file { path, std::ios::binary };
    return { std::istreambuf_iterator<char> { file }, {} };
}

/// Where the header of a member stands in a plain tar.
std::size_t header_at(std::string const& tar, std::string_view name)
{
    for (std::size_t at = 0; at < tar.size(); at += 512)
        if (std::string_view { tar }.substr(at).starts_with(std::string { name } + '\0'))
            return at;
    ADD_FAILURE() << name;
    return 0;
}

TEST(Container, what_stands_behind_zeros_in_a_tar_is_read_and_the_damage_is_said)
{
    TemporaryFolder const folder;
    test::write_archive(folder / "a", ArchiveForm::tar,
        { { .name = "first", .content = "1" }, { .name = "second", .content = std::string(3000, 'a') },
            { .name = "third", .content = "3" } });
    auto const whole = text_of_file(folder / "a");
    auto overwritten = whole;
    overwritten.replace(header_at(whole, "second"), 1024, 1024, '\0');
    auto const end = header_at(whole, "third") + 1024;
    for (auto const& [damaged, wanted, damages] : {
             std::tuple { overwritten, "first third", true },
             { whole + whole, "first second third", true },
             { whole.substr(0, end), "first second third", false },
             { whole, "first second third", false },
         }) {
        std::ofstream { folder / "b", std::ios::binary } << damaged;
        auto const container = opened_container(folder / "b");
        std::string names;
        for (auto const& [name, size] : listing(*container))
            names += (names.empty() ? "" : " ") + name;
        EXPECT_EQ(names, wanted);
        EXPECT_EQ(content_of(*container, "third"), "3");
        EXPECT_EQ(std::ranges::any_of(container->problems(), &Problem::damage), damages);
        EXPECT_EQ(problem_count(*container, "no end mark"), damaged.size() == end ? 1U : 0U);
    }
}

TEST(Container, what_follows_a_compressed_tar_and_is_no_part_of_it_is_said)
{
    TemporaryFolder const folder;
    test::write_archive(folder / "a", ArchiveForm::tar_gzip, { { .name = "first", .content = "1" } });
    auto const whole = text_of_file(folder / "a");
    for (auto const& [behind, damages] :
        { std::pair { std::string(5000, '\0'), false }, { std::string { "x" }, true } }) {
        std::ofstream { folder / "b", std::ios::binary } << whole << behind;
        auto const container = opened_container(folder / "b");
        EXPECT_EQ(content_of(*container, "first"), "1");
        EXPECT_EQ(std::ranges::any_of(container->problems(), &Problem::damage), damages);
    }
}

TEST(Container, says_which_members_are_unpacked_when_they_are_opened)
{
    TemporaryFolder const folder;
    for (auto const form : kForms) {
        test::write_archive(folder / "a", form, { { .name = "first", .content = std::string(3000, 'a') } });
        auto const container = opened_container(folder / "a");
        EXPECT_EQ(
            container->unpacks("first"), form == ArchiveForm::zip_deflated || form == ArchiveForm::tar_gzip);
    }
}

TEST(Container, a_cut_archive_is_refused_or_keeps_what_came_before)
{
    TemporaryFolder const folder;
    std::vector<ArchiveMember> members;
    for (int i = 0; i < 50; ++i)
        members.push_back({ .name = "f" + std::to_string(100 + i),
            .content = std::string(3000, static_cast<char>('a' + i % 26)) });
    for (auto const form : kForms) {
        test::write_archive(folder / "whole", form, members);
        auto const size = std::filesystem::file_size(folder / "whole");
        for (unsigned tenth = 1; tenth < 10; ++tenth) {
            std::filesystem::copy_file(
                folder / "whole", folder / "cut", std::filesystem::copy_options::overwrite_existing);
            std::filesystem::resize_file(folder / "cut", size * tenth / 10);
            auto const container = open_container(folder / "cut", {});
            if (!container) {
                EXPECT_FALSE(container.error().advice.empty());
                continue;
            }
            if ((*container)->form() == "single file")
                continue;
            EXPECT_FALSE((*container)->problems().empty());
            for (auto const& [path, content] : listing(**container))
                EXPECT_TRUE(
                    std::string(3000, content[0]).starts_with(content) || content.starts_with("error"))
                    << path;
        }
    }
}

TEST(Container, of_a_bomb_the_beginning_is_read)
{
    TemporaryFolder const folder;
    constexpr std::size_t most = 256U << 20U;
    test::write_archive(folder / "bomb.zip", ArchiveForm::zip_deflated,
        { { .name = "zeros", .content = "begins so" + std::string(most + (9U << 20U), '\0') } });
    auto const container = opened_container(folder / "bomb.zip");
    auto const source = container->open("zeros").value();
    EXPECT_GE(source->size(), most);
    EXPECT_LT(source->size(), most + (1U << 20U));
    std::array<std::byte, 9> head {};
    ASSERT_EQ(source->read_at(0, head).value(), head.size());
    EXPECT_EQ(as_text(head), "begins so");
    EXPECT_EQ(problem_count(*container, "only its beginning"), 1U);
}

TEST(Container, what_claims_to_be_a_bomb_and_is_none_is_read_whole)
{
    TemporaryFolder const folder;
    test::write_archive(folder / "bomb.zip", ArchiveForm::zip_deflated,
        { { .name = "zeros", .content = std::string(1U << 20U, '\0') } });
    test::claim_size(folder / "bomb.zip", 2'000'000'000);
    auto const container = opened_container(folder / "bomb.zip");
    EXPECT_EQ(container->open("zeros").value()->size(), 1U << 20U);
    EXPECT_EQ(problem_count(*container, "is damaged"), 1U);
}

TEST(Container, members_that_share_bytes_are_refused_with_the_reason)
{
    TemporaryFolder const folder;

    test::write_archive(folder / "overlap.zip", ArchiveForm::zip_stored,
        { { .name = "a", .content = std::string(1000, 'a') }, { .name = "b", .content = "b" } });
    test::point_second_member_at_first(folder / "overlap.zip");
    auto const overlap = opened_container(folder / "overlap.zip");
    EXPECT_EQ(overlap->open("a").error().fault, Fault::over_limit);
    EXPECT_EQ(problem_count(*overlap, "share bytes"), 1U);
}

TEST(Container, how_much_is_unpacked_to_look_into_files_is_bounded)
{
    TemporaryFolder const folder;
    test::write_archive(folder / "inner.zip", ArchiveForm::zip_deflated, { { .name = "a", .content = "a" } });
    test::claim_size(folder / "inner.zip", 200'000'000);
    std::string inner;
    std::getline(std::ifstream { folder / "inner.zip", std::ios::binary }, inner, '\xFF');
    test::write_archive(
        folder / "outer.zip", ArchiveForm::zip_deflated, { { .name = "inner.zip", .content = inner } });
    auto const outer = opened_container(folder / "outer.zip");
    auto const zip = ZipContainer::look_into_zip(*outer, "inner.zip").value();
    for (int i = 0; i != 11; ++i)
        EXPECT_TRUE(zip->open_to_look("a").has_value()) << i;
    EXPECT_EQ(zip->open_to_look("a").error().fault, Fault::over_limit);
    EXPECT_EQ(ZipContainer::look_into_zip(*outer, "inner.zip").error().fault, Fault::over_limit);
    EXPECT_TRUE(outer->open("inner.zip").has_value());
}

TEST(Container, for_the_beginning_of_a_member_the_rest_is_not_unpacked)
{
    TemporaryFolder const folder;
    std::string content;
    for (unsigned i = 0; content.size() < (4U << 20U); ++i)
        content += std::to_string(i * 2'654'435'761U);
    test::write_archive(folder / "a.zip", ArchiveForm::zip_deflated, { { .name = "a", .content = content } });
    std::ostringstream archive;
    archive << std::ifstream { folder / "a.zip", std::ios::binary }.rdbuf();
    auto const source = std::make_shared<test::CountingSource>(archive.str());
    auto const zip = ZipContainer::open_zip(source).value();
    auto const opened = source->read();
    auto const head = zip->open_head("a", 1000).value();
    EXPECT_LT(source->read() - opened, source->size() / 4);
    EXPECT_EQ(as_text(read_all(*head, 1U << 20U).value().bytes()), content.substr(0, 1000));
}

TEST(Container, a_damaged_member_is_noted_and_the_others_are_read)
{
    TemporaryFolder const folder;
    std::string content;
    for (int i = 0; i < 20'000; ++i)
        content += std::to_string(i * 7919);
    test::write_archive(folder / "a.zip", ArchiveForm::zip_deflated,
        { { .name = "bad", .content = content }, { .name = "good", .content = "fine" } });
    std::fstream file { folder / "a.zip", std::ios::in | std::ios::out | std::ios::binary };
    file.seekp(static_cast<std::streamoff>(std::filesystem::file_size(folder / "a.zip") / 2));
    file << std::string(64, '\xAA');
    file.close();
    auto const container = opened_container(folder / "a.zip");
    EXPECT_EQ(content_of(*container, "good"), "fine");
    (void)content_of(*container, "bad");
    EXPECT_EQ(container->problems().size(), 1U);
}

/// A stored member of which one byte was flipped; read in pieces, as digests are made.
void flip_byte_of_stored_member(std::filesystem::path const& zip, std::string const& content)
{
    test::write_archive(zip, ArchiveForm::zip_stored, { { .name = "bad", .content = content } });
    std::fstream file { zip, std::ios::in | std::ios::out | std::ios::binary };
    file.seekp(static_cast<std::streamoff>(std::filesystem::file_size(zip) / 2));
    file << '#';
}

TEST(Container, a_stored_member_is_compared_with_its_checksum_when_it_is_read_from_front_to_back)
{
    TemporaryFolder const folder;
    flip_byte_of_stored_member(folder / "a.zip", std::string(100'000, 'x'));
    auto const container = opened_container(folder / "a.zip");
    auto const source = container->open("bad").value();
    std::array<std::byte, 40'000> piece {};
    EXPECT_EQ(source->read_at(60'000, piece).value(), 40'000U);
    EXPECT_TRUE(container->problems().empty());
    for (std::uint64_t at = 0; at != source->size();)
        at += source->read_at(at, piece).value();
    EXPECT_EQ(problem_count(*container, "checksum"), 1U);
}

TEST(Container, a_stored_member_is_compared_with_its_checksum_when_its_stretches_are_read_in_turns)
{
    TemporaryFolder const folder;
    flip_byte_of_stored_member(folder / "a.zip", std::string(120'000, 'x'));
    auto const container = opened_container(folder / "a.zip");
    auto const source = container->open("bad").value();
    std::array<std::byte, 30'000> piece {};
    for (std::uint64_t const at : { 0U, 60'000U, 30'000U, 90'000U }) {
        EXPECT_TRUE(container->problems().empty());
        EXPECT_EQ(source->read_at(0, std::span { piece }.first(3)).value(), 3U); // as every reader of a text
        EXPECT_EQ(source->read_at(at, piece).value(), piece.size());
    }
    EXPECT_EQ(problem_count(*container, "checksum"), 1U);
}

TEST(Container, a_stored_member_of_an_archive_in_memory_is_compared_with_its_checksum_at_once)
{
    TemporaryFolder const folder;
    flip_byte_of_stored_member(folder / "a.zip", std::string(1000, 'x'));
    auto const bytes = read_all(*open_file(folder / "a.zip").value(), 1U << 20U).value();
    auto const container = ZipContainer::open_zip(std::make_shared<MemorySource>(bytes.bytes()));
    ASSERT_TRUE(container.has_value());
    EXPECT_EQ(content_of(**container, "bad").size(), 1000U);
    EXPECT_EQ(problem_count(**container, "checksum"), 1U);
}

TEST(Container, zeros_behind_a_zip_do_not_hide_its_end)
{
    TemporaryFolder const folder;
    test::write_archive(folder / "a.zip", ArchiveForm::zip_stored, kTree);
    for (auto const padding : { 1U, 70'000U, 200'000U }) {
        std::filesystem::copy_file(
            folder / "a.zip", folder / "padded.zip", std::filesystem::copy_options::overwrite_existing);
        std::filesystem::resize_file(
            folder / "padded.zip", std::filesystem::file_size(folder / "a.zip") + padding);
        EXPECT_EQ(
            listing(*opened_container(folder / "padded.zip")), listing(*opened_container(folder / "a.zip")))
            << padding;
    }
}

TEST(Container, of_a_member_that_cannot_be_read_whole_the_beginning_is_kept)
{
    TemporaryFolder const folder;
    std::string content;
    for (int i = 0; content.size() < 2'000'000; ++i)
        content += std::to_string(i * 7919);
    test::write_archive(folder / "a.zip", ArchiveForm::zip_deflated, { { .name = "a", .content = content } });
    auto const bytes = read_all(*open_file(folder / "a.zip").value(), 1U << 30U).value();
    auto const spot = bytes.bytes().size() * 3 / 4;
    auto const container = ZipContainer::open_zip(std::make_shared<test::BadSpot>(
        std::vector<std::byte> { bytes.bytes().begin(), bytes.bytes().end() }, spot));
    ASSERT_TRUE(container.has_value());
    auto const kept = content_of(**container, "a");
    EXPECT_GT(kept.size(), content.size() / 4);
    EXPECT_LT(kept.size(), content.size());
    EXPECT_TRUE(content.starts_with(kept));
    EXPECT_EQ(problem_count(**container, "what came before the damage was read"), 1U);
}

std::string bytes_of(std::filesystem::path const& path)
{
    std::ifstream file { path, std::ios::binary };
    return { std::istreambuf_iterator<char> { file }, {} };
}

std::shared_ptr<Container const> zip_of(std::string const& bytes, std::vector<std::byte>& room)
{
    auto const whole = as_bytes(bytes);
    room.assign(whole.begin(), whole.end());
    auto zip = ZipContainer::open_zip(std::make_shared<MemorySource>(room));
    return zip ? *zip : nullptr;
}

TEST(Container, files_of_a_zip_without_its_list_are_found_by_their_own_headers)
{
    TemporaryFolder const folder;
    for (auto const form : { ArchiveForm::zip_stored, ArchiveForm::zip_deflated }) {
        // The sizes of deflated members stand behind their data.
        test::write_archive(folder / "a.zip", form, kTree);
        auto const whole = bytes_of(folder / "a.zip");
        auto const listed = listing(*opened_container(folder / "a.zip"));
        auto const directory = whole.find("PK\x01\x02");
        std::vector<std::byte> room;
        for (auto const& damaged : { whole.substr(0, directory), whole.substr(0, whole.size() - 30),
                 whole.substr(0, directory) + std::string(whole.size() - directory, '?') }) {
            auto const zip = zip_of(damaged, room);
            ASSERT_NE(zip, nullptr);
            EXPECT_EQ(listing(*zip), listed);
            EXPECT_EQ(problem_count(*zip, "list of contents is missing or damaged"), 1U);
        }
        auto broken_in_the_middle = whole;
        auto const third = whole.find("PK\x01\x02", whole.find("PK\x01\x02", directory + 1) + 1);
        broken_in_the_middle[third] = 'x';
        auto const zip = zip_of(broken_in_the_middle, room);
        ASSERT_NE(zip, nullptr);
        EXPECT_EQ(listing(*zip), listed);
        EXPECT_EQ(problem_count(*zip, "does not name a file that is in it"), listed.size() - 2);
    }
}

TEST(Container, the_last_file_of_a_zip_that_was_cut_off_is_read_as_far_as_it_goes)
{
    TemporaryFolder const folder;
    test::write_archive(folder / "a.zip", ArchiveForm::zip_stored,
        { { .name = "first", .content = "one" }, { .name = "second", .content = std::string(10'000, 'x') } });
    auto bytes = bytes_of(folder / "a.zip");
    // libarchive 3.7.4 writes the sizes of a stored file behind it, 3.7.2 in front as well.
    for (auto const size_field : { 18U, 22U })
        bytes.replace(bytes.rfind("PK\x03\x04") + size_field, 4, std::string_view { "\x10\x27\0\0", 4 });
    std::vector<std::byte> room;
    auto const zip = zip_of(bytes.substr(0, 5'000), room);
    ASSERT_NE(zip, nullptr);
    EXPECT_EQ(content_of(*zip, "first"), "one");
    EXPECT_GT(content_of(*zip, "second").size(), 4'500U);
    EXPECT_EQ(problem_count(*zip, "what came before the damage was read"), 1U);

    std::string content;
    for (int i = 0; content.size() < 100'000; ++i)
        content += std::to_string(i * 7919);
    test::write_archive(folder / "b.zip", ArchiveForm::zip_deflated,
        { { .name = "first", .content = "one" }, { .name = "second", .content = content } });
    auto const packed = zip_of(bytes_of(folder / "b.zip").substr(0, 5'000), room);
    ASSERT_NE(packed, nullptr);
    EXPECT_EQ(content_of(*packed, "first"), "one");
    EXPECT_EQ(packed->find("second"), std::nullopt);
    EXPECT_EQ(problem_count(*packed, "cannot be told where they end"), 1U);
}

TEST(Container, a_file_that_the_list_of_a_zip_leaves_out_in_front_is_read)
{
    TemporaryFolder const folder;
    test::write_archive(folder / "a.zip", ArchiveForm::zip_stored,
        { { .name = "hidden", .content = "1" }, { .name = "listed", .content = "2" } });
    auto bytes = bytes_of(folder / "a.zip");
    auto const directory = bytes.find("PK\x01\x02");
    auto const second = bytes.find("PK\x01\x02", directory + 1);
    auto const dropped = second - directory;
    bytes.erase(directory, dropped);
    auto const end = bytes.rfind("PK\x05\x06");
    bytes[end + 8] = bytes[end + 10] = 1;
    bytes[end + 12] = static_cast<char>(bytes[end + 12] - static_cast<char>(dropped));
    std::vector<std::byte> room;
    auto const zip = zip_of(bytes, room);
    ASSERT_NE(zip, nullptr);
    EXPECT_EQ(content_of(*zip, "hidden"), "1");
    EXPECT_EQ(content_of(*zip, "listed"), "2");
    EXPECT_EQ(problem_count(*zip, "does not name a file that is in it"), 1U);
}

TEST(Container, a_zip_behind_other_bytes_is_found_where_its_file_is_no_acquisition_by_itself)
{
    TemporaryFolder const folder;
    test::write_archive(folder / "a.zip", ArchiveForm::zip_deflated, kTree);
    std::ofstream { folder / "a.exe", std::ios::binary } << "MZ and a program" << bytes_of(folder / "a.zip");
    auto const file = opened_container(folder / "a.exe");
    EXPECT_EQ(file->form(), "single file");
    auto const zip = zip_at_end_of(*file, {});
    ASSERT_NE(zip, nullptr);
    EXPECT_EQ(listing(*zip), listing(*opened_container(folder / "a.zip")));
    EXPECT_EQ(problem_count(*zip, "other bytes stand before the zip archive"), 1U);
    std::ofstream { folder / "note.txt" } << "no PK here";
    EXPECT_EQ(zip_at_end_of(*opened_container(folder / "note.txt"), {}), nullptr);
}

TEST(Container, a_folder_of_archives_is_refused_with_their_names)
{
    TemporaryFolder const folder;
    std::filesystem::create_directory(folder / "in");
    test::write_archive(folder / "in" / "phone.zip", ArchiveForm::zip_stored,
        { { .name = "b/Manifest.db", .content = "x" } });
    std::ofstream { folder / "in" / "note.txt" } << "x";
    auto const refused = open_acquisition(folder / "in", {});
    ASSERT_FALSE(refused.has_value());
    EXPECT_TRUE(refused.error().advice.contains(
        "name the one to examine, " + (folder / "in" / "phone.zip").string() + " (an iOS backup)."))
        << refused.error().advice;
    EXPECT_FALSE(refused.error().advice.contains("note.txt"));
}

TEST(Container, a_file_that_was_not_copied_whole_is_told_from_one_that_is_no_acquisition)
{
    TemporaryFolder const folder;
    auto const refusal = [&](std::string_view name, std::string_view content) {
        std::ofstream { folder / name } << content;
        auto const opened = open_acquisition(folder / name, {});
        EXPECT_FALSE(opened.error().advice.contains("zips inside")) << name;
        return opened.error().message;
    };
    EXPECT_TRUE(refusal("empty.zip", "").contains("is empty"));
    EXPECT_TRUE(refusal("zeros.tar.gz", std::string(1000, '\0')).contains("named like an archive"));
    EXPECT_TRUE(refusal("page.zip", "<html>log in first</html>").contains("named like an archive"));
    EXPECT_TRUE(refusal("letter.doc", "Dear").contains("of a kind that is no acquisition"));
}

TEST(Container, what_is_no_archive_is_a_tree_of_one_file)
{
    TemporaryFolder const folder;
    std::ofstream { folder / "note.txt" } << "hello";
    auto const container = opened_container(folder / "note.txt");
    EXPECT_EQ(container->form(), "single file");
    EXPECT_EQ(content_of(*container, "note.txt"), "hello");
    EXPECT_EQ(open_container(folder / "nothing", {}).error().fault, Fault::missing);
}

TEST(Spool, content_above_its_limit_leaves_memory_and_reads_back)
{
    Spool spool { Spool::kInMemory + 1 };
    std::string content;
    for (int i = 0; i < 50; ++i) {
        auto const piece = std::string(100, static_cast<char>('a' + i % 26));
        content += piece;
        ASSERT_TRUE(spool.write(as_bytes(piece)));
    }
    auto const source = std::move(spool).finish();
    EXPECT_TRUE(source->in_memory().empty());
    EXPECT_EQ(as_text(read_all(*source, 10'000).value().bytes()), content);
}

TEST(Spool, what_was_encrypted_stays_in_memory_and_is_refused_when_there_is_too_much_of_it)
{
    Spool spool { Spool::kInMemory + 1, Secrecy::memory_only };
    std::string const piece(1U << 20U, 'x');
    for (auto size = Spool::kInMemory + piece.size(); size != 0; size -= piece.size())
        ASSERT_TRUE(spool.write(as_bytes(piece)));
    auto const source = std::move(spool).finish();
    EXPECT_EQ(source->in_memory().size(), Spool::kInMemory + piece.size());

    Spool large { 0, Secrecy::memory_only };
    Result<void> written;
    for (std::uint64_t size = 0; written && size <= Spool::kMostSecret; size += piece.size())
        written = large.write(as_bytes(piece));
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().fault, Fault::over_limit);
    EXPECT_EQ(large.size(), Spool::kMostSecret);
}

TEST(Container, a_compressed_tar_that_was_encrypted_is_unpacked_in_memory)
{
    TemporaryFolder const folder;
    auto const size = static_cast<std::size_t>(Spool::kInMemory) + 1000;
    std::vector<ArchiveMember> const members { { .name = "large", .content = std::string(size, 'x') } };
    for (auto const form : { ArchiveForm::tar_zstd, ArchiveForm::tar_xz }) {
        test::write_archive(folder / "archive", form, members);
        for (auto const secrecy : { Secrecy::none, Secrecy::memory_only }) {
            std::shared_ptr<Source const> const archive = open_file(folder / "archive").value();
            auto const container = TarContainer::open_tar(archive, Compression::other, {}, secrecy).value();
            auto const source = container->open("large").value();
            EXPECT_EQ(source->size(), size);
            EXPECT_EQ(source->in_memory().size(), secrecy == Secrecy::none ? 0 : size);
        }
    }
}

TEST(ArchiveIndex, orders_paths_by_component)
{
    EXPECT_TRUE(path_before("a/b", "a-b"));
    EXPECT_TRUE(path_before("a", "a/b"));
    EXPECT_FALSE(path_before("a-b", "a/b"));
    EXPECT_FALSE(path_before("a", "a"));
    EXPECT_TRUE(path_before("a", "\xff"));
}

} // namespace
