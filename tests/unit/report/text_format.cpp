#include "report/text_format.hpp"

#include <gtest/gtest.h>
#include <limits>
#include <nlohmann/json.hpp>

namespace {

using namespace exhibit;
using namespace exhibit::report;

std::string json(std::string_view text)
{
    std::string out;
    append_json(out, text);
    return out;
}

std::string csv(std::string_view text, Quoting quoting = Quoting::as_needed)
{
    std::string out;
    append_csv(out, text, quoting);
    return out;
}

TEST(TextFormat, json_strings_read_back_as_they_were)
{
    for (std::string const text : { "", "plain", "quote \" backslash \\ slash /", "line\nfeed\r\ttab",
             "\x1b[31m bell \a", "Հայերեն 中文 😀", "\u202e" })
        EXPECT_EQ(nlohmann::json::parse(json(text)).get<std::string>(), text);
}

TEST(TextFormat, nothing_in_json_drives_a_terminal_or_turns_the_direction_of_text)
{
    EXPECT_EQ(
        json("\x1b\x7f\u009b\u061c\u200f\u202e\u2066"), R"("\u001b\u007f\u009b\u061c\u200f\u202e\u2066")");
    EXPECT_EQ(json("a\u00a0b\u2019c\u0634\u200d\xC2"), "\"a\u00a0b\u2019c\u0634\u200d\uFFFD\"");
    EXPECT_EQ(with_escapes("{\"a\u2019\":\"\u202e\u009b\"}\xE2"), "{\"a\u2019\":\"\\u202e\\u009b\"}\xE2");
}

TEST(TextFormat, bytes_that_are_no_utf8_still_give_valid_json)
{
    using namespace std::string_literals;
    EXPECT_EQ(nlohmann::json::parse(json("a\xFF z")).get<std::string>(), "a\uFFFD z");
    EXPECT_EQ(nlohmann::json::parse(json("a\0b"s)).get<std::string>(), "a\u2400b");
}

TEST(TextFormat, nothing_in_json_drives_a_terminal_or_hides)
{
    EXPECT_EQ(json("\x1b[31m\u009b31m\x7f \u202e \u2066 \u200b\u061c\ufeff Ա \u00e9 \u00ad"),
        R"("\u001b[31m\u009b31m\u007f \u202e \u2066 \u200b\u061c\ufeff Ա é \u00ad")");
    EXPECT_EQ(
        with_escapes("{\n  \"a\": \"\u009b \\\" \u202e é\"\n}"), "{\n  \"a\": \"\\u009b \\\" \\u202e é\"\n}");
}

TEST(TextFormat, numbers_that_json_does_not_have_become_null)
{
    std::string out;
    append_json(out, std::numeric_limits<double>::infinity());
    append_json(out, std::numeric_limits<double>::quiet_NaN());
    append_json(out, 0.1);
    EXPECT_EQ(out, "nullnull0.1");
}

TEST(TextFormat, csv_quotes_what_rfc_4180_wants_quoted)
{
    EXPECT_EQ(csv("plain"), "plain");
    EXPECT_EQ(csv("a,b"), "\"a,b\"");
    EXPECT_EQ(csv("say \"x\""), "\"say \"\"x\"\"\"");
    EXPECT_EQ(csv("a\r\nb"), "\"a\r\nb\"");
    EXPECT_EQ(csv("plain", Quoting::always), "\"plain\"");
    EXPECT_EQ(csv("\""), "\"\"\"\"");
}

TEST(TextFormat, csv_text_never_begins_a_formula)
{
    EXPECT_EQ(csv("=1+1"), "\"'=1+1\"");
    EXPECT_EQ(csv("+374"), "\"'+374\"");
    EXPECT_EQ(csv("-x"), "\"'-x\"");
    EXPECT_EQ(csv("@SUM(A1)"), "\"'@SUM(A1)\"");
    EXPECT_EQ(csv("\t=1"), "\"'\t'=1\"");
    EXPECT_EQ(csv("  =1"), "\"'  =1\"");
    EXPECT_EQ(csv("\uFF1D1"), "\"'\uFF1D1\"");
    EXPECT_EQ(csv("a=1"), "a=1");
    EXPECT_EQ(csv("=HYPERLINK(\"x\")"), "\"'=HYPERLINK(\"\"x\"\")\"");
}

TEST(TextFormat, csv_text_begins_no_formula_where_a_spreadsheet_splits_it_elsewhere)
{
    EXPECT_EQ(csv("x;=1"), "\"x;'=1\"");
    EXPECT_EQ(csv("x;\"=1"), "\"x;'\"\"=1\"");
    EXPECT_EQ(csv("x\t @SUM(A1)"), "\"x\t' @SUM(A1)\"");
    EXPECT_EQ(csv("x\r\n+1"), "\"x\r\n'+1\"");
    EXPECT_EQ(csv("x|\uFF1D1"), "\"x|'\uFF1D1\"");
    EXPECT_EQ(csv("x;1=1"), "\"x;1=1\"");
    EXPECT_EQ(csv("a,=1"), "\"a,=1\"");
}

TEST(TextFormat, times_are_written_with_six_digits_in_utc)
{
    std::string out;
    append_time(out, Timestamp { std::chrono::microseconds { 1'678'307'205'000'007 } });
    out += ' ';
    append_iso(out, Timestamp { std::chrono::microseconds { 0 } });
    EXPECT_EQ(out, "2023-03-08 20:26:45.000007 1970-01-01T00:00:00.000000Z");
    for (std::int64_t micros : { 951'782'400'000'000LL, 1'709'251'199'999'999LL, 4'102'444'799'999'999LL }) {
        Timestamp const time { std::chrono::microseconds { micros } };
        out.clear();
        append_time(out, time);
        EXPECT_EQ(out, to_text(time));
    }
}

} // namespace
