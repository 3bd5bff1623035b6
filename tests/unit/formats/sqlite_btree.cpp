#include "formats/sqlite/btree.hpp"
#include "formats/sqlite/database.hpp"
#include "formats/sqlite/schema.hpp"
#include "support/bad_spot.hpp"
#include "support/sqlite_files.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <gtest/gtest.h>
#include <limits>

namespace {

using namespace exhibit;
using namespace exhibit::sqlite;
using exhibit::test::SqliteFiles;
using namespace std::string_view_literals;

std::string show(StoredValue const& value)
{
    struct Show {
        std::string operator()(std::monostate) const { return "NULL"; }
        std::string operator()(std::int64_t number) const { return std::to_string(number); }
        std::string operator()(double number) const { return std::to_string(number); }
        std::string operator()(std::string const& text) const { return "'" + text; }
        std::string operator()(std::vector<std::byte> const& blob) const
        {
            return "x" + std::string { as_text(blob) };
        }
        std::string operator()(Lost) const { return "lost"; }
    };
    return std::visit(Show {}, value);
}

/// Rows as our own reader sees them, in the order of the declared columns.
std::vector<std::string> own_rows(Pages const& pages, TableShape const& shape)
{
    std::vector<std::string> rows;
    WalkLimits limits;
    limits.fields = shape.stored.size();
    auto const walk
        = walk_rows(pages, shape.root, shape.without_rowid, limits, [&](TreeRow const& row) -> Result<void> {
              std::vector<std::string> cells(shape.columns.size(), "NULL");
              for (std::size_t i = 0; i < shape.stored.size(); ++i) {
                  auto const column = shape.stored[i];
                  cells[column]
                      = show(i < row.fields.size() ? stored_value(row.fields[i], pages.header().encoding)
                                                   : shape.columns[column].initial);
                  if (shape.rowid_column == column)
                      cells[column] = std::to_string(row.rowid);
                  // Whole numbers in a REAL column are stored as integers.
                  if (shape.columns[column].affinity == Affinity::real && i < row.fields.size()
                      && row.fields[i].is_integer())
                      cells[column] = std::to_string(static_cast<double>(row.fields[i].integer()));
              }
              std::string line;
              for (auto const& cell : cells)
                  line += cell + "|";
              rows.push_back(line);
              return {};
          });
    EXPECT_TRUE(walk.has_value() && !walk->damage);
    std::ranges::sort(rows);
    return rows;
}

std::vector<std::string> sqlite_rows(Database const& database, std::string const& table)
{
    std::vector<std::string> rows;
    auto const scan
        = database.each("SELECT * FROM " + quote_name(table), [&](Statement const& row) -> Result<void> {
              std::string line;
              for (int i = 0; i < row.columns(); ++i) {
                  if (row.is_null(i))
                      line += "NULL|";
                  else if (row.is_text(i))
                      line += "'" + std::string { row.text(i) } + "|";
                  else if (row.is_blob(i))
                      line += "x" + std::string { as_text(row.blob(i)) } + "|";
                  else if (row.is_integer(i))
                      line += std::to_string(*row.integer(i)) + "|";
                  else
                      line += std::to_string(*row.real(i)) + "|";
              }
              rows.push_back(line);
              return {};
          });
    EXPECT_TRUE(scan.has_value() && !scan->damage) << table << database.last_message();
    std::ranges::sort(rows);
    return rows;
}

/// How many rows both readers agree on, over all tables.
std::size_t compare(Source const& main, Source const* wal)
{
    auto const database = Database::open(main, wal).value();
    std::size_t count = 0;
    auto const schema = read_schema(database.pages()).value();
    for (auto const& entry : schema) {
        if (entry.type != "table" || entry.root == 0 || !database.has_table(entry.name))
            continue;
        if (entry.name.starts_with("sqlite_stat"))
            continue;
        auto const shape = read_shape(entry);
        EXPECT_TRUE(shape.has_value()) << entry.sql;
        if (!shape)
            continue;
        auto const own = own_rows(database.pages(), *shape);
        EXPECT_EQ(own, sqlite_rows(database, entry.name)) << entry.name;
        count += own.size();
    }
    return count;
}

std::size_t compare(SqliteFiles const& made)
{
    auto const main = made.main();
    auto const wal = made.wal();
    MemorySource const main_source { main };
    MemorySource const wal_source { wal };
    return compare(main_source, wal.empty() ? nullptr : &wal_source);
}

TEST(SqliteRecord, varints_are_read_at_every_length_and_only_whole)
{
    EXPECT_EQ(read_varint(as_bytes("\x7f"sv))->value, 127U);
    EXPECT_EQ(read_varint(as_bytes("\x81\x00"sv))->value, 128U);
    auto const nine = read_varint(as_bytes("\xff\xff\xff\xff\xff\xff\xff\xff\xff"sv));
    EXPECT_EQ(nine->value, std::numeric_limits<std::uint64_t>::max());
    EXPECT_EQ(nine->size, 9U);
    EXPECT_FALSE(read_varint(as_bytes("\xff\xff"sv)));
    EXPECT_FALSE(read_varint({}));
    EXPECT_FALSE(is_shortest(*read_varint(as_bytes("\x80\x01"sv))));
    EXPECT_TRUE(is_shortest(*read_varint(as_bytes("\x81\x00"sv))));
    EXPECT_TRUE(is_shortest(*nine));
}

TEST(SqliteRecord, a_record_that_does_not_fill_its_payload_is_refused)
{
    std::vector<Field> fields;
    EXPECT_TRUE(split_record(as_bytes("\x03\x01\x0f\x05q"sv), 10, fields));
    ASSERT_EQ(fields.size(), 2U);
    EXPECT_EQ(fields[0].integer(), 5);
    EXPECT_EQ(as_text(fields[1].body), "q");
    EXPECT_FALSE(split_record(as_bytes("\x03\x01\x0f\x05qq"sv), 10, fields));
    EXPECT_FALSE(split_record(as_bytes("\x03\x01\x11\x05q"sv), 10, fields));
    EXPECT_FALSE(split_record(as_bytes("\x03\x01\x0a\x05q"sv), 10, fields));
    EXPECT_FALSE(split_record(as_bytes("\x09\x01\x0f\x05q"sv), 10, fields));
    EXPECT_FALSE(split_record(as_bytes("\x00"sv), 10, fields));
    EXPECT_FALSE(split_record(as_bytes("\x03\x01\x0f\x05q"sv), 1, fields));
    EXPECT_FALSE(split_record(as_bytes("\x03\x01\x0b\x05q"sv), 10, fields));
}

TEST(SqliteRecord, fields_of_the_row_before_are_gone)
{
    std::vector<Field> fields;
    ASSERT_TRUE(split_record(as_bytes("\x04\x09\x08\x0f"
                                      "a"sv),
        10, fields));
    ASSERT_EQ(fields.size(), 3U);
    ASSERT_TRUE(split_record(as_bytes("\x02\x01\xff"sv), 10, fields));
    ASSERT_EQ(fields.size(), 1U);
    EXPECT_EQ(fields[0].integer(), -1);
    EXPECT_FALSE(split_record(as_bytes("\x09"sv), 10, fields));
    ASSERT_TRUE(split_record(as_bytes("\x04\x02\x00\x08\xff\x00"sv), 10, fields));
    ASSERT_EQ(fields.size(), 3U);
    EXPECT_EQ(fields[0].integer(), -256);
    EXPECT_TRUE(fields[1].is_null());
    EXPECT_EQ(fields[2].integer(), 0);
}

TEST(SqliteBtree, reads_the_rows_that_sqlite_reads)
{
    SqliteFiles made {
        "PRAGMA page_size=1024;"
        "CREATE TABLE t(a INTEGER PRIMARY KEY AUTOINCREMENT, b TEXT, c REAL, d BLOB, e);"
        "CREATE TABLE w(k TEXT, n INT, v, PRIMARY KEY(n, k)) WITHOUT ROWID;"
        "CREATE TABLE g(a, b AS (a + 1) STORED, c);"
        "CREATE TABLE x(a TEXT PRIMARY KEY, b INTEGER);"
        "CREATE TABLE y(a INTEGER PRIMARY KEY DESC, b);"
        "CREATE TABLE empty(a);"
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)"
        "INSERT INTO t SELECT i * 7, 'text ' || i, i / 2.0, zeroblob(i % 40), NULL FROM n;"
        "INSERT INTO t VALUES(-5, zeroblob(9000), 1e300, randomblob(20000), 9223372036854775807);"
        "INSERT INTO t VALUES(NULL, '', -0.5, x'', -9223372036854775808), (NULL, 'z', 7, 'q', 16777216);"
        "INSERT INTO w SELECT b, a, hex(randomblob(a % 300)) FROM t WHERE a > 0;"
        "INSERT INTO g(a, c) SELECT a, b FROM t WHERE a % 3 = 0;"
        "INSERT INTO x SELECT b, a FROM t WHERE a % 5 = 0; INSERT INTO y SELECT a, b FROM t;"
        "ALTER TABLE x ADD COLUMN late TEXT DEFAULT 'it''s'; ALTER TABLE x ADD COLUMN later INT DEFAULT 7;"
        "INSERT INTO x VALUES('new', 1, 'x', 2);"
    };
    EXPECT_GT(compare(made), 9000U);
}

