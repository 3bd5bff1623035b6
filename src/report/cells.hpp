#pragma once

#include "artifact/table.hpp"
#include "casefile/database.hpp"

#include <string>

namespace exhibit::report {

/// A cell of a result, by what SQLite stored: number, string, base64 of a blob, `null`.
void append_json_cell(std::string& out, casefile::Statement const& statement, int column);

/// A cell of an artifact's column by its declared type: a time as ISO 8601 with zone, a flag as true or
/// false.
void append_json_cell(std::string& out, casefile::Statement const& statement, int column, Type type);

/// The same for a CSV field; NULL is an empty field, a time has no zone (`2023-04-11 10:22:05.000000`, UTC).
void append_csv_cell(std::string& out, casefile::Statement const& statement, int column, Type type);
void append_csv_cell(std::string& out, casefile::Statement const& statement, int column);

/// The same for a terminal: control characters become visible escapes; NULL is nothing, a blob its length.
std::string terminal_cell(casefile::Statement const& statement, int column, Type type);
std::string terminal_cell(casefile::Statement const& statement, int column);

} // namespace exhibit::report
