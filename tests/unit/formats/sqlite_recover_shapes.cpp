// Tables whose columns changed, that were dropped, or that others look like.
#include "formats/sqlite/recover.hpp"
#include "support/recover_files.hpp"
#include "support/remembered_table.hpp"

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
using exhibit::test::recover;
using exhibit::test::Remembered;
using exhibit::test::SqliteFiles;
using namespace std::string_view_literals;

constexpr auto kColumns
    = "id INTEGER PRIMARY KEY, answered INTEGER, date REAL, number TEXT, name TEXT, service TEXT, "
      "uuid TEXT, place TEXT"sv;

std::string table(std::string_view name)
{
    return "CREATE TABLE " + std::string { name } + "(" + std::string { kColumns } + ");";
}

std::string rows(std::string_view name, int first, int last)
{
    return fill("INSERT INTO " + std::string { name }
        + " SELECT i, i % 2, 700000000.5 + i, '+4930' || (1000000 + i * 7919), 'name ' || i, "
          "'com.example.call', "
          "hex(i * 99991), 'somewhere' FROM n WHERE i >= "
        + std::to_string(first) + " AND i < " + std::to_string(last));
}

std::size_t with_number(Remembered::Outcome const& outcome)
{
    return static_cast<std::size_t>(std::ranges::count_if(
        outcome.rows, [](std::string const& row) { return row.find("|+4930") != std::string::npos; }));
}

/// Whether the row is one that `rows` made, in the columns of the table as it is now.
void expect_true(Recovery const& recovery)
{
    auto const at = [&](std::string_view name) {
        return static_cast<std::size_t>(std::ranges::find(recovery.columns, name) - recovery.columns.begin());
    };
    for (auto const& row : recovery.rows) {
        auto const name = row.text(at("name"));
        ASSERT_TRUE(name.starts_with("name ")) << name;
        auto const number = std::stoll(std::string { name.substr(5) });
        EXPECT_EQ(row.text(at("number")), "+4930" + std::to_string(1'000'000 + number * 7919));
        EXPECT_EQ(row.text(at("service")), "com.example.call");
        EXPECT_EQ(row.real(at("date")), 700'000'000.5 + static_cast<double>(number));
        EXPECT_EQ(row.rowid.value_or(number), number);
    }
}

TEST(SqliteRecoverShapes, rows_that_are_older_than_a_column_are_found_when_no_live_row_is)
{
    for (auto const* const columns : { "seen INTEGER", "seen INTEGER NOT NULL DEFAULT 7" })
        for (bool const declaration_left : { true, false }) {
            SqliteFiles made { table("call") };
            made.run(rows("call", 1, 200));
            made.run("ALTER TABLE call ADD COLUMN " + std::string { columns } + ";");
            if (!declaration_left) // What it needs of page 1 overwrites the earlier declaration.
                made.run("CREATE TABLE other(" + std::string(600, 'x')
                    + "); DROP TABLE other; CREATE TABLE z(" + std::string(700, 'y') + ");");
            made.run("DELETE FROM call;");
            auto const recovery = recover(made, "call");
            EXPECT_GT(recovery.rows.size(), 190U);
            expect_true(recovery);
        }
}

