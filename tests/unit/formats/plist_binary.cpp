#include "formats/plist/binary_writer.hpp"
#include "formats/plist/plist.hpp"
#include "support/plist_builder.hpp"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>

namespace exhibit::plist {
namespace {

using test::Plist;

Result<Document> parse(std::string_view bytes)
{
    return Document::parse(as_bytes(bytes));
}

/// One object alone, written byte by byte.
std::string single(std::string_view object)
{
    std::string out = "bplist00";
    out += object;
    out += '\x08';
    out += std::string(6, '\0') + "\x01\x01";
    out += std::string(7, '\0') + '\x01' + std::string(8, '\0') + std::string(7, '\0');
    return out + static_cast<char>(8 + object.size());
}

std::string_view bytes_of(std::initializer_list<int> values, std::string& storage)
{
    for (int const value : values)
        storage += static_cast<char>(value);
    return storage;
}

class PlistSingle : public testing::Test {
protected:
    Value value(std::initializer_list<int> object)
    {
        std::string stored;
        m_bytes = single(bytes_of(object, stored));
        auto document = parse(m_bytes);
        if (!document)
            return {};
        return document->root();
    }

private:
    std::string m_bytes;
};

TEST_F(PlistSingle, eight_byte_integers_are_signed_and_shorter_ones_are_not)
{
    EXPECT_EQ(value({ 0x10, 0xFF }).as_int(), 255);
    EXPECT_EQ(value({ 0x11, 0xFF, 0xFE }).as_int(), 65534);
    EXPECT_EQ(value({ 0x12, 0xFF, 0xFF, 0xFF, 0xFF }).as_int(), 4294967295);
    EXPECT_EQ(value({ 0x13, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE }).as_int(), -2);
    EXPECT_EQ(value({ 0x13, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE }).as_unsigned(), std::nullopt);
}

TEST_F(PlistSingle, sixteen_byte_integers_keep_all_their_digits)
{
    auto const large
        = value({ 0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF });
    EXPECT_EQ(large.kind(), Kind::integer);
    EXPECT_EQ(large.as_int(), std::nullopt);
    EXPECT_EQ(large.as_unsigned(), std::numeric_limits<std::uint64_t>::max());
    EXPECT_EQ(large.as_digits(), "18446744073709551615");
    auto const negative = value({ 0x14, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
        0xFF, 0xFF, 0xFF, 0xFF, 0xFB });
    EXPECT_EQ(negative.as_int(), -5);
    auto const lowest = value({ 0x14, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 });
    EXPECT_EQ(lowest.as_int(), std::nullopt);
    EXPECT_EQ(lowest.as_digits(), "-170141183460469231731687303715884105728");
    auto const high = value({ 0x14, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0 });
    EXPECT_EQ(high.as_digits(), "18446744073709551616");
}

TEST_F(PlistSingle, reals_have_four_or_eight_bytes)
{
    EXPECT_EQ(value({ 0x22, 0x3F, 0xC0, 0, 0 }).as_real(), 1.5);
    EXPECT_EQ(value({ 0x23, 0xC0, 0x04, 0, 0, 0, 0, 0, 0 }).as_real(), -2.5);
    EXPECT_EQ(value({ 0x23, 0xC0, 0x04, 0, 0, 0, 0, 0, 0 }).as_int(), std::nullopt);
    EXPECT_EQ(value({ 0x10, 7 }).as_real(), 7.0);
}

TEST_F(PlistSingle, a_date_keeps_its_stored_seconds)
{
    // 0x41C7BD4800... = 797'012'992 s after 2001-01-01.
    auto const date = value({ 0x33, 0x41, 0xC7, 0xC0, 0xB5, 0x80, 0, 0, 0 }).as_date();
    ASSERT_TRUE(date);
    auto const raw = std::get<double>(date->raw);
    ASSERT_TRUE(date->utc);
    EXPECT_EQ(date->utc->time_since_epoch(), std::chrono::seconds { std::llround(raw) + 978'307'200 });
}

TEST_F(PlistSingle, a_date_that_is_none_keeps_its_number_and_has_no_moment)
{
    auto const infinite = value({ 0x33, 0x7F, 0xF0, 0, 0, 0, 0, 0, 0 }).as_date();
    ASSERT_TRUE(infinite);
    EXPECT_FALSE(infinite->utc);
    EXPECT_FALSE(infinite->absent());
    auto const never = value({ 0x33, 0, 0, 0, 0, 0, 0, 0, 0 }).as_date();
    ASSERT_TRUE(never);
    EXPECT_FALSE(never->utc);
}

TEST_F(PlistSingle, booleans_and_null_are_told_apart)
{
    EXPECT_EQ(value({ 0x08 }).as_bool(), false);
    EXPECT_EQ(value({ 0x09 }).as_bool(), true);
    EXPECT_EQ(value({ 0x10, 1 }).as_bool(), true);
    EXPECT_EQ(value({ 0x10, 2 }).as_bool(), std::nullopt);
    EXPECT_EQ(value({ 0x00 }).kind(), Kind::null);
    EXPECT_EQ(value({ 0x00 }).as_bool(), std::nullopt);
}

TEST_F(PlistSingle, text_is_always_valid_utf8)
{
    EXPECT_EQ(value({ 0x53, 'a', 'b', 'c' }).as_text(), "abc");
    EXPECT_EQ(value({ 0x53, 'a', 0xFF, 'c' }).as_text(),
        "a\xEF\xBF\xBD"
        "c");
    EXPECT_EQ(value({ 0x53, 'a', 0, 'c' }).as_text(),
        "a\xE2\x90\x80"
        "c");
    EXPECT_EQ(value({ 0x62, 0, 0xE4, 0x20, 0xAC }).as_text(), "\u00E4\u20AC");
    EXPECT_EQ(value({ 0x62, 0xD8, 0x3D, 0xDE, 0x00 }).as_text(), "\U0001F600");
    EXPECT_EQ(value({ 0x61, 0xD8, 0x3D }).as_text(), "\uFFFD");
    EXPECT_EQ(value({ 0x61, 0, 0 }).as_text(), "\u2400");
    EXPECT_EQ(value({ 0x50 }).as_text(), "");
}

TEST_F(PlistSingle, a_uid_is_no_integer)
{
    EXPECT_EQ(value({ 0x80, 7 }).as_uid(), 7U);
    EXPECT_EQ(value({ 0x81, 1, 0 }).as_uid(), 256U);
    EXPECT_EQ(value({ 0x80, 7 }).as_int(), std::nullopt);
}

TEST_F(PlistSingle, lengths_beyond_fourteen_follow_as_an_integer)
{
    EXPECT_EQ(value({ 0x5F, 0x10, 3, 'a', 'b', 'c' }).as_text(), "abc");
    EXPECT_EQ(value({ 0x4F, 0x11, 0, 2, 1, 2 }).as_data()->size(), 2U);
}

TEST(PlistBinary, refuses_a_root_whose_bytes_are_no_object)
{
    for (std::initializer_list<int> const& object :
        std::initializer_list<std::initializer_list<int>> { { 0x0F }, { 0x15 }, { 0x14, 0 }, { 0x21, 0, 0 },
            { 0x32, 0, 0, 0, 0 }, { 0x53, 'a' }, { 0x62, 0, 0, 0 }, { 0x88, 0, 0, 0, 0, 0, 0, 0, 0, 0 },
            { 0x90 }, { 0xB1 }, { 0xA2, 0 }, { 0xD1, 0 }, { 0xE0 }, { 0xF0 }, { 0x5F },
            { 0x5F, 0x13, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF },
            { 0xDF, 0x13, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF }, { 0xDF, 0x12, 0x10, 0, 0, 0 },
            { 0x5F, 0x50 }, { 0x5F, 0x14 } }) {
        std::string stored;
        auto const document = parse(single(bytes_of(object, stored)));
        ASSERT_FALSE(document) << *object.begin();
        EXPECT_EQ(document.error().fault, Fault::malformed);
    }
}

TEST(PlistBinary, finds_what_a_tree_holds)
{
    auto const bytes = test::to_binary_plist(Plist::dictionary({ { "name", "phone" }, { "count", 300 },
        { "list", Plist::array({ 1, "two", Plist::dictionary({ { "deep", true } }) }) },
        { "gr\u00F6\u00DFe", 2.5 }, { "blob", Plist::data("\x01\x02") } }));
    auto const document = parse(bytes);
    ASSERT_TRUE(document);
    auto const root = document->root();
    EXPECT_EQ(root.size(), 5U);
    EXPECT_EQ(root.find("name").as_text(), "phone");
    EXPECT_EQ(root.find("count").as_int(), 300);
    EXPECT_EQ(root.find("list").at(1).as_text(), "two");
    EXPECT_EQ(root.find("list").at(2).find("deep").as_bool(), true);
    EXPECT_EQ(root.find("gr\u00F6\u00DFe").as_real(), 2.5);
    EXPECT_EQ(root.find("blob").as_data()->size(), 2U);
    EXPECT_EQ(root.find("list").find("x").at(7).kind(), Kind::absent);
    EXPECT_EQ(root.find("list").at(3).kind(), Kind::absent);

    auto const found = root.find_all<3>({ "count", "missing", "name" });
    EXPECT_EQ(found[0].as_int(), 300);
    EXPECT_FALSE(found[1]);
    EXPECT_EQ(found[2].as_text(), "phone");

    std::vector<std::string> keys;
    for (auto const& [key, value] : root.entries())
        keys.push_back(key.as_text().value_or("?"));
    EXPECT_EQ(keys, (std::vector<std::string> { "name", "count", "list", "gr\u00F6\u00DFe", "blob" }));
    std::size_t elements = 0;
    for (auto const& element : root.find("list").elements())
        elements += element ? 1U : 0U;
    EXPECT_EQ(elements, 3U);
}

TEST(PlistBinary, text_is_borrowed_where_the_stored_bytes_allow_it)
{
    auto const bytes = test::to_binary_plist(Plist::array({ "plain", "\u00E4" }));
    auto const document = parse(bytes);
    ASSERT_TRUE(document);
    std::string scratch;
    auto const plain = document->root().at(0).as_text(scratch);
    ASSERT_TRUE(plain);
    EXPECT_TRUE(plain->data() >= bytes.data() && plain->data() < bytes.data() + bytes.size());
    EXPECT_TRUE(scratch.empty());
    EXPECT_EQ(document->root().at(1).as_text(scratch), "\u00E4");
    EXPECT_EQ(scratch, "\u00E4");
}

TEST(PlistBinary, every_width_of_offsets_and_references_is_read)
{
    Plist const tree = Plist::dictionary({ { "A", "B" }, { "C", Plist::array({ 1, 2 }) } });
    for (unsigned offset = 1; offset <= 8; ++offset) {
        for (unsigned reference = 1; reference <= 8; ++reference) {
            auto const bytes = test::to_binary_plist(tree, { offset, reference });
            auto const document = parse(bytes);
            ASSERT_TRUE(document) << offset << ' ' << reference;
            EXPECT_EQ(document->root().find("A").as_text(), "B");
            EXPECT_EQ(document->root().find("C").at(1).as_int(), 2);
        }
    }
}

TEST(PlistBinary, values_outlive_the_move_of_their_document)
{
    auto const bytes = test::to_binary_plist(Plist::dictionary({ { "A", "B" } }));
    auto document = parse(bytes);
    ASSERT_TRUE(document);
    auto const root = document->root();
    auto const moved = std::move(*document);
    EXPECT_EQ(root.find("A").as_text(), "B");
    EXPECT_EQ(moved.root().find("A").as_text(), "B");
}

TEST(PlistBinary, a_list_inside_itself_ends)
{
    // An array whose only element is the array.
    std::string stored;
    auto const bytes = single(bytes_of({ 0xA1, 0x00 }, stored));
    auto const document = parse(bytes);
    ASSERT_TRUE(document);
    auto value = document->root();
    unsigned levels = 0;
    while (value.kind() == Kind::array) {
        value = value.at(0);
        ++levels;
    }
    EXPECT_EQ(value.kind(), Kind::damaged);
    EXPECT_EQ(levels, Limits {}.depth);
}

/// A list of so many times the same list, and so on for so many levels; a number at last.
std::vector<std::byte> repeated(std::size_t times, unsigned levels)
{
    BinaryWriter writer;
    auto object = writer.add_integer(1);
    for (unsigned level = 0; level != levels; ++level)
        object = writer.add_array(std::vector<BinaryWriter::Object>(times, object));
    return std::move(writer).finish();
}

TEST(PlistBinary, values_are_counted_as_often_as_they_are_shown)
{
    auto const bytes = repeated(10, 3);
    auto const document = Document::parse(bytes);
    ASSERT_TRUE(document);
    EXPECT_EQ(document->root().values_below(10'000), 1110U);
    EXPECT_EQ(document->root().values_below(1110), 1110U);
    EXPECT_EQ(document->root().values_below(500), 500U);
    EXPECT_EQ(document->root().at(0).values_below(10'000), 110U);
    EXPECT_EQ(document->root().at(0).at(0).at(0).values_below(10'000), 0U);
    auto const dictionary = test::to_binary_plist(Plist::dictionary({ { "A", Plist::array({ 7, 8 }) } }));
    EXPECT_EQ(parse(dictionary)->root().values_below(10'000), 4U);
}

/// Whoever goes through one of these looks at ten thousand million values, or at more than there are numbers.
TEST(PlistBinary, a_list_that_is_as_good_as_endless_is_refused)
{
    for (auto const& bytes : { repeated(100'000, 2), repeated(2, 60), repeated(300, 40) }) {
        auto const document = Document::parse(bytes);
        ASSERT_FALSE(document);
        EXPECT_EQ(document.error().fault, Fault::over_limit);
    }
    EXPECT_TRUE(Document::parse(repeated(2, 60), 10));
}

/// One text in every place, as writers store it.
TEST(PlistBinary, a_value_that_stands_in_many_places_is_no_matter)
{
    auto const bytes = repeated(300'000, 1);
    auto const document = Document::parse(bytes);
    ASSERT_TRUE(document);
    EXPECT_EQ(document->root().at(299'999).as_int(), 1);
}

TEST(PlistBinary, an_allowance_of_depth_can_be_given_again)
{
    auto const bytes = test::to_binary_plist(Plist::array({ Plist::array({ 7 }) }));
    auto const document = Document::parse(as_bytes(std::string_view { bytes }), 1);
    ASSERT_TRUE(document);
    EXPECT_EQ(document->root().at(0).kind(), Kind::damaged);
    EXPECT_EQ(document->root().with_depth(3).at(0).at(0).as_int(), 7);
    EXPECT_EQ(document->root().with_depth(0).at(0).kind(), Kind::damaged);
}

TEST(PlistBinary, a_broken_reference_damages_only_its_value)
{
    auto bytes = test::to_binary_plist(Plist::array({ "good", "bad" }));
    auto const reference = bytes.find('\xA2') + 2;
    bytes[reference] = 99;
    auto const document = parse(bytes);
    ASSERT_TRUE(document);
    EXPECT_EQ(document->root().at(0).as_text(), "good");
    EXPECT_EQ(document->root().at(1).kind(), Kind::damaged);
    EXPECT_TRUE(document->root().at(1));
    EXPECT_EQ(document->damaged_values(), 1U);
}

TEST(PlistBinary, every_damaged_value_is_counted_wherever_it_stands)
{
    auto const whole = test::to_binary_plist(
        Plist::dictionary({ { "first", Plist::dictionary({ { "deep", "value" } }) }, { "second", 300 } }));
    EXPECT_EQ(parse(whole)->damaged_values(), 0U);
    auto bytes = whole;
    bytes[bytes.find("\x55value")] = '\x0E'; // of no kind
    EXPECT_EQ(parse(bytes)->damaged_values(), 1U);
    bytes[bytes.find("\x56second")] = '\x6E'; // longer than the list
    EXPECT_EQ(parse(bytes)->damaged_values(), 2U);
}

TEST(PlistBinary, cut_at_any_length_is_an_error)
{
    auto const bytes
        = test::to_binary_plist(Plist::dictionary({ { "A", "B" }, { "C", Plist::array({ 1, 2 }) } }));
    for (std::size_t length = 0; length != bytes.size(); ++length)
        EXPECT_FALSE(parse(bytes.substr(0, length))) << length;
}

TEST(PlistBinary, trailers_that_promise_too_much_are_refused)
{
    auto const good = test::to_binary_plist(Plist::array({ 1, 2, 3 }));
    auto const with = [&](std::size_t from_end, char value) {
        auto bytes = good;
        bytes[bytes.size() - from_end] = value;
        return parse(bytes);
    };
    EXPECT_TRUE(parse(good));
    EXPECT_FALSE(with(26, 0)); // offset width
    EXPECT_FALSE(with(26, 9));
    EXPECT_FALSE(with(25, 0)); // reference width
    EXPECT_FALSE(with(25, 9));
    EXPECT_FALSE(with(24, 1)); // 2^56 objects
    EXPECT_FALSE(with(17, 0)); // none
    EXPECT_FALSE(with(17, 5)); // one more than the table holds
    EXPECT_FALSE(with(9, 4)); // root beyond the last
    EXPECT_FALSE(with(8, '\x7F')); // table far away
    EXPECT_FALSE(with(1, 8)); // table on the magic
}

TEST(PlistBinary, other_files_are_unsupported)
{
    for (std::string_view const text : { "", "{\"a\":1}", "{ a = 1; }", "bplist15", "PK\x03\x04" }) {
        auto const document = parse(text);
        ASSERT_FALSE(document);
        EXPECT_EQ(document.error().fault, Fault::unsupported);
    }
}

} // namespace
} // namespace exhibit::plist
