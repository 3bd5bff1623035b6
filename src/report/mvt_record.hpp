#pragma once

#include "report/case.hpp"
#include "report/mvt_shapes.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace exhibit::report {

/// How a column stands in an MVT record. Its key says so (`Column::mvt`):
/// `name` the value; `-` nothing; `name+raw` the value as `name` and a time's stored number as `raw`;
/// `+raw` the stored number alone; `name#` a flag as 0 or 1 where MVT keeps the number of the database;
/// `name~` an empty text where there is no value and MVT writes no null.
struct MvtKey {
    std::string value; ///< empty: left out
    std::string raw; ///< empty: left out
    bool flag_as_number = false;
    bool empty_for_none = false;
};

MvtKey read_mvt_key(ColumnInfo const& column);

/// Tells how a backup names the payload of an entry. Remembers the last one.
class Payloads {
public:
    explicit Payloads(casefile::Database& database)
        : m_database(&database)
    {
    }

    /// The name of the payload, or where the acquisition keeps the entry when that is no backup.
    [[nodiscard]] std::string_view find(std::int64_t entry_id);
    /// Where the acquisition keeps the entry.
    [[nodiscard]] std::string_view stored(std::int64_t entry_id);

private:
    bool read(std::string_view sql, std::int64_t entry_id);

    casefile::Database* m_database;
    std::int64_t m_entry = -1;
    std::string m_name;
};

/// Which tables' rows may be joined to a record.
enum class Joins : bool { none, all };

/// Writes rows of one table as MVT writes its records: four blanks of indent, times as
/// `YYYY-MM-DD HH:MM:SS.ffffff`.
class MvtRecordWriter {
public:
    /// `tables`: those of the case. Without joins a record lacks the members that need another table; to
    /// read single rows, that spares going through the other table for each.
    MvtRecordWriter(casefile::Database& database, std::vector<TableInfo> const& tables,
        TableInfo const& table, Joins joins);

    /// The rows that become records, or the one with this record id.
    [[nodiscard]] Result<RowCursor> open(std::optional<std::int64_t> record = std::nullopt) const;
    /// Appends the current row as a JSON object whose lines after the first begin with `indent` blanks.
    void append(std::string& out, RowCursor const& row, std::size_t indent) const;
    /// The links that the current row's record names; valid until the next row.
    [[nodiscard]] std::vector<std::string_view> links(RowCursor const& row) const;

private:
    struct Member {
        std::string key {}; ///< as JSON, with its quotes
        std::size_t at = 0; ///< which column, or which expression of the query
        bool raw = false;
        bool flag_as_number = false;
        bool empty_for_none = false;
        std::optional<MvtForm> form {}; ///< for an expression
    };

    void add_columns();
    void add_shape(std::vector<TableInfo> const& tables, MvtShape const& shape, Joins joins);
    void append_merged(
        std::string& out, RowCursor const& row, std::size_t indent, Member const& merged) const;
    void append_column(std::string& out, RowCursor const& row, Member const& member) const;
    void append_expression(std::string& out, RowCursor const& row, Member const& member) const;

    casefile::Database* m_database;
    TableInfo const* m_table;
    std::vector<Member> m_members;
    RowQuery m_query;
    std::unique_ptr<Payloads> m_payloads;
};

/// The file that a row's record stands in, without `.json`: tables may fill several.
std::string mvt_file_of(casefile::Database& database, TableInfo const& table, std::int64_t record);

/// The class that MVT names in its timeline for a module's file: `safari_history` is `SafariHistory`.
std::string mvt_plugin(std::string_view file);

/// The level that MVT gives to a severity.
std::string_view mvt_level(std::string_view severity);

} // namespace exhibit::report