TEST(SqliteRecoverShapes, rows_from_before_columns_were_added_and_one_was_dropped_are_not_read_shifted)
{
    auto const insert = [](int first, int last, std::string_view more) {
        return fill(
            "INSERT INTO m SELECT i, 9, 2 + i % 8, i % 2, i % 3 * 7, 2 + i % 29, 600000000 + i * 7919, "
            "NULL, '49' || (10000000 + i * 99991) || '@s.whatsapp.net', 'Anna', "
            "printf('3A%018X', i * 2654435761), 'message number ' || (i * 104729) || ' says hello', NULL"
            + std::string { more } + " FROM n WHERE i >= " + std::to_string(first) + " AND i < "
            + std::to_string(last));
    };
    for (auto const* const mode : { "delete", "wal" }) {
        SqliteFiles made { "PRAGMA journal_mode=" + std::string { mode }
            + ";CREATE TABLE m(id INTEGER PRIMARY KEY, ent INTEGER, opt INTEGER, mine INTEGER, kind INTEGER, "
              "chat INTEGER, date TIMESTAMP, sent TIMESTAMP, sender VARCHAR, name VARCHAR, stanza VARCHAR, "
              "text VARCHAR, target VARCHAR);" };
        made.run(insert(1, 401, ""));
        made.run("DELETE FROM m WHERE id % 3 = 0; ALTER TABLE m ADD COLUMN flags INTEGER;"
                 "ALTER TABLE m ADD COLUMN note VARCHAR;");
        made.run(insert(401, 461, ", 5, NULL"));
        made.run("DELETE FROM m WHERE id % 5 = 0; ALTER TABLE m DROP COLUMN note;");
        made.run(insert(461, 521, ", 5"));
        made.run("DELETE FROM m WHERE id % 7 = 0;");
        auto const recovery = recover(made, "m");
        EXPECT_GT(recovery.rows.size(), 25U) << mode;
        for (auto const& row : recovery.rows) {
            auto const at = [&](std::string_view name) {
                return static_cast<std::size_t>(
                    std::ranges::find(recovery.columns, name) - recovery.columns.begin());
            };
            EXPECT_TRUE(row.text(at("sender")).ends_with("@s.whatsapp.net")) << mode;
            EXPECT_EQ(row.text(at("name")), "Anna") << mode;
            EXPECT_TRUE(row.text(at("text")).starts_with("message number ")) << mode;
            EXPECT_TRUE(row.text(at("text")).ends_with(" says hello")) << mode;
        }
    }
}

TEST(SqliteRecoverShapes, rows_of_earlier_columns_are_told_in_those_of_today_and_not_shifted)
{
    for (auto const* const change :
        { "ALTER TABLE call DROP COLUMN place;", "ALTER TABLE call DROP COLUMN answered;" }) {
        SqliteFiles made { "PRAGMA journal_mode=WAL;" + table("call") };
        made.run(rows("call", 1, 120));
        made.run(change);
        auto const before = recover(made, "call"); // All of them are live.
        EXPECT_TRUE(before.rows.empty()) << change;
        made.run("DELETE FROM call;");
        auto const recovery = recover(made, "call");
        EXPECT_EQ(recovery.rows.size(), 119U) << change;
        expect_true(recovery);
    }
}

TEST(SqliteRecoverShapes, rows_from_before_a_table_was_made_anew_are_found_or_counted_and_never_shifted)
{
    for (auto const* const mode : { "WAL", "DELETE" })
        for (auto const* const columns : { "id INTEGER PRIMARY KEY, answered INTEGER, date REAL, number "
                                           "TEXT, name TEXT, service TEXT, uuid TEXT, "
                                           "place TEXT, seen INTEGER, junk TEXT",
                 "id INTEGER PRIMARY KEY, answered INTEGER, filter INTEGER, date REAL, number TEXT, name "
                 "TEXT, service "
                 "TEXT, uuid TEXT, place TEXT",
                 "id INTEGER PRIMARY KEY, answered INTEGER, date REAL, number TEXT, name TEXT, service TEXT, "
                 "uuid "
                 "TEXT" })
            for (bool const wipe : { false, true }) {
                SCOPED_TRACE(std::string { mode } + " " + columns + (wipe ? " wiped" : ""));
                SqliteFiles made { "PRAGMA journal_mode=" + std::string { mode } + ";" + table("call") };
                made.run(rows("call", 1, 120));
                made.run("DELETE FROM call WHERE id % 4 = 0; BEGIN; ALTER TABLE call RENAME TO call_old; "
                         "CREATE TABLE "
                         "call("
                    + std::string { columns }
                    + "); INSERT INTO call(id, answered, date, number, name, service, uuid) SELECT id, "
                      "answered, date, "
                      "number, name, service, uuid FROM call_old; DROP TABLE call_old; COMMIT;");
                if (wipe)
                    made.run("DELETE FROM call;");
                auto const recovery = recover(made, "call");
                EXPECT_GE(recovery.rows.size() + recovery.uncertain, wipe ? 100U : 15U);
                expect_true(recovery);
            }
}

