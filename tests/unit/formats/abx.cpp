#include "formats/abx/abx.hpp"

#include "formats/xml/element_reader.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <pugixml.hpp>
#include <sstream>

namespace {

using namespace exhibit;

/// Writes Android binary XML.
class AbxBuilder {
public:
    AbxBuilder() { out += '\x10'; }

    AbxBuilder& start(std::string_view name) { return token(0x32).interned(name); }
    AbxBuilder& end(std::string_view name) { return token(0x33).interned(name); }
    AbxBuilder& text(std::string_view text) { return token(0x24).sized(text); }
    AbxBuilder& attribute(unsigned type, std::string_view name, std::string_view raw)
    {
        token(type * 16 + 15).interned(name);
        out += raw;
        return *this;
    }
    AbxBuilder& text_attribute(std::string_view name, std::string_view value)
    {
        return token(0x2F).interned(name).sized(value);
    }
    AbxBuilder& interned_attribute(std::string_view name, std::string_view value)
    {
        return token(0x3F).interned(name).interned(value);
    }
    std::string finish() { return out + '\x11'; }

private:
    AbxBuilder& token(unsigned value)
    {
        out += static_cast<char>(value);
        return *this;
    }
    AbxBuilder& short_number(std::size_t value)
    {
        out += static_cast<char>(value >> 8U);
        out += static_cast<char>(value);
        return *this;
    }
    AbxBuilder& sized(std::string_view text)
    {
        short_number(text.size());
        out += text;
        return *this;
    }
    AbxBuilder& interned(std::string_view text)
    {
        auto const found = std::ranges::find(names, text);
        if (found != names.end())
            return short_number(static_cast<std::size_t>(found - names.begin()));
        names.emplace_back(text);
        return short_number(0xFFFF).sized(text);
    }

