#include "report/cells.hpp"

#include "base/base64.hpp"
#include "base/text.hpp"
#include "report/text_format.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

namespace exhibit::report {
namespace {

using casefile::Statement;

std::optional<Timestamp> time_in(Statement const& statement, int column)
{
    if (statement.type(column) != SQLITE_INTEGER || !is_safe_time(statement.integer(column)))
        return std::nullopt;
    return Timestamp { std::chrono::microseconds { statement.integer(column) } };
}

} // namespace

void append_json_cell(std::string& out, Statement const& statement, int column)
{
    switch (statement.type(column)) {
    case SQLITE_INTEGER:
        append_number(out, statement.integer(column));
        break;
    case SQLITE_FLOAT:
        append_json(out, statement.real(column));
        break;
    case SQLITE_TEXT:
        append_json(out, statement.text(column));
        break;
    case SQLITE_BLOB:
        out += '"';
        out += to_base64(as_text(statement.blob(column)));
        out += '"';
        break;
    default:
        out += "null";
    }
}

void append_json_cell(std::string& out, Statement const& statement, int column, Type type)
{
    if (auto const time = type == Type::time ? time_in(statement, column) : std::nullopt) {
        out += '"';
        append_iso(out, *time);
        out += '"';
    } else if (type == Type::boolean && statement.type(column) == SQLITE_INTEGER) {
        out += statement.integer(column) != 0 ? "true" : "false";
    } else {
        append_json_cell(out, statement, column);
    }
}

void append_csv_cell(std::string& out, Statement const& statement, int column)
{
    switch (statement.type(column)) {
    case SQLITE_INTEGER:
        append_number(out, statement.integer(column));
        break;
    case SQLITE_FLOAT:
        append_number(out, statement.real(column));
        break;
    case SQLITE_TEXT: {
        auto const text = statement.text(column);
        append_csv(out, is_plain_utf8(text) ? std::string { text } : repair_utf8(text));
        break;
    }
    case SQLITE_BLOB:
        append_csv(out, to_base64(as_text(statement.blob(column)))); // It may begin as a formula does.
        break;
    default:
        break;
    }
}

void append_csv_cell(std::string& out, Statement const& statement, int column, Type type)
{
    if (auto const time = type == Type::time ? time_in(statement, column) : std::nullopt)
        append_time(out, *time);
    else if (type == Type::boolean && statement.type(column) == SQLITE_INTEGER)
        out += statement.integer(column) != 0 ? "true" : "false";
    else
        append_csv_cell(out, statement, column);
}

std::string terminal_cell(Statement const& statement, int column)
{
    switch (statement.type(column)) {
    case SQLITE_INTEGER:
        return std::to_string(statement.integer(column));
    case SQLITE_FLOAT:
        return fmt::format("{}", statement.real(column));
    case SQLITE_TEXT:
        return escape_for_terminal(statement.text(column));
    case SQLITE_BLOB:
        return fmt::format("<{} bytes>", statement.blob(column).size());
    default:
        return {};
    }
}

std::string terminal_cell(Statement const& statement, int column, Type type)
{
    if (auto const time = type == Type::time ? time_in(statement, column) : std::nullopt)
        return to_text(*time);
    if (type == Type::boolean && statement.type(column) == SQLITE_INTEGER)
        return statement.integer(column) != 0 ? "true" : "false";
    return terminal_cell(statement, column);
}

} // namespace exhibit::report
