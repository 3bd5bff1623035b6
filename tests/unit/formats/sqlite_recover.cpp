#include "formats/sqlite/recover.hpp"
#include "formats/sqlite/scan.hpp"
#include "support/remembered_table.hpp"
#include "support/sqlite_files.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <gtest/gtest.h>
#include <map>
#include <optional>
#include <random>
#include <set>

namespace {

using namespace exhibit;
using namespace exhibit::sqlite;
using exhibit::test::fill;
using exhibit::test::Remembered;
using exhibit::test::SqliteFiles;
using namespace std::string_view_literals;
using Content = std::vector<std::byte>;

/// A row of the table that these tests change: message(id INTEGER PRIMARY KEY, body TEXT, date INTEGER, flag
/// INTEGER).
struct Message {
    std::int64_t id = 0;
    std::string body;
    std::int64_t date = 0;
    std::int64_t flag = 0;
    auto operator<=>(Message const&) const = default;
};

void put_varint(std::string& into, std::uint64_t value)
{
    std::string bytes(1, static_cast<char>(value & 0x7fU));
    while ((value >>= 7U) != 0)
        bytes.insert(bytes.begin(), static_cast<char>((value & 0x7fU) | 0x80U));
    into += bytes;
}

std::pair<std::uint64_t, std::string> integer_field(std::int64_t value)
{
    if (value == 0 || value == 1)
        return { 8 + value, "" };
    std::size_t const sizes[] { 1, 2, 3, 4, 6, 8 };
    for (std::size_t i = 0; i < 6; ++i) {
        auto const bits = 8 * sizes[i] - 1;
        if (i < 5 && (value < 0 ? ~value : value) >> bits != 0)
            continue;
        std::string body;
        for (auto byte = sizes[i]; byte-- > 0;)
            body += static_cast<char>(static_cast<std::uint64_t>(value) >> (8 * byte));
        return { i + 1, body };
    }
    return {};
}

/// The cell as SQLite writes it, for rows that need no overflow page.
std::string cell_of(Message const& row)
{
    std::string types;
    std::string body = row.body;
    types += '\0';
    put_varint(types, 13 + 2 * row.body.size());
    for (auto const value : { row.date, row.flag }) {
        auto const [type, bytes] = integer_field(value);
        put_varint(types, type);
        body += bytes;
    }
    std::string cell;
    put_varint(cell, types.size() + 1 + body.size());
    put_varint(cell, static_cast<std::uint64_t>(row.id));
    cell += static_cast<char>(types.size() + 1);
    return cell + types + body;
}

/// Where the rows were found.
std::vector<std::pair<std::uint32_t, std::uint64_t>> places_of(Recovery const& recovery)
{
    std::vector<std::pair<std::uint32_t, std::uint64_t>> places;
    for (auto const& row : recovery.rows)
        places.emplace_back(row.page, row.offset);
    return places;
}

/// Changes a database at random and knows every row that was ever in it.
class Changed {
public:
    Changed(unsigned seed, std::string_view pragmas, std::string_view extra_tables = {})
        : m_random(seed)
        , m_files(pragmas)
    {
        m_files.run("CREATE TABLE message(id INTEGER PRIMARY KEY, body TEXT, date INTEGER, flag INTEGER);");
        m_files.run(extra_tables);
    }