TEST(SqliteRecoverShapes,
    rows_in_free_blocks_of_the_tables_own_leaves_are_certain_whatever_other_tables_look_like)
{
    Remembered made { "call", table("call") + table("copy") };
    made.run(rows("call", 1, 100));
    made.run(rows("copy", 200, 240));
    made.run("DELETE FROM call WHERE id % 5 = 0;");
    auto const outcome = made.recover();
    EXPECT_GE(outcome.rows.size(), 14U);
    EXPECT_EQ(with_number(outcome), outcome.rows.size());
}

TEST(SqliteRecoverShapes, rows_on_pages_of_nobody_with_ids_of_live_rows_are_no_earlier_versions_without_proof)
{
    SqliteFiles made { table("call") };
    made.run(rows("call", 1, 30));
    made.run(table("copy") + rows("copy", 101, 200));
    made.run("UPDATE copy SET name = 'other ' || id; DROP TABLE copy; CREATE TABLE z("
        + std::string(1200, 'y') + ");");
    auto const recovery = recover(made, "call");
    for (auto const& row : recovery.rows)
        EXPECT_FALSE(row.earlier_version && row.kind == Recovered::free_page);
}

TEST(SqliteRecoverShapes, a_page_of_nobody_whose_values_are_unusual_in_the_columns_is_none_of_the_table)
{
    SqliteFiles made {
        "CREATE TABLE a(x TEXT, y TEXT, h TEXT, kind INTEGER, at INTEGER NOT NULL); INSERT INTO a "
        "VALUES('one.example', 'two.example', 'hash', 4, 13323145833620419); CREATE TABLE b(v TEXT, w "
        "TEXT, x TEXT, y TEXT, z TEXT);"
    };
    made.run(fill("INSERT INTO b SELECT '', '', 'hash of ' || i, '', '' FROM n"));
    made.run("DROP TABLE b; CREATE TABLE z(" + std::string(1200, 'y') + ");");
    EXPECT_TRUE(recover(made, "a").rows.empty());
}

TEST(SqliteRecoverShapes, a_row_before_one_that_was_written_anew_and_shorter_is_found)
{
    std::size_t found = 0;
    for (int shorter = 1; shorter < 30; ++shorter) {
        Remembered made { "call", table("call") };
        made.run(rows("call", 1, 20));
        made.run("UPDATE call SET place = '0123456789012345678901234567890123456789'; VACUUM; DELETE FROM "
                 "call WHERE "
                 "id = 9; UPDATE call SET place = substr(place, "
            + std::to_string(shorter + 1) + ") WHERE id = 8;");
        for (auto const& row : made.recover().rows)
            found += row.find("|name 9|") != std::string::npos ? 1U : 0U;
    }
    EXPECT_GE(found, 27U);
}

/// How many of the deleted rows 4 to 16 are found, each in a table of its own kind in which the row beside it
/// became a few bytes shorter, before or after.
std::size_t found_beside_shorter(std::string const& columns, std::string const& values, bool after)
{
    std::size_t found = 0;
    for (int row = 4; row <= 16; ++row)
        for (int shorter = 1; shorter <= 3; ++shorter) {
            Remembered made { "t", "CREATE TABLE t(" + columns + ");" };
            made.run(fill("INSERT INTO t SELECT " + values + " FROM n WHERE i <= 20"));
            auto const gone = "DELETE FROM t WHERE rowid = " + std::to_string(row) + ";";
            auto const change = "UPDATE t SET word = substr(word, " + std::to_string(shorter + 1)
                + ") WHERE rowid = " + std::to_string(row - 1) + ";";
            made.run("VACUUM;" + (after ? change + gone : gone + change));
            auto const outcome = made.recover();
            auto const is_it = [&](std::string const& line) {
                return line.find("the word of " + std::to_string(row) + " here") != std::string::npos;
            };
            found += static_cast<std::size_t>(std::ranges::count_if(outcome.rows, is_it));
        }
    return found;
}

