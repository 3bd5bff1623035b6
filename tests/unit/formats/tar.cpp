#include "formats/tar/tar.hpp"

#include "base/source.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace {

using namespace exhibit;
using tar::MemberKind;

constexpr std::size_t kBlock = 512;

void put(std::string& block, std::size_t at, std::string_view text)
{
    block.replace(at, text.size(), text);
}

/// Numbers in base 256, which GNU writes where octal digits are too few, the negative ones too.
std::string binary(std::int64_t value)
{
    std::string field(12, value < 0 ? '\xff' : '\0');
    for (std::size_t i = 0; i != sizeof value; ++i)
        field[11 - i] = static_cast<char>(static_cast<std::uint64_t>(value) >> 8U * i);
    field[0] = value < 0 ? '\xff' : '\x80';
    return field;
}

struct Header {
    char type = '0';
    std::string name = "file";
    std::string target = {};
    std::string content = {};
    std::string size = {}; ///< the field itself; empty: of the content
    std::string modified = "14105733640"; ///< the field itself
    std::string map = {}; ///< of GNU's old format, with all that stands behind it
};

std::string with_sum(std::string block)
{
    put(block, 148, "        ");
    unsigned sum = 0;
    for (char const c : block.substr(0, kBlock))
        sum += static_cast<unsigned char>(c);
    put(block, 148, fmt::format("{:06o}", sum) + '\0');
    return block;
}

std::string member(Header const& header)
{
    std::string block(kBlock, '\0');
    put(block, 0, header.name.substr(0, 100));
    put(block, 124, header.size.empty() ? fmt::format("{:011o}", header.content.size()) : header.size);
    put(block, 136, header.modified);
    block[156] = header.type;
    put(block, 157, header.target.substr(0, 100));
    put(block, 257, header.map.empty() ? std::string_view { "ustar\00000", 8 } : "ustar  ");
    put(block, 386, header.map);
    auto content = header.content;
    content.resize((content.size() + kBlock - 1) / kBlock * kBlock);
    return with_sum(block) + content;
}

std::string pax_line(std::string_view key, std::string_view value)
{
    auto const rest = key.size() + value.size() + 3;
    auto length = rest + 1;
    while (fmt::formatted_size("{}", length) + rest != length)
        ++length;
    return fmt::format("{} {}={}\n", length, key, value);
}

struct Seen {
    std::vector<tar::Member> members;
    Result<tar::Ending> ending = tar::Ending {};
};

Seen visit(std::string text)
{
    text += std::string(2 * kBlock, '\0');
    MemorySource const source { as_bytes(text) };
    SourceStream stream { source };
    Seen seen;
    seen.ending = tar::visit(stream, [&](tar::Member const& one) -> Result<void> {
        seen.members.push_back(one);
        return {};
    });
    return seen;
}

tar::Member only(std::string const& text)
{
    auto const seen = visit(text);
    EXPECT_TRUE(seen.ending && !seen.ending->damage && seen.ending->marked);
    EXPECT_EQ(seen.members.size(), 1U);
    return seen.members.empty() ? tar::Member {} : seen.members.front();
}

TEST(Tar, each_type_is_what_it_is)
{
    EXPECT_EQ(only(member({ .type = '0', .content = "x" })).kind, MemberKind::file);
    EXPECT_EQ(only(member({ .type = '\0', .content = "x" })).kind, MemberKind::file) << "as of v7";
    EXPECT_EQ(only(member({ .type = '7', .content = "x" })).size, 1U) << "contiguous: a file";
    EXPECT_EQ(only(member({ .type = '1', .target = "other" })).kind, MemberKind::hard_link);
    EXPECT_EQ(only(member({ .type = '2', .target = "other" })).target, "other");
    EXPECT_EQ(only(member({ .type = '5', .name = "folder/" })).kind, MemberKind::folder);
    EXPECT_EQ(only(member({ .type = '0', .name = "folder/" })).kind, MemberKind::folder) << "as of v7";
    for (char const device : { '3', '4', '6' })
        EXPECT_EQ(only(member({ .type = device })).kind, MemberKind::special) << device;
}

TEST(Tar, a_size_that_a_link_or_a_device_states_moves_nothing)
{
    for (char const type : { '1', '2', '3', '4', '5', '6' }) {
        auto const seen = visit(
            member({ .type = type, .size = "00000001000" }) + member({ .name = "behind", .content = "y" }));
        ASSERT_EQ(seen.members.size(), 2U) << type;
        EXPECT_EQ(seen.members[0].size, 0U);
        EXPECT_EQ(seen.members[1].name, "behind");
    }
}

TEST(Tar, long_names_of_gnu_and_of_pax_are_whole)
{
    std::string const name = std::string(150, 'a') + "/" + std::string(150, 'b');
    std::string const target(300, 't');
    auto const gnu = only(member({ .type = 'L', .name = "././@LongLink", .content = name + '\0' })
        + member({ .type = 'K', .name = "././@LongLink", .content = target + '\0' })
        + member({ .type = '2', .name = name, .target = target }));
    EXPECT_EQ(gnu.name, name);
    EXPECT_EQ(gnu.target, target);
    auto const pax
        = only(member({ .type = 'x', .content = pax_line("path", name) + pax_line("linkpath", target) })
            + member({ .type = '2', .name = name, .target = target }));
    EXPECT_EQ(pax.name, name);
    EXPECT_EQ(pax.target, target);
    auto const after = visit(member({ .type = 'x', .content = pax_line("path", name) })
        + member({ .content = "1" }) + member({ .name = "second" }));
    EXPECT_EQ(after.members.at(1).name, "second") << "an extended header is of one member";
}

