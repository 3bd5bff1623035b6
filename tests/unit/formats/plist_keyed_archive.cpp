#include "formats/plist/keyed_archive.hpp"
#include "support/plist_builder.hpp"

namespace exhibit::plist {
namespace {

using test::KeyedArchiveBuilder;
using test::Plist;

/// Reads the archive from both forms a phone may store it in.
class PlistKeyedArchive : public testing::TestWithParam<Form> {
protected:
    Object open(Plist const& archive)
    {
        m_bytes = GetParam() == Form::binary ? to_binary_plist(archive) : to_xml_plist(archive);
        auto opened = KeyedArchive::parse(as_bytes(std::string_view { m_bytes }));
        if (!opened)
            return {};
        m_archive.emplace(std::move(*opened));
        return m_archive->root();
    }

    std::string m_bytes;
    std::optional<KeyedArchive> m_archive;
};

INSTANTIATE_TEST_SUITE_P(Forms, PlistKeyedArchive, testing::Values(Form::binary, Form::xml),
    [](auto const& form) { return form.param == Form::binary ? "binary" : "xml"; });

TEST_P(PlistKeyedArchive, common_classes_answer_as_what_they_stand_for)
{
    KeyedArchiveBuilder builder;
    auto const text = builder.add("key");
    auto const root = builder.add_dictionary({
        { text, builder.add("inline") },
        { builder.add("mutable"),
            builder.add_instance(
                { { "NS.string", "changed" } }, { "NSMutableString", "NSString", "NSObject" }) },
        { builder.add("bytes"),
            builder.add_instance({ { "NS.bytes", Plist::data("raw") } }, { "NSString", "NSObject" }) },
        { builder.add("number"), builder.add(42) },
        { builder.add("yes"), builder.add(true) },
        { builder.add("data"),
            builder.add_instance(
                { { "NS.data", Plist::data("abc") } }, { "NSMutableData", "NSData", "NSObject" }) },
        { builder.add("date"),
            builder.add_instance({ { "NS.time", 634'983'725.5 } }, { "NSDate", "NSObject" }) },
        { builder.add("uuid"),
            builder.add_instance(
                { { "NS.uuidbytes",
                    Plist::data("\x12\x34\x56\x78\x9A\xBC\xDE\xF0\x12\x34\x56\x78\x9A\xBC\xDE\xF0") } },
                { "NSUUID", "NSObject" }) },
        { builder.add("list"), builder.add_array({ builder.add(1), builder.add(2) }) },
        { builder.add("set"),
            builder.add_instance(
                { { "NS.objects", Plist::array({ text }) } }, { "NSMutableSet", "NSSet", "NSObject" }) },
        { builder.add("none"), Plist::uid(0) },
        { builder.add("null"), builder.add_instance({}, { "NSNull", "NSObject" }) },
    });
    auto const object = open(builder.finish(root));
    ASSERT_TRUE(object);
    EXPECT_EQ(object.kind(), Kind::dictionary);
    EXPECT_EQ(object.class_name(), "NSDictionary");
    EXPECT_EQ(object.size(), 12U);
    EXPECT_EQ(object.find("key").as_text(), "inline");
    EXPECT_EQ(object.find("mutable").as_text(), "changed");
    EXPECT_EQ(object.find("mutable").kind(), Kind::text);
    EXPECT_EQ(object.find("bytes").as_text(), "raw");
    EXPECT_EQ(object.find("number").as_int(), 42);
    EXPECT_EQ(object.find("number").class_name(), "");
    EXPECT_EQ(object.find("yes").as_bool(), true);
    EXPECT_EQ(object.find("data").kind(), Kind::data);
    EXPECT_EQ(exhibit::as_text(object.find("data").as_data().value()), "abc");
    EXPECT_EQ(object.find("date").kind(), Kind::date);
    EXPECT_EQ(std::get<double>(object.find("date").as_date()->raw), 634'983'725.5);
    EXPECT_EQ(to_text(object.find("date").as_date()->utc.value()), "2021-02-14 08:22:05.500000");
    EXPECT_EQ(object.find("uuid").as_text(), "12345678-9ABC-DEF0-1234-56789ABCDEF0");
    EXPECT_EQ(object.find("list").kind(), Kind::array);
    EXPECT_EQ(object.find("list").at(1).as_int(), 2);
    EXPECT_EQ(object.find("list").at(2).kind(), Kind::absent);
    EXPECT_EQ(object.find("set").kind(), Kind::set);
    EXPECT_EQ(object.find("set").elements().at(0).as_text(), "key");
    EXPECT_EQ(object.find("none").kind(), Kind::null);
    EXPECT_EQ(object.find("null").kind(), Kind::null);
    EXPECT_EQ(object.find("absent").kind(), Kind::absent);
    EXPECT_EQ(object.find("absent").find("x").at(3).as_text(), std::nullopt);
}

TEST_P(PlistKeyedArchive, entries_come_in_stored_order)
{
    KeyedArchiveBuilder builder;
    auto const root = builder.add_dictionary({ { builder.add("b"), builder.add(1) },
        { builder.add("a"), builder.add(2) }, { builder.add(7), builder.add(3) } });
    auto const entries = open(builder.finish(root)).entries();
    ASSERT_EQ(entries.size(), 3U);
    EXPECT_EQ(entries[0].key.as_text(), "b");
    EXPECT_EQ(entries[1].key.as_text(), "a");
    EXPECT_EQ(entries[2].key.as_int(), 7);
    EXPECT_EQ(entries[2].value.as_int(), 3);
}

TEST_P(PlistKeyedArchive, an_instance_of_another_class_has_its_fields)
{
    KeyedArchiveBuilder builder;
    auto const root
        = builder.add_instance({ { "size", 12 }, { "name", builder.add("n") } }, { "MBFile", "NSObject" });
    auto const object = open(builder.finish(root));
    EXPECT_EQ(object.class_name(), "MBFile");
    EXPECT_TRUE(object.is_a("NSObject"));
    EXPECT_FALSE(object.is_a("NSSet"));
    EXPECT_EQ(object.find("size").as_int(), 12);
    EXPECT_EQ(object.find("name").as_text(), "n");
    EXPECT_EQ(object.size(), 2U);
    auto const entries = object.entries();
    ASSERT_EQ(entries.size(), 2U);
    EXPECT_EQ(entries[1].key.as_text(), "name");
    EXPECT_EQ(entries[1].value.as_text(), "n");
    auto const [size, missing] = object.find_fields<2>({ "size", "missing" });
    EXPECT_EQ(size.as_int(), 12);
    EXPECT_FALSE(missing);
}

TEST_P(PlistKeyedArchive, urls_are_joined_with_their_base)
{
    auto const url = [&](Plist base, std::string relative) {
        KeyedArchiveBuilder builder;
        auto const base_url = std::holds_alternative<std::string>(base.content())
            ? builder.add_instance({ { "NS.base", Plist::uid(0) }, { "NS.relative", builder.add(base) } },
                  { "NSURL", "NSObject" })
            : base;
        auto const root = builder.add_instance(
            { { "NS.base", base_url }, { "NS.relative", builder.add(std::move(relative)) } },
            { "NSURL", "NSObject" });
        return open(builder.finish(root)).as_text().value_or("none");
    };
    auto const none = Plist::uid(0);
    EXPECT_EQ(url(none, "https://example.org/a"), "https://example.org/a");
    EXPECT_EQ(url("https://example.org/a/b", "c?d"), "https://example.org/a/c?d");
    EXPECT_EQ(url("https://example.org/a/b", "/c"), "https://example.org/c");
    EXPECT_EQ(url("https://example.org", "c"), "https://example.org/c");
    EXPECT_EQ(url("https://example.org/a", "mailto:x"), "mailto:x");
    EXPECT_EQ(url(none, "only/relative"), "only/relative");
}

TEST_P(PlistKeyedArchive, an_attributed_string_has_its_characters)
{
    KeyedArchiveBuilder builder;
    auto const root = builder.add_instance(
        { { "NSString", builder.add("words") }, { "NSAttributes", builder.add_dictionary({}) } },
        { "NSAttributedString", "NSObject" });
    EXPECT_EQ(open(builder.finish(root)).as_text(), "words");
}

TEST_P(PlistKeyedArchive, references_in_a_circle_end)
{
    KeyedArchiveBuilder builder;
    auto const list = builder.add_array({});
    auto const self = builder.add_instance({ { "next", list } }, { "Node", "NSObject" });
    builder.set_instance(list, { { "NS.objects", Plist::array({ self }) } }, { "NSArray", "NSObject" });
    auto object = open(builder.finish(self));
    unsigned steps = 0;
    while (object.kind() == Kind::dictionary && steps < 1000) {
        object = object.find("next").at(0);
        ++steps;
    }
    EXPECT_EQ(steps, Limits {}.depth / 2);
    EXPECT_FALSE(object.kind() == Kind::dictionary);
}

TEST_P(PlistKeyedArchive, a_string_made_of_itself_ends)
{
    KeyedArchiveBuilder builder;
    auto const self = builder.add(nullptr);
    builder.set_instance(self, { { "NSString", self } }, { "NSAttributedString", "NSObject" });
    EXPECT_EQ(open(builder.finish(self)).as_text(), std::nullopt);
    KeyedArchiveBuilder urls;
    auto const url = urls.add(nullptr);
    urls.set_instance(url, { { "NS.base", url }, { "NS.relative", urls.add("x") } }, { "NSURL", "NSObject" });
    EXPECT_TRUE(open(urls.finish(url)).as_text());
}

TEST_P(PlistKeyedArchive, references_to_nowhere_are_damaged)
{
    KeyedArchiveBuilder builder;
    auto const other = builder.add(Plist::uid(1));
    auto const root
        = builder.add_instance({ { "far", Plist::uid(999) }, { "twice", other } }, { "Node", "NSObject" });
    auto const object = open(builder.finish(root));
    EXPECT_EQ(object.find("far").kind(), Kind::damaged);
    EXPECT_EQ(object.find("twice").kind(), Kind::damaged);
}

TEST_P(PlistKeyedArchive, the_first_entry_is_the_root_when_none_has_that_name)
{
    KeyedArchiveBuilder builder;
    auto const root = builder.add_dictionary({ { builder.add("a"), builder.add(1) } });
    auto const archive = Plist::dictionary({ { "$archiver", "NSKeyedArchiver" },
        { "$top", Plist::dictionary({ { "other", root } }) },
        { "$objects", std::get<Plist::Dictionary>(builder.finish(root).content()).entries.at(3).second } });
    EXPECT_EQ(open(archive).find("a").as_int(), 1);
}

TEST_P(PlistKeyedArchive, other_lists_are_no_archives)
{
    m_bytes = GetParam() == Form::binary ? to_binary_plist(Plist::dictionary({ { "a", 1 } }))
                                         : to_xml_plist(Plist::dictionary({ { "a", 1 } }));
    auto const archive = KeyedArchive::parse(as_bytes(std::string_view { m_bytes }));
    ASSERT_FALSE(archive);
    EXPECT_EQ(archive.error().fault, Fault::unsupported);
}

TEST(PlistBackupFile, all_fields_of_a_backup_file_are_found)
{
    test::BackupFile file;
    file.relative_path = "Library/SMS/sms.db";
    file.size = 5'000'000'000;
    file.inode = 77;
    file.birth = 1'610'658'370;
    file.last_modified = 1'610'658'371;
    file.last_status_change = 1'610'658'372;
    file.protection_class = 3;
    file.encryption_key = std::string { "\3\0\0\0", 4 } + std::string(40, 'k');
    file.digest = std::string(20, 'd');
    file.target = "/elsewhere";
    auto const bytes = backup_file_archive(file);
    auto const archive = KeyedArchive::parse(as_bytes(std::string_view { bytes }));
    ASSERT_TRUE(archive);
    auto const& root = archive->root();
    EXPECT_EQ(root.class_name(), "MBFile");
    EXPECT_EQ(root.find("RelativePath").as_text(), "Library/SMS/sms.db");
    EXPECT_EQ(root.find("Size").as_int(), 5'000'000'000);
    EXPECT_EQ(root.find("Mode").as_int(), 0100644);
    EXPECT_EQ(root.find("InodeNumber").as_int(), 77);
    EXPECT_EQ(root.find("Birth").as_int(), 1'610'658'370);
    EXPECT_EQ(root.find("LastModified").as_int(), 1'610'658'371);
    EXPECT_EQ(root.find("LastStatusChange").as_int(), 1'610'658'372);
    EXPECT_EQ(root.find("ProtectionClass").as_int(), 3);
    EXPECT_EQ(exhibit::as_text(root.find("EncryptionKey").as_data().value()), *file.encryption_key);
    EXPECT_EQ(exhibit::as_text(root.find("Digest").as_data().value()), *file.digest);
    EXPECT_EQ(root.find("Target").as_text(), "/elsewhere");
    EXPECT_FALSE(root.find("ExtendedAttributes"));
}

} // namespace
} // namespace exhibit::plist
