#include "detection/yaml.hpp"

#include "detection/rule_set.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

namespace {

using namespace exhibit::detection;
using Kind = YamlValue::Kind;

std::string in_quotes(std::string_view text)
{
    std::string out = "'";
    for (char const c : text)
        out += c == '\n' ? std::string { "\\n" } : std::string { c };
    return out + "'";
}

std::string show(YamlValue const& value)
{
    std::string out;
    switch (value.kind) {
    case Kind::null:
        return "null";
    case Kind::scalar:
        return in_quotes(value.text);
    case Kind::list:
        for (auto const& item : value.items)
            out += (out.empty() ? "" : ",") + show(item);
        return "[" + out + "]";
    case Kind::map:
        for (auto const& [name, field] : value.fields)
            out += (out.empty() ? "" : ",") + in_quotes(name) + ":" + show(field);
        return "{" + out + "}";
    }
    return out;
}

std::string show(YAML::Node const& node)
{
    std::string out;
    if (node.IsScalar())
        return in_quotes(node.Scalar());
    if (node.IsSequence()) {
        for (auto const& item : node)
            out += (out.empty() ? "" : ",") + show(item);
        return "[" + out + "]";
    }
    if (node.IsMap()) {
        for (auto const& field : node)
            out += (out.empty() ? "" : ",") + in_quotes(field.first.Scalar()) + ":" + show(field.second);
        return "{" + out + "}";
    }
    return "null";
}

std::string read(std::string_view text)
{
    auto const value = read_yaml(text);
    return value ? show(*value) : fmt::format("line {}: {}", value.error().line, value.error().what);
}

TEST(Yaml, every_rule_file_reads_as_another_reader_reads_it)
{
    for (auto const& file : built_in_files())
        EXPECT_EQ(read(file.text), show(YAML::Load(std::string { file.text }))) << file.path;
}

TEST(Yaml, reads_what_another_reader_reads)
{
    for (std::string const text :
        {
            "a: 1\nb: two words # comment\nc: 'it''s'\nd: \"tab\\t\\u00e9\\x41\"\n",
            "a:\n  - x\n  - y: 1\n    z: 2\n  - - 1\n    - 2\nb:\n- 1\n- 2\n",
            "a: |\n  one\n    two\n\n  three\n\nb: >\n  one\n  two\n\n  three\n   kept\n  four\nc: |-\n  x\n",
            "a: >-\n  folded\n  text\nb: [1, {c: d}, \"e,f\", [g]]\nc: {x: 'y: z', w: [1,\n  2,\n  3]}\n",
            "long: plain text that\n  goes on\n  and on\nnext: ''\n",
            "a:\nb: ~\nc: null\nd: http://x.example/y#z\n",
            "- a\n-\n  b: 1\n- c\n",
            "a: |+\n  x\n\n\nb: 1\n",
            "'quoted key': 1\n\"other\": 2\n",
        })
        EXPECT_EQ(read(text), show(YAML::Load(text))) << text;
}

TEST(Yaml, an_empty_document_is_null)
{
    EXPECT_EQ(read(""), "null");
    EXPECT_EQ(read("# only a comment\n\n"), "null");
}

TEST(Yaml, refuses_what_is_dangerous_or_ambiguous_and_says_where)
{
    EXPECT_EQ(read("a: 1\nb: &x 2\n"), "line 2: anchors, aliases, tags and directives are not read");
    EXPECT_EQ(read("a: *x\n"), "line 1: anchors, aliases, tags and directives are not read");
    EXPECT_EQ(read("a: [!!str 1]\n"), "line 1: anchors, aliases, tags and directives are not read");
    EXPECT_EQ(read("a: 1\na: 2\n"), "line 2: this key stands here twice");
    EXPECT_EQ(read("{a: 1, a: 2}\n"), "line 1: this key stands here twice");
    EXPECT_EQ(read("a:\n\t- 1\n"), "line 2: a tab in the indentation; use blanks");
    EXPECT_EQ(read("---\na: 1\n"), "line 1: a file is one document without markers");
    EXPECT_EQ(read("a: \"open\n"), "line 1: quoted text must end on its line");
    EXPECT_EQ(read("a: [1, 2\n"), "line 1: a bracket is not closed");
    EXPECT_EQ(read("a: [1 2] 3\n"), "line 1: there is something behind the closing bracket");
    EXPECT_EQ(read("a: 1\n  b: 2\n"), "line 2: a key inside of running text; put the text in quotes");
    EXPECT_EQ(read("a: b\xFF\n"), "line 1: the file is not UTF-8 text");
    EXPECT_EQ(read("a: \"\\q\"\n"), "line 1: an escape that is not known");
    EXPECT_EQ(read("a: 1\nwords\n"), "line 2: this line does not belong to what stands before it");
}

TEST(Yaml, depth_and_size_are_bounded)
{
    EXPECT_EQ(read(std::string(100'000, '[')), "line 1: nested too deeply");
    std::string deep;
    for (std::size_t i = 0; i != 40; ++i)
        deep += std::string(i, ' ') + "a:\n";
    EXPECT_TRUE(read(deep).ends_with("nested too deeply"));
    std::string dashes;
    for (std::size_t i = 0; i != 40; ++i)
        dashes += "- ";
    EXPECT_TRUE(read(dashes + "x\n").ends_with("nested too deeply"));
    EXPECT_EQ(read(std::string(kYamlBytes + 1, ' ')), "line 1: the file is larger than 1 MiB");
}

} // namespace
