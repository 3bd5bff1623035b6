// Rows that are earlier versions of live ones, and such as only look like it.
#include "formats/sqlite/recover.hpp"
#include "support/remembered_table.hpp"

#include <gtest/gtest.h>
#include <map>
#include <string>

namespace {

using namespace exhibit;
using namespace exhibit::sqlite;
using exhibit::test::fill;
using exhibit::test::Remembered;

TEST(SqliteRecoverVersions, an_earlier_version_of_a_live_row_is_marked)
{
    Remembered made { "t", "PRAGMA journal_mode=WAL; CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT);" };
    made.run("INSERT INTO t VALUES(1, 'first words'), (2, 'other words'); UPDATE t SET b = 'second words' "
             "WHERE a = 1;"
             "DELETE FROM t WHERE a = 2;");
    auto const outcome = made.recover();
    std::map<std::string, bool> earlier;
    for (auto const& row : outcome.recovery.rows)
        if (row.rowid)
            earlier[std::string { row.text(1) }] = row.earlier_version;
    EXPECT_EQ(earlier, (std::map<std::string, bool> { { "first words", true }, { "other words", false } }));
}

TEST(SqliteRecoverVersions, an_earlier_version_that_lost_its_row_id_is_told_from_a_deleted_row)
{
    Remembered made { "t",
        "CREATE TABLE t(id INTEGER PRIMARY KEY, made REAL, used REAL, n INTEGER, kind INTEGER, name TEXT);" };
    made.run(fill(
        "INSERT INTO t SELECT i, 700000000.25 + i, 800000000.5, 127, 5, 'name of row' FROM n WHERE i <= 40"));
    made.run("UPDATE t SET n = 128 WHERE id IN (10, 20); DELETE FROM t WHERE id = 30;");
    std::map<double, bool> earlier;
    for (auto const& row : made.recover().recovery.rows) {
        EXPECT_FALSE(row.rowid);
        earlier[row.real(1).value_or(0)] = row.earlier_version;
    }
    EXPECT_EQ(earlier,
        (std::map<double, bool> {
            { 700'000'010.25, true }, { 700'000'020.25, true }, { 700'000'030.25, false } }));
}

TEST(SqliteRecoverVersions, a_row_with_the_unique_values_of_a_live_one_is_an_earlier_version_of_it)
{
    for (auto const* const mode : { "DELETE", "WAL" }) {
        Remembered made { "handle",
            "PRAGMA journal_mode=" + std::string { mode }
                + "; CREATE TABLE handle(id INTEGER PRIMARY KEY, address TEXT NOT NULL, country TEXT, "
                  "service "
                  "TEXT NOT NULL, UNIQUE(address, service));" };
        made.run(
            fill("INSERT INTO handle SELECT i, '+4930' || (1000000 + i * 7919), 'de', 'SMS' FROM n WHERE "
                 "i <= 40"));
        made.run("INSERT INTO handle SELECT 100 + id, address, country, 'iMessage' FROM handle WHERE id = 30;"
                 "INSERT OR REPLACE INTO handle SELECT 99, address, 'needs more space', service FROM handle "
                 "WHERE id = 5;"
                 "UPDATE handle SET country = 'deu' WHERE id IN (10, 20); DELETE FROM handle WHERE id = 30;");
        auto const outcome = made.recover();
        std::map<std::string, bool> earlier;
        for (auto const& row : outcome.recovery.rows)
            earlier[std::string { row.text(1) }] = row.earlier_version;
        EXPECT_EQ(earlier,
            (std::map<std::string, bool> { { "+49301079190", true }, { "+49301158380", true },
                { "+49301237570", false }, { "+49301039595", true } }))
            << mode;
    }
}

TEST(SqliteRecoverVersions, a_row_without_rowid_is_an_earlier_version_of_the_live_one_with_its_key)
{
    Remembered made { "t",
        "PRAGMA journal_mode=WAL; CREATE TABLE t(k TEXT PRIMARY KEY, v INTEGER, w TEXT) WITHOUT ROWID;" };
    made.run("INSERT INTO t VALUES('one key', 1, 'some value'), ('another key', 2, 'other value');"
             "UPDATE t SET v = 3 WHERE k = 'one key'; DELETE FROM t WHERE k = 'another key';");
    std::map<std::string, bool> earlier;
    auto const outcome = made.recover();
    for (auto const& row : outcome.recovery.rows)
        earlier[std::string { row.text(0) }] = row.earlier_version;
    EXPECT_EQ(earlier, (std::map<std::string, bool> { { "one key", true }, { "another key", false } }));
}

TEST(SqliteRecoverVersions,
    a_row_of_another_primary_key_whose_row_id_was_given_out_again_is_no_earlier_version)
{
    Remembered made { "t",
        "PRAGMA journal_mode=WAL; CREATE TABLE t(name TEXT PRIMARY KEY, size INTEGER, note TEXT);"
        "INSERT INTO t VALUES('first name', 1000, 'a note'), ('second name', 2000, 'a note');"
        "DELETE FROM t WHERE name = 'second name'; INSERT INTO t VALUES('third name', 3000, 'a note');"
        "UPDATE t SET size = 4000 WHERE name = 'third name';" };
    std::map<std::string, bool> earlier;
    auto const outcome = made.recover();
    for (auto const& row : outcome.recovery.rows)
        earlier[std::string { row.text(0) }] = row.earlier_version;
    EXPECT_EQ(earlier, (std::map<std::string, bool> { { "second name", false }, { "third name", true } }));
}

TEST(SqliteRecoverVersions, a_null_in_a_unique_key_makes_no_row_an_earlier_version)
{
    Remembered made { "t", "CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT, b TEXT, c TEXT, UNIQUE(a, b));" };
    made.run(fill("INSERT INTO t SELECT i, 'the same', NULL, 'number ' || i FROM n WHERE i < 30"));
    made.run("DELETE FROM t WHERE id IN (7, 9);");
    auto const outcome = made.recover();
    EXPECT_EQ(outcome.rows.size(), 2U);
    for (auto const& row : outcome.recovery.rows)
        EXPECT_FALSE(row.earlier_version);
}

} // namespace
