#include "casefile/sql_memory.hpp"
#include "cli/case_file.hpp"
#include "cli/command.hpp"
#include "cli/row_printer.hpp"

#include <CLI/CLI.hpp>
#include <chrono>
#include <fmt/format.h>
#include <set>

namespace exhibit::cli::sql_command {
namespace {

struct Options {
    std::filesystem::path path;
    std::string query;
    RowFormat format = RowFormat::table;
    unsigned seconds = 60;
};

/// In JSON the second of two columns with one name would hide the first: it becomes `name:2`.
std::vector<PrintedColumn> columns_of(casefile::Statement const& statement, RowFormat format)
{
    std::vector<PrintedColumn> columns;
    std::set<std::string> taken;
    for (int i = 0; i != statement.columns(); ++i) {
        std::string const name { statement.column_name(i) };
        auto unique = name;
        for (int number = 2; !taken.insert(unique).second; ++number)
            unique = fmt::format("{}:{}", name, number);
        bool const is_json = format == RowFormat::json || format == RowFormat::jsonl;
        columns.push_back({ is_json ? unique : name, i, std::nullopt });
    }
    return columns;
}

Result<void> print(Session& session, casefile::Database& database, Options const& options)
{
    std::chrono::seconds const limit { options.seconds };
    auto const deadline = std::chrono::steady_clock::now() + limit;
    database.limit_time(limit);
    auto statement = EXHIBIT_TRY(database.prepare(options.query));
    Result<bool> more = EXHIBIT_TRY(statement.step()); // Nothing is printed of what is refused.
    RowPrinter printer { session, options.format, columns_of(statement, options.format) };
    while (more && *more) {
        printer.add(statement);
        if (session.stop().stop_requested() || session.out().failed())
            break;
        // SQLite looks at the time between steps of its own, of which one can make a large value.
        more = std::chrono::steady_clock::now() > deadline
            ? fail(Fault::over_limit, "the query took longer than its time limit")
            : statement.step();
    }
    printer.finish(); // A list is closed whatever ended it.
    return more ? Result<void> {} : std::unexpected(more.error());
}

ExitCode run(Session& session, Options const& options)
{
    casefile::limit_memory_of_queries();
    auto database = open_or_refuse(session, options.path);
    if (!database)
        return ExitCode::could_not_run;
    if (auto const printed = print(session, *database, options); !printed)
        return refuse_read(session, *database, printed.error());
    return ExitCode::good;
}

Action define(CLI::App& app)
{
    auto options = std::make_shared<Options>();
    add_case_argument(app, options->path);
    app.add_option("QUERY", options->query, "One SELECT statement; nothing can be written")->required();
    add_format_option(app, options->format);
    app.add_option("--timeout", options->seconds, "Seconds after which the query is stopped (default: 60)")
        ->check(CLI::Range(1, 86'400).description(""))
        ->type_name("SECONDS");
    return [options](Session& session) { return run(session, *options); };
}

} // namespace

extern constinit Command const kCommand { "sql", Group::read, "Run a query on a case file, read-only",
    "The case file is an ordinary SQLite database; docs/casefile.md describes its tables. The query can "
    "read "
    "this file and nothing else: it cannot write, attach other files or load code.",
    "exhibit sql phone.exhibit \"SELECT severity, title FROM finding\"\n"
    "exhibit sql phone.exhibit \"SELECT kind, count(*) FROM timeline GROUP BY kind\" --format csv",
    define };

} // namespace exhibit::cli::sql_command
