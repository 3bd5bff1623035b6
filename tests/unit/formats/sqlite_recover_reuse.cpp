// Pages that served several tables, one after the other, or several purposes of one.
#include "formats/sqlite/recover.hpp"
#include "support/remembered_table.hpp"
#include "support/sqlite_files.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <gtest/gtest.h>
#include <random>
#include <string>
#include <string_view>

namespace {

using namespace exhibit;
using namespace exhibit::sqlite;
using exhibit::test::fill;
using exhibit::test::Remembered;
using exhibit::test::SqliteFiles;
using namespace std::string_view_literals;

constexpr auto kCalls
    = "CREATE TABLE call(id INTEGER PRIMARY KEY, answered INTEGER, date TIMESTAMP, duration FLOAT, "
      "number VARCHAR, name VARCHAR, service VARCHAR, uuid VARCHAR, place VARCHAR);"sv;

/// Rows like those of a call history.
class Calls {
public:
    explicit Calls(unsigned seed)
        : m_random(seed)
    {
    }

    unsigned number(unsigned below) { return static_cast<unsigned>(m_random() % below); }

    /// The values of one row, without its id.
    std::string values()
    {
        constexpr std::array names { "NULL"sv, "'Anna M\u00fcller'"sv, "'Bob'"sv,
            "'\u041a\u0438\u0440\u0438\u043b\u043b'"sv };
        constexpr std::array services { "com.apple.Telephony"sv, "com.apple.FaceTime"sv,
            "net.whatsapp.WhatsApp"sv };
        constexpr std::array places { "NULL"sv, "'Berlin'"sv, "'somewhere else'"sv };
        return std::to_string(number(2)) + "," + std::to_string(600'000'000 + number(100'000'000)) + "."
            + std::to_string(125 + 250 * number(4)) + "," + std::to_string(number(1000)) + ".25,'+49"
            + std::to_string(1'000'000'000 + number(1'000'000'000)) + "',"
            + std::string { names.at(number(names.size())) } + ",'"
            + std::string { services.at(number(services.size())) } + "','" + std::to_string(m_random()) + "-"
            + std::to_string(number(65'536)) + "'," + std::string { places.at(number(places.size())) };
    }

    std::string inserts(int first, int count)
    {
        std::string sql;
        for (int id = first; id < first + count; ++id)
            sql += "INSERT INTO call VALUES(" + std::to_string(id) + "," + values() + ");";
        return sql;
    }

private:
    std::mt19937 m_random;
};

/// Runs many statements in one transaction, and remembers the rows after it.
void run_at_once(Remembered& made, std::string const& sql)
{
    made.files().run("BEGIN;" + sql + "COMMIT;");
    made.run("SELECT 1;");
}

/// The types of flags and of values that are not there read like a cell of an index with nothing but flags.
TEST(SqliteRecoverReuse, rows_with_many_flags_on_pages_that_were_given_back_are_not_taken_for_overwritten)
{
    Remembered made { "message",
        "CREATE TABLE message(id INTEGER PRIMARY KEY, guid TEXT, text TEXT, sender INTEGER, date INTEGER, "
        "read INTEGER, a INTEGER, b INTEGER, c INTEGER, d INTEGER, e INTEGER, f INTEGER, room TEXT, app "
        "TEXT, "
        "data BLOB, more BLOB);" };
    constexpr int count = 200;
    std::string sql;
    for (int id = 1; id <= count; ++id)
        sql += fmt::format(
            "INSERT INTO message VALUES({0},'00000000-0000-4000-8000-{0:012}','Message {0}',{1},"
            "{2},{2},0,1,0,1,0,0,NULL,NULL,NULL,NULL);",
            id, 2 + id % 50, 600'000'000'000'000'000 + id * 60'000'000'000);
    run_at_once(made, sql);
    run_at_once(made, "DELETE FROM message WHERE id > 20;");
    auto const found = made.recover().rows.size();
    EXPECT_GE(found, 150U);
}

TEST(SqliteRecoverReuse, rows_under_the_cells_of_a_root_that_was_an_interior_page_are_not_made_up)
{
    for (auto const* const pragmas : { "", "PRAGMA page_size=1024;", "PRAGMA encoding='UTF-16le';" })
        for (unsigned seed = 1; seed < 13; ++seed) {
            SCOPED_TRACE(std::string { pragmas } + " seed " + std::to_string(seed));
            Remembered made { "call", std::string { pragmas } + std::string { kCalls } };
            Calls calls { seed };
            auto const count = 50 + static_cast<int>(calls.number(150));
            run_at_once(made, calls.inserts(1, count));
            made.run("DELETE FROM call;");
            EXPECT_GT(made.recover().rows.size(), static_cast<std::size_t>(count) * 3 / 4);
        }
}

TEST(SqliteRecoverReuse, numbers_under_the_cells_of_a_root_that_was_an_interior_page_are_not_made_up)
{
    for (int rows = 200; rows < 2000; rows += 300) {
        SCOPED_TRACE(rows);
        Remembered made { "sample", "CREATE TABLE sample(at REAL, size INTEGER, x REAL);" };
        auto const count = std::to_string(rows);
        made.files().run("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " + count
            + ") INSERT INTO sample SELECT 700000000.5 + i, i * 77777, i + 0.25 FROM n;");
        made.run("SELECT 1; DELETE FROM sample;");
        EXPECT_GT(made.recover().rows.size(), static_cast<std::size_t>(rows) / 2);
    }
}

TEST(SqliteRecoverReuse, rows_whose_end_was_given_to_rows_of_another_table_are_not_made_up)
{
    std::size_t found = 0;
    for (unsigned seed = 1; seed < 25; ++seed) {
        SCOPED_TRACE(seed);
        Remembered made { "call", kCalls };
        Calls calls { seed };
        run_at_once(made, calls.inserts(1, 50 + static_cast<int>(calls.number(100))));
        made.run("DELETE FROM call;");
        made.files().run("CREATE TABLE log(id INTEGER PRIMARY KEY, what TEXT, n INTEGER); CREATE TABLE "
                         "log2(what TEXT, n INTEGER); CREATE INDEX by_what ON log2(what);");
        constexpr std::array words { "start"sv, "stop"sv, "net up"sv, "net down"sv };
        constexpr std::array ends { "DELETE FROM "sv, "DROP TABLE "sv, "SELECT * FROM "sv };
        for (auto const* const table : { "log", "log2" }) {
            std::string rows;
            for (unsigned row = 1 + calls.number(40); row-- > 0;) {
                std::string text;
                for (unsigned times = 1 + calls.number(3); times-- > 0;)
                    text += words.at(calls.number(words.size()));
                rows += "INSERT INTO " + std::string { table } + "(what, n) VALUES('" + text + "',"
                    + std::to_string(calls.number(1U << 24U)) + ");";
            }
            run_at_once(made, rows);
            made.files().run(std::string { ends.at(calls.number(ends.size())) } + table + ";");
        }
        found += made.recover().rows.size();
    }
    EXPECT_GT(found, 500U);
}

TEST(SqliteRecoverReuse, a_page_that_shows_one_long_row_thousands_of_times_is_read_once)
{
    SqliteFiles made { "PRAGMA page_size=65536; CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT);" };
    made.run(fill("INSERT INTO t SELECT i, 'long ' || hex(zeroblob(15000)) FROM n WHERE i < 9"));
    made.run("DELETE FROM t;");
    auto main = made.main();
    for (std::size_t page = 2 * 65'536; page < main.size(); page += 65'536) {
        if (main[page] != std::byte { 13 })
            continue;
        auto const first = std::array { main[page + 8], main[page + 9] };
        for (std::size_t at = page + 8; at < page + 5000; at += 2)
            std::ranges::copy(first, &main[at]);
        main[page + 3] = std::byte { 2000 >> 8 };
        main[page + 4] = std::byte { 2000 & 0xff };
    }
    MemorySource const source { main };
    auto const database = Database::open(source).value();
    RecoverOptions options;
    options.work = 30'000'000;
    auto const recovery = Recoverer::open(database, options).value().recover("t").value();
    EXPECT_FALSE(recovery.cut);
    EXPECT_GT(recovery.rows.size(), 2U);
}

TEST(SqliteRecoverReuse, a_text_with_control_characters_needs_a_live_row_with_the_like)
{
    for (bool const live : { false, true }) {
        Remembered made { "t", "CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT, note TEXT);" };
        made.run(
            fill("INSERT INTO t SELECT i, 'the name of number ' || i, 'note of ' || i FROM n WHERE i < 40"));
        made.run("UPDATE t SET note = 'a note ' || char(1) || ' of kinds' WHERE id = 20;");
        if (live)
            made.run("UPDATE t SET note = 'x' || char(2) WHERE id = 30;");
        made.run("DELETE FROM t WHERE id = 20;");
        bool found = false;
        for (auto const& row : made.recover().rows)
            found = found || row.find(" of kinds") != std::string::npos;
        EXPECT_EQ(found, live);
    }
}

TEST(SqliteRecoverReuse, rows_with_ids_of_nine_bytes_are_found_in_free_blocks)
{
    for (auto const* const ids : { "-i", "4611686018427387904 + i", "9223372036854775807 - i * 3" }) {
        Remembered made { "t", "CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT, note TEXT);" };
        made.run(
            fill("INSERT INTO t SELECT " + std::string { ids } + ", 'name ' || i, 'note of ' || i FROM n"));
        made.run("DELETE FROM t WHERE abs(id) % 7 = 0;");
        EXPECT_GE(made.recover().rows.size(), 42U) << ids;
    }
}

} // namespace
