#include "formats/typedstream/attributed_text.hpp"
#include "formats/typedstream/stream.hpp"
#include "support/plist_builder.hpp"

namespace exhibit::typedstream {
namespace {

using test::attributed_body;

Result<AttributedText> read(std::string_view bytes)
{
    return read_attributed_text(as_bytes(bytes));
}

std::string header()
{
    return std::string { "\x04\x0B" } + "streamtyped\x81\xE8\x03";
}

/// Bytes given as numbers and texts in turn.
std::string operator+(std::string left, std::initializer_list<int> bytes)
{
    for (int const byte : bytes)
        left += static_cast<char>(byte);
    return left;
}

TEST(TypedStream, the_text_of_a_message_is_read)
{
    auto const body = read(attributed_body("Fesker"));
    ASSERT_TRUE(body) << body.error().what;
    EXPECT_EQ(body->text, "Fesker");
    EXPECT_FALSE(body->damage);
    ASSERT_EQ(body->runs.size(), 1U);
    EXPECT_EQ(body->runs[0].length, 6U);
    ASSERT_EQ(body->attributes.size(), 1U);
    ASSERT_EQ(body->attributes[0].size(), 1U);
    auto const& part = body->attributes[0][0];
    EXPECT_EQ(part.name, "__kIMMessagePartAttributeName");
    EXPECT_EQ(part.class_name, "NSNumber");
    EXPECT_EQ(std::get<std::int64_t>(part.value), 0);
    EXPECT_TRUE(links_of(*body).empty());
}

TEST(TypedStream, texts_of_every_length_are_read)
{
    // Lengths are stored in one byte, in two after 0x81, or in four after 0x82.
    for (std::size_t const length :
        { 0U, 1U, 127U, 128U, 145U, 146U, 255U, 256U, 40000U, 65535U, 65536U, 70000U }) {
        std::string const text(length, 'x');
        auto const body = read(attributed_body(text));
        ASSERT_TRUE(body) << length;
        EXPECT_EQ(body->text, text);
        EXPECT_FALSE(body->damage) << length;
    }
}

TEST(TypedStream, a_long_length_may_be_stored_in_one_byte)
{
    // Read as unsigned, all but the values of the tags stand for themselves.
    auto const bytes = header() + std::initializer_list<int> { 0x84, 1, '@', 0x84, 0x84, 0x84, 8 }
        + "NSString" + std::initializer_list<int> { 1, 0x85, 0x84, 1, '+', 200 } + std::string(200, 'y')
        + std::initializer_list<int> { 0x86 };
    auto const body = read(bytes);
    ASSERT_TRUE(body) << body.error().what;
    EXPECT_EQ(body->text, std::string(200, 'y'));
}

TEST(TypedStream, text_beyond_ascii_keeps_its_characters)
{
    auto const body = read(attributed_body("\u00E4\U0001F600 \u65E5"));
    ASSERT_TRUE(body);
    EXPECT_EQ(body->text, "\u00E4\U0001F600 \u65E5");
    EXPECT_EQ(body->runs.at(0).length, 5U);
    auto const broken = read(attributed_body("a\xFF"
                                             "b"));
    ASSERT_TRUE(broken);
    EXPECT_EQ(broken->text,
        "a\uFFFD"
        "b");
}

TEST(TypedStream, links_are_found_with_their_place)
{
    auto const body = read(attributed_body("see example.org and other.example",
        { { 4, 11, "https://example.org/" }, { 20, 13, "https://other.example/path?x=1" } }));
    ASSERT_TRUE(body);
    EXPECT_EQ(body->runs.size(), 4U);
    auto const links = links_of(*body);
    ASSERT_EQ(links.size(), 2U);
    EXPECT_EQ(links[0].url, "https://example.org/");
    EXPECT_EQ(links[0].start, 4U);
    EXPECT_EQ(links[0].length, 11U);
    EXPECT_EQ(links[0].attribute, "__kIMLinkAttributeName");
    EXPECT_EQ(links[1].url, "https://other.example/path?x=1");
    EXPECT_EQ(links[1].start, 20U);
}

/// A quarter of a megabyte in which 20,000 runs have one long link held gigabytes.
TEST(TypedStream, a_link_that_many_runs_share_is_told_once)
{
    AttributedText text;
    text.attributes = { { { "link", "NSURL", std::string { "https://example.org/" } } }, {} };
    text.runs = { { 0, 4, 1 }, { 4, 2, 0 }, { 6, 0, 0 }, { 6, 3, 0 } };
    auto const links = links_of(text);
    ASSERT_EQ(links.size(), 1U);
    EXPECT_EQ(links[0].start, 4U);
    EXPECT_EQ(links[0].length, 2U);
}

TEST(TypedStream, cut_anywhere_what_is_there_of_the_text_is_kept_and_the_damage_told)
{
    std::string const text = "a text of some length";
    auto const bytes = attributed_body(text, { { 2, 4, "https://example.org/" } });
    auto const start = bytes.find(text);
    for (std::size_t length = 0; length != bytes.size(); ++length) {
        auto const body = read(bytes.substr(0, length));
        if (length < start) {
            EXPECT_FALSE(body) << length;
            continue;
        }
        ASSERT_TRUE(body) << length;
        EXPECT_EQ(body->text, text.substr(0, length - start));
        ASSERT_TRUE(body->damage) << length;
        EXPECT_EQ(body->damage->fault, Fault::truncated) << length;
    }
    EXPECT_FALSE(read(bytes)->damage);
}

TEST(TypedStream, other_bytes_are_unsupported)
{
    for (std::string_view const bytes :
        { "bplist00 and more", "\x04\x0Bstreamtapes\x81\xE8\x03", "\x03\x0Bstreamtyped\x81\xE8\x03" }) {
        auto const body = read(bytes);
        ASSERT_FALSE(body);
        EXPECT_EQ(body.error().fault, Fault::unsupported);
    }
    EXPECT_EQ(read("").error().fault, Fault::truncated);
    EXPECT_EQ(read(header()).error().fault, Fault::missing);
}

TEST(TypedStream, the_other_byte_order_is_read)
{
    auto const bytes = std::string { "\x04\x0B" } + "typedstream"
        + std::initializer_list<int> { 0x81, 3, 0xE8, 0x84, 1, '@', 0x84, 0x84, 0x84, 8 } + "NSString"
        + std::initializer_list<int> { 1, 0x85, 0x84, 1, '+', 0x81, 1, 0 } + std::string(256, 'z')
        + std::initializer_list<int> { 0x86 };
    auto const body = read(bytes);
    ASSERT_TRUE(body) << body.error().what;
    EXPECT_EQ(body->text, std::string(256, 'z'));
}

TEST(TypedStream, plain_values_of_all_types_are_read)
{
    auto const bytes = header() + std::initializer_list<int> { 0x84, 17 } + "cCBsSiIqQfd*+:#!!"
        + std::initializer_list<int> { 0x92, 0x92, 1, // c C B: bytes as they are
              0x81, 0x92, 0xFF, // s
              0x81, 0xFE, 0xFF, // S
              0x82, 0xFE, 0xFF, 0xFF, 0xFF, // i
              0x82, 0xFE, 0xFF, 0xFF, 0xFF, // I
              0x87, 1, 0, 0, 0, 1, 0, 0, 0, // q
              5, // Q
              0x83, 0, 0, 0xC0, 0x3F, // f
              0x83, 0, 0, 0, 0, 0, 0, 4, 0xC0, // d
              0x84, 0x84, 2, 'h', 'i', // *
              0x85, // + nil
              0x92 + 1, // : the string "hi" again
              0x84, 0x84, 1, 'A', 0, 0x85 }; // #
    auto const stream = Stream::parse(as_bytes(std::string_view { bytes }));
    ASSERT_TRUE(stream);
    EXPECT_FALSE(stream->damage()) << stream->damage()->what << ' ' << stream->damage()->at;
    auto const& roots = stream->roots();
    ASSERT_EQ(roots.size(), 17U);
    std::vector<std::optional<std::int64_t>> integers;
    for (std::size_t i = 0; i != 9; ++i)
        integers.push_back(stream->integer(roots[i]));
    EXPECT_EQ(integers,
        (std::vector<std::optional<std::int64_t>> {
            -110, 146, 1, -110, 65534, -2, 4294967294, 4294967297, 5 }));
    EXPECT_EQ(stream->real(roots[9]), 1.5);
    EXPECT_EQ(stream->real(roots[10]), -2.5);
    EXPECT_EQ(as_text(stream->bytes(roots[11]).value()), "hi");
    EXPECT_EQ(stream->kind(roots[12]), Kind::nil);
    EXPECT_EQ(as_text(stream->bytes(roots[13]).value()), "hi");
    EXPECT_EQ(stream->kind(roots[14]), Kind::class_name);
    EXPECT_EQ(stream->kind(roots[16]), Kind::nil);
}

TEST(TypedStream, arrays_and_structures_are_read)
{
    auto const bytes = header() + std::initializer_list<int> { 0x84, 22 } + "[3c][2s]{P=sd{Q=[1c]}}"
        + std::initializer_list<int> { 'a', 'b', 'c', 1, 2, 3, 4, 'x' };
    auto const stream = Stream::parse(as_bytes(std::string_view { bytes }));
    ASSERT_TRUE(stream);
    EXPECT_FALSE(stream->damage()) << stream->damage()->what;
    ASSERT_EQ(stream->roots().size(), 3U);
    EXPECT_EQ(as_text(stream->bytes(stream->roots()[0]).value()), "abc");
    EXPECT_EQ(stream->children(stream->roots()[1]).size(), 2U);
    auto const fields = stream->children(stream->roots()[2]);
    ASSERT_EQ(fields.size(), 3U);
    EXPECT_EQ(stream->integer(fields[0]), 3);
    EXPECT_EQ(stream->real(fields[1]), 4.0);
}

TEST(TypedStream, an_object_may_be_stored_within_itself)
{
    auto const bytes = header()
        + std::initializer_list<int> { 0x84, 1, '@', 0x84, 0x84, 0x84, 1, 'A', 0, 0x85, 0x92, 0x92, 0x86 };
    auto const stream = Stream::parse(as_bytes(std::string_view { bytes }));
    ASSERT_TRUE(stream);
    EXPECT_FALSE(stream->damage());
    auto const root = stream->roots().at(0);
    EXPECT_EQ(stream->children(root).at(0), root);
    EXPECT_EQ(stream->class_name(root), "A");
}

TEST(TypedStream, lies_about_sizes_types_and_references_are_damage)
{
    for (auto const& group : std::initializer_list<std::initializer_list<int>> {
             { 0x84, 1, '+', 0x82, 0xFF, 0xFF, 0xFF, 0x7F }, // text longer than the stream
             { 0x84, 1, '+', 0x87, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF },
             { 0x84, 1, '+', 0x90 }, // an unused tag
             { 0x84, 0 }, // no types
             { 0x99 }, // a string that was not stored
             { 0x84, 1, '@', 0x99 }, // an object that was not stored
             { 0x84, 1, '?' }, { 0x84, 1, '[' }, { 0x84, 2, '[', ']' }, { 0x84, 3, '[', '9', ']' },
             { 0x84, 4, '[', '9', '!', ']' }, { 0x84, 1, ']' }, { 0x84, 2, '{', '(' },
             { 0x84, 1, '@', 0x84, 0x84, 0x84, 1, 'A', 0, 0x93, 0x86 }, // a class that is its own parent
             { 0x84, 1, '@', 0x84, 0x84, 0x84, 1, 'A', 0, 0x92 }, // an object as the parent of a class
         }) {
        auto const bytes = header() + group;
        auto const stream = Stream::parse(as_bytes(std::string_view { bytes }));
        ASSERT_TRUE(stream);
        EXPECT_TRUE(stream->damage()) << *group.begin() << ' ' << group.size();
    }
}

TEST(TypedStream, nesting_is_bounded)
{
    auto bytes = header() + std::initializer_list<int> { 0x84, 1, '@', 0x84, 0x84, 0x84, 1, 'A', 0, 0x85 };
    for (int i = 0; i != 100'000; ++i)
        bytes = std::move(bytes) + std::initializer_list<int> { 0x92, 0x84, 0x93 };
    auto const stream = Stream::parse(as_bytes(std::string_view { bytes }));
    ASSERT_TRUE(stream);
    ASSERT_TRUE(stream->damage());
    EXPECT_EQ(stream->damage()->fault, Fault::over_limit);
}

TEST(TypedStream, types_that_take_no_bytes_cannot_grow_without_end)
{
    auto bytes
        = header() + std::initializer_list<int> { 0x84, 19 } + "[9[9[9[9[9[9{}]]]]]]" + std::string(40, '\0');
    auto const stream = Stream::parse(as_bytes(std::string_view { bytes }));
    ASSERT_TRUE(stream);
    EXPECT_TRUE(stream->damage());
}

TEST(TypedStream, damage_among_the_runs_keeps_the_text)
{
    auto bytes = attributed_body("words");
    bytes[bytes.find("iI") + 2] = 7; // The first run takes the seventh attributes.
    auto const body = read(bytes);
    ASSERT_TRUE(body);
    EXPECT_EQ(body->text, "words");
    ASSERT_TRUE(body->damage);
    EXPECT_EQ(body->damage->fault, Fault::malformed);
}

} // namespace
} // namespace exhibit::typedstream
