// Rows of which an entry of an index is left: the indexed columns and the row id.
#include "formats/sqlite/recover.hpp"
#include "support/recover_files.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <random>
#include <set>
#include <string>

namespace {

using namespace exhibit;
using namespace exhibit::sqlite;
using namespace std::string_view_literals;

constexpr unsigned kSeeds = 1;
constexpr std::array kPragmas {
    "PRAGMA page_size=512;"sv,
    "PRAGMA page_size=1024; PRAGMA encoding='UTF-16le';"sv,
    "PRAGMA page_size=4096; PRAGMA journal_mode=wal; PRAGMA wal_autocheckpoint=0;"sv,
    "PRAGMA page_size=8192; PRAGMA encoding='UTF-16be'; PRAGMA auto_vacuum=1;"sv,
    "PRAGMA page_size=65536; PRAGMA auto_vacuum=2;"sv,
    "PRAGMA page_size=1024; PRAGMA journal_mode=persist;"sv,
    "PRAGMA page_size=4096;"sv,
};
constexpr std::array kTables {
    "CREATE TABLE page(id INTEGER PRIMARY KEY AUTOINCREMENT, url TEXT NOT NULL UNIQUE, visits INTEGER, more TEXT);"sv,
    "CREATE TABLE page(id INTEGER PRIMARY KEY, url TEXT UNIQUE, visits INTEGER, more TEXT);"sv,
    "CREATE TABLE page(id INTEGER PRIMARY KEY, url TEXT, visits INTEGER, more TEXT);"
    "CREATE INDEX page_url ON page(url); CREATE INDEX page_visits ON page(visits);"sv,
    "CREATE TABLE page(id INTEGER, url TEXT PRIMARY KEY, visits INTEGER, more TEXT);"sv,
    "CREATE TABLE page(id INTEGER PRIMARY KEY, url TEXT, visits INTEGER, more TEXT, UNIQUE(visits, url));"sv,
    "CREATE TABLE page(id INTEGER PRIMARY KEY AUTOINCREMENT, url TEXT UNIQUE, visits INTEGER, more TEXT);"
    "CREATE TABLE gone(id INTEGER PRIMARY KEY, name TEXT UNIQUE);"
    "CREATE TABLE other(id INTEGER PRIMARY KEY, name TEXT UNIQUE);"sv,
};

/// Changes a table at random; ids begin where their bytes read like text, or do not.
class Changes {
public:
    Changes(unsigned seed, std::string_view pragmas, std::string_view tables)
        : m_random(seed)
        , m_files(pragmas)
        , m_has_others(tables.find("gone(") != tables.npos)
        , m_next(std::array { 0, 30, 8200, 20'000, 9'000'000 }.at(m_random() % 5))
    {
        m_files.run(tables);
    }

    void run()
    {
        for (int round = 0; round != 6; ++round) {
            insert(40 + static_cast<int>(m_random() % 60));
            change(fmt::format("DELETE FROM page WHERE id % 3 = {}", m_random() % 3));
            if (m_random() % 2 == 0)
                change(fmt::format("UPDATE page SET url = url || 'x' WHERE id % 7 = {}", m_random() % 7));
            if (m_random() % 2 == 0)
                change(fmt::format("UPDATE page SET more = NULL WHERE id % 5 = {}", m_random() % 5));
            if (m_has_others && round == 2)
                m_files.run("DROP TABLE gone;");
        }
    }

    /// What entries of indexes tell; checks that it was there, and is there no longer.
    std::size_t recover()
    {
        auto const recovery = test::recover(m_files, "page");
        auto const live = m_files.rows(kRows);
        std::size_t count = 0;
        for (auto const& row : recovery.rows) {
            if (row.is_lost(1) || !row.is_lost(3))
                continue; // From the table itself.
            ++count;
            auto const line = line_of(row);
            EXPECT_TRUE(std::ranges::any_of(m_ever, [&](auto const& ever) { return agrees(line, ever); }))
                << line;
            EXPECT_FALSE(row.rowid && std::ranges::any_of(live, [&](auto const& now) {
                return agrees(line, now);
            })) << line;
        }
        return count;
    }

private:
    static constexpr auto kRows = "SELECT rowid || '|' || url || '|' || visits FROM page";

    static std::string line_of(RecoveredRow const& row)
    {
        return fmt::format("{}|{}|{}", row.rowid ? std::to_string(*row.rowid) : "?", row.text(1),
            row.is_lost(2) ? "?" : std::to_string(*row.integer(2)));
    }

    /// Whether both are the same, but for what is not known of one.
    static bool agrees(std::string_view line, std::string_view other)
    {
        while (!line.empty() && !other.empty()) {
            auto const part = line.substr(0, line.find('|'));
            auto const whole = other.substr(0, other.find('|'));
            if (part != "?" && part != whole)
                return false;
            line.remove_prefix(std::min(part.size() + 1, line.size()));
            other.remove_prefix(std::min(whole.size() + 1, other.size()));
        }
        return line.empty() && other.empty();
    }

    std::string word(std::size_t most)
    {
        std::string text;
        for (auto size = m_random() % most; text.size() <= size;)
            text += "abcdefghijklmnopqrstuvwxyz0123456789./ABCXYZ"[m_random() % 44];
        return text;
    }

    void insert(int count)
    {
        std::string sql = "INSERT OR IGNORE INTO page VALUES";
        std::string others = "(id, name) VALUES";
        for (int i = 0; i != count; ++i) {
            m_next += 1 + static_cast<std::int64_t>(m_random() % 2);
            sql += fmt::format("{}({}, 'https://{}', {}, '{}')", i == 0 ? "" : ",", m_next,
                word(m_random() % 4 == 0 ? 200 : 60), m_random() % 1000, std::string(m_random() % 120, 'm'));
            others += fmt::format("{}({}, 'https://{}')", i == 0 ? "" : ",", m_next + 500, word(60));
        }
        change(sql);
        if (!m_has_others)
            return;
        if (!m_files.rows("SELECT 1 FROM sqlite_master WHERE name = 'gone'").empty())
            m_files.run("INSERT OR IGNORE INTO gone" + others);
        m_files.run("INSERT OR IGNORE INTO other" + others + "; DELETE FROM other WHERE id % 2 = 0;");
    }

    void change(std::string const& sql)
    {
        m_files.run(sql);
        for (auto& row : m_files.rows(kRows))
            m_ever.insert(std::move(row));
    }

    std::mt19937 m_random;
    test::SqliteFiles m_files;
    bool m_has_others;
    std::int64_t m_next;
    std::set<std::string> m_ever;
};

std::string pages(std::string_view key, std::string_view middle)
{
    return fmt::format(
        "PRAGMA page_size=4096;"
        "CREATE TABLE page(id INTEGER PRIMARY KEY {}, url TEXT NOT NULL UNIQUE, visits INTEGER);"
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9)"
        "INSERT INTO page SELECT 300 + i, 'https://site.example.org/{}/' || i, 5 FROM n;"
        "DELETE FROM page WHERE id = 307;",
        key, middle);
}

/// What is left when the row itself is overwritten in the table.
Recovery recover_from_index(std::string const& sql, std::string const& url)
{
    test::SqliteFiles const files { sql };
    auto main = files.main();
    auto const row = std::ranges::search(main, as_bytes(url)).begin();
    EXPECT_LT(row - main.begin(), 8192); // The table comes before its index.
    std::fill_n(row, url.size(), std::byte { 0 });
    MemorySource const source { main };
    auto const database = Database::open(source).value();
    return Recoverer::open(database).value().recover("page").value();
}

TEST(SqliteRecoverIndexes, a_row_of_which_only_the_entry_of_an_index_is_left_has_its_url_and_number)
{
    for (std::size_t const length : { 40U, 80U, 200U }) {
        std::string const middle(length, 'a');
        auto const url = "https://site.example.org/" + middle + "/7";
        auto const recovery = recover_from_index(pages("AUTOINCREMENT", middle), url);
        ASSERT_EQ(recovery.rows.size(), 1U) << url;
        auto const& row = recovery.rows.front();
        EXPECT_EQ(row.rowid, 307);
        EXPECT_EQ(row.text(1), url);
        EXPECT_TRUE(row.is_lost(2));
        EXPECT_TRUE(row.incomplete);
        EXPECT_EQ(row.kind, Recovered::free_block);
        EXPECT_EQ(recovery.uncertain, 0U);
    }
}

TEST(SqliteRecoverIndexes, an_entry_whose_end_is_not_sure_is_counted)
{
    // A short one lost its types, and without AUTOINCREMENT nothing tells which numbers were given out.
    for (std::string_view const key : { "AUTOINCREMENT", "" }) {
        auto const recovery = recover_from_index(pages(key, "a"), "https://site.example.org/a/7");
        EXPECT_TRUE(recovery.rows.empty());
        EXPECT_EQ(recovery.uncertain, 1U);
    }
}

TEST(SqliteRecoverIndexes, nothing_that_never_was_and_nothing_live_comes_of_random_changes)
{
    std::size_t count = 0;
    for (unsigned seed = 0; seed != kSeeds; ++seed)
        for (auto const pragmas : kPragmas)
            for (auto const tables : kTables) {
                SCOPED_TRACE(fmt::format("{} {} {}", seed, pragmas, tables));
                Changes changes { seed, pragmas, tables };
                changes.run();
                count += changes.recover();
            }
    EXPECT_GT(count, 100U * kSeeds);
}

} // namespace
