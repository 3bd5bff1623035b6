#include "formats/plist/json.hpp"
#include "support/plist_builder.hpp"

#include <limits>
#include <nlohmann/json.hpp>

namespace exhibit::plist {
namespace {

using test::KeyedArchiveBuilder;
using test::Plist;

Json json_of(Plist const& tree, std::size_t most = Limits {}.text)
{
    auto const bytes = to_binary_plist(tree);
    auto const document = Document::parse(as_bytes(std::string_view { bytes }));
    return document ? to_json(document->root(), most) : Json {};
}

Json archive_json_of(Plist const& archive, std::size_t most = Limits {}.text)
{
    auto const bytes = to_binary_plist(archive);
    auto const opened = KeyedArchive::parse(as_bytes(std::string_view { bytes }));
    return opened ? to_json(opened->root(), most) : Json {};
}

TEST(PlistJson, every_kind_has_a_form)
{
    auto const json = json_of(Plist::dictionary({ { "t", "a\"b\\\n\u00E4" }, { "i", -5 }, { "r", 1.5 },
        { "y", true }, { "d", Plist::data("abc") }, { "when", Plist::date(634'983'725) },
        { "never", Plist::date(-1e12) }, { "u", Plist::uid(3) },
        { "l", Plist::array({ 1, Plist::array({}), Plist::dictionary({}) }) }, { "s", Plist::Set { { 2 } } },
        { "n", nullptr }, { "nan", std::numeric_limits<double>::quiet_NaN() } }));
    EXPECT_TRUE(json.complete);
    EXPECT_EQ(json.text,
        R"({"t":"a\"b\\\u000a)"
        "\u00E4"
        R"(","i":-5,"r":1.5,"y":true,"d":"YWJj","when":"2021-02-14T08:22:05.000000Z","never":-1000000000000,)"
        R"("u":{"CF$UID":3},"l":[1,[],{}],"s":[2],"n":null,"nan":"NaN"})");
    EXPECT_TRUE(nlohmann::json::accept(json.text));
}

TEST(PlistJson, archives_are_followed)
{
    KeyedArchiveBuilder builder;
    auto const root = builder.add_dictionary({ { builder.add("list"),
                                                   builder.add_array({ builder.add("a"), Plist::uid(0) }) },
        { builder.add(7), builder.add_instance({ { "NS.time", 634'983'725.0 } }, { "NSDate", "NSObject" }) },
        { builder.add("file"), builder.add_instance({ { "Size", 3 } }, { "MBFile", "NSObject" }) } });
    auto const json = archive_json_of(builder.finish(root));
    EXPECT_TRUE(json.complete);
    EXPECT_EQ(json.text,
        R"({"list":["a",null],"7":"2021-02-14T08:22:05.000000Z","file":{"$class":"MBFile","Size":3}})");
}

TEST(PlistJson, at_every_limit_the_text_is_valid_and_fits)
{
    KeyedArchiveBuilder builder;
    auto const root = builder.add_dictionary(
        { { builder.add("list"),
              builder.add_array({ builder.add("a"), Plist::uid(0), builder.add(123456) }) },
            { builder.add("file"),
                builder.add_instance(
                    { { "Size", 3 }, { "Name", builder.add("\u00E4\n") } }, { "MBFile", "NSObject" }) } });
    auto const archive = builder.finish(root);
    auto const whole = archive_json_of(archive);
    ASSERT_TRUE(whole.complete);
    for (std::size_t most = 4; most != whole.text.size() + 2; ++most) {
        auto const plain = json_of(archive, most);
        auto const json = archive_json_of(archive, most);
        EXPECT_TRUE(nlohmann::json::accept(json.text)) << json.text;
        EXPECT_TRUE(nlohmann::json::accept(plain.text)) << plain.text;
        EXPECT_LE(json.text.size(), most);
        EXPECT_LE(plain.text.size(), most);
        EXPECT_EQ(json.complete, most >= whole.text.size());
    }
}

TEST(PlistJson, what_is_too_large_is_left_out_and_the_rest_kept)
{
    for (std::size_t const size : { 95U, 150U, 10'000U }) {
        auto const json = json_of(
            Plist::dictionary({ { "big", Plist::data(std::string(size, 'x')) }, { "small", 1 } }), 100);
        EXPECT_FALSE(json.complete);
        EXPECT_EQ(json.text, R"({"big":null,"small":1})");
    }
}

TEST(PlistJson, a_circle_ends_and_is_not_complete)
{
    KeyedArchiveBuilder builder;
    auto const self = builder.add(nullptr);
    builder.set_instance(self, { { "a", self } }, { "Node", "NSObject" });
    auto const json = archive_json_of(builder.finish(self));
    EXPECT_FALSE(json.complete);
    EXPECT_TRUE(nlohmann::json::accept(json.text));
}

TEST(PlistJson, references_that_double_at_every_level_are_cut)
{
    KeyedArchiveBuilder builder;
    auto level = builder.add("leaf");
    for (unsigned i = 0; i != 40; ++i)
        level = builder.add_array({ level, level });
    auto const json = archive_json_of(builder.finish(level), 10'000);
    EXPECT_FALSE(json.complete);
    EXPECT_LE(json.text.size(), 10'000U);
    EXPECT_TRUE(nlohmann::json::accept(json.text));
}

TEST(PlistJson, damaged_values_are_null_and_said_to_be_missing)
{
    std::string_view const xml = "<plist><array><integer>x</integer><integer>1</integer></array></plist>";
    auto const document = Document::parse(as_bytes(xml));
    ASSERT_TRUE(document);
    auto const json = to_json(document->root());
    EXPECT_EQ(json.text, "[null,1]");
    EXPECT_FALSE(json.complete);
}

} // namespace
} // namespace exhibit::plist
