#include "formats/plist/plist.hpp"
#include "support/plist_builder.hpp"

#include <cmath>
#include <fmt/format.h>
#include <limits>

namespace exhibit::plist {
namespace {

using test::Plist;

Result<Document> parse(std::string_view bytes)
{
    return Document::parse(as_bytes(bytes));
}

std::string wrapped(std::string_view content)
{
    return fmt::format(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<plist version=\"1.0\">{}</plist>\n", content);
}

class PlistXml : public testing::Test {
protected:
    /// The root of the list; `absent` when it could not be read.
    Value root(std::string_view content)
    {
        auto document = parse(wrapped(content));
        m_fault = document ? std::nullopt : std::optional { document.error().fault };
        if (!document)
            return {};
        m_document = std::move(*document);
        return m_document->root();
    }

    std::optional<Document> m_document;
    std::optional<Fault> m_fault;
};

TEST_F(PlistXml, reads_the_same_values_as_the_binary_form)
{
    Plist const tree = Plist::dictionary({ { "text", "a & b < c \u00E4 \U0001F600" }, { "int", -7 },
        { "real", 0.5 }, { "yes", true }, { "no", false },
        { "blob", Plist::data(std::string_view { "\0\x01\xFF", 3 }) }, { "when", Plist::date(634'983'725) },
        { "list", Plist::array({ 1, Plist::array({}) }) }, { "reference", Plist::uid(5) } });
    auto const binary = test::to_binary_plist(tree);
    auto const xml = test::to_xml_plist(tree);
    for (auto const& [form, bytes] : { std::pair { Form::binary, binary }, std::pair { Form::xml, xml } }) {
        auto const document = parse(bytes);
        ASSERT_TRUE(document);
        EXPECT_EQ(document->form(), form);
        auto const value = document->root();
        EXPECT_EQ(value.size(), 9U);
        EXPECT_EQ(value.find("text").as_text(), "a & b < c \u00E4 \U0001F600");
        EXPECT_EQ(value.find("int").as_int(), -7);
        EXPECT_EQ(value.find("real").as_real(), 0.5);
        EXPECT_EQ(value.find("yes").as_bool(), true);
        EXPECT_EQ(value.find("no").as_bool(), false);
        EXPECT_EQ(
            exhibit::as_text(value.find("blob").as_data().value()), (std::string_view { "\0\x01\xFF", 3 }));
        EXPECT_EQ(std::get<double>(value.find("when").as_date()->raw), 634'983'725);
        EXPECT_EQ(to_text(value.find("when").as_date()->utc.value()), "2021-02-14 08:22:05.000000");
        EXPECT_EQ(value.find("list").size(), 2U);
        EXPECT_EQ(value.find("list").at(1).kind(), Kind::array);
        EXPECT_EQ(value.find("reference").as_uid(), 5U);
    }
}

TEST_F(PlistXml, integers_may_be_hexadecimal_or_larger_than_signed_ones)
{
    EXPECT_EQ(root("<integer>0x1F</integer>").as_int(), 31);
    EXPECT_EQ(root("<integer>-0x10</integer>").as_int(), -16);
    EXPECT_EQ(root("<integer> +12\n</integer>").as_int(), 12);
    EXPECT_EQ(
        root("<integer>-9223372036854775808</integer>").as_int(), std::numeric_limits<std::int64_t>::min());
    EXPECT_EQ(root("<integer>18446744073709551615</integer>").as_digits(), "18446744073709551615");
    EXPECT_EQ(root("<integer>18446744073709551615</integer>").as_int(), std::nullopt);
}

TEST_F(PlistXml, a_value_that_breaks_its_type_damages_only_itself)
{
    for (std::string_view const element :
        { "<integer>12a</integer>", "<integer/>", "<integer>18446744073709551616</integer>",
            "<integer>-9223372036854775809</integer>", "<real>x</real>", "<real/>", "<date>yesterday</date>",
            "<date>2021-02-30T00:00:00Z</date>", "<date>2021-02-03T24:00:00Z</date>", "<data>!!</data>",
            "<data>AA=A</data>", "<unknown/>", "<key>stray</key>" }) {
        auto const list = root(fmt::format("<array>{}<string>kept</string></array>", element));
        EXPECT_EQ(list.at(0).kind(), Kind::damaged) << element;
        EXPECT_EQ(list.at(1).as_text(), "kept") << element;
    }
}

TEST_F(PlistXml, base64_may_be_broken_into_lines)
{
    EXPECT_EQ(exhibit::as_text(root("<data>\n\tYWJj\n\tZGU=\n</data>").as_data().value()), "abcde");
    EXPECT_EQ(root("<data></data>").as_data()->size(), 0U);
}

TEST_F(PlistXml, reals_may_be_words)
{
    EXPECT_TRUE(std::isnan(root("<real>nan</real>").as_real().value()));
    EXPECT_TRUE(std::isinf(root("<real>+infinity</real>").as_real().value()));
    EXPECT_EQ(root("<real>-1e3</real>").as_real(), -1000.0);
}

TEST_F(PlistXml, dates_before_1970_keep_their_seconds)
{
    auto const date = root("<date>0001-01-01T00:00:00Z</date>").as_date();
    ASSERT_TRUE(date);
    EXPECT_EQ(std::get<double>(date->raw), -63'113'904'000.0);
    EXPECT_FALSE(date->utc);
}

TEST_F(PlistXml, text_is_kept_exactly)
{
    EXPECT_EQ(root("<string> a  b </string>").as_text(), " a  b ");
    EXPECT_EQ(root("<string>  </string>").as_text(), "  ");
    EXPECT_EQ(root("<string>a<!-- no -->b<![CDATA[<&>]]></string>").as_text(), "ab<&>");
    EXPECT_EQ(root("<string>&#228;&lt;&#x1F600;</string>").as_text(), "\u00E4<\U0001F600");
    EXPECT_EQ(root("<string>\xFF</string>").as_text(), "\uFFFD");
}

TEST_F(PlistXml, an_empty_key_is_a_key)
{
    EXPECT_EQ(root("<dict><key></key><string>x</string></dict>").find("").as_text(), "x");
}

TEST_F(PlistXml, unknown_entities_stay_as_they_are_written)
{
    EXPECT_EQ(root("<string>&evil;</string>").as_text(), "&evil;");
}

TEST_F(PlistXml, refuses_to_declare_entities)
{
    std::string text = "<?xml version=\"1.0\"?><!DOCTYPE plist [<!ENTITY a \"aaaaaaaaaa\">"
                       "<!ENTITY b \"&a;&a;&a;&a;\"><!ENTITY c SYSTEM \"file:///etc/passwd\">]>"
                       "<plist><string>&c;</string></plist>";
    auto const document = parse(text);
    ASSERT_FALSE(document);
    EXPECT_EQ(document.error().fault, Fault::malformed);
}

TEST_F(PlistXml, blanks_and_a_byte_order_mark_may_come_first)
{
    auto const xml = test::to_xml_plist(Plist::dictionary({ { "A", "B" } }));
    for (std::string_view const prefix : { "\n", " \t\r\n\n", "\xEF\xBB\xBF" }) {
        auto const document = parse(std::string { prefix } + xml);
        ASSERT_TRUE(document) << document.error().what;
        EXPECT_EQ(document->root().find("A").as_text(), "B");
    }
}

TEST_F(PlistXml, utf16_files_are_read)
{
    std::string wide = "\xFF\xFE";
    for (char const c : std::string_view { "<plist><string>abc</string></plist>" })
        wide += { c, '\0' };
    auto const document = parse(wide);
    ASSERT_TRUE(document);
    EXPECT_EQ(document->root().as_text(), "abc");
}

TEST_F(PlistXml, cut_anywhere_before_its_end_is_an_error)
{
    auto const xml = test::to_xml_plist(Plist::dictionary({ { "A", Plist::array({ "B", 7 }) } }));
    auto const end = xml.rfind("</plist>");
    for (std::size_t length = 0; length != end + 7; ++length)
        EXPECT_FALSE(parse(xml.substr(0, length))) << xml.substr(0, length);
}

TEST_F(PlistXml, a_cut_is_named_truncated)
{
    auto const document = parse("<plist><dict><key>a</key><string>b");
    ASSERT_FALSE(document);
    EXPECT_EQ(document.error().fault, Fault::truncated);
}

TEST_F(PlistXml, keys_and_values_must_alternate)
{
    for (std::string_view const content : { "<dict><key>a</key></dict>", "<dict><string>a</string></dict>",
             "<dict><key>a</key><key>b</key><string>c</string></dict>",
             "<dict><key>a</key><string>b</string><string>c</string></dict>" }) {
        EXPECT_FALSE(root(content)) << content;
        EXPECT_EQ(m_fault, Fault::malformed) << content;
    }
}

TEST_F(PlistXml, no_value_is_an_error)
{
    EXPECT_FALSE(root(""));
    EXPECT_EQ(m_fault, Fault::malformed);
    EXPECT_FALSE(parse("<?xml version=\"1.0\"?>"));
}

TEST_F(PlistXml, nesting_is_bounded)
{
    auto const nested = [](unsigned levels) {
        std::string text;
        for (unsigned i = 0; i != levels; ++i)
            text += "<array>";
        for (unsigned i = 0; i != levels; ++i)
            text += "</array>";
        return text;
    };
    EXPECT_TRUE(root(nested(64)));
    EXPECT_FALSE(root(nested(65)));
    EXPECT_EQ(m_fault, Fault::over_limit);
    EXPECT_FALSE(root(nested(500'000)));
    EXPECT_EQ(m_fault, Fault::over_limit);
}

TEST_F(PlistXml, only_a_dictionary_of_one_entry_is_a_uid)
{
    EXPECT_EQ(root("<dict><key>CF$UID</key><integer>3</integer></dict>").kind(), Kind::uid);
    EXPECT_EQ(root("<dict><key>CF$UID</key><string>3</string></dict>").kind(), Kind::dictionary);
    EXPECT_EQ(root("<dict><key>CF$UID</key><integer>-3</integer></dict>").kind(), Kind::dictionary);
    EXPECT_EQ(root("<dict><key>CF$UID</key><integer>3</integer><key>a</key><true/></dict>").kind(),
        Kind::dictionary);
}

} // namespace
} // namespace exhibit::plist
