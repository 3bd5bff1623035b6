#include "base/text.hpp"
#include "cli/case_file.hpp"
#include "cli/command.hpp"
#include "cli/row_printer.hpp"
#include "report/core_tables.hpp"

#include <CLI/CLI.hpp>

namespace exhibit::cli::rows_command {
namespace {

using report::TableInfo;

struct Options {
    std::filesystem::path path;
    std::string what;
    RowFormat format = RowFormat::table;
    std::optional<std::uint64_t> limit;
};

/// A query, and the columns it gives.
struct Query {
    std::string sql;
    std::vector<PrintedColumn> columns;
    std::string artifact {}; ///< empty: a table that every case has
};

Query query_of(TableInfo const& table, RowFormat format, bool has_recovered)
{
    Query query;
    query.sql = "SELECT t.record_id, e.path, t.locator, t.recovered";
    query.columns = { { "record_id", 0, std::nullopt }, { "entry", 1, std::nullopt },
        { "locator", 2, std::nullopt }, { "recovered", 3, std::nullopt } };
    if (format == RowFormat::table) // A table is for eyes: where a row came from is in the other formats.
        query.columns = { { "record_id", 0, std::nullopt } };
    if (format == RowFormat::table && has_recovered)
        query.columns.push_back({ "recovered", 3, std::nullopt });
    int position = 4;
    for (auto const& column : table.columns) {
        query.sql += fmt::format(", t.{}", report::sql_name(column.name));
        query.columns.push_back({ column.name, position++, column.type });
        if (column.type == Type::time && format != RowFormat::table) {
            query.sql += fmt::format(", t.{}", report::sql_name(column.name + "_raw"));
            query.columns.push_back({ column.name + "_raw", position++, std::nullopt });
        }
    }
    query.artifact = table.artifact;
    query.sql += fmt::format(
        " FROM {} t LEFT JOIN entry e ON e.entry_id = t.entry_id ORDER BY t.record_id LIMIT ?1",
        report::sql_name(table.name));
    return query;
}

/// Whether there was no row.
Result<bool> print(Session& session, casefile::Database& database, Query query, Options const& options)
{
    auto statement = EXHIBIT_TRY(database.prepare(query.sql));
    statement.bind(1, options.limit ? static_cast<std::int64_t>(*options.limit) : std::int64_t { -1 });
    if (query.columns.empty())
        for (int i = 0; i != statement.columns(); ++i)
            query.columns.push_back({ std::string { statement.column_name(i) }, i, std::nullopt });
    RowPrinter printer { session, options.format, std::move(query.columns) };
    bool is_empty = true;
    while (EXHIBIT_TRY(statement.step())) {
        is_empty = false;
        printer.add(statement);
        if (session.stop().stop_requested() || session.out().failed())
            break;
    }
    printer.finish();
    return is_empty;
}

Result<bool> has_recovered(casefile::Database& database, TableInfo const& table)
{
    auto any = EXHIBIT_TRY(database.prepare(
        fmt::format("SELECT 1 FROM {} WHERE recovered IS NOT NULL LIMIT 1", report::sql_name(table.name))));
    return any.step();
}

Result<std::vector<Query>> queries_of(
    casefile::Database& database, std::vector<TableInfo> const& tables, Options const& options)
{
    std::vector<Query> queries;
    for (auto const& table : tables)
        if (table.name == options.what || table.artifact == options.what) {
            bool const recovered = EXHIBIT_TRY(has_recovered(database, table));
            queries.push_back(query_of(table, options.format, recovered));
        }
    for (auto const& table : report::core_tables())
        if (table.name == options.what)
            queries.push_back({ fmt::format("SELECT * FROM {} LIMIT ?1", table.name), {} });
    return queries;
}

Result<bool> hold_rows(casefile::Database& database, std::vector<Query> const& queries)
{
    for (auto const& query : queries) {
        auto statement = EXHIBIT_TRY(database.prepare(query.sql));
        statement.bind(1, std::int64_t { 1 });
        if (EXHIBIT_TRY(statement.step()))
            return true;
    }
    return false;
}

/// Of an artifact that was not seen the headers of its tables tell nothing.
Result<void> print_all(
    Session& session, casefile::Database& database, std::vector<Query> const& queries, Options const& options)
{
    bool const may_be_unseen = !queries.front().artifact.empty() && options.limit != 0;
    if (may_be_unseen && queries.size() > 1 && !EXHIBIT_TRY(hold_rows(database, queries))
        && say_if_unseen(session, database, options.what))
        return {};
    bool has_empty = false;
    for (auto const& query : queries) {
        if (&query != &queries.front())
            session.out().write("\n");
        has_empty = EXHIBIT_TRY(print(session, database, query, options)) || has_empty;
    }
    if (has_empty && may_be_unseen)
        say_if_unseen(session, database, queries.front().artifact);
    return {};
}

ExitCode refuse_name(Session& session, std::vector<TableInfo> const& tables, Options const& options)
{
    std::string names;
    for (auto const& table : tables)
        if (table.artifact == options.what)
            names += fmt::format("{}{}", names.empty() ? "" : ", ", table.name);
    if (!names.empty())
        return session.refuse(fmt::format("'{}' has several tables, and this format holds one", options.what),
            fmt::format("name one of its tables: {}", names));
    return session.refuse(fmt::format("this case has no artifact or table '{}'", options.what),
        "`exhibit coverage CASE` lists the artifacts, `exhibit artifacts ID` the tables of one");
}

ExitCode run(Session& session, Options const& options)
{
    auto database = open_or_refuse(session, options.path);
    if (!database)
        return ExitCode::could_not_run;
    say_if_minimal(session, *database);
    auto const tables = report::read_tables(*database);
    if (!tables)
        return refuse_read(session, *database, tables.error());
    auto const queries = queries_of(*database, *tables, options);
    if (!queries)
        return refuse_read(session, *database, queries.error());
    if (queries->empty())
        return refuse_name(session, *tables, options);
    if (queries->size() > 1 && options.format != RowFormat::table)
        return refuse_name(session, *tables, options);
    if (auto const printed = print_all(session, *database, *queries, options); !printed)
        return refuse_read(session, *database, printed.error());
    return ExitCode::good;
}

Action define(CLI::App& app)
{
    auto options = std::make_shared<Options>();
    add_case_argument(app, options->path);
    app.add_option("WHAT", options->what, "An artifact (`ios.sms`) or one of its tables")->required();
    add_format_option(app, options->format);
    app.add_option("--limit", options->limit, "At most so many rows")
        ->check(CLI::Range(std::uint64_t { 0 }, std::uint64_t { INT64_MAX }).description(""))
        ->type_name("N");
    return [options](Session& session) { return run(session, *options); };
}

} // namespace

extern constinit Command const kCommand { "rows", Group::read, "Print the rows of an artifact", "",
    "exhibit rows phone.exhibit ios.tcc\nexhibit rows phone.exhibit ios_data_usage_process --format csv > "
    "usage.csv",
    define };

} // namespace exhibit::cli::rows_command
