#include "formats/plist/archive_fields.hpp"
#include "support/plist_builder.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <random>

namespace exhibit::plist {
namespace {

using test::KeyedArchiveBuilder;
using test::Plist;

constexpr std::array<std::string_view, 4> kNames { "Size", "Key", "Target", "Missing" };

std::string said_of(Object const& object)
{
    auto const number = object.as_unsigned();
    auto const data = object.as_data();
    return fmt::format("{} {} {} {}", name_of(object.kind()), number ? fmt::to_string(*number) : "-",
        data ? std::string { as_text(*data) } : "-", object.as_text().value_or("-"));
}

std::string searched(Bytes archive)
{
    auto const opened = KeyedArchive::parse(archive);
    if (!opened)
        return fmt::format("{} {}", opened.error().what, opened.error().at);
    std::string said;
    for (auto const& object : opened->root().find_fields(kNames))
        said += said_of(object) + '\n';
    return said;
}

/// Keeps what it learned from one archive to the next.
class Fields {
public:
    std::string read(Bytes archive)
    {
        if (auto const result = m_fields.read(archive); !result)
            return fmt::format("{} {}", result.error().what, result.error().at);
        std::string said;
        for (auto const& object : m_found)
            said += said_of(object) + '\n';
        return said;
    }

private:
    std::array<Object, kNames.size()> m_found;
    ArchiveFields m_fields { kNames, m_found };
};

Plist archive(std::int64_t size, std::string_view key, std::string_view target, bool with_more = false)
{
    KeyedArchiveBuilder builder;
    std::vector<std::pair<std::string, Plist>> fields { { "Size", size }, { "Mode", 33188 } };
    if (!key.empty())
        fields.emplace_back(
            "Key", builder.add_instance({ { "NS.data", Plist::data(std::string { key }) } }, { "NSData" }));
    if (with_more)
        fields.emplace_back("More", size + 1);
    if (!target.empty())
        fields.emplace_back("Target", builder.add(std::string { target }));
    return builder.finish(builder.add_instance(fields, { "MBFile", "NSObject" }));
}

TEST(PlistArchiveFields, are_those_of_each_archive_whatever_came_before)
{
    Fields fields;
    for (int i = 0; i != 200; ++i) {
        auto const made = archive(i % 3 == 0 ? i : i * 100'003, i % 5 < 2 ? "" : fmt::format("key {}", i),
            i % 7 < 3 ? "" : std::string(static_cast<std::size_t>(i), 'x'), i % 11 > 8);
        auto const bytes = i % 13 == 12 ? to_xml_plist(made) : to_binary_plist(made);
        EXPECT_EQ(
            fields.read(as_bytes(std::string_view { bytes })), searched(as_bytes(std::string_view { bytes })))
            << i;
    }
    EXPECT_EQ(fields.read({}), searched({}));
}

TEST(PlistArchiveFields, of_damaged_archives_are_those_that_a_search_finds)
{
    std::mt19937 random { 7 };
    auto const whole = to_binary_plist(archive(5'000, "a key", "a target"));
    Fields fields;
    for (int i = 0; i != 20'000; ++i) {
        auto bytes = whole;
        if (i % 4 != 0)
            for (auto flips = 1 + random() % 3; flips != 0; --flips)
                bytes[random() % bytes.size()] = static_cast<char>(random());
        if (i % 9 == 8)
            bytes.erase(random() % bytes.size(), random() % 40);
        auto const view = as_bytes(std::string_view { bytes });
        ASSERT_EQ(fields.read(view), searched(view)) << i;
    }
}

} // namespace
} // namespace exhibit::plist
