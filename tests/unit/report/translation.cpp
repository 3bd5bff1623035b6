#include "report/translation.hpp"

#include <gtest/gtest.h>

namespace {

using exhibit::report::Catalogue;

constexpr std::string_view kFile = R"(# A comment
msgid ""
msgstr ""
"Language: xx\n"

msgid "Messages were deleted"
msgstr "Des messages ont "
"disparu"

msgid "{rows} crash(es), {when}: {values}."
msgstr "{when} : {rows} fois : {values}."

msgid "{rows} times, {when}."
msgstr "{rows} x {when}"

#, fuzzy
msgid "Not reviewed"
msgstr "X"

msgid "Not translated"
msgstr ""

msgid "Say \"yes\"\\no"
msgstr "Dis \"oui\""
)";

TEST(Catalogue, translates_whole_texts_and_texts_that_were_filled_in)
{
    auto const words = Catalogue::parse(kFile).value();
    EXPECT_EQ(words.size(), 4U);
    EXPECT_EQ(words.translate("Messages were deleted"), "Des messages ont disparu");
    for (auto const* crashes : { "3 crashes", "3 crash(es)", "3 crash" })
        EXPECT_EQ(words.translate(std::string { crashes } + ", on 2021-03-01: a, b: c."),
            "on 2021-03-01 : 3 fois : a, b: c.");
    EXPECT_EQ(words.translate("3 crashed, on 2021-03-01: a."), "3 crashed, on 2021-03-01: a.");
    EXPECT_EQ(words.translate("Say \"yes\"\\no"), "Dis \"oui\"");
    EXPECT_EQ(words.translate("Messages were deleted\nOther\n"), "Des messages ont disparu\nOther\n");
}

TEST(Catalogue, what_is_not_reviewed_or_not_there_stays_english)
{
    auto const words = Catalogue::parse(kFile).value();
    for (auto const* text : { "Not reviewed", "Not translated", "Something else", "", "crash(es), " })
        EXPECT_EQ(words.translate(text), text);
    EXPECT_EQ(Catalogue {}.translate("Messages were deleted"), "Messages were deleted");
}

TEST(Catalogue, a_file_that_is_none_is_refused)
{
    EXPECT_FALSE(Catalogue::parse("hello"));
    EXPECT_FALSE(Catalogue::parse("msgid \"open\nmsgstr \"\"\n"));
    EXPECT_FALSE(Catalogue::parse("\"nothing before\"\n"));
    EXPECT_TRUE(Catalogue::parse(""));
}

TEST(Catalogue, the_files_of_all_languages_can_be_read)
{
    for (auto const language : Catalogue::languages())
        EXPECT_EQ(Catalogue::of_language(std::string { language } + "_XX.UTF-8").size(),
            Catalogue::of_language(language).size());
    EXPECT_EQ(Catalogue::languages().size(), 6U);
    EXPECT_EQ(Catalogue::of_language("C").size(), 0U);
}

} // namespace