TEST(SqliteRecoverShapes, a_row_beside_one_that_became_a_few_bytes_shorter_is_found)
{
    constexpr std::size_t all = 13 * 3;
    for (bool const after : { false, true }) {
        SCOPED_TRACE(after);
        EXPECT_EQ(found_beside_shorter("id INTEGER PRIMARY KEY, word TEXT, n INTEGER",
                      "i, 'the word of ' || i || ' here', i * 3000", after),
            all);
        EXPECT_EQ(found_beside_shorter("id INTEGER PRIMARY KEY, other TEXT, at REAL, word TEXT",
                      "i, hex(zeroblob(60)) || i, 700000000.5 + i, 'the word of ' || i || ' here'", after),
            all);
    }
}

TEST(SqliteRecoverShapes, a_first_text_whose_end_is_not_sure_is_not_told)
{
    for (bool const after : { false, true })
        EXPECT_EQ(
            found_beside_shorter("word TEXT, n INTEGER", "'the word of ' || i || ' here', i * 3000", after),
            0U);
}

/// Whether the older declaration stays in a free block of page 1 or what is declared later overwrites it.
std::string declared_later(bool overwritten)
{
    return overwritten ? "CREATE TABLE other(" + std::string(600, 'x')
            + "); DROP TABLE other; CREATE TABLE z(" + std::string(700, 'y') + ");"
                       : "";
}

TEST(SqliteRecoverShapes, values_of_a_column_that_was_dropped_are_not_told_as_of_one_that_was_added)
{
    for (auto const* const mode : { "WAL", "DELETE" })
        for (auto const* const dropped : { "place", "number" })
            for (bool const overwritten : { false, true }) {
                SCOPED_TRACE(std::string { mode } + " " + dropped + (overwritten ? " overwritten" : ""));
                SqliteFiles made { "PRAGMA journal_mode=" + std::string { mode } + ";" + table("call") };
                made.run(rows("call", 1, 160));
                made.run("DELETE FROM call WHERE id % 5 = 0; ALTER TABLE call DROP COLUMN "
                    + std::string { dropped } + "; ALTER TABLE call ADD COLUMN note TEXT;"
                    + declared_later(overwritten) + "DELETE FROM call WHERE id % 3 = 0;");
                auto const recovery = recover(made, "call");
                EXPECT_GE(recovery.rows.size() + recovery.uncertain, 40U);
                for (auto const& row : recovery.rows) {
                    EXPECT_EQ(row.text(7), "") << row.text(7); // The note.
                    std::size_t const at = dropped == "number"sv ? 3 : 4;
                    EXPECT_TRUE(row.is_lost(at) || row.text(at).starts_with("name ")) << row.text(at);
                }
            }
}

TEST(SqliteRecoverShapes, a_row_that_lost_a_byte_of_the_type_of_its_first_text_is_found)
{
    std::size_t found = 0;
    for (int length = 58; length < 110; ++length) {
        Remembered made { "t", "CREATE TABLE t(word TEXT, n INTEGER, m INTEGER);" };
        made.run(fill("INSERT INTO t SELECT printf('%0" + std::to_string(length)
            + "d', i), i * 3000, i * 7 FROM n WHERE i <= 12"));
        made.run("DELETE FROM t WHERE rowid = 7;");
        found += made.recover().rows.size();
    }
    EXPECT_EQ(found, 52U);
}

TEST(SqliteRecoverShapes, what_is_in_free_blocks_of_another_table_is_not_told)
{
    Remembered made { "t",
        "CREATE TABLE t(a INTEGER, b INTEGER, c TEXT);"
        "CREATE TABLE log(id INTEGER PRIMARY KEY, what TEXT, n INTEGER, w TEXT);" };
    made.run(fill("INSERT INTO t SELECT i, i * 77777, 'word ' || i FROM n WHERE i < 20"));
    made.files().run(fill("INSERT INTO log SELECT i, NULL, i * 77777, 'entry ' || i FROM n"));
    made.files().run("DELETE FROM log WHERE id % 4 = 0;");
    auto const outcome = made.recover();
    EXPECT_TRUE(outcome.rows.empty());
    EXPECT_EQ(outcome.recovery.uncertain, 0U);
}

