#include "casefile/sound_case.hpp"

#include "support/small_case.hpp"
#include "support/temporary_folder.hpp"

#include <gtest/gtest.h>

namespace {

using namespace exhibit;
using casefile::Access;
using casefile::Database;

class SoundCase : public ::testing::Test {
protected:
    SoundCase() { test::write_small_case(m_case); }

    void change(std::string const& sql)
    {
        auto database = Database::open(m_case, Access::read_write).value();
        ASSERT_TRUE(database.run(sql).has_value()) << database.last_message();
    }

    [[nodiscard]] Database open() const { return Database::open(m_case, Access::read_only).value(); }

    static std::int64_t number(Database& database, std::string_view sql)
    {
        auto statement = database.prepare(sql).value();
        EXPECT_TRUE(statement.step().value());
        return statement.integer(0);
    }

    test::TemporaryFolder m_folder;
    std::filesystem::path m_case = m_folder / "small.exhibit";
};

TEST_F(SoundCase, the_views_of_a_new_case_are_those_that_its_description_makes)
{
    auto database = open();
    ASSERT_TRUE(casefile::make_safe_to_read(database).has_value());
    EXPECT_EQ(number(database, "SELECT count(*) FROM temp.sqlite_schema"), 0);
}

TEST_F(SoundCase, another_text_of_a_view_is_replaced_while_the_case_is_open)
{
    auto sound = open();
    auto const events = number(sound, "SELECT count(*) FROM timeline");
    change("DROP VIEW timeline; CREATE VIEW timeline AS SELECT 1 AS time");
    auto database = open();
    ASSERT_TRUE(casefile::make_safe_to_read(database).has_value());
    EXPECT_EQ(number(database, "SELECT count(*) FROM temp.sqlite_schema"), 1);
    EXPECT_EQ(number(database, "SELECT count(*) FROM timeline"), events);
    EXPECT_EQ(number(database, "SELECT count(*) FROM main.timeline"), 1);
    EXPECT_FALSE(database.run("CREATE TEMP VIEW more AS SELECT 1").has_value());
}

TEST_F(SoundCase, a_table_is_declared_with_columns_and_keys_alone)
{
    for (auto const* sql : { "CREATE VIEW rule_query AS SELECT 1 AS rule_id",
             "CREATE TABLE rule_query (rule_id TEXT, query TEXT AS (hex(zeroblob(9))))",
             "CREATE TABLE rule_query (rule_id TEXT, \"query\" TEXT GENERATED ALWAYS AS (1) STORED)",
             "CREATE TABLE rule_query (rule_id TEXT, query TEXT DEFAULT\"a\")",
             "CREATE TABLE rule_query (rule_id TEXT /* a */)",
             "CREATE TABLE rule_query (rule_id TEXT CHECK (rule_id))" }) {
        change("DROP TABLE IF EXISTS rule_query");
        auto before = open();
        EXPECT_TRUE(casefile::make_safe_to_read(before).has_value()) << "earlier versions lack some";
        change(sql);
        auto database = open();
        auto const safe = casefile::make_safe_to_read(database);
        ASSERT_FALSE(safe.has_value()) << sql;
        EXPECT_EQ(safe.error().fault, Fault::malformed);
        change(std::string { sql }.contains("VIEW") ? "DROP VIEW rule_query" : "DROP TABLE rule_query");
    }
    change(
        "CREATE TABLE rule_query (\"as\" TEXT, \"default\" TEXT, PRIMARY KEY (\"as\", \"default\")) STRICT");
    auto database = open();
    EXPECT_TRUE(casefile::make_safe_to_read(database).has_value());
}

TEST_F(SoundCase, values_that_no_case_holds_are_not_read)
{
    auto database = open();
    auto statement = database.prepare("SELECT length(hex(zeroblob(40000000)))").value();
    EXPECT_FALSE(statement.step().has_value());
}

TEST_F(SoundCase, names_are_small_letters_digits_and_lines)
{
    EXPECT_TRUE(casefile::is_plain_name("ios_sms_message2"));
    for (auto const* name : { "", "a b", "A", "../a", "a.b", "\xC3\xA4", "a\"" })
        EXPECT_FALSE(casefile::is_plain_name(name)) << name;
}

} // namespace
