#pragma once

#include "cli/session.hpp"
#include "report/case.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace exhibit::cli {

enum class RowFormat : std::uint8_t { table, csv, json, jsonl };

/// Adds `--format table|csv|json|jsonl`.
void add_format_option(CLI::App& app, RowFormat& format);

/// A column of what is printed, and where its value stands in the statement.
struct PrintedColumn {
    std::string name;
    int position = 0;
    std::optional<Type> type; ///< nothing: as SQLite stored it
};

/// Prints rows as they come, whatever their number. As a table: padded and cut for a terminal, separated by
/// tabs and whole for a pipe.
class RowPrinter {
public:
    RowPrinter(Session& session, RowFormat format, std::vector<PrintedColumn> columns);

    void add(casefile::Statement const& statement);
    void finish();
    [[nodiscard]] std::uint64_t rows() const { return m_rows; }

private:
    void add_to_table(casefile::Statement const& statement);
    void add_as_json(casefile::Statement const& statement);
    void add_as_csv(casefile::Statement const& statement);
    void print_gathered();
    [[nodiscard]] std::string in_columns(std::vector<std::string> const& row) const;

    Session* m_session;
    RowFormat m_format;
    bool m_for_terminal;
    std::vector<PrintedColumn> m_columns;
    std::vector<std::vector<std::string>> m_gathered; ///< the first rows of a table, until widths are known
    std::size_t m_gathered_bytes = 0;
    std::vector<std::size_t> m_widths;
    std::uint64_t m_rows = 0;
};

} // namespace exhibit::cli
