#include "formats/sqlite/scan.hpp"
#include "support/sqlite_files.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <gtest/gtest.h>

namespace {

using namespace exhibit;
using namespace exhibit::sqlite;
using exhibit::test::SqliteFiles;
using namespace std::string_view_literals;

std::string cell(Value::Kind kind, std::string_view text)
{
    constexpr std::array kinds { "null", "integer", "real", "text", "blob" };
    return fmt::format("|{}:{}", kinds[static_cast<std::size_t>(kind)], text);
}

/// The rows that our own reader gives; nothing when it leaves the query to SQLite.
std::optional<std::vector<std::string>> scanned(Database const& database, ScanQuery const& query)
{
    std::vector<std::string> rows;
    auto const scan
        = scan_rows(database, query, [&](std::int64_t row_id, Cells const& cells) -> Result<void> {
              auto row = std::to_string(row_id);
              for (int i = 0; i != static_cast<int>(query.columns.size()); ++i)
                  row += cell(cells.kind(i), cells.text(i));
              rows.push_back(row);
              return {};
          });
    if (!scan.value())
        return std::nullopt;
    EXPECT_EQ((*scan)->rows, rows.size());
    return rows;
}

/// How many rows a join would repeat, as the scan counts them.
std::string ambiguous(Database const& database, ScanQuery const& query)
{
    auto const scan
        = scan_rows(database, query, [](std::int64_t, Cells const&) { return Result<void> {}; }).value();
    return scan ? std::to_string(scan->ambiguous) : "left to SQLite";
}

std::vector<std::string> queried(Database const& database, std::string_view sql)
{
    std::vector<std::string> rows;
    EXPECT_TRUE(database.each(sql, [&](Statement const& statement) -> Result<void> {
        auto row = std::to_string(statement.integer(0).value());
        for (int i = 1; i != statement.columns(); ++i)
            row += cell(statement.value(i).kind(), statement.text(i));
        rows.push_back(row);
        return {};
    }));
    return rows;
}

class SqliteScan : public testing::Test {
protected:
    Database open(std::string_view sql) { return open_content(content_of(sql)); }

    static std::vector<std::byte> content_of(std::string_view sql)
    {
        SqliteFiles files { sql };
        files.close();
        return files.main();
    }

