#include "casefile/page_file.hpp"

#include "casefile/record.hpp"

#include <cmath>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <random>
#include <sqlite3.h>

namespace {

using namespace exhibit;
namespace fs = std::filesystem;

class Scratch {
public:
    Scratch()
        : m_path(fs::temp_directory_path()
              / fmt::format("exhibit_pages_{}_{}.db", ::getpid(), static_cast<void const*>(this)))
    {
        fs::remove(m_path);
        sqlite3* database = nullptr;
        EXPECT_EQ(sqlite3_open(m_path.c_str(), &database), SQLITE_OK);
        auto const sql = "PRAGMA page_size=" + std::to_string(kPageSize)
            + "; CREATE TABLE a (id INTEGER PRIMARY KEY, n INTEGER, r REAL, t TEXT, b BLOB) STRICT;"
              "CREATE TABLE empty (id INTEGER PRIMARY KEY) STRICT";
        EXPECT_EQ(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
        sqlite3_close(database);
    }
    Scratch(Scratch const&) = delete;
    Scratch& operator=(Scratch const&) = delete;
    ~Scratch() { fs::remove(m_path); }
    [[nodiscard]] fs::path const& path() const { return m_path; }

    [[nodiscard]] std::string query(std::string const& sql) const
    {
        sqlite3* database = nullptr;
        EXPECT_EQ(sqlite3_open_v2(m_path.c_str(), &database, SQLITE_OPEN_READONLY, nullptr), SQLITE_OK);
        sqlite3_stmt* statement = nullptr;
        EXPECT_EQ(sqlite3_prepare_v2(database, sql.c_str(), -1, &statement, nullptr), SQLITE_OK)
            << sqlite3_errmsg(database);
        std::string out;
        while (sqlite3_step(statement) == SQLITE_ROW) {
            for (int i = 0; i != sqlite3_column_count(statement); ++i) {
                auto const* text = sqlite3_column_text(statement, i);
                out += (i == 0 ? "" : "|");
                out += text == nullptr ? "NULL" : reinterpret_cast<char const*>(text);
            }
            out += '\n';
        }
        sqlite3_finalize(statement);
        sqlite3_close(database);
        return out;
    }

private:
    fs::path m_path;
};

struct Cell {
    std::int64_t number;
    double real;
    std::string text;
    std::vector<std::byte> blob;
};

std::uint32_t const kRootOfA = 2;

void load(Scratch const& scratch, std::vector<std::vector<std::pair<std::int64_t, Cell>>> const& tasks)
{
    auto file = PageFile::open(scratch.path());
    ASSERT_TRUE(file.has_value());
    std::vector<LoadedRows> parts;
    RecordBuilder record;
    for (auto const& task : tasks) {
        TableLoader loader { *file };
        for (auto const& [row, cell] : task) {
            record.clear();
            record.add_null();
            record.add(cell.number);
            record.add(cell.real);
            record.add(std::string_view { cell.text });
            record.add(Bytes { cell.blob });
            ASSERT_TRUE(loader.add(row, record.finish()).has_value());
        }
        parts.push_back(loader.finish());
    }
    ASSERT_TRUE(build_tree(*file, kRootOfA, parts).has_value());
    ASSERT_TRUE(file->finish().has_value());
}

TEST(PageFile, an_empty_table_and_one_page_tables_are_sound)
{
    Scratch const none;
    load(none, {});
    EXPECT_EQ(none.query("PRAGMA integrity_check"), "ok\n");
    EXPECT_EQ(none.query("SELECT count(*) FROM a"), "0\n");

    Scratch const few;
    load(few,
        { { { 7, { 1, 1.5, "x", {} } } }, {}, { { 100'000'001, { -2, 0, "Հ", { std::byte { 9 } } } } } });
    EXPECT_EQ(few.query("PRAGMA integrity_check"), "ok\n");
    EXPECT_EQ(few.query("SELECT id, n, r, t, hex(b) FROM a"), "7|1|1.5|x|\n100000001|-2|0.0|Հ|09\n");
}

/// The same rows through SQLite's own INSERT: the slow way that is obviously right.
std::string digest_by_sqlite(
    std::vector<std::vector<std::pair<std::int64_t, Cell>>> const& tasks, std::string const& sql)
{
    Scratch const scratch;
    sqlite3* database = nullptr;
    EXPECT_EQ(sqlite3_open(scratch.path().c_str(), &database), SQLITE_OK);
    sqlite3_exec(database, "BEGIN", nullptr, nullptr, nullptr);
    sqlite3_stmt* insert = nullptr;
    sqlite3_prepare_v2(database, "INSERT INTO a VALUES (?,?,?,?,?)", -1, &insert, nullptr);
    for (auto const& task : tasks)
        for (auto const& [row, cell] : task) {
            sqlite3_bind_int64(insert, 1, row);
            sqlite3_bind_int64(insert, 2, cell.number);
            sqlite3_bind_double(insert, 3, cell.real);
            sqlite3_bind_text(insert, 4, cell.text.data(), static_cast<int>(cell.text.size()), SQLITE_STATIC);
            sqlite3_bind_blob(insert, 5, cell.blob.empty() ? static_cast<void const*>("") : cell.blob.data(),
                static_cast<int>(cell.blob.size()), SQLITE_STATIC);
            EXPECT_EQ(sqlite3_step(insert), SQLITE_DONE);
            sqlite3_reset(insert);
        }
    sqlite3_finalize(insert);
    sqlite3_exec(database, "COMMIT", nullptr, nullptr, nullptr);
    sqlite3_close(database);
    return scratch.query(sql);
}

TEST(PageFile, many_rows_of_any_size_equal_what_sqlite_itself_would_store)
{
    std::mt19937_64 random { 42 };
    std::vector<std::vector<std::pair<std::int64_t, Cell>>> tasks;
    for (std::int64_t task = 1; task != 60; ++task) {
        auto& rows = tasks.emplace_back();
        auto const count = task % 7 == 0 ? 3000U : random() % 40;
        for (std::int64_t row = 0; row != static_cast<std::int64_t>(count); ++row) {
            // Lengths around every border: local, just spilled, several overflow pages.
            auto const length = random() % 50 == 0 ? random() % 40'000
                : random() % 50 == 0               ? 8100 + random() % 100
                                                   : random() % 200;
            Cell cell { static_cast<std::int64_t>(random()) >> (random() % 64),
                std::ldexp(static_cast<double>(random()), -40),
                std::string(length, static_cast<char>('a' + row % 26)),
                std::vector<std::byte>(random() % 90) };
            rows.emplace_back(task * 100'000'000 + row, std::move(cell));
        }
    }
    Scratch const scratch;
    load(scratch, tasks);
    EXPECT_EQ(scratch.query("PRAGMA integrity_check"), "ok\n");
    for (std::string const sql :
        { "SELECT id, n, r, t, hex(b) FROM a ORDER BY id", "SELECT count(*), min(id), max(id) FROM a",
            "SELECT id, length(t) FROM a WHERE id BETWEEN 1400000500 AND 1400000520",
            "SELECT n FROM a WHERE id = 2800002999" })
        EXPECT_EQ(scratch.query(sql), digest_by_sqlite(tasks, sql)) << sql;
}

TEST(PageFile, a_large_table_gets_several_levels)
{
    std::vector<std::vector<std::pair<std::int64_t, Cell>>> tasks(1);
    for (std::int64_t row = 0; row != 6000; ++row)
        tasks[0].emplace_back(row * 1'000'000'000'000, Cell { row, 0, std::string(7000, 'x'), {} });
    Scratch const scratch;
    load(scratch, tasks);
    EXPECT_EQ(scratch.query("PRAGMA integrity_check"), "ok\n");
    EXPECT_EQ(scratch.query("SELECT count(*), sum(n) FROM a"), "6000|17997000\n");
}

/// The pages that lie `gap` and more before the lock byte are left out; what rows are then loaded has to use
/// all the others.
void load_around_the_lock_byte(std::uint32_t gap, std::size_t text_size)
{
    constexpr std::size_t rows = 70;
    Scratch const scratch;
    auto file = PageFile::open(scratch.path());
    ASSERT_TRUE(file.has_value());
    auto const first_left_out = file->allocate(1);
    auto const first_used = kLockPage - gap;
    (void)file->allocate(first_used - first_left_out - 1);
    TableLoader loader { *file };
    RecordBuilder record;
    for (std::size_t row = 0; row != rows; ++row) {
        record.clear();
        record.add_null();
        record.add(std::int64_t { 1 });
        record.add(1.5);
        record.add(std::string_view { std::string(text_size, 'x') });
        record.add(Bytes {});
        ASSERT_TRUE(loader.add(static_cast<std::int64_t>(row), record.finish()).has_value());
    }
    std::array const parts { loader.finish() };
    ASSERT_TRUE(build_tree(*file, kRootOfA, parts).has_value());
    ASSERT_TRUE(file->finish().has_value());
    EXPECT_EQ(scratch.query("SELECT count(*), sum(length(t)) FROM a"),
        fmt::format("{}|{}\n", rows, rows * text_size));
    auto said = scratch.query("PRAGMA integrity_check(1000000)");
    said.erase(0, said.find('\n') + 1);
    auto const last
        = fmt::format("\nPage {}", first_used - 1); // The words differ between versions of SQLite.
    EXPECT_TRUE(said.ends_with(last + " is never used\n") || said.ends_with(last + ": never used\n"));
    EXPECT_EQ(std::ranges::count(said, '\n'), first_used - first_left_out);
}

TEST(PageFile, no_page_is_lost_around_the_lock_byte)
{
    load_around_the_lock_byte(100, 40 * kPageSize);
    load_around_the_lock_byte(10, kPageSize / 2);
}

TEST(RecordBuilder, varints_of_every_width)
{
    auto const text = [](std::uint64_t value) {
        std::array<std::byte, kLongestVarint> out {};
        std::string hex;
        for (auto const byte : Bytes { out }.first(write_varint(out.data(), value)))
            hex += fmt::format("{:02x}", static_cast<unsigned>(byte));
        return hex;
    };
    EXPECT_EQ(text(0), "00");
    EXPECT_EQ(text(127), "7f");
    EXPECT_EQ(text(128), "8100");
    EXPECT_EQ(text(0x00FF'FFFF'FFFF'FFFF), "ffffffffffffff7f");
    EXPECT_EQ(text(0x0100'0000'0000'0000), "80c080808080808000");
    EXPECT_EQ(text(0xFFFF'FFFF'FFFF'FFFF), "ffffffffffffffffff");
}

} // namespace
