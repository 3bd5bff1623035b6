#include "base/text.hpp"
#include "casefile/schema.hpp"
#include "cli/case_file.hpp"
#include "cli/command.hpp"
#include "cli/layout.hpp"
#include "cli/summary_text.hpp"
#include "report/case.hpp"

#include <CLI/CLI.hpp>
#include <array>

namespace exhibit::cli::coverage_command {
namespace {

struct Options {
    std::filesystem::path path;
    bool json = false;
};

/// Diagnostics that meet a condition on `d`, below a heading.
Result<void> print_diagnostics(
    Session& session, casefile::Database& database, std::string_view heading, std::string_view condition)
{
    auto statement = EXHIBIT_TRY(database.prepare(
        fmt::format("SELECT d.level, d.artifact, d.message, d.count, coalesce(e.path, '') FROM diagnostic d "
                    "LEFT JOIN entry e USING (entry_id) WHERE {} ORDER BY d.level, d.artifact, "
                    "d.diagnostic_id",
            condition)));
    bool first = true;
    while (EXHIBIT_TRY(statement.step())) {
        if (std::exchange(first, false))
            session.out().print("\n{}\n", session.paint(Paint::strong, heading));
        session.out().print("  {} {}: {}{}  {}\n", escape_for_terminal(statement.text(0)),
            escape_for_terminal(statement.text(1)), escape_for_terminal(statement.text(2)),
            statement.integer(3) > 1 ? fmt::format(" ({} times)", statement.integer(3)) : "",
            session.paint(Paint::faint, escape_for_terminal(statement.text(4))));
    }
    return {};
}

/// Of files that were looked at one by one: how many a check fits. Their tables say in `checks` what was
/// done.
Result<void> print_checks(Session& session, casefile::Database& database)
{
    auto tables = EXHIBIT_TRY(database.prepare("SELECT t.artifact, t.table_name FROM artifact_column c JOIN "
                                               "artifact_table t USING (table_name) WHERE c.column_name = "
                                               "'checks' ORDER BY t.artifact, t.table_name"));
    bool first = true;
    while (EXHIBIT_TRY(tables.step())) {
        auto counts
            = EXHIBIT_TRY(database.prepare(fmt::format("SELECT count(*), coalesce(sum(checks NOT IN ('', "
                                                       "'name')), 0), coalesce(sum(checks = 'name'), 0) "
                                                       "FROM {}",
                report::sql_name(tables.text(1)))));
        if (!EXHIBIT_TRY(counts.step()) || counts.integer(0) == 0)
            continue;
        if (std::exchange(first, false))
            session.out().print(
                "\n{}\n", session.paint(Paint::strong, "Files that were checked for exploits"));
        auto const [all, whole, name]
            = std::array { counts.integer(0), counts.integer(1), counts.integer(2) };
        session.out().print("  {}: {} looked at; {} by structure, {} by name and first bytes alone, {} of a "
                            "kind that no check is for\n",
            escape_for_terminal(tables.text(0)), counted(static_cast<std::uint64_t>(all), "file", "files"),
            whole, name, all - whole - name);
    }
    return {};
}

Result<void> print_unread(
    Session& session, casefile::Database& database, std::string_view name, std::string_view title)
{
    auto info = EXHIBIT_TRY(database.prepare("SELECT value FROM case_info WHERE name = ?"));
    if (EXHIBIT_TRY(info.bind(1, name).step()))
        session.out().print(
            "\n{}\n  {}\n", session.paint(Paint::strong, title), escape_for_terminal(info.text(0)));
    return {};
}

/// Rules that say nothing of this phone, and what each of them lacks.
Result<void> print_rules(Session& session, casefile::Database& database)
{
    auto rules = EXHIBIT_TRY(database.prepare("SELECT rule_id, state, reason FROM rule WHERE state NOT IN "
                                              "('matched', 'silent') ORDER BY state, rule_id"));
    TextTable table;
    while (EXHIBIT_TRY(rules.step()))
        table.add({ escape_for_terminal(rules.text(0)), escape_for_terminal(rules.text(1)),
            escape_for_terminal(rules.text(2)) });
    if (auto const text = table.text(2); !text.empty())
        session.out().print("\n{}\n{}", session.paint(Paint::strong, "Rules that were not applied"), text);
    return {};
}

ExitCode run(Session& session, Options const& options)
{
    auto database = open_or_refuse(session, options.path);
    if (!database)
        return ExitCode::could_not_run;
    auto const coverage = report::read_coverage(*database);
    if (!coverage)
        return refuse_read(session, *database, coverage.error());
    if (options.json) {
        session.out().write(report::to_json(*coverage));
        return ExitCode::good;
    }
    session.out().write("Key artifacts are marked *; times are those of events, in UTC.\n");
    print_coverage(session, *coverage, CoverageDetail::all);
    if (auto const printed = print_checks(session, *database); !printed)
        return refuse_read(session, *database, printed.error());
    if (auto const printed
        = print_diagnostics(session, *database, "What was wrong while reading", "d.level <> 'note'");
        !printed)
        return refuse_read(session, *database, printed.error());
    if (auto const printed = print_diagnostics(session, *database,
            "Dates that cannot be: a wrong clock, damage, or somebody who changed them",
            fmt::format("d.message IN ('{}', '{}')", kNoPlausibleDate, kTimeOutsideOfPhones));
        !printed)
        return refuse_read(session, *database, printed.error());
    if (auto const printed = print_diagnostics(session, *database,
            "What is gone; both apps and people delete", "d.level = 'note' AND d.fault = 'missing'");
        !printed)
        return refuse_read(session, *database, printed.error());
    for (auto const& [name, title] :
        { std::pair { kSectionsUnreadInfo, "Sections of the dump that no artifact reads" },
            std::pair { kStoresUnreadInfo, "Known stores of the phone that no artifact reads" } })
        if (auto const printed = print_unread(session, *database, name, title); !printed)
            return refuse_read(session, *database, printed.error());
    if (auto const printed = print_rules(session, *database); !printed)
        return refuse_read(session, *database, printed.error());
    return ExitCode::good;
}

Action define(CLI::App& app)
{
    auto options = std::make_shared<Options>();
    add_case_argument(app, options->path);
    app.add_flag("--json", options->json, "As JSON (docs/json.md)");
    return [options](Session& session) { return run(session, *options); };
}

} // namespace

extern constinit Command const kCommand { "coverage", Group::read,
    "Show how each artifact fared: what was read, what was not there, what was damaged", "",
    "exhibit coverage phone.exhibit\nexhibit coverage phone.exhibit --json", define };

} // namespace exhibit::cli::coverage_command
