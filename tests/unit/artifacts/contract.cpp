// What every artifact promises, checked over the registry.
#include "artifact/registry.hpp"
#include "base/text.hpp"
#include "support/fixture.hpp"
#include "support/recorder.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <map>
#include <set>
#include <utility>

namespace exhibit {
namespace {

std::string_view prefix_of(Platform platform)
{
    return platform == Platform::ios ? "ios" : "android";
}

TEST(Contract, ids_say_the_platform_and_are_unique)
{
    std::set<std::string_view> ids;
    for (auto const* artifact : artifacts()) {
        EXPECT_TRUE(artifact->id.starts_with(std::string { prefix_of(artifact->platform) } + '.'))
            << artifact->id;
        EXPECT_TRUE(ids.insert(artifact->id).second) << artifact->id;
    }
}

TEST(Contract, every_artifact_says_what_it_is_and_what_it_reads)
{
    for (auto const* artifact : artifacts()) {
        SCOPED_TRACE(artifact->id);
        EXPECT_FALSE(artifact->title.empty());
        EXPECT_TRUE(artifact->doc.ends_with('.'));
        EXPECT_FALSE(artifact->tables.empty());
        EXPECT_FALSE(artifact->paths.empty());
        for (auto const path : artifact->paths)
            EXPECT_TRUE(path.starts_with('/') || path.starts_with('@') || path.starts_with("**")) << path;
    }
}

TEST(Contract, table_names_are_unique_and_begin_with_the_platform)
{
    std::set<std::string_view> names;
    for (auto const* artifact : artifacts())
        for (auto const* table : artifact->tables) {
            EXPECT_TRUE(table->name.starts_with(std::string { prefix_of(artifact->platform) } + '_'))
                << table->name;
            EXPECT_TRUE(names.insert(table->name).second) << table->name;
        }
}

TEST(Contract, a_column_name_means_one_type_everywhere)
{
    std::map<std::string_view, std::pair<Type, std::string_view>> seen;
    for (auto const* artifact : artifacts())
        for (auto const* table : artifact->tables)
            for (auto const& column : table->columns) {
                auto const [first, fresh] = seen.try_emplace(column.name, column.type, table->name);
                EXPECT_EQ(first->second.first, column.type)
                    << column.name << " in " << table->name << " and in " << first->second.second;
            }
}

// An indicator for a process name is worth most where something ran or used the network; the same word in
// a list of files says little.
TEST(Contract, processes_stand_only_where_something_ran_used_the_network_or_asked_for_a_permission)
{
    for (auto const* artifact : artifacts())
        for (auto const* table : artifact->tables)
            for (auto const& column : table->columns)
                if (column.is == Is::process) {
                    EXPECT_TRUE(table->relation == Relation::executed || table->relation == Relation::traffic
                        || table->relation == Relation::permitted || table->relation == Relation::installed)
                        << table->name << '.' << column.name;
                }
}

// Published names of processes have the form of bundle ids and job labels, and parts of the system stand
// there.
TEST(Contract, ids_and_labels_of_what_ran_or_was_installed_are_compared_with_names_of_processes)
{
    std::set<std::pair<std::string_view, std::string_view>> wanted { { "ios_analytics_text", "value" },
        { "ios_app_state", "bundle_id" }, { "ios_container_identity", "identity" },
        { "ios_service_switch", "label" }, { "ios_application", "bundle_id" },
        { "ios_backup_app", "bundle_id" }, { "ios_crash_report", "bundle_id" },
        { "ios_crash_report", "code_signing_id" }, { "ios_crash_report", "coalition" },
        { "ios_data_usage_live", "bundle_id" }, { "ios_data_usage_process", "bundle_id" },
        { "ios_mobile_installation", "app_id" }, { "ios_launchd_line", "label" },
        { "ios_location_client", "bundle_id" }, { "ios_powerlog_process", "launchd_label" },
        { "ios_powerlog_use", "bundle_id" } };
    for (auto const* artifact : artifacts())
        for (auto const* table : artifact->tables)
            for (auto const& column : table->columns)
                if (wanted.erase({ table->name, column.name }) != 0) {
                    EXPECT_EQ(column.is, Is::process) << table->name << ' ' << column.name;
                }
    EXPECT_EQ(wanted.size(), 0U);
}

TEST(Contract, every_artifact_has_a_fixture_that_gives_rows_and_every_column_is_filled_in_one)
{
    std::map<Artifact const*, std::set<std::string>> filled;
    for (auto const& fixture : test::load_fixtures()) {
        ASSERT_NE(fixture.artifact, nullptr) << fixture.name;
        test::Recorder recorder { *fixture.artifact };
        MemorySource const source { as_bytes(fixture.main) };
        MemorySource const log { as_bytes(fixture.wal) };
        EXPECT_TRUE(std::ranges::any_of(fixture.artifact->paths,
            [&](std::string_view pattern) { return glob_match(pattern, fixture.path); }))
            << fixture.name << " has a path that the artifact does not want";
        (void)fixture.artifact->parse(test::input_of(fixture, source, log), recorder);
        filled[fixture.artifact].insert(recorder.filled().begin(), recorder.filled().end());
    }
    for (auto const* artifact : artifacts()) {
        if (std::getenv("EXHIBIT_ONLY") != nullptr
            && !filled.contains(artifact)) // NOLINT(concurrency-mt-unsafe)
            continue;
        EXPECT_TRUE(filled.contains(artifact)) << artifact->id << " has no fixture";
        for (auto const* table : artifact->tables)
            for (auto const& column : table->columns) {
                auto const name = std::string { table->name } + '.' + std::string { column.name };
                EXPECT_TRUE(filled[artifact].contains(name)) << name << " is empty in every fixture";
            }
    }
}

} // namespace
} // namespace exhibit
