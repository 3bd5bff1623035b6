#pragma once

#include "artifact/table.hpp"
#include "casefile/database.hpp"

#include <chrono>
#include <expected>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace exhibit::report {

/// Why a file could not be opened as a case, in words for the person.
struct NoCase {
    Fault fault;
    std::string message;
    std::string advice;
};

/// Why the file is no whole case, as far as its first bytes and its size tell.
std::optional<NoCase> refusal_of(std::filesystem::path const& path);

/// Opens a case file to be read, and only if it is one of a version that this program knows and holds what
/// exhibit puts into one. Statements on it, those of the opening too, end when `stop` asks for that, and at
/// `end`.
std::expected<casefile::Database, NoCase> open_case(std::filesystem::path const& path,
    std::stop_token const& stop = {},
    std::chrono::steady_clock::time_point end = std::chrono::steady_clock::time_point::max());

/// A column as the case file itself describes it. A time column `x` is followed by its raw twin `x_raw`.
struct ColumnInfo {
    std::string name;
    Type type = Type::text;
    std::string holds; ///< what a text column holds; empty for others
    std::string clock; ///< which clock a time was read from; empty for others
    std::string doc;
    std::string mvt_key; ///< name in the MVT-compatible export; empty: `name`; `-`: left out
};

struct TableInfo {
    std::string name;
    std::string artifact;
    std::string doc;
    std::string relation;
    std::string mvt_file;
    std::vector<ColumnInfo> columns;
};

/// The artifact tables of a case, in the order of artifact and table name.
Result<std::vector<TableInfo>> read_tables(casefile::Database& database);

/// `name` as an SQL identifier.
std::string sql_name(std::string_view name);

/// What a cursor reads besides the rows of a table, in SQL: `t` is the row, `e` its entry.
struct RowQuery {
    std::vector<std::string> expressions;
    std::string joins;
    std::string where; ///< empty: all rows
};

/// The rows of one artifact table in the order of their record ids.
class RowCursor {
public:
    /// `record`: only the row with this record id.
    static Result<RowCursor> open(casefile::Database& database, TableInfo const& table,
        std::optional<std::int64_t> record = std::nullopt, RowQuery const& query = {});

    [[nodiscard]] Result<bool> next() { return m_statement.step(); }
    [[nodiscard]] std::int64_t record_id() const { return m_statement.integer(0); }
    [[nodiscard]] std::int64_t entry_id() const { return m_statement.integer(1); }
    [[nodiscard]] std::int64_t locator() const { return m_statement.integer(2); }
    [[nodiscard]] std::string_view recovered() const { return m_statement.text(3); } ///< empty: a live row
    [[nodiscard]] casefile::Statement const& statement() const { return m_statement; }
    /// Where in `statement` the value of the table's column `index` stands; a raw time stands one further.
    [[nodiscard]] int position(std::size_t index) const { return m_positions[index]; }
    /// Where the value of the query's expression `index` stands.
    [[nodiscard]] int expression(std::size_t index) const
    {
        return m_first_expression + static_cast<int>(index);
    }

private:
    RowCursor(casefile::Statement statement, std::vector<int> positions, int first_expression)
        : m_statement(std::move(statement))
        , m_positions(std::move(positions))
        , m_first_expression(first_expression)
    {
    }

    casefile::Statement m_statement;
    std::vector<int> m_positions;
    int m_first_expression;
};

/// Looks up the path of an entry; remembers the last one, since rows of one entry come together.
class EntryPaths {
public:
    static Result<EntryPaths> open(casefile::Database& database);

    /// Empty when the case does not list the entry. Valid until the next call.
    [[nodiscard]] Result<std::string_view> find(std::int64_t entry_id);

private:
    explicit EntryPaths(casefile::Statement statement)
        : m_statement(std::move(statement))
    {
    }

    casefile::Statement m_statement;
    std::int64_t m_entry = -1;
    std::string m_path;
};

} // namespace exhibit::report