    Database open_content(std::vector<std::byte> content)
    {
        m_sources.push_back(std::make_unique<OwnedSource>(std::move(content)));
        return Database::open(m_sources.back()->source).value();
    }

private:
    struct OwnedSource {
        explicit OwnedSource(std::vector<std::byte> bytes)
            : content(std::move(bytes))
        {
        }
        std::vector<std::byte> content;
        MemorySource source { content };
    };
    std::vector<std::unique_ptr<OwnedSource>> m_sources;
};

TEST_F(SqliteScan, gives_the_rows_and_values_that_sqlite_gives)
{
    auto const database
        = open("CREATE TABLE m(id INTEGER PRIMARY KEY, t TEXT, r REAL, n, b BLOB);"
               "INSERT INTO m VALUES(3,'drei',3,3.5,x'0102'),(-7,7,7.25,'x',NULL),(9,'',NULL,-1,x'');"
               "ALTER TABLE m ADD COLUMN later TEXT DEFAULT 'old';"
               "ALTER TABLE m ADD COLUMN level REAL DEFAULT 4;"
               "INSERT INTO m VALUES(5000000000,'neu',1e300,9223372036854775807,1,'new',2);"
               "WITH RECURSIVE c(i) AS (SELECT 10 UNION ALL SELECT i+1 FROM c WHERE i<3000) "
               "INSERT INTO m(id,t,n) SELECT i,printf('%.*c',i,'a'),i*i FROM c;");
    constexpr std::array columns { ScanColumn { 0, "ID" }, ScanColumn { 0, "t" }, ScanColumn { 0, "r" },
        ScanColumn { 0, "n" }, ScanColumn { 0, "b" }, ScanColumn { 0, "later" }, ScanColumn { 0, "level" },
        ScanColumn { 0, "rowid" } };
    EXPECT_EQ(scanned(database, { "m", {}, columns }),
        queried(database, "SELECT rowid,id,t,r,n,b,later,level,rowid FROM m"));
}

TEST_F(SqliteScan, joins_as_sqlite_does)
{
    auto const database = open("CREATE TABLE message(handle_id INTEGER, text TEXT);"
                               "CREATE TABLE handle(id TEXT);"
                               "CREATE TABLE pair(chat INTEGER, message INTEGER);"
                               "INSERT INTO handle VALUES('+3741'),('+9942');"
                               "INSERT INTO message VALUES(2,'a'),(NULL,'b'),(77,'c'),(1,'d'),('x','e'),"
                               "(1,'f'),(1,'g'),(2,'h'),(1,'i'),(NULL,'j'),(1,'k'),(77,'l'),(2,'m');"
                               "INSERT INTO pair VALUES(20,4),(10,1),(30,4),(5,NULL);");
    constexpr std::array joins { ScanJoin { "handle", "rowid", { 0, "handle_id" } },
        ScanJoin { "pair", "message", { 0, "rowid" } } };
    constexpr std::array columns { ScanColumn { 0, "text" }, ScanColumn { 1, "id" },
        ScanColumn { 2, "chat" } };
    auto const all = queried(database,
        "SELECT m.rowid,text,id,chat FROM message m LEFT JOIN handle h ON h.rowid=m.handle_id "
        "LEFT JOIN pair p ON p.message=m.rowid WHERE p.rowid IS NULL OR p.rowid <> 3");
    EXPECT_EQ(scanned(database, { "message", joins, columns, true }), all);
    EXPECT_EQ(scanned(database, { "message", joins, columns, false }), std::nullopt)
        << "a key is there twice";
}

constexpr std::string_view kLargeJoin
    = "PRAGMA page_size=1024; CREATE TABLE item(id INTEGER PRIMARY KEY, t TEXT);"
      "INSERT INTO item VALUES(-5,'minus');"
      "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM c WHERE i<9000) "
      "INSERT INTO item SELECT i+i/7,printf('%.*c',i%400 + (i%50=0)*3000,'a')||i FROM c;"
      "CREATE TABLE visit(item INTEGER);"
      "INSERT INTO visit VALUES(-5),(NULL),(99999),('x'),(-5);"
      "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM c WHERE i<9000) "
      "INSERT INTO visit SELECT CASE WHEN i%2 THEN i ELSE i*7919%10300 END FROM c;";
constexpr std::array kItemOfVisit { ScanJoin { "item", "id", { 0, "item" } } };
constexpr std::array kVisitColumns { ScanColumn { 0, "item" }, ScanColumn { 1, "t" } };

TEST_F(SqliteScan, joins_a_table_by_row_id_that_is_too_large_to_be_held)
{
    auto const database = open(kLargeJoin);
    auto const all
        = queried(database, "SELECT v.rowid,v.item,t FROM visit v LEFT JOIN item i ON i.id=v.item");
    EXPECT_EQ(scanned(database, { "visit", kItemOfVisit, kVisitColumns, true }), all);
    EXPECT_EQ(scanned(database, { "visit", kItemOfVisit, kVisitColumns, false }), all);
}

TEST_F(SqliteScan, joins_a_large_table_by_a_key_that_rises_with_the_row_ids)
{
    constexpr std::string_view pairs
        = "PRAGMA page_size=4096; CREATE TABLE pair(chat INTEGER, message INTEGER, t TEXT);"
          "CREATE INDEX by_message ON pair(message);"
          "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM c WHERE i<15000) "
          "INSERT INTO pair SELECT i*3, i/3*3+i/1000, printf('%.*c',i%50+820,'a') FROM c;"
          "CREATE TABLE visit(message INTEGER);"
          "WITH RECURSIVE c(i) AS (SELECT -5 UNION ALL SELECT i+1 FROM c WHERE i<9000) "
          "INSERT INTO visit SELECT CASE WHEN i<2000 THEN i WHEN i<7000 THEN i*7919%15100 ELSE i+6000 END "
          "FROM c;"
          "INSERT INTO visit VALUES(NULL),('x'),(1),(1),(15014),(15015);";
    constexpr std::array joins { ScanJoin { "pair", "message", { 0, "message" } } };
    constexpr std::array columns { ScanColumn { 0, "message" }, ScanColumn { 1, "chat" },
        ScanColumn { 1, "rowid" }, ScanColumn { 1, "t" } };
    constexpr std::string_view query
        = "SELECT v.rowid,v.message,p.chat,p.rowid,p.t FROM visit v LEFT JOIN pair p "
          "ON p.rowid=(SELECT min(rowid) FROM pair WHERE message=v.message)";
    auto const repeated = open(pairs);
    EXPECT_EQ(scanned(repeated, { "visit", joins, columns, true }), queried(repeated, query));
    EXPECT_EQ(scanned(repeated, { "visit", joins, columns, false }), std::nullopt) << "keys are repeated";
    EXPECT_EQ(std::vector { ambiguous(repeated, { "visit", joins, columns, true }) },
        queried(repeated,
            "SELECT count(*) FROM visit v WHERE (SELECT count(*) FROM pair WHERE message=v.message) > 1"));
    auto const unique = open(std::string { pairs }
        + "DELETE FROM pair WHERE rowid>1 AND message=(SELECT message FROM pair p WHERE "
          "p.rowid=pair.rowid-1);"
          "UPDATE pair SET message=rowid*2; INSERT INTO pair VALUES(1,40000,'the last');");
    EXPECT_EQ(scanned(unique, { "visit", joins, columns, false }), queried(unique, query));
    auto const falling = open(std::string { pairs } + "UPDATE pair SET message=2 WHERE rowid=14000;");
    EXPECT_EQ(scanned(falling, { "visit", joins, columns, true }), queried(falling, query));
    auto const spilling
        = open(std::string { pairs } + "INSERT INTO pair VALUES(1,15015,printf('%.*c',9000,'b'));");
    EXPECT_EQ(scanned(spilling, { "visit", joins, columns, true }), queried(spilling, query));
    auto const wrong = open(std::string { pairs } + "INSERT INTO pair VALUES(1,'x','');");
    EXPECT_EQ(scanned(wrong, { "visit", joins, columns, true }), std::nullopt);
}

TEST_F(SqliteScan, joins_past_damage_in_a_large_table)
{
    auto content = content_of(kLargeJoin);
    auto const whole = open_content(content);
    auto const all = *scanned(whole, { "visit", kItemOfVisit, kVisitColumns, true });
    // The first pointer of the root: what lies below it can be reached neither from above nor by reading all.
    constexpr std::size_t root = 1024;
    content[root + 12] = std::byte { 0xFF };
    content[root + 13] = std::byte { 0xFF };
    auto const damaged = open_content(content);
    std::vector<std::string> rows;
    auto const scan = scan_rows(damaged, { "visit", kItemOfVisit, kVisitColumns, true },
        [&](std::int64_t row_id, Cells const& cells) -> Result<void> {
            rows.push_back(std::to_string(row_id) + cell(cells.kind(0), cells.text(0))
                + cell(cells.kind(1), cells.text(1)));
            return {};
        });
    ASSERT_TRUE(scan.value());
    ASSERT_EQ(rows.size(), all.size());
    EXPECT_TRUE((*scan)->damage);
    std::size_t lost = 0;
    for (std::size_t i = 0; i != all.size(); ++i) {
        lost += rows[i] != all[i] ? 1U : 0U;
        EXPECT_TRUE(rows[i] == all[i] || rows[i].ends_with("|null:"));
    }
    EXPECT_GT(lost, 0U);
    EXPECT_LT(lost, all.size() / 2);
}

TEST_F(SqliteScan, what_it_cannot_read_it_leaves_to_sqlite)
{
    auto const database = open("CREATE TABLE w(k TEXT PRIMARY KEY, v) WITHOUT ROWID;"
                               "CREATE TABLE g(a, b AS (a+1));"
                               "CREATE TABLE d(a); INSERT INTO d VALUES(1);"
                               "ALTER TABLE d ADD COLUMN late DEFAULT x'07';"
                               "CREATE TABLE key(k); INSERT INTO key VALUES('text');");
    constexpr std::array v { ScanColumn { 0, "v" } };
    EXPECT_EQ(scanned(database, { "w", {}, v }), std::nullopt);
    constexpr std::array b { ScanColumn { 0, "b" } };
    EXPECT_EQ(scanned(database, { "g", {}, b }), std::nullopt);
    constexpr std::array late { ScanColumn { 0, "late" } };
    EXPECT_EQ(scanned(database, { "d", {}, late }), std::nullopt);
    constexpr std::array joins { ScanJoin { "key", "k", { 0, "a" } } };
    constexpr std::array k { ScanColumn { 1, "k" } };
    EXPECT_EQ(scanned(database, { "d", joins, k, true }), std::nullopt);
}

TEST_F(SqliteScan, reads_text_in_every_encoding)
{
    for (std::string const encoding : { "UTF-16le", "UTF-16be" }) {
        auto const database = open("PRAGMA encoding='" + encoding
            + "'; CREATE TABLE m(id INTEGER PRIMARY KEY, t TEXT, b, n);"
              "INSERT INTO m VALUES(1,'gr\u00fc\u00df \U0001f600',x'6100',5),(2,'',NULL,'7');"
              "ALTER TABLE m ADD COLUMN later TEXT DEFAULT 'alt \u00fc';"
              "CREATE TABLE j(t); INSERT INTO j VALUES('joined');");
        constexpr std::array joins { ScanJoin { "j", "rowid", { 0, "id" } } };
        constexpr std::array columns { ScanColumn { 0, "t" }, ScanColumn { 0, "b" }, ScanColumn { 0, "n" },
            ScanColumn { 0, "later" }, ScanColumn { 1, "t" } };
        EXPECT_EQ(scanned(database, { "m", joins, columns }),
            queried(database,
                "SELECT m.rowid,m.t,b,n,later,j.t FROM m LEFT JOIN j ON j.rowid = m.id ORDER BY 1"));
    }
}

TEST_F(SqliteScan, tells_of_rows_that_a_join_would_repeat)
{
    auto const database = open("CREATE TABLE visit(item); INSERT INTO visit VALUES(7),(8),(NULL),(7),(7);"
                               "CREATE TABLE item(id, t); INSERT INTO item VALUES(7,'a'),(8,'b'),(7,'c');");
    constexpr std::array joins { ScanJoin { "item", "id", { 0, "item" } } };
    constexpr std::array columns { ScanColumn { 1, "t" } };
    auto const scan = scan_rows(database, { "visit", joins, columns, true },
        [](std::int64_t, Cells const&) { return Result<void> {}; });
    ASSERT_TRUE(scan.value());
    EXPECT_EQ((*scan)->rows, 5U);
    EXPECT_EQ((*scan)->ambiguous, 3U);
}

TEST_F(SqliteScan, notes_the_leaves_that_hold_whole_rows_and_nothing_else)
{
    constexpr std::string_view rows
        = "PRAGMA page_size=512; CREATE TABLE t(id INTEGER PRIMARY KEY, b);"
          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<300) "
          "INSERT INTO t SELECT i, hex(zeroblob(40)) FROM n;";
    constexpr std::array columns { ScanColumn { 0, "id" } };
    auto const plain_after = [&](std::string_view change, bool deleted) {
        auto const database = open(fmt::format("{}{}", rows, change));
        EXPECT_TRUE(scanned(database, { "t", {}, columns, false, deleted }).has_value());
        return std::ranges::count(database.plain_leaves(), true);
    };
    EXPECT_EQ(plain_after("", false), 0);
    auto const all = plain_after("", true);
    EXPECT_GT(all, 50);
    EXPECT_EQ(plain_after("DELETE FROM t WHERE id = 20", true), all - 1) << "what was deleted is still there";
    EXPECT_LT(plain_after("UPDATE t SET b = hex(zeroblob(2000)) WHERE id = 40", true), all)
        << "a row goes on elsewhere";
}