TEST(SqliteBtree, reads_every_page_size_encoding_and_vacuum_mode)
{
    for (auto const* const size : { "512", "4096", "65536" })
        for (auto const* const encoding : { "UTF-8", "UTF-16le", "UTF-16be" })
            for (auto const* const vacuum : { "0", "1", "2" }) {
                SqliteFiles made { std::string { "PRAGMA page_size=" } + size + "; PRAGMA encoding='"
                    + encoding + "'; PRAGMA auto_vacuum=" + vacuum
                    + "; CREATE TABLE t(a, b); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM "
                      "n "
                      "WHERE i < 200) INSERT INTO t SELECT i, 'gr\u00fc\u00df ' || hex(zeroblob(i * 5)) FROM "
                      "n;" };
                EXPECT_EQ(compare(made), 200U);
            }
}

TEST(SqliteBtree, reads_through_the_wal)
{
    SqliteFiles made { "PRAGMA journal_mode=WAL; CREATE TABLE t(a, b);" };
    made.run("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)"
             "INSERT INTO t SELECT i, 'x' || i FROM n; PRAGMA wal_checkpoint(TRUNCATE);"
             "DELETE FROM t WHERE a % 3 = 0; UPDATE t SET b = 'new' WHERE a % 7 = 0;");
    EXPECT_EQ(compare(made), 1334U);
}