TEST(SqliteRecoverShapes, a_text_of_utf16_over_whose_middle_a_cell_was_written_is_not_told)
{
    constexpr std::array cell { 0x1a, 0x81, 0x0d, 0x06, 0x01, 0x2b, 0x07, 0x01, 0x79, 0x63, 0x40, 0x56 };
    for (auto const* const encoding : { "UTF-16le", "UTF-16be" })
        for (bool const odd : { false, true }) {
            SqliteFiles made { "PRAGMA encoding='" + std::string { encoding } + "';" + table("call") };
            made.run(rows("call", 1, 20));
            made.run("UPDATE call SET place = 'a place of many words and letters' WHERE id = 9; "
                     "DELETE FROM call WHERE id = 9;");
            auto file = made.main();
            std::string wide;
            for (auto const letter : "many words"sv)
                wide.append(1, letter).append(1, '\0'); // Of either byte order, but for the first byte.
            auto const words = std::ranges::search(file, as_bytes(wide).first(wide.size() - 1));
            ASSERT_FALSE(words.empty());
            auto const from = words.begin() + (odd ? 1 : 0);
            std::ranges::transform(cell, from, [](int byte) { return static_cast<std::byte>(byte); });
            MemorySource const source { file };
            auto const database = Database::open(source).value();
            auto const recovery = Recoverer::open(database).value().recover("call").value();
            for (auto const& row : recovery.rows)
                EXPECT_FALSE(row.text(7).starts_with("a place")) << row.text(7);
        }
}

constexpr auto kAccess = "CREATE TABLE access(service TEXT NOT NULL, client TEXT NOT NULL, kind INTEGER NOT "
                         "NULL, value INTEGER NOT NULL, reason INTEGER NOT NULL, version INTEGER NOT NULL, "
                         "csreq BLOB, object TEXT NOT NULL DEFAULT 'UNUSED', modified INTEGER NOT NULL);"sv;

