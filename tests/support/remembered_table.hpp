#pragma once

#include "base/recovered.hpp"
#include "base/source.hpp"
#include "formats/sqlite/database.hpp"
#include "formats/sqlite/recover.hpp"
#include "support/sqlite_files.hpp"

#include <algorithm>
#include <cstddef>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace exhibit::test {

/// A database of any shape of which every state of one table is remembered.
class Remembered {
public:
    Remembered(std::string table, std::string_view sql)
        : m_table(std::move(table))
    {
        run(sql);
    }

    /// Statement by statement, since within one transaction too a row may come and go.
    void run(std::string_view sql)
    {
        for (auto end = sql.find(';'); end != sql.npos; end = sql.find(';')) {
            m_files.run(sql.substr(0, end + 1));
            sql.remove_prefix(end + 1);
            remember();
        }
    }

    struct Outcome {
        sqlite::Recovery recovery;
        std::vector<std::string> rows;
    };

    /// Recovers, and checks that nothing false comes out.
    Outcome recover()
    {
        m_main = m_files.main();
        m_wal = m_files.wal();
        m_journal = m_files.journal();
        m_main_source.emplace(m_main);
        m_wal_source.emplace(m_wal);
        m_journal_source.emplace(m_journal);
        m_database.emplace(sqlite::Database::open(*m_main_source, m_wal.empty() ? nullptr : &*m_wal_source,
            m_journal.empty() ? nullptr : &*m_journal_source)
                .value());
        m_recoverer.emplace(sqlite::Recoverer::open(*m_database).value());
        Outcome outcome { m_recoverer->recover(m_table).value(), {} };
        for (auto const& row : outcome.recovery.rows) {
            outcome.rows.push_back(line(row));
            bool const known
                = std::ranges::any_of(m_ever, [&](std::string const& ever) { return agrees(row, ever); });
            EXPECT_TRUE(known) << outcome.rows.back();
            EXPECT_NE(row.kind, Recovered::live);
        }
        EXPECT_EQ(std::set(outcome.rows.begin(), outcome.rows.end()).size(), outcome.rows.size());
        return outcome;
    }

    sqlite::Recoverer& recoverer() { return *m_recoverer; }
    SqliteFiles& files() { return m_files; }

private:
    void remember()
    {
        if (m_files.rows("SELECT 1 FROM sqlite_master WHERE name = '" + m_table + "'").empty())
            return;
        for (auto& row : m_files.rows("SELECT * FROM " + m_table))
            m_ever.insert(std::move(row));
    }

    static std::string cell(sqlite::RecoveredRow const& row, std::size_t column)
    {
        if (row.is_lost(column))
            return "?";
        if (row.is_null(column))
            return "NULL";
        if (std::holds_alternative<std::int64_t>(row.values[column]))
            return std::to_string(*row.integer(column));
        if (std::holds_alternative<double>(row.values[column]))
            return fmt::format("{}", *row.real(column));
        return std::string { row.text(column) };
    }

    static std::string line(sqlite::RecoveredRow const& row)
    {
        std::string text;
        for (std::size_t i = 0; i < row.values.size(); ++i)
            text.append(i == 0 ? "" : "|").append(cell(row, i));
        return text;
    }

    /// Whether the row is one that was there, as far as it is known.
    static bool agrees(sqlite::RecoveredRow const& row, std::string_view ever)
    {
        for (std::size_t i = 0; i < row.values.size(); ++i) {
            auto const end = std::min(ever.find('|'), ever.size());
            if (!row.is_lost(i) && ever.substr(0, end) != cell(row, i))
                return false;
            ever.remove_prefix(std::min(end + 1, ever.size()));
        }
        return true;
    }

    std::string m_table;
    SqliteFiles m_files;
    std::set<std::string> m_ever;
    std::vector<std::byte> m_main;
    std::vector<std::byte> m_wal;
    std::vector<std::byte> m_journal;
    std::optional<MemorySource> m_main_source;
    std::optional<MemorySource> m_wal_source;
    std::optional<MemorySource> m_journal_source;
    std::optional<sqlite::Database> m_database;
    std::optional<sqlite::Recoverer> m_recoverer;
};

inline constexpr std::string_view kNumbers
    = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300) ";

/// One row for each number `i` from 1 to 300.
inline std::string fill(std::string_view insert)
{
    return std::string { kNumbers } + std::string { insert } + ";";
}

} // namespace exhibit::test