TEST(Tar, an_extended_header_may_be_hostile)
{
    for (std::string const content : { "99999999999999999999 path=x\n", "5 path=x\n", "0 path=x\n",
             "-3 path=x\n", "path=x\n", "12 path", "9 no sign\n" })
        EXPECT_EQ(only(member({ .type = 'x', .content = content }) + member({ .content = "1" })).name, "file")
            << content;
    auto const global = only(member({ .type = 'g', .content = pax_line("path", "x") }) + member({}));
    EXPECT_EQ(global.name, "file");
    auto const long_one = visit(member({ .type = 'x', .size = "77777777777" }) + member({}));
    EXPECT_EQ(long_one.ending.error().fault, Fault::over_limit);
}

TEST(Tar, a_time_that_cannot_be_is_none)
{
    auto const time = [](Header const& header) { return only(member(header)).modified; };
    EXPECT_EQ(to_text(time({ .modified = "14105733640" }).value()), "2021-08-14 12:31:28.000000");
    EXPECT_EQ(to_text(time({ .modified = binary(1'628'944'288) }).value()), "2021-08-14 12:31:28.000000");
    for (auto const value : { INT64_MIN, std::int64_t { -1 }, std::int64_t { -3'000'000'000 },
             std::int64_t { 1'000'000'000'000'000 }, INT64_MAX })
        EXPECT_FALSE(time({ .modified = binary(value) })) << value;
    for (std::string const field : { "-0000000001", "99999999999", "            ", "x" })
        EXPECT_FALSE(
            time({ .modified = field }) && time({ .modified = field })->time_since_epoch().count() != 0)
            << field;
}

TEST(Tar, a_time_of_an_extended_header_is_that_of_the_member_also_where_it_cannot_be)
{
    auto const time = [](std::string_view text) {
        return only(member({ .type = 'x', .content = pax_line("mtime", text) }) + member({})).modified;
    };
    EXPECT_EQ(to_text(time("1628944288.25").value()), "2021-08-14 12:31:28.250000");
    EXPECT_EQ(to_text(time("1628944288.1234567891").value()), "2021-08-14 12:31:28.123456");
    for (auto const* text : { "-1.5", "-1628944288", "99999999999999999999999", "9223372036854775807", "" })
        EXPECT_FALSE(time(text)) << text;
}

TEST(Tar, a_size_too_large_for_octal_digits_is_read_and_one_that_cannot_be_ends_the_tar)
{
    auto const pax = only(member({ .type = 'x', .content = pax_line("size", "3") })
        + member({ .content = "abc", .size = "00000000000" }));
    EXPECT_EQ(pax.size, 3U);
    EXPECT_EQ(only(member({ .content = "abc", .size = binary(3) })).size, 3U);
    for (auto const& size : { binary(-3), std::string { "-0000000003" }, std::string { "9" } }) {
        auto const seen = visit(member({ .name = "before", .content = "x" }) + member({ .size = size }));
        EXPECT_EQ(seen.members.size(), 1U);
        EXPECT_EQ(seen.ending.error().fault, Fault::malformed);
    }
    auto const endless = visit(member({ .size = binary(INT64_MAX) }));
    EXPECT_EQ(endless.ending.error().fault, Fault::truncated);
}

TEST(Tar, a_file_with_holes_says_where_its_pieces_lie_in_all_four_forms)
{
    auto const octal = [](std::uint64_t value) { return fmt::format("{:011o}", value) + '\0'; };
    std::string map = octal(0) + octal(4) + octal(1000) + octal(4);
    map.resize(96);
    map += '\0' + octal(1004);
    std::string const lines = "2\n0\n4\n1000\n4\n";
    std::vector<std::string> const forms {
        member({ .type = 'S', .content = "headtail", .map = map }),
        member({ .type = 'x',
            .content = pax_line("GNU.sparse.size", "1004") + pax_line("GNU.sparse.numblocks", "2")
                + pax_line("GNU.sparse.offset", "0") + pax_line("GNU.sparse.numbytes", "4")
                + pax_line("GNU.sparse.offset", "1000") + pax_line("GNU.sparse.numbytes", "4") })
            + member({ .content = "headtail" }),
        member({ .type = 'x',
            .content = pax_line("GNU.sparse.size", "1004") + pax_line("GNU.sparse.map", "0,4,1000,4")
                + pax_line("GNU.sparse.name", "file") })
            + member({ .name = "GNUSparseFile.1/file", .content = "headtail" }),
        member({ .type = 'x',
            .content = pax_line("GNU.sparse.major", "1") + pax_line("GNU.sparse.minor", "0")
                + pax_line("GNU.sparse.name", "file") + pax_line("GNU.sparse.realsize", "1004") })
            + member({ .name = "GNUSparseFile.1/file",
                .content = lines + std::string(kBlock - lines.size(), '\0') + "headtail" }),
    };
    for (auto const& form : forms) {
        auto const file = only(form);
        EXPECT_EQ(file.kind, MemberKind::sparse);
        EXPECT_EQ(file.name, "file");
        EXPECT_EQ(file.size, 1004U);
        EXPECT_EQ(file.stored, 8U);
        EXPECT_EQ(form.substr(static_cast<std::size_t>(file.data), 8), "headtail");
        ASSERT_EQ(file.extents.size(), 2U);
        EXPECT_EQ(file.extents[1].offset, 1000U);
        EXPECT_TRUE(tar::is_sound(file.extents, file.size, file.stored));
    }
}

} // namespace
