#pragma once

#include "report/case.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace exhibit::report {

/// How the value of an SQL expression becomes a value of an MVT record.
enum class MvtForm : std::uint8_t {
    value, ///< as it is: a number, a text, null
    flag, ///< a number as true or false
    time, ///< microseconds since 1970 as `YYYY-MM-DD HH:MM:SS.ffffff`
    json, ///< a text that holds JSON, as that JSON; null when it holds none
    links, ///< a text, as the list of the links in it
    file_id, ///< an entry id, as the name of that entry's payload in a backup, else its stored path
    merge, ///< a text that holds a JSON object, as members of the record that it does not have yet; no key
    payload, ///< the same, in the folder of two digits where a backup keeps it
};

/// A member of an MVT record that is not one column of the row.
struct MvtMember {
    std::string_view key; ///< replaces a column's member of the same key
    std::string_view sql; ///< `t` is the row, `e` its entry, other names are those of the part's join
    MvtForm form = MvtForm::value;
};

/// Members that need another table: left out, with the join, where a case does not have it.
struct MvtPart {
    std::string_view needs; ///< a table; empty: nothing besides the row
    std::string_view join; ///< SQL after FROM
    std::span<MvtMember const> members;
};

/// What the records of a table hold in MVT beyond the columns of the table, and which rows become records.
struct MvtShape {
    std::string_view table;
    std::string_view where; ///< SQL; empty: all rows
    std::span<MvtPart const> parts;
    std::string_view file = {}; ///< of a table whose rows go into several: which one this shape is of
    /// Of a row that becomes no record: the table and the record id, in SQL, of the row whose record tells of
    /// it.
    std::string_view told_in = {};
    std::string_view told_by = {};
};

/// Null for a table whose records are its columns. `file` is the module's, without `.json`.
MvtShape const* find_mvt_shape(std::string_view table, std::string_view file);

/// The files that a table's rows go into besides that of its declaration.
std::vector<std::string_view> other_mvt_files(std::string_view table, std::string_view declared);

/// The links (`http://`, `https://`) in `text`, each once. A link ends at a blank, a quote or an angle
/// bracket.
std::vector<std::string_view> links_in(std::string_view text);

} // namespace exhibit::report
