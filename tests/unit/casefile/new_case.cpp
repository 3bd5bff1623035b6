#include "casefile/new_case.hpp"

#include "artifact/registry.hpp"
#include "casefile/case_writer.hpp"
#include "casefile/schema.hpp"
#include "support/temporary_folder.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace {

using namespace exhibit;
using casefile::Access;
using casefile::Database;
using test::TemporaryFolder;

std::string rows(Database& database, std::string_view sql)
{
    auto statement = database.prepare(sql);
    if (!statement)
        return "refused: " + database.last_message();
    std::string out;
    while (statement->step().value()) {
        for (int i = 0; i != statement->columns(); ++i)
            out += fmt::format("{}{}", statement->is_null(i) ? "NULL" : statement->text(i), '|');
        out += '\n';
    }
    return out;
}

/// What SQLite makes of the statements and the rows.
Database made_by_sqlite(std::span<Artifact const* const> artifacts)
{
    auto database = Database::create(":memory:").value();
    auto const run = [&](std::string const& sql) {
        EXPECT_TRUE(database.run(sql).has_value()) << database.last_message() << "\n" << sql;
    };
    auto const insert = [&](std::string_view table, std::initializer_list<std::string_view> values) {
        std::string places;
        for (std::size_t i = 0; i != values.size(); ++i)
            places += i == 0 ? "?" : ",?";
        auto statement = database.prepare(fmt::format("INSERT INTO {} VALUES ({})", table, places)).value();
        int index = 0;
        for (auto const value : values)
            statement.bind(++index, value);
        EXPECT_TRUE(statement.run().has_value()) << database.last_message();
    };
    run(std::string { core_schema() });
    for (auto const* artifact : artifacts) {
        insert("artifact",
            { artifact->id, artifact->title, artifact->doc, name_of(artifact->platform),
                artifact->key ? "1" : "0" });
        for (auto const* table : artifact->tables) {
            run(create_table(*table));
            insert("artifact_table",
                { table->name, artifact->id, table->doc, name_of(table->relation), table->mvt_file });
            int position = 0;
            for (auto const& column : table->columns)
                insert("artifact_column",
                    { table->name, std::to_string(position++), column.name, name_of(column.type),
                        name_of(column.is), column.clock == Clock::none ? "" : name_of(column.clock),
                        column.doc, column.mvt_key });
            for (auto const& event : table->events)
                insert("artifact_event", { table->name, event.when, event.kind, event.text });
        }
    }
    for (auto* const create : { create_timeline, create_local_timeline, create_observables })
        run(create(artifacts));
    return database;
}

Database made_by_us(std::filesystem::path const& path, std::span<Artifact const* const> artifacts)
{
    auto writer = CaseWriter::create(path, artifacts).value();
    EXPECT_TRUE(writer.finish_loading().has_value());
    EXPECT_TRUE(writer.commit().has_value());
    return Database::open(path, Access::read_only).value();
}

void expect_the_same(std::span<Artifact const* const> artifacts)
{
    TemporaryFolder const folder;
    auto theirs = made_by_sqlite(artifacts);
    auto ours = made_by_us(folder / "a.exhibit", artifacts);
    EXPECT_EQ(rows(ours, "PRAGMA integrity_check"), "ok|\n");
    EXPECT_EQ(rows(ours, "PRAGMA user_version"), fmt::format("{}|\n", kSchemaVersion));
    EXPECT_EQ(rows(ours, "PRAGMA application_id"), fmt::format("{}|\n", kApplicationId));
    auto const tables = rows(theirs, "SELECT name FROM sqlite_schema WHERE type='table'");
    EXPECT_GE(std::ranges::count(tables, '\n'), 19);
    for (auto const* const query :
        { "SELECT rowid, type, name, tbl_name, sql FROM sqlite_schema ORDER BY rowid",
            "SELECT rowid, * FROM artifact", "SELECT rowid, * FROM artifact_table",
            "SELECT rowid, * FROM artifact_column", "SELECT rowid, * FROM artifact_event",
            "SELECT (SELECT count(*) FROM timeline), (SELECT count(*) FROM local_timeline),"
            "(SELECT count(*) FROM observable)" })
        EXPECT_EQ(rows(ours, query), rows(theirs, query)) << query;
    for (auto const* table : { "case_info", "rule", "finding", "finding_row", "covered_period" })
        EXPECT_EQ(rows(ours, fmt::format("SELECT * FROM {}", table)), "") << table;
}