TEST_F(SqliteScan, finds_single_rows_by_their_ids)
{
    auto const database = open("CREATE TABLE m(id INTEGER PRIMARY KEY, t TEXT);"
                               "CREATE TABLE keyed(k TEXT PRIMARY KEY, t) WITHOUT ROWID;"
                               "INSERT INTO m VALUES(-5,'minus');"
                               "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i+3 FROM c WHERE i<20000) "
                               "INSERT INTO m SELECT i,printf('%.*c',i%900,'a')||i FROM c;");
    constexpr std::array columns { ScanColumn { 0, "t" }, ScanColumn { 0, "rowid" } };
    auto const finder = make_row_finder(database, "m", columns).value();
    auto const text_of = [&](std::int64_t rowid) {
        std::string text = "none";
        auto const found = finder(rowid, [&](Cells const& cells) {
            EXPECT_EQ(cells.integer(1), rowid);
            text = cells.text(0);
        });
        EXPECT_EQ(found.value(), text != "none");
        return text;
    };
    for (std::int64_t const rowid : { 1, 4, 7000, 19'999 })
        EXPECT_EQ(
            text_of(rowid), std::string(static_cast<std::size_t>(rowid) % 900, 'a') + std::to_string(rowid));
    EXPECT_EQ(text_of(-5), "minus");
    for (std::int64_t const rowid : { 0, 2, 7001, 20'003 })
        EXPECT_EQ(text_of(rowid), "none");
    EXPECT_FALSE(make_row_finder(database, "keyed", std::array { ScanColumn { 0, "t" } }).value());
    EXPECT_FALSE(make_row_finder(database, "absent", columns).value());
}

} // namespace
