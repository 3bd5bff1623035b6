// Tables of random columns, changed at random, and so are their columns: what is recovered was there.
#include "formats/sqlite/recover.hpp"
#include "support/recover_files.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>
#include <iterator>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace {

using namespace exhibit;
using namespace exhibit::sqlite;
using namespace std::string_view_literals;

enum class Kind : std::uint8_t { flag, small, number, date, real, text, word, code, blob, none };

struct Column {
    std::string name;
    std::string_view type;
    Kind kind = Kind::none;
};

constexpr std::array kColumns {
    std::pair { "INTEGER"sv, Kind::flag },
    std::pair { "INTEGER"sv, Kind::small },
    std::pair { "INTEGER"sv, Kind::number },
    std::pair { "INTEGER"sv, Kind::date },
    std::pair { "TIMESTAMP"sv, Kind::real },
    std::pair { "TEXT"sv, Kind::text },
    std::pair { "TEXT"sv, Kind::word },
    std::pair { "VARCHAR"sv, Kind::code },
    std::pair { ""sv, Kind::number },
    std::pair { "BLOB"sv, Kind::blob },
    std::pair { "TEXT"sv, Kind::none },
};

/// A table and every version of its rows, by the names of the columns that it had then.
class History {
public:
    History(unsigned seed, std::string_view pragmas)
        : m_random(seed)
        , m_files(pragmas)
        , m_keyed(below(2) == 0)
    {
        for (auto count = 2 + below(6); count-- > 0;)
            add_column();
        std::string columns;
        for (auto const& column : m_columns)
            columns += fmt::format("{}{} {}", columns.empty() ? "" : ", ", column.name, column.type);
        m_files.run(fmt::format("CREATE TABLE t({}{});", m_keyed ? "id INTEGER PRIMARY KEY, " : "", columns));
        m_files.run("CREATE TABLE other(id INTEGER PRIMARY KEY, what TEXT, n INTEGER, w TEXT);");
    }

    void run(bool columns_change)
    {
        insert(20 + below(120));
        for (auto rounds = 4 + below(8); rounds-- > 0;) {
            switch (below(columns_change ? 9 : 7)) {
            case 0:
            case 1:
                insert(1 + below(60));
                break;
            case 2:
            case 3:
                remove();
                break;
            case 4:
            case 5:
                update();
                break;
            case 6:
                change_other();
                break;
            case 7:
                m_files.run(fmt::format("ALTER TABLE t ADD COLUMN {}", add_column()));
                break;
            default:
                drop_column();
            }
            remember();
        }
    }

    struct Outcome {
        std::size_t rows = 0;
        std::vector<std::string> never; ///< of these, such as never were
    };

    Outcome recover()
    {
        auto const recovery = test::recover(m_files, "t");
        Outcome outcome;
        outcome.rows = recovery.rows.size();
        for (auto const& row : recovery.rows)
            if (std::ranges::none_of(
                    m_ever, [&](auto const& version) { return agrees(recovery, row, version); }))
                outcome.never.push_back(line_of(recovery, row));
        return outcome;
    }

private:
    using Version = std::map<std::string, std::string>;

    unsigned below(unsigned limit) { return static_cast<unsigned>(m_random() % limit); }

    std::string add_column()
    {
        auto const [type, kind] = kColumns.at(below(kColumns.size()));
        m_columns.push_back({ fmt::format("c{}", ++m_named), type, kind });
        return fmt::format("{} {}", m_columns.back().name, type);
    }

    void drop_column()
    {
        if (m_columns.size() < 3)
            return;
        auto const column = m_columns.begin() + below(static_cast<unsigned>(m_columns.size()));
        m_files.run("ALTER TABLE t DROP COLUMN " + column->name);
        m_columns.erase(column);
    }

    std::string words(unsigned most)
    {
        constexpr std::array all { "alpha"sv, "bravo"sv, "charlie"sv, "delta"sv, "echo"sv, "foxtrot"sv };
        std::string text;
        for (auto count = 1 + below(most); count-- > 0;)
            text.append(text.empty() ? "" : " ").append(all.at(below(all.size())));
        return text;
    }

    std::string value(Kind kind)
    {
        constexpr std::array codes { "de"sv, "SMS"sv, "iMessage"sv, "kTCCServiceCamera"sv, ""sv };
        switch (kind) {
        case Kind::flag:
            return std::to_string(below(2));
        case Kind::small:
            return std::to_string(below(300));
        case Kind::number: {
            auto const number = m_random();
            return std::to_string(number >> below(24));
        }
        case Kind::date:
            return std::to_string(600'000'000 + below(100'000'000));
        case Kind::real:
            return fmt::format("{}.125", 600'000'000 + below(100'000'000));
        case Kind::text:
            return below(8) == 0 ? "NULL" : fmt::format("'{}'", words(12));
        case Kind::word: {
            auto const size = 3 + below(30);
            return fmt::format("'{}{}'", std::string(size, static_cast<char>('a' + below(26))), ++m_words);
        }
        case Kind::code:
            return fmt::format("'{}'", codes.at(below(codes.size())));
        case Kind::blob: {
            auto const half = m_random();
            return fmt::format("x'{:08x}{:08x}'", half, m_random());
        }
        case Kind::none:
            break;
        }
        return "NULL";
    }

    void insert(unsigned count)
    {
        std::string names = m_keyed ? "id" : "rowid";
        for (auto const& column : m_columns)
            names += ", " + column.name;
        std::string rows;
        while (count-- > 0) {
            rows += fmt::format("{}({}", rows.empty() ? "" : ", ", m_next_id += 1 + below(2));
            for (auto const& column : m_columns)
                rows += ", " + value(column.kind);
            rows += ')';
        }
        change(fmt::format("INSERT INTO t({}) VALUES{}", names, rows));
    }

