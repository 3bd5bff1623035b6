#include "indicators/lint.hpp"

#include "artifact/registry.hpp"
#include "indicators/load.hpp"
#include "unit/indicators/indicator_helpers.hpp"

#include <algorithm>
#include <gtest/gtest.h>

namespace {

using namespace exhibit;
using namespace exhibit::indicators;

/// `level` of each finding, joined by spaces.
std::string levels(Kind kind, std::string_view value, Compare compare = Compare::equal)
{
    std::string text;
    for (auto const& finding : lint(set_of({ { kind, value, compare } })))
        text.append(text.empty() ? "" : " ").append(name_of(finding.level));
    return text;
}

TEST(Lint, values_without_fault_are_not_named)
{
    EXPECT_EQ(levels(Kind::domain, "evil.example"), "");
    EXPECT_EQ(levels(Kind::ip, "45.76.0.1"), "");
    EXPECT_EQ(levels(Kind::url, "https://evil.example/a"), "");
    EXPECT_EQ(levels(Kind::process, "roleaboutd"), "");
    EXPECT_EQ(levels(Kind::file_path, "/private/var/tmp/hooker"), "");
    EXPECT_EQ(levels(Kind::url, "^https://evil\\.example/[0-9]+$", Compare::regex), "");
}

TEST(Lint, what_can_never_match_is_an_error)
{
    EXPECT_EQ(levels(Kind::domain, ""), "error");
    EXPECT_EQ(levels(Kind::domain, "   "), "error");
    EXPECT_EQ(levels(Kind::domain, "despachos"), "error");
    EXPECT_EQ(levels(Kind::sha256, "abc"), "error");
    EXPECT_EQ(levels(Kind::ip, "192.168.1.1"), "error");
    EXPECT_EQ(levels(Kind::ip, "::1"), "error");
    EXPECT_EQ(levels(Kind::file_path, "C:\\Temp\\x"), "error");
    EXPECT_EQ(levels(Kind::app_id, "com.evil.*"), "error");
    EXPECT_EQ(levels(Kind::app_id, "com.evil.%", Compare::like), "");
    EXPECT_EQ(levels(Kind::url, "https://evil.example/*"), "error");
    EXPECT_EQ(levels(Kind::phone, "^\\+37491", Compare::regex), "error");
    EXPECT_EQ(levels(Kind::file_path, "^var/tmp/x$", Compare::regex), "error");
    EXPECT_EQ(levels(Kind::file_name, "Documents/%.plist", Compare::like), "error");
}

TEST(Lint, a_file_without_indicators_is_an_error)
{
    auto const findings = lint(set_of({}));
    ASSERT_EQ(findings.size(), 1U);
    EXPECT_EQ(findings[0].level, LintLevel::error);
    EXPECT_EQ(findings[0].message, "There is no indicator in it.");
}

TEST(Lint, what_matches_too_much_is_named)
{
    EXPECT_EQ(levels(Kind::domain, "github.io"), "warning");
    EXPECT_EQ(levels(Kind::domain, "co.uk"), "warning");
    EXPECT_EQ(levels(Kind::domain, "bit.ly"), "warning");
    EXPECT_EQ(levels(Kind::process, "zz"), "warning");
    EXPECT_EQ(levels(Kind::file_path, "/private/var/tmp/"), "error");
    EXPECT_EQ(levels(Kind::file_path, "/data"), "error");
    EXPECT_EQ(levels(Kind::ip, "45.76.0.0/16"), "warning");
    EXPECT_EQ(levels(Kind::url, "evil", Compare::regex), "warning");
    EXPECT_EQ(levels(Kind::url, "%", Compare::like), "error");
    EXPECT_EQ(levels(Kind::url, "http://evil.example"), "warning");
}

TEST(Lint, values_published_in_an_odd_form_are_noted)
{
    EXPECT_EQ(levels(Kind::domain, "Evil.example"), "note");
    EXPECT_EQ(levels(Kind::domain, "evil[.]example"), "note");
    EXPECT_EQ(levels(Kind::domain, "*.evil.example"), "note");
    EXPECT_EQ(levels(Kind::domain, "http://evil.example/"), "note");
    EXPECT_EQ(levels(Kind::domain, "evil.example/x"), "warning");
    EXPECT_EQ(levels(Kind::domain, "45.76.0.1"), "note");
    EXPECT_EQ(levels(Kind::file_path, "Library/x/y.plist"), "note");
    EXPECT_EQ(levels(Kind::app_id, "evil"), "warning");
    EXPECT_EQ(levels(Kind::process, "/private/var/tmp/UserEventAgent"), "note");
    EXPECT_EQ(levels(Kind::process, "roleaboutd/org.example.app"), "note");
    EXPECT_EQ(levels(Kind::file_name, "Library/roleaboutd.plist"), "note");
}

TEST(Lint, wrong_and_ambiguous_indicators_in_circulation_are_named)
{
    EXPECT_EQ(levels(Kind::file_path, "/private/var/tmp/BridgeHead"), "error");
    EXPECT_EQ(levels(Kind::process, "com.apple.icloud.searchpartyd"), "error");
    EXPECT_EQ(levels(Kind::process, "BackupAgent"), "note");
    EXPECT_EQ(levels(Kind::app_id, "com.xdja.jxclient"), "note");
    EXPECT_EQ(levels(Kind::file_name, "Documents/payload"), "note note");
    EXPECT_EQ(levels(Kind::file_path, "/var/tmp/BridgeHead/"), "error");
}

TEST(Lint, values_in_several_packs_are_counted_once_for_each_pair)
{
    SetBuilder builder;
    load_pack(builder, "a.csv", "a.example,domain\nb.example,domain\nA.example.,domain\n");
    load_pack(builder, "b.csv", "b.example,domain\na.example,domain\n");
    auto const findings = lint(builder.build());
    std::vector<std::string> messages;
    for (auto const& finding : findings)
        if (finding.id.empty())
            messages.push_back(std::to_string(finding.pack) + ": " + finding.message);
    EXPECT_EQ(messages,
        (std::vector<std::string> {
            "0: 1 of its values occur more than once in it.", "1: 2 of its values are also in a.csv." }));
}

TEST(Lint, expiry_and_use_are_checked_against_what_is_given)
{
    SetBuilder builder;
    builder.begin_pack({});
    RawIndicator raw;
    raw.value = "evil.example";
    raw.valid_until = from_text("2024-01-01");
    builder.add(raw);
    auto const set = builder.build();
    EXPECT_TRUE(lint(set).empty());
    EXPECT_EQ(lint(set, { from_text("2023-01-01"), {} }).size(), 0U);
    EXPECT_EQ(lint(set, { from_text("2025-01-01"), {} }).size(), 1U);
    EXPECT_EQ(lint(set, { {}, { Is::process } }).at(0).level, LintLevel::error);
    EXPECT_EQ(lint(set, { {}, { Is::free_text } }).size(), 0U);
}

TEST(Lint, what_artifacts_compare_is_told_from_their_declarations)
{
    auto const compared = compared_values(artifacts());
    EXPECT_TRUE(std::ranges::is_sorted(compared));
    EXPECT_FALSE(std::ranges::binary_search(compared, Is::opaque));
}

TEST(Lint, problems_of_loading_are_findings)
{
    SetBuilder builder;
    load_pack(builder, "a.stix2",
        R"({"objects":[{"type":"indicator","id":"indicator--1","pattern":"[file:size = 5]"},
        {"type":"indicator","id":"indicator--2","revoked":true,"pattern":"[app:id = 'a.b']"}]})");
    auto const findings = lint(builder.build());
    ASSERT_EQ(findings.size(), 2U);
    EXPECT_EQ(findings[0].level, LintLevel::error);
    EXPECT_EQ(findings[0].id, "indicator--1");
    EXPECT_EQ(findings[0].value, "file:size");
    EXPECT_EQ(findings[1].level, LintLevel::note);
    for (auto const& finding : findings)
        EXPECT_FALSE(finding.advice.empty());
}

} // namespace
