// What lies beyond a bound is told: inputs that a fixture would have to be as long as.
#include "artifact/registry.hpp"
#include "base/text.hpp"
#include "formats/plist/plist.hpp"
#include "support/fixture_sql.hpp"
#include "support/plist_builder.hpp"
#include "support/recorder.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace exhibit {
namespace {

using test::Plist;

/// What an artifact said of a content, beginning with `damage` where it said that some was left out.
std::string said_of(std::string_view id, std::string_view path, std::string const& content)
{
    auto const* artifact = find_artifact(id);
    test::Recorder recorder { *artifact };
    MemorySource const source { as_bytes(content) };
    Input input;
    input.path = path;
    input.stored = path;
    input.source = &source;
    EXPECT_TRUE(artifact->parse(input, recorder)) << path;
    std::string said;
    for (auto const& line : recorder.diagnostics())
        if (line.contains("over_limit"))
            said += line;
    return said;
}

std::string apps(std::size_t count)
{
    return test::build_database(fmt::format(R"(
CREATE TABLE application_identifier_tab (id INTEGER PRIMARY KEY, application_identifier TEXT);
CREATE TABLE key_tab (id INTEGER PRIMARY KEY, key TEXT);
CREATE TABLE kvs (id INTEGER PRIMARY KEY, application_identifier INTEGER, key INTEGER, value BLOB);
INSERT INTO key_tab VALUES (1, '_UninstallDate');
WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < {})
INSERT INTO kvs SELECT NULL, n, 1, CAST('<plist><true/></plist>' AS BLOB) FROM number;)",
                                    count),
        "")
        .main;
}

TEST(IosBounds, details_of_more_apps_than_are_read_are_said_to_be_left_out)
{
    constexpr auto path = "/private/var/mobile/Library/FrontBoard/applicationState.db";
    EXPECT_EQ(said_of("ios.app_states", path, apps(100'000)), "");
    auto const said = said_of("ios.app_states", path, apps(100'001));
    EXPECT_TRUE(said.contains("there are more apps than are read") && said.contains("damage")) << said;
}

std::string event(std::size_t values)
{
    std::vector<Plist> texts;
    texts.reserve(values);
    for (std::size_t i = 0; i != values; ++i)
        texts.emplace_back("x");
    auto const data
        = test::to_binary_plist(Plist::dictionary({ { "texts", Plist::array(std::move(texts)) } }));
    return test::build_database(
        fmt::format(
            "CREATE TABLE all_events (timestamp REAL, data BLOB); INSERT INTO all_events VALUES (1, x'{}');",
            to_hex(data)),
        "")
        .main;
}

TEST(IosBounds, values_of_an_event_beyond_those_that_are_looked_at_are_said_to_be_left_out)
{
    constexpr auto path = "/private/var/Keychains/Analytics/networking_analytics.db";
    EXPECT_EQ(said_of("ios.analytics", path, event(999)), ""); // and the list itself
    auto const said = said_of("ios.analytics", path, event(1000));
    EXPECT_TRUE(said.contains("an event has more values than are looked at") && said.contains("damage"))
        << said;
}

std::string settings(std::size_t servers)
{
    std::vector<Plist> texts;
    texts.reserve(servers);
    for (std::size_t i = 0; i != servers; ++i)
        texts.emplace_back(fmt::format("host-{}.example", i));
    return test::to_binary_plist(Plist::dictionary({ { "ServerURL", Plist::array(std::move(texts)) } }));
}

TEST(IosBounds, servers_beyond_those_that_are_read_are_said_to_be_left_out)
{
    constexpr auto path = "/private/var/preferences/com.apple.networkextension.plist";
    EXPECT_EQ(said_of("ios.network_settings", path, settings(1000)), "");
    auto const said = said_of("ios.network_settings", path, settings(1001));
    EXPECT_TRUE(said.contains("settings name more servers") && said.contains("damage")) << said;
}

std::string call_with(std::size_t sides)
{
    std::vector<Plist> others;
    others.reserve(sides);
    for (std::size_t i = 0; i != sides; ++i)
        others.push_back(Plist::dictionary({ { "value", fmt::format("+3741000{}", i) } }));
    auto const call = Plist::dictionary({ { "remoteParticipantHandles", Plist::array(std::move(others)) } });
    auto const record = test::to_binary_plist(test::archive_of(call));
    auto const entry
        = test::to_binary_plist(test::archive_of(Plist::dictionary({ { "record", Plist::data(record) } })));
    auto const size = static_cast<std::uint32_t>(entry.size());
    return std::string { reinterpret_cast<char const*>(&size), sizeof size } + entry;
}

TEST(IosBounds, a_call_with_more_sides_than_are_read_does_not_hide_those_behind_it)
{
    constexpr auto path = "/private/var/mobile/Library/CallHistoryTransactions/transactions.log";
    auto const* artifact = find_artifact("ios.call_transactions");
    test::Recorder recorder { *artifact };
    auto const content = call_with(1001) + call_with(1);
    MemorySource const source { as_bytes(content) };
    Input input;
    input.path = path;
    input.stored = path;
    input.source = &source;
    EXPECT_TRUE(artifact->parse(input, recorder));
    EXPECT_EQ(recorder.count("ios_call_transaction"), 1001U);
    ASSERT_EQ(recorder.diagnostics().size(), 1U);
    EXPECT_TRUE(recorder.diagnostics().front().contains("more sides than are read"));
}

} // namespace
} // namespace exhibit