TEST(SqliteBtree, pages_before_one_that_cannot_be_read_are_read)
{
    SqliteFiles files { "PRAGMA page_size=1024; CREATE TABLE m(id INTEGER PRIMARY KEY, t TEXT);"
                        "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM c WHERE i<2000) "
                        "INSERT INTO m SELECT i,printf('%.*c',100,'a') FROM c;" };
    files.close();
    constexpr std::uint64_t bad_page = 151;
    test::BadSpot const source { files.main(), bad_page * 1024 + 100 };
    auto const pages = Pages::open(source, nullptr, nullptr).value();
    std::uint64_t rows = 0;
    auto const walk = walk_rows(pages, 2, false, {}, [&](TreeRow const& row) -> Result<void> {
        EXPECT_EQ(row.rowid, static_cast<std::int64_t>(++rows));
        return {};
    });
    EXPECT_FALSE(walk.has_value());
    // Nine rows a page; some pages of those before are interior ones.
    EXPECT_GE(rows, 9 * (bad_page - 6));
    EXPECT_LE(rows, 9 * bad_page);
}

TEST(SqliteBtree, a_tree_that_points_back_into_itself_ends)
{
    SqliteFiles made {
        "PRAGMA page_size=512; CREATE TABLE t(a); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 "
        "FROM n WHERE i < 500) INSERT INTO t SELECT i FROM n;"
    };
    auto main = made.main();
    auto const root = std::size_t { 512 };
    ASSERT_EQ(main[root], std::byte { 5 });
    main[root + 11] = std::byte { 2 }; // Its right child becomes itself.
    MemorySource const source { main };
    auto const pages = Pages::open(source, nullptr, nullptr).value();
    std::uint64_t rows = 0;
    auto const walk = walk_rows(pages, 2, false, {}, [&](TreeRow const&) -> Result<void> {
        ++rows;
        return {};
    });
    EXPECT_TRUE(walk.value().damage.has_value());
    EXPECT_GT(rows, 300U);
}

TEST(SqliteSchema, a_hostile_declaration_is_only_compiled)
{
    for (auto const* const sql : { "CREATE TABLE t AS SELECT 1", "DROP TABLE x", "CREATE TEMP TABLE t(a)",
             "CREATE VIRTUAL TABLE t USING fts4(a)", "ATTACH 'x' AS y", "", "CREATE TABLE t(a", "SELECT 1" })
        EXPECT_FALSE(read_shape({ "table", "t", 2, sql })) << sql;
    auto const shape = read_shape({ "table", "t", 2,
        "CREATE TABLE t(\"a \"\"b\" VARCHAR(20) NOT NULL DEFAULT 'x', [c d] INTEGER PRIMARY KEY, e FLOAT "
        "CHECK(e > 1)); DROP TABLE t" });
    ASSERT_TRUE(shape.has_value());
    ASSERT_EQ(shape->columns.size(), 3U);
    EXPECT_EQ(shape->columns[0].name, "a \"b");
    EXPECT_EQ(shape->columns[0].affinity, Affinity::text);
    EXPECT_TRUE(shape->columns[0].not_null);
    EXPECT_EQ(shape->rowid_column, 1U);
    EXPECT_EQ(shape->columns[2].affinity, Affinity::real);
}

TEST(SqliteBtree, reads_the_rows_of_real_databases_that_sqlite_reads)
{
    auto const* const folder = std::getenv("EXHIBIT_TEST_DATA");
    if (folder == nullptr)
        GTEST_SKIP() << "EXHIBIT_TEST_DATA is not set";
    std::size_t databases = 0;
    for (auto const& file : std::filesystem::recursive_directory_iterator { folder }) {
        if (!file.is_regular_file())
            continue;
        auto const main = exhibit::test::read_file(file.path());
        if (!as_text(main).starts_with("SQLite format 3"))
            continue;
        MemorySource const main_source { main };
        auto const wal = exhibit::test::read_file(file.path().string() + "-wal");
        MemorySource const wal_source { wal };
        auto const database = Database::open(main_source, wal.empty() ? nullptr : &wal_source);
        if (!database.has_value() || !database->notes().empty())
            continue;
        SCOPED_TRACE(file.path().string());
        compare(main_source, wal.empty() ? nullptr : &wal_source);
        ++databases;
    }
    EXPECT_GT(databases, 20U);
}

} // namespace
