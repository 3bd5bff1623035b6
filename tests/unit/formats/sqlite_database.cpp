#include "formats/sqlite/database.hpp"
#include "support/sqlite_files.hpp"
#include "support/temporary_folder.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <random>
#include <set>
#include <thread>

namespace {

using namespace exhibit;
using namespace exhibit::sqlite;
using exhibit::test::SqliteFiles;
using namespace std::string_view_literals;

using Content = std::vector<std::byte>;

/// A source that hides that its bytes are in memory, as an encrypted entry does.
class SlowSource final : public Source {
public:
    explicit SlowSource(Bytes bytes)
        : m_inner(bytes)
    {
    }
    std::uint64_t size() const override { return m_inner.size(); }
    Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const override
    {
        return m_inner.read_at(offset, into);
    }

private:
    MemorySource m_inner;
};

std::string cell(Statement const& row, int column)
{
    return row.is_null(column) ? "NULL" : std::string { row.text(column) };
}

Result<std::vector<std::string>> rows(Database const& database, std::string_view sql)
{
    std::vector<std::string> all;
    auto const scan = EXHIBIT_TRY(database.each(sql, [&](Statement const& row) -> Result<void> {
        std::string line;
        for (int i = 0; i < row.columns(); ++i)
            line.append(i == 0 ? "" : "|").append(cell(row, i));
        all.push_back(line);
        return {};
    }));
    if (scan.damage)
        all.emplace_back("damaged");
    return all;
}

std::vector<std::string> strings(std::initializer_list<char const*> list)
{
    return { list.begin(), list.end() };
}

bool noted(Database const& database, std::string_view part)
{
    return std::ranges::any_of(database.notes(),
        [&](Note const& note) { return note.error.what.find(part) != std::string_view::npos; });
}

constexpr auto kPeople = "CREATE TABLE person(id INTEGER PRIMARY KEY, name TEXT, seen);"
                         "INSERT INTO person VALUES(1, 'Ada', 5), (2, 'Bo', NULL), (3, 'Cy', 2.5);"sv;

TEST(SqliteDatabase, reads_the_rows_of_a_plain_database_also_when_it_is_not_in_memory)
{
    SqliteFiles made { kPeople };
    auto const main = made.main();
    MemorySource const memory { main };
    SlowSource const slow { main };
    for (Source const* source : { static_cast<Source const*>(&memory), static_cast<Source const*>(&slow) }) {
        auto const database = Database::open(*source).value();
        EXPECT_EQ(
            rows(database, "SELECT * FROM person").value(), strings({ "1|Ada|5", "2|Bo|NULL", "3|Cy|2.5" }));
        EXPECT_TRUE(database.notes().empty());
        EXPECT_FALSE(database.empty());
    }
}

TEST(SqliteDatabase, bytes_behind_the_last_page_are_no_damage)
{
    auto content = SqliteFiles { kPeople }.main();
    content.resize(content.size() + 16); // What the padding of a block cipher leaves.
    MemorySource const source { content };
    auto const database = Database::open(source).value();
    EXPECT_EQ(rows(database, "SELECT name FROM person").value(), strings({ "Ada", "Bo", "Cy" }));
    EXPECT_TRUE(database.notes().empty());
}

TEST(SqliteDatabase, a_file_of_no_bytes_is_empty_and_not_damaged)
{
    MemorySource const source { Bytes {} };
    auto const database = Database::open(source).value();
    EXPECT_TRUE(database.empty());
    EXPECT_TRUE(database.notes().empty());
    EXPECT_FALSE(database.has_table("person"));
}

TEST(SqliteDatabase, a_database_of_views_alone_is_not_empty)
{
    auto const content = SqliteFiles { { "CREATE VIEW person AS SELECT 1 AS name" } }.main();
    MemorySource const source { content };
    auto const database = Database::open(source).value();
    EXPECT_FALSE(database.empty());
    EXPECT_FALSE(database.had_table("person"));
}

TEST(SqliteDatabase, tells_encrypted_from_foreign_from_cut)
{
    Content noise(8192);
    std::mt19937 random { 7 };
    for (auto& byte : noise)
        byte = static_cast<std::byte>(random());
    EXPECT_EQ(Database::open(MemorySource { noise }).error().fault, Fault::locked);
    EXPECT_EQ(Database::open(MemorySource { Bytes { noise }.first(100) }).error().fault, Fault::malformed);
    std::string const prose(4096, 'a');
    EXPECT_EQ(Database::open(MemorySource { as_bytes(prose) }).error().fault, Fault::malformed);
    EXPECT_EQ(Database::open(MemorySource { Content(4096) }).error().what,
        "file is not a database: it holds zeros only");
    SqliteFiles made { kPeople };
    EXPECT_EQ(
        Database::open(MemorySource { Bytes { made.main() }.first(60) }).error().fault, Fault::truncated);
}

TEST(SqliteDatabase, sees_committed_rows_of_the_wal_and_none_of_an_open_transaction)
{
    SqliteFiles made { "PRAGMA journal_mode=WAL;" };
    made.run(kPeople);
    made.run("PRAGMA wal_checkpoint(TRUNCATE); INSERT INTO person VALUES(4, 'Di', 1);");
    made.run("PRAGMA cache_size=1; BEGIN; CREATE TABLE pad(x); INSERT INTO pad SELECT zeroblob(60000);"
             "UPDATE person SET name = 'never';");
    auto const main = made.main();
    auto const wal = made.wal();
    MemorySource const main_source { main };
    MemorySource const wal_source { wal };
    auto const with = Database::open(main_source, &wal_source).value();
    EXPECT_EQ(
        rows(with, "SELECT id, name FROM person").value(), strings({ "1|Ada", "2|Bo", "3|Cy", "4|Di" }));
    EXPECT_TRUE(noted(with, "never committed"));
    auto const without = Database::open(main_source).value();
    EXPECT_EQ(rows(without, "SELECT count(*) FROM person").value(), strings({ "3" }));
}

TEST(SqliteDatabase, a_database_that_lives_in_its_wal_alone_is_read)
{
    SqliteFiles made { "PRAGMA journal_mode=WAL;" };
    made.run(kPeople);
    auto const wal = made.wal();
    MemorySource const wal_source { wal };
    MemorySource const nothing { Bytes {} };
    auto const database = Database::open(nothing, &wal_source).value();
    EXPECT_EQ(rows(database, "SELECT count(*) FROM person").value(), strings({ "3" }));
}

TEST(SqliteDatabase, tables_of_any_encoding_that_are_in_the_wal_alone_are_read)
{
    for (auto const* const encoding : { "UTF-8", "UTF-16le", "UTF-16be" }) {
        // Turning the log on writes page 1, which says nothing of an encoding before the first table.
        SqliteFiles made { std::string { "PRAGMA encoding='" } + encoding + "'; PRAGMA journal_mode=WAL;" };
        made.run(kPeople);
        auto const main = made.main();
        auto const wal = made.wal();
        MemorySource const main_source { main };
        MemorySource const wal_source { wal };
        auto const database = Database::open(main_source, &wal_source).value();
        EXPECT_FALSE(noted(database, "another database")) << encoding;
        EXPECT_EQ(rows(database, "SELECT name FROM person").value(), strings({ "Ada", "Bo", "Cy" }));
    }
}

TEST(SqliteDatabase, frames_behind_a_wrong_checksum_are_left_out_and_told)
{
    SqliteFiles made { "PRAGMA journal_mode=WAL;" };
    made.run(kPeople);
    made.run("INSERT INTO person VALUES(4, 'Di', 1);");
    auto const good = made.wal().size();
    made.run("INSERT INTO person VALUES(5, 'Ed', 1); INSERT INTO person VALUES(6, 'Flo', 1);");
    auto wal = made.wal();
    wal[good + 24 + 4000] ^= std::byte { 1 };
    auto const main = made.main();
    MemorySource const main_source { main };
    MemorySource const wal_source { wal };
    auto const database = Database::open(main_source, &wal_source).value();
    EXPECT_EQ(rows(database, "SELECT max(id) FROM person").value(), strings({ "4" }));
    EXPECT_TRUE(noted(database, "log is damaged"));
}

TEST(SqliteDatabase, a_log_without_its_header_is_told_and_its_frames_are_not_applied)
{
    SqliteFiles made { kPeople };
    made.run("PRAGMA journal_mode=WAL; DELETE FROM person WHERE id = 1; UPDATE person SET name = 'Di' WHERE "
             "id = 2;");
    auto const main = made.main();
    MemorySource const main_source { main };
    auto const opened = [&](Content const& wal) {
        MemorySource const wal_source { wal };
        auto database = Database::open(main_source, &wal_source).value();
        EXPECT_EQ(rows(database, "SELECT name FROM person").value(), strings({ "Ada", "Bo", "Cy" }));
        std::string notes;
        for (auto const& note : database.notes())
            notes += std::string { note.damage ? "damage: " : "" } + std::string { note.error.what } + "\n";
        return notes;
    };
    auto wal = made.wal();
    std::fill_n(wal.begin(), 32, std::byte { 0 });
    EXPECT_EQ(opened(wal), "damage: write-ahead log whose header was overwritten with zeros\n");
    wal = made.wal();
    wal[30] ^= std::byte { 1 };
    EXPECT_EQ(opened(wal), "damage: write-ahead log with a wrong header checksum\n");
    wal = made.wal();
    wal.resize(20);
    EXPECT_EQ(opened(wal), "damage: log left out: a write-ahead log that ends inside its header\n");
    EXPECT_EQ(opened(Content(70'000)), "");
    EXPECT_EQ(opened(Content(7)), "");
}

TEST(SqliteDatabase, a_log_that_ends_inside_a_frame_is_told_unless_it_was_cut_when_it_was_started_anew)
{
    SqliteFiles made { kPeople };
    made.run("PRAGMA journal_mode=WAL; UPDATE person SET name = 'Al' WHERE id = 1; UPDATE person SET name = "
             "'Di' WHERE id = 2;");
    auto const main = made.main();
    MemorySource const main_source { main };
    auto wal = made.wal();
    for (std::size_t const cut : { 10U, 2000U, 4100U }) {
        MemorySource const wal_source { Bytes { wal }.first(wal.size() - cut) };
        auto const database = Database::open(main_source, &wal_source).value();
        EXPECT_TRUE(noted(database, "ends inside a frame"));
        EXPECT_EQ(rows(database, "SELECT name FROM person").value(), strings({ "Al", "Bo", "Cy" }));
    }
    made.run("PRAGMA wal_checkpoint(RESTART); UPDATE person SET name = 'Ed' WHERE id = 3;");
    wal = made.wal();
    MemorySource const wal_source { Bytes { wal }.first(wal.size() - 2000) };
    auto const main_then = made.main();
    MemorySource const main_source_then { main_then };
    EXPECT_TRUE(Database::open(main_source_then, &wal_source).value().notes().empty());
}

TEST(SqliteDatabase, frames_of_an_earlier_generation_of_the_wal_are_not_applied)
{
    SqliteFiles made { "PRAGMA journal_mode=WAL;" };
    made.run(kPeople);
    for (int i = 0; i < 5; ++i)
        made.run("UPDATE person SET seen = seen + 1;");
    made.run("PRAGMA wal_checkpoint(RESTART); UPDATE person SET name = 'New' WHERE id = 1;");
    auto const main = made.main();
    auto const wal = made.wal();
    MemorySource const main_source { main };
    MemorySource const wal_source { wal };
    auto const database = Database::open(main_source, &wal_source).value();
    EXPECT_EQ(
        rows(database, "SELECT name, seen FROM person").value(), made.rows("SELECT name, seen FROM person"));
    EXPECT_GT(database.pages().wal().stale, 0U);
}

TEST(SqliteDatabase, both_byte_orders_of_the_wal_checksum_are_read)
{
    SqliteFiles made { "PRAGMA journal_mode=WAL;" };
    made.run(kPeople);
    auto wal = made.wal();
    auto const put = [&](std::size_t at, std::uint32_t value) {
        for (int i = 0; i < 4; ++i)
            wal[at + static_cast<std::size_t>(i)] = static_cast<std::byte>(value >> (24 - 8 * i));
    };
    auto const word
        = [&](std::size_t at) { return Reader { Bytes { wal }.subspan(at) }.big<std::uint32_t>().value(); };
    std::uint32_t a = 0;
    std::uint32_t b = 0;
    auto const add = [&](std::size_t from, std::size_t size) {
        for (std::size_t at = from; at < from + size; at += 8) {
            a += word(at) + b;
            b += word(at + 4) + a;
        }
    };
    put(0, 0x377f0683);
    add(0, 24);
    put(24, a);
    put(28, b);
    for (std::size_t at = 32; at < wal.size(); at += 24 + 4096) {
        add(at, 8);
        add(at + 24, 4096);
        put(at + 16, a);
        put(at + 20, b);
    }
    auto const main = made.main();
    MemorySource const main_source { main };
    MemorySource const wal_source { wal };
    auto const database = Database::open(main_source, &wal_source).value();
    EXPECT_EQ(rows(database, "SELECT count(*) FROM person").value(), strings({ "3" }));
}

TEST(SqliteDatabase, the_wal_of_another_database_is_left_out)
{
    SqliteFiles made { kPeople };
    SqliteFiles other { "PRAGMA page_size=1024; PRAGMA journal_mode=WAL; CREATE TABLE other(x);" };
    SqliteFiles utf16 { "PRAGMA encoding='UTF-16le'; PRAGMA journal_mode=WAL; CREATE TABLE other(x);" };
    auto const main = made.main();
    MemorySource const main_source { main };
    for (auto const& wal : { other.wal(), utf16.wal() }) {
        ASSERT_FALSE(wal.empty());
        MemorySource const wal_source { wal };
        auto const database = Database::open(main_source, &wal_source).value();
        EXPECT_TRUE(noted(database, "another database"));
        EXPECT_EQ(rows(database, "SELECT count(*) FROM person").value(), strings({ "3" }));
    }
    MemorySource const prose { as_bytes("no log, but long enough to be one, as far as that goes"sv) };
    EXPECT_TRUE(noted(Database::open(main_source, &prose).value(), "no write-ahead log"));
}

TEST(SqliteDatabase, the_wal_of_another_database_with_the_same_page_size_is_left_out)
{
    SqliteFiles made { kPeople };
    made.run("CREATE INDEX by_name ON person(name);");
    SqliteFiles other { "PRAGMA journal_mode=WAL;" };
    other.run("CREATE TABLE filler(x); CREATE TABLE thing(y); INSERT INTO thing VALUES(1);"
              "PRAGMA wal_checkpoint(TRUNCATE); INSERT INTO thing VALUES(2);");
    auto const main = made.main();
    auto const wal = other.wal();
    MemorySource const main_source { main };
    MemorySource const wal_source { wal };
    auto const database = Database::open(main_source, &wal_source).value();
    EXPECT_TRUE(noted(database, "another database"));
    EXPECT_EQ(
        rows(database, "SELECT name FROM person ORDER BY name").value(), strings({ "Ada", "Bo", "Cy" }));
}

/// Reads a file of the disk, as an acquisition does.
class DiskSource final : public Source {
public:
    explicit DiskSource(std::filesystem::path path)
        : m_path(std::move(path))
    {
    }
    std::uint64_t size() const override { return std::filesystem::file_size(m_path); }
    Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const override
    {
        std::ifstream file { m_path, std::ios::binary };
        file.seekg(static_cast<std::streamoff>(offset));
        file.read(reinterpret_cast<char*>(into.data()), static_cast<std::streamsize>(into.size()));
        return static_cast<std::size_t>(file.gcount());
    }

private:
    std::filesystem::path m_path;
};

TEST(SqliteDatabase, reading_leaves_the_folder_of_the_evidence_as_it_was)
{
    SqliteFiles made { "PRAGMA journal_mode=WAL;" };
    made.run(kPeople);
    exhibit::test::TemporaryFolder const folder;
    auto const store = [&](std::string_view name, Content const& bytes) {
        std::ofstream { folder / name, std::ios::binary }.write(
            reinterpret_cast<char const*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    };
    store("sms.db", made.main());
    store("sms.db-wal", made.wal());
    using State = std::map<std::string, std::pair<Content, std::filesystem::file_time_type>>;
    auto const look = [&] {
        State state;
        for (auto const& entry : std::filesystem::directory_iterator { folder.path() })
            state[entry.path().filename()]
                = { exhibit::test::read_file(entry.path()), entry.last_write_time() };
        return state;
    };
    auto const before = look();
    ASSERT_EQ(before.size(), 2U);
    {
        DiskSource const main_source { folder / "sms.db" };
        DiskSource const wal_source { folder / "sms.db-wal" };
        auto const database = Database::open(main_source, &wal_source).value();
        EXPECT_EQ(rows(database, "SELECT count(*) FROM person ORDER BY 1").value(), strings({ "3" }));
        EXPECT_EQ(look(), before);
    }
    EXPECT_EQ(look(), before);
}

TEST(SqliteDatabase, a_hot_journal_is_taken_back_in_memory)
{
    // Without syncing SQLite does not write how many records the journal has.
    for (auto const* const synchronous : { "PRAGMA synchronous=FULL", "PRAGMA synchronous=OFF" }) {
        SqliteFiles made { kPeople };
        made.run(synchronous);
        made.run("CREATE TABLE pad(x);");
        for (int i = 0; i < 50; ++i)
            made.run("INSERT INTO pad VALUES(zeroblob(3000));");
        auto const before = made.rows("SELECT count(*), sum(length(x)) FROM pad");
        made.run(
            "PRAGMA cache_size=1; BEGIN; UPDATE pad SET x = zeroblob(2000); UPDATE person SET name = 'never';"
            "INSERT INTO pad SELECT zeroblob(3000) FROM pad;");
        auto const main = made.main();
        auto const journal = made.journal();
        ASSERT_FALSE(journal.empty());
        MemorySource const main_source { main };
        MemorySource const journal_source { journal };
        auto const database = Database::open(main_source, nullptr, &journal_source).value();
        EXPECT_TRUE(noted(database, "taken back"));
        EXPECT_EQ(rows(database, "SELECT count(*), sum(length(x)) FROM pad").value(), before);
        EXPECT_EQ(rows(database, "SELECT name FROM person WHERE id = 1").value(), strings({ "Ada" }));
    }
}

TEST(SqliteDatabase, a_journal_whose_transaction_ended_is_no_concern)
{
    SqliteFiles made { "PRAGMA journal_mode=PERSIST;" };
    made.run(kPeople);
    made.run("UPDATE person SET name = 'New';");
    auto const main = made.main();
    auto const journal = made.journal();
    ASSERT_GT(journal.size(), 4096U);
    MemorySource const main_source { main };
    MemorySource const journal_source { journal };
    auto const database = Database::open(main_source, nullptr, &journal_source).value();
    EXPECT_TRUE(database.notes().empty());
    EXPECT_EQ(rows(database, "SELECT name FROM person WHERE id = 1").value(), strings({ "New" }));
}

TEST(SqliteDatabase, text_of_a_utf16_database_and_of_a_blob_is_utf8)
{
    for (auto const* const encoding : { "UTF-16le", "UTF-16be" }) {
        SqliteFiles made { std::string { "PRAGMA encoding='" } + encoding + "';" };
        made.run("CREATE TABLE t(a, b); INSERT INTO t VALUES('gr\u00fc\u00df dich \U0001F600', CAST(x'c3a9' "
                 "AS BLOB));");
        auto const main = made.main();
        MemorySource const source { main };
        auto const database = Database::open(source).value();
        EXPECT_EQ(rows(database, "SELECT a, b FROM t").value(),
            strings({ "gr\u00fc\u00df dich \U0001F600|\u00e9" }));
    }
}

TEST(SqliteDatabase, numbers_are_read_from_text_and_nothing_from_what_is_none)
{
    SqliteFiles made {
        "CREATE TABLE t(a); INSERT INTO t VALUES('42'), ('4.5'), ('x'), (NULL), (1e300), (7);"
    };
    auto const main = made.main();
    MemorySource const source { main };
    auto const database = Database::open(source).value();
    std::vector<std::optional<std::int64_t>> numbers;
    std::vector<std::optional<double>> reals;
    auto statement = database.prepare("SELECT a FROM t").value();
    while (statement.step().value()) {
        numbers.push_back(statement.integer(0));
        reals.push_back(statement.real(0));
    }
    EXPECT_EQ(numbers, (std::vector<std::optional<std::int64_t>> { 42, 4, {}, {}, {}, 7 }));
    EXPECT_EQ(reals, (std::vector<std::optional<double>> { 42, 4.5, {}, {}, 1e300, 7 }));
}

TEST(SqliteDatabase, times_are_read_from_every_storage_class)
{
    SqliteFiles made {
        "CREATE TABLE t(a); INSERT INTO t VALUES(700000000), (700000000.5), ('700000000'), (NULL),"
        "('soon'), (700000000000000000);"
    };
    auto const main = made.main();
    MemorySource const source { main };
    auto const database = Database::open(source).value();
    std::vector<std::string> times;
    auto statement = database.prepare("SELECT a FROM t").value();
    while (statement.step().value()) {
        auto const time = statement.time(0, Clock::mac);
        times.push_back(time.utc ? to_text(*time.utc) : time.absent() ? "absent" : "raw");
    }
    EXPECT_EQ(times,
        strings({ "2023-03-08 20:26:40.000000", "2023-03-08 20:26:40.500000", "2023-03-08 20:26:40.000000",
            "absent", "raw", "2023-03-08 20:26:40.000000" }));
    auto const micros = rows(database, "SELECT 1").value();
    EXPECT_EQ(micros, strings({ "1" }));
}

TEST(SqliteDatabase, values_are_bound)
{
    SqliteFiles made { kPeople };
    auto const main = made.main();
    MemorySource const source { main };
    auto const database = Database::open(source).value();
    auto statement = database.prepare("SELECT id FROM person WHERE name = ? OR id = ? OR seen = ?").value();
    ASSERT_TRUE(statement.bind(0, "Ada"sv).has_value());
    ASSERT_TRUE(statement.bind(1, std::int64_t { 2 }).has_value());
    ASSERT_TRUE(statement.bind(2, 2.5).has_value());
    int count = 0;
    while (statement.step().value())
        ++count;
    EXPECT_EQ(count, 3);
    EXPECT_FALSE(statement.bind(9, 2.5).has_value());
    statement.reset();
    EXPECT_TRUE(statement.step().value());
}

TEST(SqliteDatabase, schema_variants_are_probed_without_regard_to_case)
{
    SqliteFiles made { kPeople };
    made.run("CREATE VIEW seen_people AS SELECT * FROM person WHERE seen;");
    auto const main = made.main();
    MemorySource const source { main };
    auto const database = Database::open(source).value();
    EXPECT_TRUE(database.has_table("PERSON"));
    EXPECT_FALSE(database.has_table("seen_people"));
    EXPECT_TRUE(database.has_column("person", "Name"));
    EXPECT_FALSE(database.has_column("person", "date_read"));
    EXPECT_FALSE(database.has_column("nobody", "name"));
    EXPECT_EQ(database.column_or_null("p", "person", "name"), R"(p."name")");
    EXPECT_EQ(database.column_or_null("", "person", "name"), R"("name")");
    EXPECT_EQ(database.column_or_null("p", "person", "date_read"), "NULL");
    ASSERT_EQ(database.columns("person").size(), 3U);
    EXPECT_TRUE(database.columns("person")[0].primary_key);
    EXPECT_EQ(database.columns("person")[1].type, "TEXT");
    EXPECT_EQ(database.tables(), strings({ "person" }));
}

TEST(SqliteDatabase, a_misspelt_column_in_quotes_is_an_error_and_no_text)
{
    SqliteFiles made { kPeople };
    auto const main = made.main();
    MemorySource const source { main };
    auto const database = Database::open(source).value();
    EXPECT_EQ(database.prepare(R"(SELECT "nmae" FROM person)").error().fault, Fault::unsupported);
    EXPECT_NE(database.last_message().find("nmae"), std::string::npos);
}

TEST(SqliteDatabase, only_reading_tables_and_harmless_functions_is_allowed)
{
    SqliteFiles made { kPeople };
    made.run("CREATE VIEW v AS SELECT load_extension('x') FROM person;"
             "CREATE TABLE g(a, b AS (zeroblob(a))); INSERT INTO g(a) VALUES(900000000);"
             "CREATE VIRTUAL TABLE f USING fts4(x);");
    auto const main = made.main();
    MemorySource const source { main };
    auto const database = Database::open(source).value();
    for (auto const* const sql :
        { "SELECT * FROM v", "SELECT * FROM f", "SELECT count(*) FROM f", "SELECT count(*) FROM v",
            "SELECT * FROM json_each('[1]')", "SELECT count(*) FROM pragma_database_list",
            "SELECT load_extension('x')", "SELECT randomblob(9)", "SELECT * FROM pragma_database_list",
            "PRAGMA journal_mode", "PRAGMA writable_schema=ON", "ATTACH ':memory:' AS x", "BEGIN",
            "INSERT INTO person VALUES(9, 'x', 1)", "DELETE FROM person", "CREATE TEMP TABLE t(x)", "VACUUM",
            "SELECT * FROM dbstat", "SELECT fts3_tokenizer('simple')", "" })
        EXPECT_FALSE(database.prepare(sql).has_value()) << sql;
    EXPECT_EQ(rows(database, "SELECT a FROM g").value(), strings({ "900000000" }));
    EXPECT_EQ(rows(database, "SELECT * FROM g").error().fault, Fault::unsupported);
    EXPECT_TRUE(database
            .prepare("WITH RECURSIVE n(i) AS (SELECT 1 UNION SELECT i + 1 FROM n WHERE i < 5) "
                     "SELECT upper(name), i FROM person, n")
            .has_value());
}

TEST(SqliteDatabase, what_the_evidence_says_how_to_compute_is_left_out)
{
    SqliteFiles made { "CREATE TABLE g(a, b /**/ As/**/(instr(a, a)), c GENERATED ALWAYS AS (a || b) STORED);"
                       "CREATE TABLE plain(\"as\", assets); INSERT INTO g(a) VALUES('x');" };
    auto const main = made.main();
    MemorySource const source { main };
    auto const database = Database::open(source).value();
    ASSERT_EQ(database.notes().size(), 1U);
    EXPECT_EQ(database.notes()[0].error.what, "columns that are computed when they are read were left out");
    ASSERT_EQ(database.columns("g").size(), 1U);
    EXPECT_FALSE(database.has_column("g", "B"));
    EXPECT_EQ(database.column_or_null("", "g", "c"), "NULL");
    EXPECT_EQ(database.columns("plain").size(), 2U);
    for (auto const* const sql : { "SELECT b FROM g", "SELECT c FROM g", "SELECT 1 FROM g WHERE B = 1" })
        EXPECT_FALSE(database.prepare(sql).has_value()) << sql;
}

TEST(SqliteDatabase, forged_statistics_do_not_decide_how_tables_are_joined)
{
    SqliteFiles made { "CREATE TABLE a(x); CREATE TABLE b(y); INSERT INTO a VALUES(1); ANALYZE;"
                       "INSERT INTO sqlite_stat1 VALUES('a',NULL,'1'),('b',NULL,'1');"
                       "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900)"
                       "INSERT INTO b SELECT i FROM n;" };
    auto const main = made.main();
    MemorySource const source { main };
    auto const database = Database::open(source).value();
    auto const plan
        = rows(database, "EXPLAIN QUERY PLAN SELECT x, y FROM a LEFT JOIN b ON b.y = a.x").value();
    EXPECT_TRUE(
        std::ranges::any_of(plan, [](auto const& line) { return line.find("AUTOMATIC") != line.npos; }));
    EXPECT_EQ(rows(database, "SELECT count(*) FROM sqlite_stat1 WHERE stat = '1'").value(), strings({ "3" }))
        << "the table itself is evidence";
}

TEST(SqliteDatabase, a_table_of_the_schema_that_is_called_one_of_statistics_stays)
{
    SqliteFiles made { "PRAGMA page_size=512; CREATE TABLE first(a); INSERT INTO first VALUES(7); ANALYZE;" };
    for (int i = 0; i != 60; ++i)
        made.run("CREATE TABLE t" + std::to_string(i) + "(some_column, another_column);");
    auto const before = made.main();
    MemorySource const whole { before };
    auto const tables = Database::open(whole).value().tables();
    ASSERT_GT(tables.size(), 60U);
    made.run("PRAGMA writable_schema=ON;");
    for (std::uint8_t page = 2; page != 12; ++page) {
        made.run(
            "UPDATE sqlite_schema SET rootpage = " + std::to_string(page) + " WHERE name = 'sqlite_stat1';");
        auto const main = made.main();
        MemorySource const source { main };
        EXPECT_EQ(Database::open(source).value().tables(), tables) << int { page };
    }
}

TEST(SqliteDatabase, a_view_is_read_when_that_was_asked_for)
{
    SqliteFiles made { kPeople };
    made.run("CREATE VIEW v AS SELECT name FROM person WHERE id = 2;");
    auto const main = made.main();
    MemorySource const source { main };
    Options options;
    options.views = true;
    auto const database = Database::open(source, nullptr, nullptr, options).value();
    EXPECT_EQ(rows(database, "SELECT * FROM v").value(), strings({ "Bo" }));
}

TEST(SqliteDatabase, an_endless_query_ends_at_the_limit_or_when_cancelled)
{
    SqliteFiles made { kPeople };
    auto const main = made.main();
    MemorySource const source { main };
    constexpr auto kEndless
        = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"sv;
    Options few;
    few.steps = 1'000'000;
    EXPECT_EQ(rows(Database::open(source, nullptr, nullptr, few).value(), kEndless).error().fault,
        Fault::over_limit);
    std::stop_source stop;
    Options stopped;
    stopped.stop = stop.get_token();
    auto const database = Database::open(source, nullptr, nullptr, stopped).value();
    stop.request_stop();
    EXPECT_EQ(rows(database, kEndless).error().fault, Fault::cancelled);
}

TEST(SqliteDatabase, sorting_stays_in_memory_and_a_huge_cell_is_refused)
{
    SqliteFiles made { "CREATE TABLE t(a, b);"
                       "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60000)"
                       "INSERT INTO t SELECT (i * 7919) % 60000, zeroblob(300) FROM n;" };
    auto const main = made.main();
    MemorySource const source { main };
    auto const database = Database::open(source).value();
    std::int64_t last = -1;
    auto const scan
        = database.each("SELECT a, b FROM t ORDER BY a", [&](Statement const& row) -> Result<void> {
              EXPECT_LE(last, *row.integer(0));
              last = *row.integer(0);
              return {};
          });
    EXPECT_EQ(scan.value().rows, 60'000U);
    Options small;
    small.cell_bytes = 100;
    auto const limited = Database::open(source, nullptr, nullptr, small);
    if (limited.has_value()) {
        EXPECT_EQ(rows(*limited, "SELECT b FROM t").error().fault, Fault::over_limit);
    }
}

TEST(SqliteDatabase, what_a_source_fails_with_is_told)
{
    class Broken final : public Source {
    public:
        explicit Broken(Bytes bytes)
            : m_inner(bytes)
        {
        }
        std::uint64_t size() const override { return m_inner.size(); }
        Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const override
        {
            if (offset >= 8192)
                return fail(Fault::locked, "key is missing");
            return m_inner.read_at(offset, into);
        }

    private:
        MemorySource m_inner;
    };
    SqliteFiles made {
        "CREATE TABLE t(a); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900)"
        "INSERT INTO t SELECT zeroblob(100) FROM n;"
    };
    auto const main = made.main();
    Broken const source { main };
    auto const database = Database::open(source).value();
    EXPECT_EQ(rows(database, "SELECT * FROM t").error().fault, Fault::locked);
}

constexpr auto kFiveThousand
    = "CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT);"
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)"
      "INSERT INTO t SELECT i, 'row ' || i FROM n;"sv;

TEST(SqliteDatabase, a_file_cut_anywhere_gives_every_row_that_is_left_and_no_other)
{
    SqliteFiles made { kFiveThousand };
    auto const main = made.main();
    std::size_t previous = 0;
    for (std::size_t tenth = 1; tenth <= 10; ++tenth) {
        MemorySource const source { Bytes { main }.first(main.size() * tenth / 10) };
        auto const database = Database::open(source).value();
        std::size_t count = 0;
        auto const scan = database.each("SELECT a, b FROM t", [&](Statement const& row) -> Result<void> {
            EXPECT_EQ(row.text(1), "row " + std::to_string(*row.integer(0)));
            ++count;
            return {};
        });
        ASSERT_TRUE(scan.has_value());
        EXPECT_EQ(scan->damage.has_value(), tenth < 10);
        EXPECT_EQ(noted(database, "shorter"), tenth < 10);
        EXPECT_GE(count, previous);
        previous = count;
    }
    EXPECT_EQ(previous, 5000U);
}

TEST(SqliteDatabase, flipped_bits_end_in_rows_or_in_an_error)
{
    SqliteFiles made {
        "PRAGMA page_size=1024; CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT); CREATE INDEX i ON t(b);"
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200)"
        "INSERT INTO t SELECT i, 'row ' || i FROM n;"
    };
    auto const good = made.main();
    std::mt19937 random { 11 };
    for (int round = 0; round < 200; ++round) {
        auto main = good;
        for (int flips = 0; flips < 8; ++flips)
            main[random() % main.size()] ^= static_cast<std::byte>(1U << (random() % 8));
        MemorySource const source { main };
        auto const database = Database::open(source);
        if (!database.has_value())
            continue;
        std::set<std::int64_t> seen;
        auto const scan = database->each("SELECT a, b FROM t", [&](Statement const& row) -> Result<void> {
            seen.insert(row.integer(0).value_or(0));
            return {};
        });
        if (scan.has_value()) {
            EXPECT_GE(scan->rows, seen.size());
        }
    }
}

TEST(SqliteDatabase, rows_behind_a_bad_page_are_delivered_each_once)
{
    SqliteFiles made { kFiveThousand };
    auto main = made.main();
    auto const pages = main.size() / 4096;
    auto const middle = Bytes { main }.subspan(pages / 2 * 4096, 4096);
    auto const lost = Reader { middle.subspan(3) }.big<std::uint16_t>().value();
    ASSERT_EQ(middle[0], std::byte { 13 });
    main[pages / 2 * 4096] = std::byte { 0xff };
    MemorySource const source { main };
    auto const database = Database::open(source).value();
    std::set<std::int64_t> seen;
    auto const scan = database.each("SELECT a, b FROM t", [&](Statement const& row) -> Result<void> {
        EXPECT_TRUE(seen.insert(*row.integer(0)).second);
        return {};
    });
    EXPECT_EQ(scan.value().rows, 5000U - lost);
    EXPECT_GT(scan->salvaged, 1000U);
    EXPECT_TRUE(scan->damage.has_value());
    EXPECT_EQ(seen.size(), 5000U - lost);
    EXPECT_EQ(rows(database, "SELECT count(*), max(a) FROM t").value(),
        (std::vector<std::string> { std::to_string(5000 - lost) + "|5000", "damaged" }));
}

TEST(SqliteDatabase, one_bad_cell_costs_one_row)
{
    SqliteFiles made { kFiveThousand };
    auto main = made.main();
    auto const at = std::ranges::search(as_text(main), "row 777"sv).begin() - as_text(main).begin();
    main[static_cast<std::size_t>(at) - 2]
        = std::byte { 0x7f }; // The text's serial type: longer than the row.
    MemorySource const source { main };
    std::uint64_t count = 0;
    auto const scan = Database::open(source).value().each(
        "SELECT length(b) FROM t", [&](Statement const&) -> Result<void> {
            ++count;
            return {};
        });
    EXPECT_EQ(scan.value().rows, 4999U);
    EXPECT_EQ(count, 4999U);
}

TEST(SqliteDatabase, tables_declared_behind_damage_in_the_schema_are_found)
{
    SqliteFiles made { "PRAGMA page_size=512;" };
    std::string sql;
    for (int i = 0; i < 60; ++i)
        sql += "CREATE TABLE t" + std::to_string(i) + "(a, b TEXT); INSERT INTO t" + std::to_string(i)
            + " VALUES(" + std::to_string(i) + ", 'x');";
    made.run(sql);
    auto main = made.main();
    ASSERT_EQ(main[100], std::byte { 5 }); // The schema fills several pages: page 1 only points to them.
    auto const first_cell = Reader { Bytes { main }.subspan(112) }.big<std::uint16_t>().value();
    auto const child = Reader { Bytes { main }.subspan(first_cell) }.big<std::uint32_t>().value();
    main[(child - 1) * 512] = std::byte { 0 };
    MemorySource const source { main };
    auto const database = Database::open(source).value();
    EXPECT_TRUE(noted(database, "schema is damaged"));
    EXPECT_GE(database.tables().size(), 50U);
    EXPECT_LT(database.tables().size(), 60U);
    EXPECT_EQ(rows(database, "SELECT a, b FROM t59").value(), strings({ "59|x" }));
}

TEST(SqliteDatabase, one_unreadable_declaration_does_not_cost_the_other_tables)
{
    SqliteFiles made { kPeople };
    made.run("CREATE TABLE odd(x); PRAGMA writable_schema=ON;"
             "UPDATE sqlite_schema SET sql = 'CREATE TABLE odd(x' WHERE name = 'odd';");
    auto const main = made.main();
    MemorySource const source { main };
    auto const database = Database::open(source).value();
    EXPECT_TRUE(noted(database, "schema is damaged"));
    EXPECT_EQ(rows(database, "SELECT name FROM person").value(), strings({ "Ada", "Bo", "Cy" }));
    EXPECT_FALSE(database.prepare("DELETE FROM sqlite_schema").has_value());
}

TEST(SqliteDatabase, several_threads_read_several_databases_at_once)
{
    SqliteFiles made { kPeople };
    auto const main = made.main();
    MemorySource const source { main };
    std::array<std::uint64_t, 4> counts {};
    {
        std::vector<std::jthread> threads;
        for (auto& count : counts)
            threads.emplace_back([&] {
                for (int i = 0; i < 20; ++i)
                    count += rows(Database::open(source).value(), "SELECT * FROM person").value().size();
            });
    }
    EXPECT_EQ(counts, (std::array<std::uint64_t, 4> { 60, 60, 60, 60 }));
}

TEST(SqliteDatabase, a_statement_outlives_its_database)
{
    SqliteFiles made { kPeople };
    auto const main = made.main();
    MemorySource const source { main };
    auto statement = Database::open(source).value().prepare("SELECT name FROM person").value();
    EXPECT_TRUE(statement.step().value());
    EXPECT_EQ(statement.text(0), "Ada");
}

TEST(SqliteDatabase, real_databases_give_their_known_counts)
{
    auto const* const folder = std::getenv("EXHIBIT_TEST_DATA");
    if (folder == nullptr)
        GTEST_SKIP() << "EXHIBIT_TEST_DATA is not set";
    auto const load = [&](std::string const& name) {
        return exhibit::test::read_file(std::string { folder } + "/" + name);
    };
    auto const usage = load("plaso/ios/DataUsage.sqlite");
    auto const main = load("plaso/wal_database.db");
    auto const wal = load("plaso/wal_database.db-wal");
    MemorySource const usage_source { usage };
    MemorySource const main_source { main };
    MemorySource const wal_source { wal };
    EXPECT_EQ(rows(Database::open(usage_source).value(),
                  "SELECT (SELECT count(*) FROM ZPROCESS), (SELECT count(*) FROM ZLIVEUSAGE)")
                  .value(),
        strings({ "371|887" }));
    auto const database = Database::open(main_source, &wal_source).value();
    EXPECT_FALSE(database.empty());
    for (auto const& table : database.tables())
        EXPECT_TRUE(rows(database, "SELECT * FROM " + quote_name(table)).has_value());
}

} // namespace
