#pragma once

#include "report/case.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace exhibit::report {

/// How a column stands in an MVT record. Its key says so (`Column::mvt`):
/// `name` the value; `-` nothing; `name+raw` the value as `name` and a time's stored number as `raw`;
/// `+raw` the stored number alone; `name#` a flag as 0 or 1 where MVT keeps the number of the database.
struct MvtKey {
    std::string value; ///< empty: left out
    std::string raw; ///< empty: left out
    bool flag_as_number = false;
};

MvtKey read_mvt_key(ColumnInfo const& column);

/// Writes rows of one table as MVT writes its records: four blanks of indent, times as
/// `YYYY-MM-DD HH:MM:SS.ffffff`.
class MvtRecordWriter {
public:
    explicit MvtRecordWriter(TableInfo const& table);

    /// Appends the current row as a JSON object whose lines after the first begin with `indent` blanks.
    void append(std::string& out, RowCursor const& row, std::size_t indent) const;

private:
    struct Member {
        std::size_t column;
        std::string key; ///< as JSON, with its quotes
        bool raw;
        bool flag_as_number;
    };

    void append_value(std::string& out, RowCursor const& row, Member const& member) const;

    TableInfo const* m_table;
    std::vector<Member> m_members;
};

/// The class that MVT names in its timeline for a module's file: `safari_history` is `SafariHistory`.
std::string mvt_plugin(std::string_view file);

/// The level that MVT gives to a severity.
std::string_view mvt_level(std::string_view severity);

} // namespace exhibit::report