    void insert(int count)
    {
        m_files.run("BEGIN");
        for (int i = 0; i < count; ++i) {
            Message row { m_next_id += 1 + static_cast<std::int64_t>(m_random() % 3), word(), 0, 0 };
            row.date = static_cast<std::int64_t>(m_random() % 1'000'000'000);
            row.flag = static_cast<std::int64_t>(m_random() % 3);
            put(row);
        }
        m_files.run("COMMIT");
    }

    void remove(int percent)
    {
        m_files.run("BEGIN");
        for (auto row = m_live.begin(); row != m_live.end();) {
            if (static_cast<int>(m_random() % 100) >= percent) {
                ++row;
                continue;
            }
            m_files.run("DELETE FROM message WHERE id = " + std::to_string(row->first));
            row = m_live.erase(row);
        }
        m_files.run("COMMIT");
    }

    void update(int percent)
    {
        m_files.run("BEGIN");
        auto const before = m_live;
        for (auto [id, row] : before) {
            if (static_cast<int>(m_random() % 100) >= percent)
                continue;
            row.flag += 2;
            if (m_random() % 2 == 0)
                row.body = word();
            put(row);
        }
        m_files.run("COMMIT");
    }

    void clear()
    {
        m_files.run("DELETE FROM message");
        m_live.clear();
    }

    SqliteFiles& files() { return m_files; }

    struct Outcome {
        std::size_t left = 0; ///< rows that are gone but whose bytes are still somewhere
        std::vector<std::string> missed; ///< of these, those that were not found
    };

    /// Checks that nothing false is recovered.
    Outcome check()
    {
        auto const main = m_files.main();
        auto const wal = m_files.wal();
        MemorySource const main_source { main };
        MemorySource const wal_source { wal };
        auto const database = Database::open(main_source, wal.empty() ? nullptr : &wal_source).value();
        auto const recover = [&]() {
            return Recoverer::open(database).value().recover(
                "message", std::array { "id"sv, "body"sv, "date"sv, "flag"sv });
        };
        auto const recovery = recover();
        EXPECT_TRUE(recovery.has_value());
        // A scan notes pages that need not be read again, and nothing is missed for that.
        constexpr std::array columns { ScanColumn { 0, "id" } };
        auto const scan = scan_rows(database, { "message", {}, columns, false, true },
            [](std::int64_t, Cells const&) -> Result<void> { return {}; });
        EXPECT_TRUE(scan.value().has_value());
        auto const after_scan = recover();
        EXPECT_EQ(places_of(*after_scan), places_of(*recovery));
        std::set<std::string> found; // Bodies are unique but for updates of the flag.
        for (auto const& row : recovery->rows) {
            found.insert(std::string { row.text(1) } + "|" + std::to_string(row.integer(3).value_or(-1)));
            EXPECT_TRUE(was_there(row)) << row.text(1) << " page " << row.page << " offset " << row.offset;
        }
        Outcome outcome;
        for (auto const& row : m_ever) {
            auto const live = m_live.find(row.id);
            if (live != m_live.end() && live->second == row)
                continue;
            auto const rest = cell_of(row).substr(4);
            if (as_text(main).find(rest) == std::string_view::npos
                && as_text(wal).find(rest) == std::string_view::npos)
                continue;
            ++outcome.left;
            if (!found.contains(row.body + "|" + std::to_string(row.flag)))
                outcome.missed.push_back(std::to_string(row.id) + ' ' + row.body);
        }
        return outcome;
    }

private:
    std::string word()
    {
        std::string text;
        auto const size = 3 + m_random() % 60;
        for (std::size_t i = 0; i < size; ++i)
            text += static_cast<char>('a' + m_random() % 26);
        return text + std::to_string(m_words++);
    }

    void put(Message const& row)
    {
        m_files.run("INSERT OR REPLACE INTO message VALUES(" + std::to_string(row.id) + ",'" + row.body + "',"
            + std::to_string(row.date) + "," + std::to_string(row.flag) + ")");
        m_live[row.id] = row;
        m_ever.insert(row);
    }

    bool was_there(RecoveredRow const& row) const
    {
        return std::ranges::any_of(m_ever, [&](Message const& message) {
            return (!row.rowid || (*row.rowid == message.id && row.integer(0) == message.id))
                && row.text(1) == message.body && row.integer(2) == message.date
                && row.integer(3) == message.flag;
        });
    }

    std::mt19937 m_random;
    SqliteFiles m_files;
    std::int64_t m_next_id = 0;
    unsigned m_words = 0;
    std::map<std::int64_t, Message> m_live;
    std::set<Message> m_ever;
};

/// Every row that is gone but whose bytes are left is found, and no other; there are at
/// least so many.
void expect_all(Changed& changed, std::size_t at_least)
{
    auto const [left, missed] = changed.check();
    EXPECT_TRUE(missed.empty()) << testing::PrintToString(missed);
    EXPECT_GE(left, at_least);
}

TEST(SqliteRecover, finds_every_deleted_row_whose_bytes_are_left_at_every_page_size)
{
    for (auto const* const size : { "512", "1024", "4096", "16384", "65536" })
        for (unsigned seed = 1; seed < 4; ++seed) {
            SCOPED_TRACE(std::string { size } + " seed " + std::to_string(seed));
            Changed changed { seed, std::string { "PRAGMA page_size=" } + size };
            changed.insert(400);
            changed.remove(20);
            expect_all(changed, 10);
        }
}

/// Rows that are gone after a history of changes at random, and how many of them were not found.
std::pair<std::size_t, std::size_t> rows_of_history(unsigned seed)
{
    SCOPED_TRACE(seed);
    Changed changed { seed,
        seed % 2 == 0 ? "PRAGMA page_size=4096" : "PRAGMA page_size=1024; PRAGMA auto_vacuum=1" };
    for (int round = 0; round < 4; ++round) {
        changed.insert(150);
        changed.update(10);
        changed.remove(15);
    }
    auto const [left, missed] = changed.check();
    EXPECT_GE(left, 20U);
    return { left, missed.size() };
}

TEST(SqliteRecover, finds_rows_that_are_left_after_space_was_used_again_and_no_false_one)
{
    std::size_t left = 0;
    std::size_t missed = 0;
    for (unsigned seed = 1; seed < 48; ++seed) {
        auto const [of_history, not_found] = rows_of_history(seed);
        left += of_history;
        missed += not_found;
    }
    // Rows whose first bytes are gone and behind which nothing is left that shows where they ended: of these,
    // other readings are as good, those of fewer columns included.
    EXPECT_LE(missed, 13U);
    EXPECT_GE(left, 8000U);
}

TEST(SqliteRecover, finds_rows_on_pages_that_were_given_back)
{
    Changed many { 3, "" };
    many.insert(500);
    many.clear();
    expect_all(many, 300);
    Changed few { 4, "" }; // These stay on the table's own page.
    few.insert(20);
    few.clear();
    expect_all(few, 15);
}

TEST(SqliteRecover, finds_rows_in_older_frames_of_the_wal_and_from_before_its_restart)
{
    for (unsigned seed = 1; seed < 4; ++seed) {
        SCOPED_TRACE(seed);
        Changed changed { seed, "PRAGMA journal_mode=WAL" };
        changed.insert(300);
        changed.remove(10);
        changed.update(10);
        changed.files().run("PRAGMA wal_checkpoint(RESTART)");
        changed.insert(50);
        changed.update(10);
        changed.remove(30);
        changed.files().run("PRAGMA wal_checkpoint(PASSIVE)");
        changed.remove(10);
        expect_all(changed, 100);
    }
}

TEST(SqliteRecover, rows_of_numbers_alone_are_never_made_up)
{
    Remembered made { "link", "CREATE TABLE link(chat INTEGER, message INTEGER, date INTEGER);" };
    made.run(fill("INSERT INTO link SELECT i % 40, i * 3, 700000000 + i * i FROM n"));
    for (int i = 0; i < 20; ++i)
        made.run("DELETE FROM link WHERE rowid % 20 = " + std::to_string(i % 7) + " AND chat < "
            + std::to_string(i * 2)
            + ";"
              "INSERT INTO link VALUES("
            + std::to_string(i) + ", " + std::to_string(i * 1000) + ", 0);");
    EXPECT_GT(made.recover().rows.size(), 30U);
}

TEST(SqliteRecover, columns_of_every_kind_survive)
{
    Remembered made { "t", "CREATE TABLE t(a REAL, b BLOB, c TEXT NOT NULL, d NUMERIC, e);" };
    made.run(fill("INSERT INTO t SELECT NULL, x'6162', 'text ' || i, i * 100, 'free ' || i FROM n"));
    made.run("DELETE FROM t WHERE rowid % 5 = 0; DELETE FROM t WHERE rowid % 7 = 0;");
    EXPECT_GT(made.recover().rows.size(), 60U);
}

TEST(SqliteRecover, text_of_utf16_databases_is_found)
{
    Remembered made { "t", "PRAGMA encoding='UTF-16le'; CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT);" };
    made.run(fill("INSERT INTO t SELECT i, 'Gr\u00fc\u00dfe ' || i FROM n"));
    made.run("DELETE FROM t WHERE a % 6 = 0;");
    EXPECT_EQ(made.recover().rows.size(), 50U);
}

TEST(SqliteRecover, what_lay_on_overflow_pages_that_were_freed_is_lost_and_said_to_be)
{
    Remembered made { "t", "CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT, c TEXT);" };
    made.run(fill("INSERT INTO t SELECT i, 'head ' || i, hex(zeroblob(2330)) FROM n WHERE i < 30"));
    made.run("DELETE FROM t WHERE a % 3 = 0;"
             "INSERT INTO t VALUES(100, 'new', 'x' || hex(zeroblob(2330)));");
    auto const outcome = made.recover();
    EXPECT_GT(outcome.rows.size(), 5U);
    for (auto const& row : outcome.recovery.rows) {
        EXPECT_FALSE(row.is_lost(1));
        EXPECT_TRUE(row.is_lost(2));
        EXPECT_TRUE(row.incomplete);
    }
}

TEST(SqliteRecover, a_long_row_in_an_older_frame_is_whole_when_its_pages_are_known)
{
    Remembered made { "t", "PRAGMA journal_mode=WAL; CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT);" };
    made.run("INSERT INTO t VALUES(1, 'long ' || hex(zeroblob(9000))); DELETE FROM t;");
    auto const outcome = made.recover();
    bool const whole = std::ranges::any_of(outcome.recovery.rows, [](RecoveredRow const& row) {
        return row.kind == Recovered::wal_frame && row.frame > 0 && row.text(1).size() == 18'005;
    });
    EXPECT_TRUE(whole);
}

TEST(SqliteRecover, rows_in_frames_behind_a_damaged_one_or_without_a_header_are_found)
{
    SqliteFiles made { "CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT); PRAGMA journal_mode=WAL;" };
    made.run(fill("INSERT INTO t SELECT i, 'the body of ' || i FROM n WHERE i < 60"));
    made.run(
        "DELETE FROM t WHERE a > 5; INSERT INTO t VALUES(100, 'one more'); DELETE FROM t WHERE a = 100;");
    auto const main = made.main();
    MemorySource const main_source { main };
    struct Case {
        std::size_t at;
        std::size_t count;
        std::size_t rows;
    };
    for (auto const& [at, count, rows] :
        { Case { 0, 32, 60 }, Case { 30, 1, 60 }, Case { 32 + 400, 1, 5 } }) {
        auto wal = made.wal();
        for (std::size_t i = at; i < at + count; ++i)
            wal[i] = ~wal[i];
        MemorySource const wal_source { wal };
        auto const database = Database::open(main_source, &wal_source).value();
        auto const recovery = Recoverer::open(database).value().recover("t").value();
        EXPECT_GE(recovery.rows.size(), rows) << at;
        for (auto const& row : recovery.rows)
            EXPECT_TRUE(row.kind == Recovered::wal_frame
                && (row.text(1) == "one more" || row.text(1).starts_with("the body of ")));
    }
}

TEST(SqliteRecover, rows_that_another_table_could_have_held_are_counted_and_not_reported)
{
    Remembered made { "a",
        "CREATE TABLE a(id INTEGER PRIMARY KEY, name TEXT); CREATE TABLE b(id INTEGER PRIMARY KEY, name "
        "TEXT);" };
    made.run(fill("INSERT INTO a SELECT i, 'name of a ' || i FROM n"));
    made.run(fill("INSERT INTO b SELECT i, 'name of b ' || i FROM n"));
    made.run("DELETE FROM a WHERE id % 3 = 0; DELETE FROM b;");
    auto const outcome = made.recover();
    EXPECT_TRUE(outcome.rows.empty());
    EXPECT_GT(outcome.recovery.uncertain, 100U);
}

TEST(SqliteRecover, rows_of_a_dropped_table_are_found_under_its_name_and_no_other)
{
    Remembered made { "gone",
        "CREATE TABLE kept(id INTEGER PRIMARY KEY, name TEXT, n INTEGER);"
        "CREATE TABLE gone(id INTEGER PRIMARY KEY, body TEXT, date REAL);"
        "INSERT INTO kept VALUES(1, 'kept', 5);" };
    made.run(fill("INSERT INTO gone SELECT i, 'body ' || i, i + 0.5 FROM n"));
    made.files().run("DROP TABLE gone;");
    auto const outcome = made.recover();
    EXPECT_GT(outcome.rows.size(), 250U);
    EXPECT_TRUE(made.recoverer().recover("kept").value().rows.empty());
    EXPECT_EQ(made.recoverer().recover("never").error().fault, Fault::missing);
}

TEST(SqliteRecover, nothing_is_found_where_nothing_was_left)
{
    for (auto const* const sql : { "VACUUM;", "DELETE FROM t WHERE a > 100;" }) {
        Remembered made { "t", "CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT);" };
        bool const overwrites = std::string_view { sql } != "VACUUM;";
        if (overwrites) // From the start: rows that move to another page leave copies, too.
            made.files().run("PRAGMA secure_delete=ON;");
        made.run(fill("INSERT INTO t SELECT i, 'body ' || i FROM n"));
        if (!overwrites)
            made.run("DELETE FROM t WHERE a % 2 = 0;");
        made.files().run(sql);
        EXPECT_TRUE(made.recover().rows.empty()) << sql;
    }
}

TEST(SqliteRecover, rows_without_rowid_are_found_in_older_frames)
{
    Remembered made { "t",
        "PRAGMA journal_mode=WAL; CREATE TABLE t(k TEXT PRIMARY KEY, v INTEGER, w TEXT) WITHOUT ROWID;" };
    made.run(fill("INSERT INTO t SELECT 'key ' || i, i * 1000, 'value ' || i FROM n"));
    made.run("DELETE FROM t WHERE v % 7000 = 0;");
    EXPECT_EQ(made.recover().rows.size(), 42U);
}

TEST(SqliteRecover, page_images_of_a_finished_journal_are_read)
{
    Remembered made {
        "t",
        "PRAGMA journal_mode=PERSIST; PRAGMA secure_delete=ON; CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT);"
    };
    made.run(fill("INSERT INTO t SELECT i, 'body ' || i FROM n WHERE i < 50"));
    made.run("DELETE FROM t WHERE a % 5 = 0;");
    auto const outcome = made.recover();
    EXPECT_EQ(outcome.rows.size(), 9U);
    for (auto const& row : outcome.recovery.rows)
        EXPECT_EQ(row.kind, Recovered::journal_page);
}

TEST(SqliteRecover, recovered_rows_answer_queries_written_for_the_table)
{
    Remembered made { "call",
        "PRAGMA journal_mode=WAL; CREATE TABLE call(id INTEGER PRIMARY KEY, who INTEGER, note TEXT);"
        "CREATE TABLE person(id INTEGER PRIMARY KEY, name TEXT);"
        "INSERT INTO person VALUES(7, 'Ada'); INSERT INTO call VALUES(1, 7, 'kept'), (2, 7, 'deleted later');"
        "DELETE FROM call WHERE id = 2;" };
    auto const outcome = made.recover();
    auto const database = made.recoverer().database(outcome.recovery, std::array { "person"sv }).value();
    std::vector<std::string> found;
    auto const scan = database.each("SELECT c.id, p.name, c.note, c.exhibit_recovered_index FROM call c "
                                    "LEFT JOIN person p ON p.id = c.who WHERE c.id = 2",
        [&](Statement const& row) -> Result<void> {
            auto const index = static_cast<std::size_t>(row.integer(3).value());
            EXPECT_EQ(outcome.recovery.rows.at(index).text(2), row.text(2));
            found.push_back(std::string { row.text(1) } + " " + std::string { row.text(2) });
            return {};
        });
    EXPECT_TRUE(scan.has_value());
    EXPECT_EQ(found, std::vector<std::string> { "Ada deleted later" });
}

TEST(SqliteRecover, real_databases_give_no_row_twice_and_none_that_is_live)
{
    auto const* const folder = std::getenv("EXHIBIT_TEST_DATA");
    if (folder == nullptr)
        GTEST_SKIP() << "EXHIBIT_TEST_DATA is not set";
    std::size_t recovered = 0;
    for (auto const& file : std::filesystem::recursive_directory_iterator { folder }) {
        auto const main = file.is_regular_file() ? exhibit::test::read_file(file.path()) : Content {};
        if (!as_text(main).starts_with("SQLite format 3"))
            continue;
        auto const wal = exhibit::test::read_file(file.path().string() + "-wal");
        MemorySource const main_source { main };
        MemorySource const wal_source { wal };
        auto const database = Database::open(main_source, wal.empty() ? nullptr : &wal_source);
        if (!database.has_value())
            continue;
        auto const recoverer = Recoverer::open(*database);
        ASSERT_TRUE(recoverer.has_value()) << file.path();
        for (auto const& table : database->tables())
            if (auto const recovery = recoverer->recover(table); recovery.has_value())
                recovered += recovery->rows.size();
    }
    EXPECT_GT(recovered, 0U);
    RecordProperty("recovered", std::to_string(recovered));
}

} // namespace
