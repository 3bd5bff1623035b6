#include "artifact/registry.hpp"
#include "detection/indicator_words.hpp"
#include "detection_case.hpp"

#include <set>

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

/// The kinds of indicators that a column of this meaning may meet.
std::vector<Kind> kinds_met_by(Is is)
{
    switch (is) {
    case Is::not_text:
    case Is::opaque:
        return {};
    case Is::free_text:
    case Is::url:
    case Is::domain:
    case Is::ip:
        return { Kind::domain, Kind::ip, Kind::url, Kind::email };
    case Is::system_text:
        return { Kind::domain, Kind::ip, Kind::url, Kind::email, Kind::app_id, Kind::file_path };
    case Is::email:
        return { Kind::email, Kind::domain };
    case Is::phone:
        return { Kind::phone };
    case Is::handle:
        return { Kind::email, Kind::phone, Kind::account, Kind::domain };
    case Is::app_id:
        return { Kind::app_id };
    case Is::process:
        return { Kind::process, Kind::app_id, Kind::file_name, Kind::file_path };
    case Is::path:
        return { Kind::file_path, Kind::file_name, Kind::app_id };
    case Is::file_name:
        return { Kind::file_name };
    case Is::hash:
        return { Kind::md5, Kind::sha1, Kind::sha256 };
    case Is::cert_hash:
        return { Kind::cert_hash };
    case Is::profile_id:
        return { Kind::profile_id };
    case Is::property_name:
        return { Kind::property_name };
    }
    return {};
}

/// The relations that rows of a table may have.
std::set<std::string_view> relations_of(Table const& table)
{
    std::set<std::string_view> relations { name_of(table.relation) };
    auto const has = [&](std::string_view column) {
        return std::ranges::find(table.columns, column, &Column::name) != table.columns.end();
    };
    if (has("row_relation"))
        relations.insert(
            { "context", "present", "received", "installed", "attempted", "permitted", "executed" });
    if (has("direction") && relations.contains("received"))
        relations.insert({ "sent", "context" });
    if (has("direction") && relations.contains("visited"))
        relations.insert("present");
    if (has("device_id"))
        relations.insert("elsewhere");
    return relations;
}

TEST_F(SaidOfRows, whatever_a_table_may_meet_has_words_of_its_own)
{
    IndicatorWordTable const words { built_in() };
    auto const& of_anything = words.find(Tool::spyware, "anything", "anything");
    std::set<std::string> without;
    for (auto const* artifact : artifacts())
        for (auto const* table : artifact->tables)
            for (auto const& column : table->columns) {
                auto relations = relations_of(*table);
                if (column.is == Is::free_text || column.is == Is::system_text)
                    relations.insert("context"); // what only a text names
                for (auto const kind : kinds_met_by(column.is))
                    for (auto const relation : relations)
                        if (&words.find(Tool::spyware, indicators::name_of(kind), relation) == &of_anything)
                            without.insert(fmt::format("{} {}, as {}.{}", indicators::name_of(kind), relation,
                                table->name, column.name));
            }
    EXPECT_TRUE(without.empty()) << fmt::format("{}", fmt::join(without, "\n"));
}

TEST_F(SaidOfRows, a_listed_file_that_got_permissions_is_a_file_of_the_tool)
{
    IndicatorWordTable const words { built_in() };
    auto const& said = words.find(Tool::spyware, "file_path", "permitted");
    EXPECT_EQ(said.severity, Severity::critical);
    EXPECT_EQ(said.about, Class::infection);
    EXPECT_LE(words.find(Tool::spyware, "file_path", "context").severity, Severity::medium);
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

TEST_F(SaidOfRows, a_name_that_the_system_cut_is_told_as_the_beginning_of_one)
{
    write({ {}, { { at(0), "com.apple.rappor" } }, {} });
    auto const set = set_of({ { Kind::process, "com.apple.rapports.events" } });
    auto const cut = run(&set, built_in()).findings.at(0);
    EXPECT_TRUE(cut.title.contains("cut short")) << cut.title;
    EXPECT_EQ(cut.severity, Severity::high);
    EXPECT_EQ(cut.relation, "traffic");

    write({ {}, { { at(0), "com.apple.rappor" }, { at(1), "com.apple.rapports.events" } }, {} });
    auto const whole = run(&set, built_in()).findings.at(0);
    EXPECT_EQ(whole.title, "A process of Testware ran on this phone");
    EXPECT_EQ(whole.severity, Severity::critical);
    EXPECT_TRUE(whole.summary.contains("by a name that was cut")) << whole.summary;
}

TEST_F(SaidOfRows, a_link_that_was_made_harmless_is_only_mentioned)
{
    write({ { { at(0), "IOC list: hxxps://evil.example/abc" } }, {}, {} });
    auto const set = set_of({ { Kind::domain, "evil.example" } });
    auto const mentioned = run(&set, built_in()).findings;
    ASSERT_EQ(mentioned.size(), 1U);
    EXPECT_EQ(mentioned[0].relation, "context");
    EXPECT_LE(mentioned[0].severity, Severity::medium);

    write({ { { at(0), "hxxps://evil.example/abc, that is https://evil.example/abc" } }, {}, {} });
    EXPECT_EQ(run(&set, built_in()).findings.at(0).relation, "received");
}

TEST_F(SaidOfRows, a_failed_installation_is_no_installed_app)
{
    IndicatorWordTable const words { built_in() };
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
