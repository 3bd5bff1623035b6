#include "indicators/yara_text.hpp"

#include <gtest/gtest.h>

namespace {

using exhibit::indicators::yara_rule_text;

constexpr std::string_view kSource = R"(import "pe"
// rule Commented { condition: true }
/* rule Also_commented { condition: true } */
private rule First : one two
{
  strings:
    $a = "a } bracket \" and { another"
    $b = { 6A 40 [4-6] ( 62 | 63 ) }  // } in a comment
    $c = /reg}ex\/{/ nocase
  condition:
    $a or #b / 2 > 1 or $c /* } */
}
rule Second { condition: pe.imports(/x}/, /y/) or First matches /}/ }
global private rule Third{condition:true}
rule Cut { condition: true
)";

TEST(YaraText, a_rule_is_cut_out_with_its_modifiers_and_to_its_own_last_bracket)
{
    auto const first = yara_rule_text(kSource, "First");
    EXPECT_TRUE(first.starts_with("private rule First : one two\n{"));
    EXPECT_TRUE(first.ends_with("/* } */\n}"));
    EXPECT_EQ(yara_rule_text(kSource, "Second"),
        "rule Second { condition: pe.imports(/x}/, /y/) or First matches /}/ }");
    EXPECT_EQ(yara_rule_text(kSource, "Third"), "global private rule Third{condition:true}");
}

TEST(YaraText, a_rule_that_is_not_there_or_is_a_comment_has_no_text)
{
    EXPECT_EQ(yara_rule_text(kSource, "Commented"), "");
    EXPECT_EQ(yara_rule_text(kSource, "Also_commented"), "");
    EXPECT_EQ(yara_rule_text(kSource, "pe"), "");
    EXPECT_EQ(yara_rule_text({}, "First"), "");
}

TEST(YaraText, a_file_that_ends_early_gives_what_is_there)
{
    EXPECT_EQ(yara_rule_text(kSource, "Cut"), "rule Cut { condition: true\n");
    for (std::size_t size = 0; size != kSource.size(); ++size)
        for (auto const name : { "First", "Second", "Third" })
            EXPECT_LE(yara_rule_text(kSource.substr(0, size), name).size(), size);
}

} // namespace