/// Permissions that are given, changed and taken back at random.
std::size_t recovered_permissions(unsigned seed)
{
    constexpr std::array services { "Camera"sv, "Microphone"sv, "Photos"sv, "PhotosAdd"sv, "Calendar"sv };
    std::mt19937 random { seed };
    auto const below = [&](unsigned limit) { return static_cast<unsigned>(random() % limit); };
    Remembered made { "access", kAccess };
    auto const add = [&] {
        std::string client = "com.";
        for (auto size = 3 + below(10); size-- > 0;)
            client += static_cast<char>('a' + below(26));
        made.run("INSERT INTO access VALUES('kTCCService" + std::string { services.at(below(5)) } + "','"
            + client + ".app',0," + std::to_string(2 * below(2)) + "," + std::to_string(below(6))
            + ",1,NULL,'UNUSED'," + std::to_string(1'600'000'000 + below(100'000'000)) + ");");
    };
    for (auto rows = 10 + below(40); rows-- > 0;)
        add();
    for (int change = 0; change < 10; ++change) {
        auto const one
            = " WHERE rowid = (SELECT rowid FROM access LIMIT 1 OFFSET " + std::to_string(below(10)) + ");";
        switch (below(3)) {
        case 0:
            add();
            break;
        case 1:
            made.run("DELETE FROM access" + one);
            break;
        default:
            made.run("UPDATE access SET value = 2 - value, reason = " + std::to_string(below(6)) + one);
        }
    }
    return made.recover().rows.size();
}

TEST(SqliteRecoverShapes, permissions_beside_which_others_changed_are_not_read_shifted)
{
    std::size_t found = 0;
    for (unsigned seed = 1; seed <= 40; ++seed) {
        SCOPED_TRACE(seed);
        found += recovered_permissions(seed);
    }
    EXPECT_GT(found, 50U);
}

TEST(
    SqliteRecoverShapes, rows_of_a_dropped_table_with_numbers_that_were_never_given_out_are_none_of_the_table)
{
    for (bool const numbered : { true, false }) {
        std::string const columns { kColumns };
        std::string const key = numbered ? "id INTEGER PRIMARY KEY AUTOINCREMENT" : "id INTEGER PRIMARY KEY";
        auto const declared = key + columns.substr(std::string_view { "id INTEGER PRIMARY KEY" }.size());
        SqliteFiles made { "CREATE TABLE call(" + declared + ");" };
        made.run(rows("call", 1, 30));
        auto high = rows("copy", 101, 200);
        made.run(table("copy") + high.replace(high.find("SELECT i,"), 9, "SELECT i + 1000,"));
        made.run("DROP TABLE copy; CREATE TABLE z(" + std::string(1200, 'y') + ");");
        made.run("DELETE FROM call WHERE id > 20;");
        auto const recovery = recover(made, "call");
        std::size_t above = 0;
        for (auto const& row : recovery.rows)
            above += row.rowid.value_or(0) >= 1000 ? 1U : 0U;
        EXPECT_EQ(above == 0, numbered);
        EXPECT_GE(recovery.rows.size() - above, 8U);
        EXPECT_EQ(recovery.uncertain > 50, numbered);
    }
}

TEST(SqliteRecoverShapes,
    texts_that_were_cut_inside_a_character_and_ill_formed_ones_that_a_page_points_to_are_found)
{
    for (auto const* const text : { "48656c6c6f20776f726c6420f09f98", "48656c6c6fff20f09f98" }) {
        bool const cut = std::string_view { text }.find("ff") == std::string_view::npos;
        for (auto const* const mode : { "DELETE", "WAL" }) {
            SqliteFiles made { "PRAGMA journal_mode=" + std::string { mode } + ";" + table("call") };
            made.run(rows("call", 1, 40));
            made.run("UPDATE call SET place = CAST(x'" + std::string { text }
                + "' AS TEXT) WHERE id = 20; "
                  "DELETE FROM call WHERE id = 20;");
            bool found = false;
            for (auto const& row : recover(made, "call").rows)
                found = found || row.text(7).starts_with("Hello");
            EXPECT_TRUE(found || (!cut && mode == "DELETE"sv)) << text << mode;
        }
    }
}

TEST(SqliteRecoverShapes, what_was_never_committed_is_told_apart)
{
    SqliteFiles made { "PRAGMA journal_mode=WAL; PRAGMA cache_size=5;" + table("call") };
    made.run(rows("call", 1, 300));
    made.run("BEGIN; UPDATE call SET place = 'never there'; UPDATE call SET answered = 1 - answered;");
    std::size_t never = 0;
    for (auto const& row : recover(made, "call").rows) {
        bool const uncommitted = row.text(7) == "never there";
        EXPECT_EQ(row.kind == Recovered::uncommitted_frame, uncommitted);
        EXPECT_FALSE(uncommitted && row.earlier_version);
        never += uncommitted ? 1U : 0U;
    }
    EXPECT_GT(never, 0U);
}

TEST(SqliteRecoverShapes, the_last_image_of_an_older_longer_transaction_in_a_finished_journal_is_read)
{
    Remembered made { "call", "PRAGMA journal_mode=PERSIST; PRAGMA secure_delete=ON;" + table("call") };
    made.run(rows("call", 1, 120));
    // Five pages, the leaf of row 60 being the last of them; then four others.
    made.files().run(
        "BEGIN; CREATE TABLE other(x); DELETE FROM call WHERE id = 118; DELETE FROM call WHERE id = 60; "
        "COMMIT; "
        "BEGIN; UPDATE call SET answered = 2 WHERE id IN (2, 119); INSERT INTO other VALUES(1); COMMIT;");
    auto const outcome = made.recover();
    EXPECT_TRUE(
        std::ranges::any_of(outcome.rows, [](std::string const& row) { return row.starts_with("60|"); }));
}

} // namespace
