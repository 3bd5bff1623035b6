#include "base/number.hpp"
#include "base/text.hpp"
#include "cli/case_file.hpp"
#include "cli/command.hpp"
#include "cli/layout.hpp"
#include "cli/summary_text.hpp"
#include "detection/rule_set.hpp"
#include "report/timeline.hpp"

#include <CLI/CLI.hpp>
#include <ranges>
#include <utility>

namespace exhibit::cli::explain_command {
namespace {

constexpr std::int64_t kRowsShown = 50;
constexpr std::uint64_t kEventsShown = 200;

struct Options {
    std::string finding;
    std::filesystem::path path;
    bool all = false;
};

/// By its number in this case, or by its key, which is the same in every case.
report::Finding const* find(std::vector<report::Finding> const& findings, std::string_view wanted)
{
    auto const number = whole_number<std::int64_t>(wanted);
    for (auto const& finding : findings)
        if (number ? finding.id == *number : finding.key == wanted)
            return &finding;
    return nullptr;
}

void print_heading(Session& session, std::string_view words)
{
    session.out().print("\n{}\n", session.paint(Paint::strong, session.translate(words)));
}

std::string moment(casefile::Statement const& statement, int column)
{
    if (statement.is_null(column))
        return "no time";
    return to_text(Timestamp { std::chrono::microseconds { statement.integer(column) } });
}

/// Every row with the place in the evidence that it was read from.
Result<void> print_rows(
    Session& session, casefile::Database& database, report::Finding const& finding, bool all)
{
    print_heading(session, "The rows it rests on");
    auto rows = EXHIBIT_TRY(database.prepare(
        "SELECT r.table_name, r.record_id, r.column_name, r.value, r.how, r.time, r.recovered, e.path, "
        "e.stored, a.artifact "
        "FROM finding_row r LEFT JOIN entry e USING (entry_id) LEFT JOIN artifact_table a USING (table_name) "
        "WHERE r.finding_id = ? ORDER BY r.time IS NULL, r.time, r.table_name, r.record_id LIMIT ?"));
    rows.bind(1, finding.id).bind(2, all ? std::int64_t { -1 } : kRowsShown);
    std::int64_t shown = 0;
    while (EXHIBIT_TRY(rows.step())) {
        ++shown;
        auto const table = std::string { rows.text(0) };
        auto locator = EXHIBIT_TRY(database.prepare(
            fmt::format("SELECT locator FROM {} WHERE record_id = ?", report::sql_name(table))));
        locator.bind(1, rows.integer(1));
        auto const place
            = EXHIBIT_TRY(locator.step()) ? fmt::format(", row or byte {}", locator.integer(0)) : "";
        auto& out = session.out();
        out.print("  {}  {} {} ({}{})\n", moment(rows, 5), escape_for_terminal(table), rows.integer(1),
            escape_for_terminal(rows.text(4)),
            rows.is_null(6) ? "" : fmt::format(", recovered from {}", escape_for_terminal(rows.text(6))));
        if (!rows.is_null(3))
            out.print("      {}: {}\n", rows.is_null(2) ? "value" : escape_for_terminal(rows.text(2)),
                shortened(escape_for_terminal(rows.text(3)), 300));
        if (!rows.is_null(7))
            out.print("      {}\n",
                session.paint(Paint::faint, fmt::format("{}{}", escape_for_terminal(rows.text(7)), place)));
    }
    if (finding.rows > shown)
        session.out().print("  ... and {} more; --all shows them\n", finding.rows - shown);
    return {};
}

Result<void> print_surroundings(
    Session& session, casefile::Database& database, report::Finding const& finding)
{
    print_heading(session, "What happened within ten minutes of it");
    report::TimelineQuery query;
    query.around = finding.id;
    query.limit = kEventsShown;
    std::uint64_t shown = 0;
    EXHIBIT_TRY(
        report::read_timeline(database, query, [&](report::TimelineEvent const& event) -> Result<bool> {
            ++shown;
            session.out().print("  {}  {}  {}\n", to_text(event.time).substr(0, 19),
                escape_for_terminal(event.kind), shortened(escape_for_terminal(event.words), 160));
            return true;
        }));
    if (shown == 0)
        session.out().write("  nothing that has a time\n");
    if (shown == kEventsShown)
        session.out().print("  ... `exhibit timeline --around {}` shows all\n", finding.id);
    return {};
}

/// What the case keeps of a rule, by its id, or by the key of a finding of YARA.
Result<std::string> stored_query(casefile::Database& database, std::string const& name)
{
    auto has = EXHIBIT_TRY(database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'rule_query'"));
    if (!EXHIBIT_TRY(has.step()))
        return std::string {};
    auto stored = EXHIBIT_TRY(database.prepare("SELECT query FROM rule_query WHERE rule_id = ?"));
    stored.bind(1, name);
    return EXHIBIT_TRY(stored.step()) ? std::string { stored.text(0) } : std::string {};
}

/// The query as it was run: from the case, which keeps it for rules of users too; in an older case that of
/// the program, where the rule is still the same.
Result<std::string> query_of(casefile::Database& database, std::string const& rule)
{
    if (auto stored = EXHIBIT_TRY(stored_query(database, rule)); !stored.empty())
        return stored;
    auto digest = EXHIBIT_TRY(database.prepare("SELECT sha256 FROM rule WHERE rule_id = ?"));
    digest.bind(1, rule);
    auto const rules = detection::RuleSet::built_in();
    auto const known = rules.rules().find(rule);
    bool const same = EXHIBIT_TRY(digest.step()) && known != rules.rules().end()
        && known->second.sha256 == digest.text(0);
    return same ? known->second.sql : std::string {};
}

void print_lines(Session& session, std::string_view text)
{
    for (auto const line : std::views::split(text, '\n'))
        if (!line.empty())
            session.out().print("  {}\n", escape_for_terminal(std::string_view { line.begin(), line.end() }));
}

Result<void> print_query(Session& session, casefile::Database& database, report::Finding const& finding)
{
    if (finding.origin == "yara") {
        auto const text = EXHIBIT_TRY(stored_query(database, finding.key));
        print_heading(session, "The YARA rule");
        print_lines(session, text.empty() ? "this case does not keep its text" : text);
        return {};
    }
    auto const query = EXHIBIT_TRY(query_of(database, finding.rule));
    print_heading(session, "The query of the rule");
    if (query.empty())
        session.out().write(
            "  not in this case, and the program has no rule of this name that is the same as it was then\n");
    print_lines(session, query);
    return {};
}

Result<void> print_more(Session& session, casefile::Database& database, report::Finding const& finding)
{
    auto more = EXHIBIT_TRY(
        database.prepare("SELECT class, status, further_reading, key FROM finding WHERE finding_id = ?"));
    more.bind(1, finding.id);
    if (!EXHIBIT_TRY(more.step()))
        return {};
    print_heading(session, "What this rests on");
    session.out().print("  Kind: {}. Basis: {}. Key, the same in every case: {}\n",
        escape_for_terminal(more.text(0)), escape_for_terminal(more.text(1)),
        escape_for_terminal(more.text(3)));
    for (auto const line : std::views::split(more.text(2), '\n'))
        if (!line.empty())
            session.out().print(
                "  - {}\n", wrapped(escape_for_terminal(std::string_view { line.begin(), line.end() }), 4));
    return finding.rule.empty() ? Result<void> {} : print_query(session, database, finding);
}

Result<void> explain(Session& session, casefile::Database& database, report::Finding const& finding, bool all)
{
    print_finding(session, finding);
    EXHIBIT_TRY(print_rows(session, database, finding, all));
    EXHIBIT_TRY(print_surroundings(session, database, finding));
    return print_more(session, database, finding);
}

/// Other commands have the case first: either order will do.
Options in_order(Options options)
{
    std::error_code error;
    if (!std::filesystem::exists(options.path, error) && std::filesystem::exists(options.finding, error)) {
        std::string const finding = options.path.string();
        options.path = std::exchange(options.finding, finding);
    }
    return options;
}

ExitCode run(Session& session, Options const& options)
{
    auto database = open_or_refuse(session, options.path);
    if (!database)
        return ExitCode::could_not_run;
    auto const findings = report::read_findings(*database);
    if (!findings)
        return refuse_read(session, *database, findings.error());
    auto const* finding = find(*findings, options.finding);
    if (finding == nullptr)
        return session.refuse(
            fmt::format("the case has no finding '{}'", escape_for_terminal(options.finding)),
            "`exhibit findings CASE` lists them with their numbers");
    if (auto const done = explain(session, *database, *finding, options.all); !done)
        return refuse_read(session, *database, done.error());
    return ExitCode::good;
}

Action define(CLI::App& app)
{
    auto options = std::make_shared<Options>();
    app.add_option("FINDING", options->finding, "Number of the finding, or its key")
        ->required()
        ->type_name("FINDING");
    add_case_argument(app, options->path);
    app.add_flag("--all", options->all, "Every row it rests on");
    return [options](Session& session) { return run(session, in_order(*options)); };
}

} // namespace

extern constinit Command const kCommand { "explain", Group::read,
    "Show all about one finding: its rows and their places in the evidence, what happened around it, its "
    "sources",
    "",
    "exhibit explain 1 phone.exhibit\nexhibit explain rule/ios-safari-instant-redirect phone.exhibit --all",
    define };

} // namespace exhibit::cli::explain_command
