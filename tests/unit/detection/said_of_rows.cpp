#include "detection/indicator_words.hpp"
#include "detection_case.hpp"

namespace {

using namespace exhibit;
using namespace exhibit::detection;
using exhibit::test::at;
using indicators::Kind;
using SaidOfRows = exhibit::test::DetectionCase;

RuleSet const& built_in()
{
    static RuleSet const set = RuleSet::built_in();
    return set;
}

TEST_F(SaidOfRows, an_account_at_a_listed_host_is_no_connection_to_it)
{
    write({ { { at(0), "write to a@mail.evil.example" }, { at(1), "https://evil.example/x" },
                { at(2), "b@evil.example", "sent" }, { at(3), "c@evil.example", "received", "other" } },
        {}, {} });
    auto const set = set_of({ { Kind::domain, "evil.example" } });
    auto const findings = run(&set, built_in()).findings;
    auto const titled = [&](std::string_view key) {
        auto const found = std::ranges::find(findings, key, &Finding::key);
        return found == findings.end() ? "none" : found->title;
    };
    ASSERT_EQ(findings.size(), 4U);
    EXPECT_EQ(titled("indicator/domain/evil.example/received/ios.t_message/account"),
        "An account at a host of Testware was met");
    EXPECT_EQ(titled("indicator/domain/evil.example/sent/ios.t_message/account"),
        "An account at a host of Testware is known to this phone");
    EXPECT_EQ(
        titled("indicator/domain/evil.example/received/ios.t_message"), "A link to Testware was received");
    EXPECT_EQ(titled("indicator/domain/evil.example/elsewhere/ios.t_message"),
        "Another device of the same account met what is listed for Testware");
}

TEST_F(SaidOfRows, a_failed_installation_is_no_installed_app)
{
    std::vector<RuleProblem> problems;
    IndicatorWordTable const words { built_in(), problems };
    for (auto const tool : { Tool::spyware, Tool::stalkerware }) {
        auto const& said = words.find(tool, "app_id", "attempted");
        EXPECT_TRUE(said.title.contains("was begun")) << said.title;
        EXPECT_LE(said.severity, Severity::high);
        EXPECT_NE(said.about, Class::infection);
        EXPECT_NE(said.about, Class::stalkerware);
    }
}

TEST_F(SaidOfRows, every_form_of_a_phones_clock_dates_a_finding)
{
    for (auto const& [stored, shown] : std::initializer_list<std::pair<std::string_view, std::string_view>> {
             { "2024-05-01 10:11:12", "2024-05-01 10:11" }, { "05-01 10:11:12.000", "05-01 10:11" },
             { "2024-05-01", "2024-05-01" }, { "Mon Apr  7 06:13:54 2025", "2025-04-07 06:13" },
             { "Mon Dec 17 06:13:54 2025", "2025-12-17 06:13" },
             { "10/13/21 07:57:42.945911", "2021-10-13 07:57" } }) {
        write({ { { Time::local(stored, nullptr), "https://evil.example/" } }, {}, {} });
        auto database = casefile::Database::open(m_path, casefile::Access::read_write).value();
        ASSERT_TRUE(
            database.run("UPDATE artifact_column SET clock = 'local_text' WHERE column_name = 'sent'"));
        auto const set = set_of({ { Kind::domain, "evil.example" } });
        EXPECT_EQ(run(&set, built_in()).findings.at(0).details.at("when"),
            fmt::format("on {} (the phone's time, zone unknown)", shown));
    }
    for (auto const* stored : { "Mon Foo  7 06:13:54 2025", "Mon npr  7 06:13:54 2025", "Mon Apr  7 06:13:54",
             "10/13/21", "soon" }) {
        write({ { { Time::local(stored, nullptr), "https://evil.example/" } }, {}, {} });
        auto database = casefile::Database::open(m_path, casefile::Access::read_write).value();
        ASSERT_TRUE(
            database.run("UPDATE artifact_column SET clock = 'local_text' WHERE column_name = 'sent'"));
        auto const set = set_of({ { Kind::domain, "evil.example" } });
        EXPECT_EQ(run(&set, built_in()).findings.at(0).details.at("when"), "at a time that is not known")
            << stored;
    }
}

} // namespace
