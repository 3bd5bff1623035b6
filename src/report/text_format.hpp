#pragma once

#include "base/bytes.hpp"
#include "base/time.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace exhibit::report {

/// Appends `text` as a JSON string with its quotes. Bytes that are no UTF-8 become U+FFFD; what could drive a
/// terminal or hide (see `escape_for_terminal`) is escaped.
void append_json(std::string& out, std::string_view text);

/// A JSON text of another writer, with the same escapes in its strings.
std::string with_escapes(std::string_view json);

/// Appends a number that JSON can hold; infinities and NaN become `null`.
void append_json(std::string& out, double number);

/// How a CSV field is written.
enum class Quoting : std::uint8_t {
    as_needed, ///< RFC 4180: quoted where it holds a comma, a quote or a line end
    always,
};

/// Appends one CSV field. Text that a spreadsheet would take for a formula (it begins, after blanks, with
/// `=`, `+`, `-`, `@`, a tab or a carriage return, or a full-width form of these) gets an apostrophe before
/// it.
void append_csv(std::string& out, std::string_view text, Quoting quoting = Quoting::as_needed);

/// Appends a number, which no spreadsheet takes for a formula.
void append_number(std::string& out, std::int64_t number);
void append_number(std::string& out, double number);

/// `2023-04-11 10:22:05.000000`; `separator` stands between date and time.
void append_time(std::string& out, Timestamp moment, char separator = ' ');
/// `2023-04-11T10:22:05.000000Z`
void append_iso(std::string& out, Timestamp moment);

/// Whether `micros` is a time that every reader of dates accepts: 1970 to 2100.
bool is_safe_time(std::int64_t micros);

} // namespace exhibit::report