TEST(NewCase, is_what_sqlite_makes_of_the_same_statements)
{
    for (auto const platform : { Platform::ios, Platform::android }) {
        std::vector<Artifact const*> chosen;
        for (auto const* artifact : artifacts())
            if (artifact->platform == platform)
                chosen.push_back(artifact);
        ASSERT_GT(chosen.size(), 20U);
        expect_the_same(chosen);
    }
    expect_the_same({});
}

/// An artifact with one table of so many columns, whose name has this length.
struct Wide {
    Wide(std::size_t columns, std::size_t name_length)
        : table_name(name_length, 't')
    {
        for (std::size_t i = 0; i != columns; ++i)
            names.push_back(fmt::format("c{}", i));
        for (auto const& name : names)
            parts.push_back({ name, Type::text, Is::opaque, Clock::none, "Words.", nullptr, nullptr });
        table = { table_name, "One row.", Relation::context, parts };
        artifact.tables = tables;
    }
    Wide(Wide const&) = delete;
    Wide& operator=(Wide const&) = delete;
    ~Wide() = default;

    std::string table_name;
    std::vector<std::string> names;
    std::vector<Column> parts;
    Table table;
    std::array<Table const*, 1> tables { &table };
    Artifact artifact { "test.wide", "Wide", "Wide.", Platform::ios, {}, {}, nullptr };
    std::array<Artifact const*, 1> artifacts { &artifact };
};

void expect_sound_index(std::size_t columns, std::size_t name_length)
{
    Wide const wide { columns, name_length };
    TemporaryFolder const folder;
    auto database = made_by_us(folder / "a.exhibit", wide.artifacts);
    ASSERT_EQ(rows(database, "PRAGMA integrity_check"), "ok|\n") << columns;
    auto const last
        = fmt::format("SELECT column_name FROM artifact_column WHERE table_name='{}' AND position={}",
            wide.table_name, columns - 1);
    ASSERT_TRUE(rows(database, "EXPLAIN QUERY PLAN " + last).contains("sqlite_autoindex_artifact_column_1"));
    ASSERT_EQ(rows(database, last), wide.names.back() + "|\n");
}

TEST(NewCase, has_sound_indexes_at_the_sizes_at_which_they_get_one_more_page)
{
    for (std::size_t columns = 1; columns != 70; ++columns)
        expect_sound_index(columns, 200);
    for (std::size_t columns = 1; columns != 20; ++columns)
        expect_sound_index(columns, 2'000);
}

Fault refusal_of(std::span<Artifact const* const> artifacts)
{
    TemporaryFolder const folder;
    auto const writer = CaseWriter::create(folder / "a.exhibit", artifacts);
    return writer ? Fault::cancelled : writer.error().fault;
}

TEST(NewCase, names_that_an_index_does_not_hold_are_refused)
{
    EXPECT_EQ(refusal_of(Wide { 1, 2'100 }.artifacts), Fault::over_limit);
    Wide const wide { 1, 5 };
    std::array<Artifact const*, 2> const twice { &wide.artifact, &wide.artifact };
    EXPECT_EQ(refusal_of(twice), Fault::unsupported);
}

TEST(NewCase, has_its_views_when_they_are_asked_for_and_in_the_end)
{
    Wide const wide { 1, 5 };
    TemporaryFolder const folder;
    auto const path = folder / "a.exhibit";
    auto writer = CaseWriter::create(path, wide.artifacts).value();
    ASSERT_TRUE(writer.finish_loading().has_value());
    constexpr auto views = "SELECT name FROM sqlite_schema WHERE type='view'";
    EXPECT_EQ(rows(writer.database(), views), "");
    ASSERT_TRUE(writer.write_info("a", "before").has_value());
    ASSERT_TRUE(writer.complete_schema().has_value());
    EXPECT_EQ(rows(writer.database(), views), "timeline|\nlocal_timeline|\nobservable|\n");
    ASSERT_TRUE(writer.write_info("b", "after").has_value());
    ASSERT_TRUE(writer.commit().has_value());
    auto database = Database::open(path, Access::read_only).value();
    EXPECT_EQ(rows(database, views), "timeline|\nlocal_timeline|\nobservable|\n");
    EXPECT_EQ(rows(database, "SELECT name, value FROM case_info"), "a|before|\nb|after|\n");
    EXPECT_EQ(rows(database, "PRAGMA integrity_check"), "ok|\n");
}

TEST(NewCase, queries_that_may_name_a_view_are_told_from_others)
{
    EXPECT_TRUE(may_read_view("SELECT * FROM TimeLine"));
    EXPECT_TRUE(may_read_view("SELECT * FROM \"local_timeline\""));
    EXPECT_TRUE(may_read_view("SELECT * FROM [Observable]"));
    EXPECT_FALSE(may_read_view("SELECT * FROM test_wide"));
}

} // namespace
