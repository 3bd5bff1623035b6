#include "cli/row_printer.hpp"

#include "base/text.hpp"
#include "cli/choice.hpp"
#include "cli/layout.hpp"
#include "report/cells.hpp"
#include "report/text_format.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>

namespace exhibit::cli {
namespace {

constexpr std::size_t kRowsForWidths = 200;
constexpr std::size_t kBytesForWidths = 1U << 20U;
constexpr std::size_t kWidest = 60;

std::string cell_text(casefile::Statement const& statement, PrintedColumn const& column)
{
    return column.type ? report::terminal_cell(statement, column.position, *column.type)
                       : report::terminal_cell(statement, column.position);
}

} // namespace

void add_format_option(CLI::App& app, RowFormat& format)
{
    std::map<std::string, RowFormat> const names { { "table", RowFormat::table }, { "csv", RowFormat::csv },
        { "json", RowFormat::json }, { "jsonl", RowFormat::jsonl } };
    choose(app.add_option("--format", format, "table, csv, json or jsonl (default: table)"), names)
        ->type_name("FORMAT");
}

RowPrinter::RowPrinter(Session& session, RowFormat format, std::vector<PrintedColumn> columns)
    : m_session(&session)
    , m_format(format)
    , m_for_terminal(session.out().is_terminal())
    , m_columns(std::move(columns))
{
    if (m_format == RowFormat::json)
        m_session->out().write("[");
    if (m_format != RowFormat::csv && m_format != RowFormat::table)
        return;
    std::string header;
    std::vector<std::string> names;
    for (auto const& column : m_columns) {
        if (!header.empty())
            header += ',';
        report::append_csv(header, column.name);
        names.push_back(escape_for_terminal(column.name));
    }
    if (m_format == RowFormat::csv)
        m_session->out().print("{}\r\n", m_for_terminal ? escape_for_terminal(header) : header);
    else
        m_gathered.push_back(std::move(names));
}

void RowPrinter::add(casefile::Statement const& statement)
{
    switch (m_format) {
    case RowFormat::table:
        add_to_table(statement);
        break;
    case RowFormat::csv:
        add_as_csv(statement);
        break;
    case RowFormat::json:
        m_session->out().write(m_rows == 0 ? "\n" : ",\n");
        add_as_json(statement);
        break;
    case RowFormat::jsonl:
        add_as_json(statement);
        m_session->out().write("\n");
        break;
    }
    ++m_rows;
}

/// A row may be longer than the memory that is there: each of its cells is written by itself.
void RowPrinter::add_as_json(casefile::Statement const& statement)
{
    auto& out = m_session->out();
    out.write("{");
    for (auto const& column : m_columns) {
        std::string cell = &column == &m_columns.front() ? "" : ",";
        report::append_json(cell, column.name);
        cell += ':';
        if (column.type)
            report::append_json_cell(cell, statement, column.position, *column.type);
        else
            report::append_json_cell(cell, statement, column.position);
        out.write(cell);
    }
    out.write("}");
}

void RowPrinter::add_as_csv(casefile::Statement const& statement)
{
    auto& out = m_session->out();
    for (auto const& column : m_columns) {
        std::string cell = &column == &m_columns.front() ? "" : ",";
        if (column.type)
            report::append_csv_cell(cell, statement, column.position, *column.type);
        else
            report::append_csv_cell(cell, statement, column.position);
        out.write(m_for_terminal ? escape_for_terminal(cell) : cell);
    }
    out.write("\r\n");
}

void RowPrinter::add_to_table(casefile::Statement const& statement)
{
    std::vector<std::string> cells;
    cells.reserve(m_columns.size());
    for (auto const& column : m_columns)
        cells.push_back(cell_text(statement, column));
    for (auto const& cell : cells)
        m_gathered_bytes += cell.size();
    m_gathered.push_back(std::move(cells));
    if (m_gathered.size() >= kRowsForWidths || m_gathered_bytes >= kBytesForWidths)
        print_gathered();
}

void RowPrinter::print_gathered()
{
    if (m_widths.empty()) {
        m_widths.resize(m_columns.size());
        for (auto const& row : m_gathered)
            for (std::size_t i = 0; i != row.size(); ++i)
                m_widths[i] = std::min(kWidest, std::max(m_widths[i], display_width(row[i])));
    }
    for (auto const& row : m_gathered)
        m_session->out().print(
            "{}\n", m_for_terminal ? in_columns(row) : fmt::format("{}", fmt::join(row, "\t")));
    m_gathered.clear();
    m_gathered_bytes = 0;
}

std::string RowPrinter::in_columns(std::vector<std::string> const& row) const
{
    std::string line;
    for (std::size_t i = 0; i != row.size(); ++i) {
        if (i + 1 == row.size())
            return line + row[i];
        auto const cell = shortened(row[i], m_widths[i]);
        line += cell;
        line.append(m_widths[i] - std::min(m_widths[i], display_width(cell)) + 2, ' ');
    }
    return line;
}

void RowPrinter::finish()
{
    if (m_format == RowFormat::table)
        print_gathered();
    else if (m_format == RowFormat::json)
        m_session->out().write("\n]\n");
}

} // namespace exhibit::cli