    std::string out { "ABX\0", 4 };
    std::vector<std::string> names;
};

/// The events of a document, one per line, and its error.
std::string events_of(std::string_view file, unsigned deepest = 16)
{
    auto reader = abx::AbxReader::open(as_bytes(file), deepest);
    if (!reader)
        return std::string { reader.error().what };
    std::string out;
    for (;;) {
        auto const more = reader->next();
        if (!more)
            return out + "! " + std::string { more.error().what };
        if (!*more)
            return out;
        if (reader->event() == abx::Event::text) {
            out += fmt::format("'{}'\n", reader->text());
            continue;
        }
        out += fmt::format("{}{}", reader->event() == abx::Event::end_tag ? "/" : "", reader->name());
        if (reader->event() == abx::Event::start_tag)
            for (auto const& attribute : reader->attributes())
                out += fmt::format(" {}={}", attribute.name, attribute.value);
        out += '\n';
    }
}

TEST(Abx, every_type_of_value_comes_out_as_text_xml_would_have_it)
{
    AbxBuilder builder;
    builder.start("a").text_attribute("s", "text");
    builder.attribute(1, "null", "").attribute(6, "i", std::string_view { "\xFF\xFF\xFF\xFE", 4 });
    builder.attribute(7, "x", std::string_view { "\xFF\xFF\xFF\xF0", 4 });
    builder.attribute(8, "l", std::string_view { "\0\0\0\1\0\0\0\0", 8 });
    builder.attribute(9, "y", std::string_view { "\0\0\0\0\0\0\1\0", 8 });
    builder.attribute(10, "f", std::string_view { "\x3F\0\0\0", 4 });
    builder.attribute(11, "d", std::string_view { "\x3F\xD3\x33\x33\x33\x33\x33\x33", 8 });
    builder.attribute(12, "t", "").attribute(13, "n", "");
    builder.attribute(4, "h", std::string_view { "\0\2\xAB\xCD", 4 });
    builder.attribute(5, "b", std::string_view { "\0\3\xBA\xCE\x64", 5 });
    builder.text("in").end("a");
    EXPECT_EQ(events_of(builder.finish()),
        "a s=text null= i=-2 x=-10 l=4294967296 y=100 f=0.5 d=0.3 t=true n=false h=abcd b=us5k\n'in'\n/a\n");
}

TEST(Abx, values_that_repeat_do_not_fill_the_memory)
{
    AbxBuilder builder;
    std::string const large(60'000, 'B');
    builder.start("a");
    for (unsigned i = 0; i != 4000; ++i)
        builder.start("b").interned_attribute("c", large).end("b");
    auto const file = builder.finish();
    auto reader = abx::AbxReader::open(as_bytes(file), 16).value();
    std::size_t events = 0;
    auto more = reader.next();
    for (; more && *more; more = reader.next())
        ++events;
    ASSERT_FALSE(more.has_value());
    EXPECT_EQ(more.error().fault, Fault::over_limit);
    EXPECT_GT(events, 2000U) << "what stands before is read";
}

TEST(Abx, interned_names_are_resolved_and_undefined_ones_refused)
{
    AbxBuilder builder;
    builder.start("a").start("a").end("a").end("a");
    EXPECT_EQ(events_of(builder.finish()), "a\na\n/a\n/a\n");
    EXPECT_EQ(events_of(std::string_view { "ABX\0\x32\0\5", 7 }), "! a name that was not defined");
}

TEST(Abx, a_cut_document_gives_what_stands_before_the_cut)
{
    AbxBuilder builder;
    builder.start("a").start("b").text_attribute("k", "v").end("b").end("a");
    auto const file = builder.finish();
    auto const whole = events_of(file);
    for (std::size_t size = 4; size != file.size(); ++size) {
        auto part = events_of(std::string_view { file }.substr(0, size));
        part.resize(std::min(part.find('!'), part.size()));
        if (!part.empty() && !whole.starts_with(part)) // The cut took the attributes of the last element.
            part.pop_back();
        EXPECT_TRUE(whole.starts_with(part)) << size;
    }
    EXPECT_EQ(events_of("AB"), "not Android binary XML");
}

TEST(Abx, nesting_is_bounded)
{
    AbxBuilder builder;
    for (int i = 0; i != 5; ++i)
        builder.start("a");
    EXPECT_EQ(events_of(builder.finish(), 3), "a\na\na\n! elements nested too deeply");
}

TEST(XmlElements, text_and_binary_documents_show_the_same_elements)
{
    AbxBuilder builder;
    builder.start("keyStore").attribute(6, "version", std::string_view { "\0\0\0\1", 4 });
    builder.start("adbKey").text_attribute("key", "QAAA a@b").end("adbKey").end("keyStore");
    auto const show = [](std::string_view document) {
        std::string out;
        auto const result
            = for_each_element_of(as_bytes(document), 8, [&](XmlElement const& element) -> Result<void> {
                  out += fmt::format("{}{}", std::string(element.depth, '>'), element.name);
                  for (auto const& [name, value] : element.attributes)
                      out += fmt::format(" {}={}", name, value);
                  out += ';';
                  return {};
              });
        return out + (result ? "" : std::string { result.error().what });
    };
    std::string_view const expected = ">keyStore version=1;>>adbKey key=QAAA a@b;";
    EXPECT_EQ(show(builder.finish()), expected);
    EXPECT_EQ(
        show("<?xml version='1.0'?><!-- c --><keyStore version='1'><adbKey key='QAAA a@b'/></keyStore>"),
        expected);
    EXPECT_EQ(show("<a><b></a>"), ">a;>>b;the XML document is damaged");
}

TEST(XmlElements, text_stands_with_the_element_whose_start_it_follows)
{
    AbxBuilder builder;
    builder.start("user")
        .start("name")
        .text("Work profile")
        .end("name")
        .start("x")
        .end("x")
        .text("tail")
        .end("user");
    auto const show = [](std::string_view document) {
        std::string out;
        EXPECT_TRUE(
            for_each_element_of(as_bytes(document), 8, [&](XmlElement const& element) -> Result<void> {
                out += fmt::format("{}={};", element.name, element.text);
                return {};
            }));
        return out;
    };
    EXPECT_EQ(show(builder.finish()), "user=;name=Work profile;x=;");
    EXPECT_EQ(show("<user><name>Work &#112;rofile</name><x/>tail</user>"), "user=;name=Work profile;x=;");
}

/// The text form of a document, as the events of its binary twin.
std::string events_of_text(std::filesystem::path const& path)
{
    pugi::xml_document document;
    document.load_file(path.c_str(), pugi::parse_full | pugi::parse_ws_pcdata);
    std::string out;
    struct Walker : pugi::xml_tree_walker {
        std::string* out = nullptr;
        bool for_each(pugi::xml_node& node) override
        {
            if (node.type() == pugi::node_element) {
                *out += node.name();
                for (auto const& attribute : node.attributes())
                    *out += fmt::format(" {}={}", attribute.name(), attribute.value());
                *out += '\n';
            } else if (std::string_view { node.value() }.find_first_not_of(" \n\t")
                != std::string_view::npos) {
                *out += fmt::format("'{}'\n", node.value());
            }
            return true;
        }
    } walker;
    walker.out = &out;
    document.traverse(walker);
    return out;
}

TEST(Abx, real_documents_equal_their_text_twins)
{
    auto const* data = std::getenv("EXHIBIT_TEST_DATA"); // NOLINT(concurrency-mt-unsafe)
    if (data == nullptr)
        GTEST_SKIP() << "EXHIBIT_TEST_DATA is not set";
    int compared = 0;
    for (auto const& entry : std::filesystem::directory_iterator { std::filesystem::path { data } / "abx" }) {
        if (entry.path().extension() != ".abx")
            continue;
        std::ifstream file { entry.path(), std::ios::binary };
        std::string const bytes { std::istreambuf_iterator<char> { file }, {} };
        std::string binary;
        std::istringstream lines { events_of(bytes) };
        for (std::string line; std::getline(lines, line);)
            if (!line.starts_with('/') && line.find_first_not_of("' \t") != std::string::npos)
                binary += line + '\n';
        auto twin = entry.path();
        twin.replace_extension();
        EXPECT_EQ(binary, events_of_text(twin)) << twin;
        ++compared;
    }
    EXPECT_EQ(compared, 3);
}

} // namespace