    void remove()
    {
        auto const divisor = 3 + below(9);
        change(fmt::format("DELETE FROM t WHERE rowid % {} = {}", divisor, below(3)));
    }

    void update()
    {
        auto const& column = m_columns.at(below(static_cast<unsigned>(m_columns.size())));
        auto const now = value(column.kind);
        change(fmt::format("UPDATE t SET {} = {} WHERE rowid % {} = 1", column.name, now, 3 + below(9)));
    }

    void change_other()
    {
        std::string rows;
        for (auto count = 1 + below(40); count-- > 0;) {
            auto const what = words(6);
            auto const number = below(1U << 20U);
            rows += fmt::format("{}('{}', {}, '{}')", rows.empty() ? "" : ", ", what, number, words(3));
        }
        m_files.run("INSERT INTO other(what, n, w) VALUES" + rows);
        m_files.run(fmt::format("DELETE FROM other WHERE id % 3 = {}", below(3)));
    }

    void change(std::string const& sql)
    {
        m_files.run(sql);
        remember();
    }

    void remember()
    {
        std::string query = "SELECT rowid";
        for (auto const& column : m_columns)
            query += fmt::format(
                " || '|' || iif(typeof({0}) = 'blob', hex({0}), coalesce({0}, 'NULL'))", column.name);
        for (auto& row : m_files.rows(query + " FROM t")) {
            Version version;
            auto rest = std::string_view { row };
            auto const next = [&] {
                auto const end = std::min(rest.find('|'), rest.size());
                std::string part { rest.substr(0, end) };
                rest.remove_prefix(std::min(end + 1, rest.size()));
                return part;
            };
            version["rowid"] = next();
            for (auto const& column : m_columns)
                version[column.name] = next();
            m_ever.insert(std::move(version));
        }
    }

    /// As SQLite tells it above.
    static std::string told(RecoveredRow const& row, std::size_t column)
    {
        if (row.is_null(column))
            return "NULL";
        if (auto const* whole = std::get_if<std::int64_t>(&row.values[column]))
            return std::to_string(*whole);
        if (auto const* real = std::get_if<double>(&row.values[column]))
            return fmt::format("{:.3f}", *real);
        if (std::holds_alternative<std::string>(row.values[column]))
            return std::string { row.text(column) };
        std::string hex;
        for (auto const byte : row.blob(column))
            fmt::format_to(std::back_inserter(hex), "{:02X}", std::to_integer<unsigned>(byte));
        return hex;
    }

    static bool agrees(Recovery const& recovery, RecoveredRow const& row, Version const& version)
    {
        if (row.rowid && version.at("rowid") != std::to_string(*row.rowid))
            return false;
        for (std::size_t column = 0; column < row.values.size(); ++column) {
            if (row.is_lost(column) || recovery.columns[column] == "id")
                continue;
            auto const then = version.find(recovery.columns[column]);
            if (told(row, column) != (then == version.end() ? "NULL" : then->second))
                return false;
        }
        return true;
    }

    static std::string line_of(Recovery const& recovery, RecoveredRow const& row)
    {
        auto line = fmt::format("{} page {} at {}:", row.rowid.value_or(0), row.page, row.offset);
        for (std::size_t column = 0; column < row.values.size(); ++column)
            line += fmt::format(
                " {}={}", recovery.columns[column], row.is_lost(column) ? "?" : told(row, column));
        return line;
    }

    std::mt19937 m_random;
    test::SqliteFiles m_files;
    std::vector<Column> m_columns;
    unsigned m_named = 0;
    unsigned m_words = 0;
    std::int64_t m_next_id = 0;
    bool m_keyed;
    std::set<Version> m_ever;
};

/// What such histories leave, each with its seed where it never was.
History::Outcome left_of(std::span<char const* const> kinds, bool columns_change, unsigned seeds)
{
    History::Outcome all;
    for (auto const* const pragmas : kinds)
        for (unsigned seed = 0; seed != seeds; ++seed) {
            History history { seed, pragmas };
            history.run(columns_change);
            auto const outcome = history.recover();
            all.rows += outcome.rows;
            for (auto const& never : outcome.never)
                all.never.push_back(fmt::format("{} seed {}: {}", pragmas, seed, never));
        }
    return all;
}

TEST(SqliteRecoverHistories, nothing_that_never_was_comes_of_changes_of_rows)
{
    constexpr std::array kinds { "", "PRAGMA page_size=512;", "PRAGMA encoding='UTF-16le';",
        "PRAGMA encoding='UTF-16be'; PRAGMA journal_mode=wal;" };
    auto const left = left_of(kinds, false, 16);
    EXPECT_GT(left.rows, 2000U);
    EXPECT_TRUE(left.never.empty()) << fmt::format("{}", fmt::join(left.never, "\n"));
}

/// A row of a layout of which nothing is left but such rows may be told in columns of another one: rarely.
TEST(SqliteRecoverHistories, hardly_a_row_that_never_was_comes_of_changes_of_columns)
{
    constexpr std::array kinds { "", "PRAGMA page_size=1024;", "PRAGMA encoding='UTF-16le';",
        "PRAGMA journal_mode=wal;" };
    auto const left = left_of(kinds, true, 14);
    EXPECT_GT(left.rows, 800U);
    EXPECT_LE(left.never.size(), 1U) << fmt::format("{}", fmt::join(left.never, "\n"));
}

} // namespace
