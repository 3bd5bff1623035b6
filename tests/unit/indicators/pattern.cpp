#include "indicators/pattern.hpp"

#include "indicators/pattern_terms.hpp"

#include <gtest/gtest.h>

namespace {

using namespace exhibit;
using namespace exhibit::indicators;

PatternTerms evaluate(std::string_view text)
{
    auto const pattern = parse_pattern(text);
    EXPECT_TRUE(pattern.has_value()) << text << ": " << (pattern ? "" : pattern.error().what);
    return pattern ? terms_of(*pattern) : PatternTerms {};
}

/// `kind value` of the only term.
std::string only_term(std::string_view text)
{
    auto const result = evaluate(text);
    EXPECT_TRUE(result.unusable.empty()) << text;
    if (result.terms.size() != 1)
        return std::to_string(result.terms.size()) + " terms";
    return std::string { name_of(result.terms[0].kind) } + ' ' + result.terms[0].value;
}

Reason only_reason(std::string_view text)
{
    auto const result = evaluate(text);
    EXPECT_TRUE(result.terms.empty()) << text;
    EXPECT_EQ(result.unusable.size(), 1U) << text;
    return result.unusable.empty() ? Reason::damaged_file : result.unusable[0].reason;
}

TEST(Pattern, every_property_of_published_packs_becomes_its_kind)
{
    EXPECT_EQ(only_term("[domain-name:value='a.example']"), "domain a.example");
    EXPECT_EQ(only_term("[ipv4-addr:value = '203.0.113.7']"), "ip 203.0.113.7");
    EXPECT_EQ(only_term("[ipv6-addr:value = '2001:db8::1']"), "ip 2001:db8::1");
    EXPECT_EQ(only_term("[url:value = 'https://a.example/x']"), "url https://a.example/x");
    EXPECT_EQ(only_term("[email-addr:value='a@b.example']"), "email a@b.example");
    EXPECT_EQ(only_term("[process:name='bh']"), "process bh");
    EXPECT_EQ(only_term("[file:name='x.plist']"), "file_name x.plist");
    EXPECT_EQ(only_term("[file:path='/private/var/tmp/x']"), "file_path /private/var/tmp/x");
    EXPECT_EQ(only_term("[app:id='com.example.app']"), "app_id com.example.app");
    EXPECT_EQ(only_term("[app:cert.sha256='00']"), "cert_hash 00");
    EXPECT_EQ(only_term("[configuration-profile:id='ID']"), "profile_id ID");
    EXPECT_EQ(only_term("[android-property:name='sys.x']"), "property_name sys.x");
}

TEST(Pattern, hash_keys_are_read_in_every_spelling)
{
    for (std::string_view const key : { "MD5", "md5", "'MD5'" })
        EXPECT_EQ(only_term("[file:hashes." + std::string { key } + " = 'aa']"), "md5 aa");
    for (std::string_view const key : { "sha1", "'SHA-1'", "SHA1" })
        EXPECT_EQ(only_term("[file:hashes." + std::string { key } + " = 'aa']"), "sha1 aa");
    for (std::string_view const key : { "sha256", "'SHA-256'", "SHA-256", "SHA256" })
        EXPECT_EQ(only_term("[file:hashes." + std::string { key } + " = 'aa']"), "sha256 aa");
    EXPECT_EQ(only_reason("[file:hashes.ssdeep = 'aa']"), Reason::property);
}

TEST(Pattern, values_keep_equals_signs_quotes_and_brackets)
{
    EXPECT_EQ(only_term("[url:value = 'https://a.example/?id=1&x==2']"), "url https://a.example/?id=1&x==2");
    EXPECT_EQ(only_term(R"([file:name = 'it\'s'])"), "file_name it's");
    EXPECT_EQ(only_term(R"([file:name = 'a\\b'])"), R"(file_name a\b)");
    EXPECT_EQ(only_term(R"([file:name = "quoted"])"), "file_name quoted");
    EXPECT_EQ(only_term("[file:name = 'a] OR [b']"), "file_name a] OR [b");
    EXPECT_EQ(only_term("  [ /* why */ file:name\n=\t'x' ] // end"), "file_name x");
}

TEST(Pattern, or_and_in_give_one_term_for_each_value)
{
    auto const result = evaluate("[domain-name:value = 'a.example' OR url:value = 'http://b.example/']"
                                 " OR ([ipv4-addr:value IN ('203.0.113.1', '203.0.113.2')])");
    ASSERT_EQ(result.terms.size(), 4U);
    EXPECT_EQ(result.terms[0].value, "a.example");
    EXPECT_EQ(result.terms[1].value, "http://b.example/");
    EXPECT_EQ(result.terms[3].value, "203.0.113.2");
    EXPECT_TRUE(result.unusable.empty());
}

TEST(Pattern, a_usable_branch_is_kept_beside_one_that_is_not)
{
    auto const result = evaluate("[domain-name:value = 'a.example' OR file:size > 10]");
    ASSERT_EQ(result.terms.size(), 1U);
    ASSERT_EQ(result.unusable.size(), 1U);
    EXPECT_EQ(result.unusable[0].detail, "file:size");
}

TEST(Pattern, like_and_matches_keep_their_expression)
{
    auto const like = evaluate("[domain-name:value LIKE '%.a.example']");
    ASSERT_EQ(like.terms.size(), 1U);
    EXPECT_EQ(like.terms[0].compare, Compare::like);
    auto const regex = evaluate(R"([url:value MATCHES '^https?://a\.example/[0-9]+$'])");
    ASSERT_EQ(regex.terms.size(), 1U);
    EXPECT_EQ(regex.terms[0].compare, Compare::regex);
    EXPECT_EQ(regex.terms[0].value, R"(^https?://a\.example/[0-9]+$)");
}

TEST(Pattern, what_cannot_be_evaluated_is_named)
{
    EXPECT_EQ(only_reason("[file:name != 'x']"), Reason::negation);
    EXPECT_EQ(only_reason("[file:name <> 'x']"), Reason::negation);
    EXPECT_EQ(only_reason("[file:name NOT = 'x']"), Reason::negation);
    EXPECT_EQ(only_reason("[file:name NOT IN ('x')]"), Reason::negation);
    EXPECT_EQ(only_reason("[file:name < 'x']"), Reason::comparison);
    EXPECT_EQ(only_reason("[EXISTS file:name]"), Reason::comparison);
    EXPECT_EQ(only_reason("[file:name = 5]"), Reason::literal);
    EXPECT_EQ(only_reason("[file:name = h'00ff']"), Reason::literal);
    EXPECT_EQ(only_reason("[windows-registry-key:key = 'HKLM']"), Reason::property);
    EXPECT_EQ(only_reason("[x509-certificate:serial_number = '1']"), Reason::property);
    EXPECT_EQ(only_reason("[file:name = 'x' AND file:size = 5]"), Reason::conjunction);
    EXPECT_EQ(only_reason("[(file:name = 'x' OR file:name = 'y') AND file:size = 5]"), Reason::conjunction);
    EXPECT_EQ(only_reason("[file:name = 'x'] AND [file:name = 'y']"), Reason::sequence);
    EXPECT_EQ(only_reason("[file:name = 'x'] FOLLOWEDBY [file:name = 'y']"), Reason::sequence);
    EXPECT_EQ(only_reason("[file:name = 'x'] REPEATS 5 TIMES"), Reason::qualifier);
    EXPECT_EQ(only_reason("[file:name = 'x'] START t'2020-01-01T00:00:00Z' STOP t'2021-01-01T00:00:00Z'"),
        Reason::qualifier);
}

TEST(Pattern, a_conjunction_that_comes_to_one_value_is_used)
{
    EXPECT_EQ(only_term("[file:hashes.MD5 = 'aa' AND file:hashes.'SHA-256' = 'bb']"), "sha256 bb");
    EXPECT_EQ(only_term("[file:name = 'x' AND file:parent_directory_ref.path = '/private/var/tmp']"),
        "file_path /private/var/tmp/x");
    EXPECT_EQ(
        only_term(
            "[network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:dst_ref.value = '203.0.113.9']"),
        "domain 203.0.113.9");
    EXPECT_EQ(only_term("[file:name = 'x'] WITHIN 300 SECONDS"), "file_name x");
    EXPECT_EQ(only_term("[file:name = 'x'] REPEATS 1 TIMES"), "file_name x");
    EXPECT_EQ(only_term("[ipv4-addr:value ISSUBSET '203.0.113.0/24']"), "ip 203.0.113.0/24");
    EXPECT_EQ(only_term("[network-traffic:dst_ref.value ISSUBSET '203.0.113.0/24']"), "ip 203.0.113.0/24");
    EXPECT_EQ(only_term("[file:name = 'x' AND file:size = 5 AND file:hashes.MD5 = 'aa']"), "md5 aa");
    EXPECT_EQ(only_reason("[file:name != 'x' AND file:hashes.MD5 = 'aa']"), Reason::conjunction);
    EXPECT_EQ(only_reason("[process:name = 'x' AND file:hashes.MD5 = 'aa']"), Reason::conjunction);
    EXPECT_EQ(only_reason("[domain-name:value ISSUBSET '203.0.113.0/24']"), Reason::comparison);
}

TEST(Pattern, broken_patterns_fail_with_the_place)
{
    for (std::string_view const text :
        { "", "[", "[]", "file:name = 'x'", "[file:name = 'x'", "[file:name = 'x]", "[file:name = x]",
            "[file = 'x']", "[file:name 'x']", "[file:name = 'x'] OR", "[file:name IN ()]",
            "[file:name = 'x'] rest", "[file:name = 'x' AND]", "[file:name = 'x'] WITHIN SECONDS",
            "[a:b.[c] = 'x']", "[file:name = 'x'] /* open", "[file:name = \x01]", "([file:name = 'x']" })
        EXPECT_FALSE(parse_pattern(text).has_value()) << text;
    auto const error = parse_pattern("[file:name = x]").error();
    EXPECT_EQ(error.at, 13U);
}

TEST(Pattern, nesting_is_bounded)
{
    std::string const deep(100'000, '(');
    EXPECT_EQ(parse_pattern(deep + "[file:name='x']").error().fault, Fault::over_limit);
    EXPECT_EQ(parse_pattern("[" + deep + "file:name='x'").error().fault, Fault::over_limit);
    auto const nested = std::string(60, '(') + "[file:name='x']" + std::string(60, ')');
    EXPECT_TRUE(parse_pattern(nested).has_value());
}

} // namespace
