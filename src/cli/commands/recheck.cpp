#include "engine/recheck.hpp"

#include "base/text.hpp"
#include "casefile/sql_memory.hpp"
#include "cli/command.hpp"
#include "cli/layout.hpp"
#include "cli/severity.hpp"
#include "cli/summary_text.hpp"
#include "indicators/update.hpp"
#include "report/case.hpp"
#include "report/summary.hpp"
#include "report/text_format.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace exhibit::cli::recheck_command {
namespace {

struct Options {
    std::vector<std::filesystem::path> cases;
    std::vector<std::filesystem::path> indicators;
    std::vector<std::filesystem::path> rules;
    std::string fail_on = "high";
    unsigned jobs = 0;
    bool json = false;
    bool no_indicators = false;
};

/// Where the case has a row from; empty when it cannot be said.
std::string entry_of(casefile::Database* database, detection::FindingRow const& row)
{
    if (database == nullptr)
        return {};
    auto path = database->prepare(
        fmt::format("SELECT e.path FROM {} t JOIN entry e USING (entry_id) WHERE t.record_id=?",
            report::sql_name(row.table)));
    if (!path)
        return {};
    auto const found = path->bind(1, row.record_id).step();
    return found && *found ? std::string { path->text(0) } : std::string {};
}

/// What is common to the findings of a case and those that are not in it yet.
report::Finding as_reported(detection::Finding const& finding, casefile::Database* database)
{
    report::Finding out;
    out.key = finding.key;
    out.origin = finding.origin;
    out.rule = finding.rule_id;
    out.indicator = finding.indicator;
    out.campaign = finding.campaign;
    out.title = finding.title;
    out.severity = name_of(finding.severity);
    out.confidence = name_of(finding.confidence);
    out.relation = finding.relation;
    out.artifact = finding.artifact;
    out.summary = finding.summary;
    out.meaning = finding.meaning;
    out.innocent_causes = fmt::format("{}", fmt::join(finding.innocent_causes, "\n"));
    out.next_steps = fmt::format("{}", fmt::join(finding.next_steps, "\n"));
    out.source = finding.source;
    out.rows = static_cast<std::int64_t>(finding.row_count);
    for (auto const& row : finding.rows) {
        if (out.examples.size() == report::kMostExamples)
            break;
        report::FindingRow example;
        example.table = row.table;
        example.record_id = row.record_id;
        example.entry = entry_of(database, row);
        example.column = row.column;
        example.value = row.value;
        example.how = row.how;
        if (row.time)
            example.time = Timestamp { std::chrono::microseconds { *row.time } };
        out.examples.push_back(std::move(example));
    }
    return out;
}

void print_json(Session& session, std::vector<Rechecked> const& results)
{
    nlohmann::ordered_json json = nlohmann::ordered_json::array();
    for (auto const& result : results) {
        nlohmann::ordered_json one { { "case", result.case_file.string() } };
        one["values_compared"] = result.values_compared;
        one["minimal"] = result.minimal;
        one["files_hashed"] = !result.file_digests.empty();
        one["rules_left_out"] = result.rules_left_out;
        one["rules_in_part"] = result.rules_in_part;
        one["rules_failed"] = result.failed_rules;
        if (result.error)
            one["error"] = result.error->message;
        one["new"] = nlohmann::ordered_json::array();
        for (auto const& finding : result.news)
            one["new"].push_back({ { "key", finding.key }, { "severity", name_of(finding.severity) },
                { "confidence", name_of(finding.confidence) }, { "title", finding.title },
                { "campaign", finding.campaign }, { "summary", finding.summary },
                { "source", finding.source }, { "rows", finding.row_count } });
        json.push_back(std::move(one));
    }
    session.out().write(
        report::with_escapes(json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace)) + "\n");
}

void print_news(Session& session, Rechecked const& result)
{
    session.out().print(
        "\n{}\n", session.paint(Paint::strong, escape_for_terminal(result.case_file.string())));
    auto database = report::open_case(result.case_file, session.stop());
    for (auto const& finding : result.news)
        print_finding(session, as_reported(finding, database ? &*database : nullptr));
}

void print_text(Session& session, std::vector<Rechecked> const& results)
{
    std::size_t compared = 0;
    std::size_t with_news = 0;
    std::uint64_t values = 0;
    for (auto const& result : results) {
        if (result.error)
            continue;
        ++compared;
        values += result.values_compared;
        if (result.news.empty())
            continue;
        ++with_news;
        print_news(session, result);
    }
    session.out().print("{} of {} {} compared, {} values: {} with something new\n", compared, results.size(),
        results.size() == 1 ? "case" : "cases", values, with_news);
}

void say_why_not(Session& session, report::NoCase const& error)
{
    session.err().print("{}: nothing of it was compared\n", escape_for_terminal(error.message));
    if (!error.advice.empty())
        session.err().print("  {}\n", error.advice);
}

/// What a recheck cannot find in these cases.
void warn(Session& session, std::vector<Rechecked> const& results, indicators::IndicatorSet const& indicators)
{
    for (auto const& result : results) {
        auto const name = escape_for_terminal(result.case_file.string());
        if (result.error)
            say_why_not(session, *result.error);
        if (result.rules_left_out != 0)
            session.err().print(
                "{}: {} not applied: an earlier version wrote the case, without what they read; "
                "examine the acquisition again\n",
                name, counted(result.rules_left_out, "rule was", "rules were"));
        if (result.rules_in_part != 0)
            session.err().print(
                "{}: {} applied to a part of what they read, since an earlier version wrote the case; "
                "examine the acquisition again\n",
                name, counted(result.rules_in_part, "rule was", "rules were"));
        for (auto const& rule : result.failed_rules)
            session.err().print("{}: a rule could not be applied, {}\n", name, escape_for_terminal(rule));
    }
    if (indicators.indicators().empty())
        session.err().write(
            "no indicators were used (--indicators, or `exhibit indicators update`): only rules "
            "were applied\n");
    for (auto const& pack : indicators.packs())
        if (pack.indicators == 0)
            session.err().print(
                "nothing of the indicator file {} could be used: it was not compared at all\n",
                escape_for_terminal(pack.file));
    auto const count = [&](auto const& wanted) {
        return std::ranges::count_if(
            results, [&](Rechecked const& result) { return !result.error && wanted(result); });
    };
    if (auto const minimal = count([](auto const& result) { return result.minimal; }); minimal != 0)
        session.err().print(
            "{} only the rows of findings (`check --minimal`): nothing else can be found there\n",
            counted(static_cast<std::uint64_t>(minimal), "case keeps", "cases keep"));
    for (auto const& [kind, name] : kFileDigests) {
        auto const hashes = indicators.count(kind);
        auto const lacking
            = count([&](auto const& result) { return result.file_digests.find(name) == std::string::npos; });
        if (hashes != 0 && lacking != 0)
            session.err().print("{} no {} of files (`check --hash`): {} not compared with the files there\n",
                counted(static_cast<std::uint64_t>(lacking), "case holds", "cases hold"), name,
                counted(hashes, "hash indicator was", "hash indicators were"));
    }
}

ExitCode run(Session& session, Options const& options)
{
    if (!options.rules.empty())
        casefile::limit_memory_of_queries();
    auto paths = options.indicators;
    std::error_code error;
    if (auto const folder = indicators::default_folder();
        paths.empty() && !options.no_indicators && std::filesystem::is_directory(folder, error))
        paths.push_back(folder);
    auto const knowledge = load_knowledge(paths, options.rules);
    if (!knowledge)
        return session.refuse(knowledge.error().message, knowledge.error().advice);
    auto const results = recheck(options.cases, *knowledge, { options.jobs, session.stop() });
    if (session.stop().stop_requested())
        return session.refuse("stopped");
    options.json ? print_json(session, results) : print_text(session, results);
    warn(session, results, knowledge->indicators);
    auto const least = report::rank_of_severity(options.fail_on);
    bool alarming = false;
    bool unreadable = false;
    bool incomplete = false;
    for (auto const& result : results) {
        unreadable = unreadable || result.error.has_value();
        incomplete = incomplete || !result.failed_rules.empty();
        for (auto const& finding : result.news)
            alarming = alarming
                || (options.fail_on != "never"
                    && report::rank_of_severity(name_of(finding.severity)) >= least);
    }
    return unreadable ? ExitCode::could_not_run
        : alarming    ? ExitCode::findings
        : incomplete  ? ExitCode::damaged
                      : ExitCode::good;
}

Action define(CLI::App& app)
{
    auto options = std::make_shared<Options>();
    app.add_option("CASE", options->cases, "Case files")->required()->type_name("CASE");
    auto* const indicators = app.add_option("-i,--indicators", options->indicators,
                                    "Indicator file, or folder of them; may be repeated (default: what "
                                    "`exhibit indicators update` "
                                    "fetched)")
                                 ->allow_extra_args(false)
                                 ->type_name("FILE|DIR");
    app.add_option("--rules", options->rules, "Folder with rules besides the built-in ones; may be repeated")
        ->allow_extra_args(false)
        ->type_name("DIR");
    app.add_option("-j,--jobs", options->jobs, "Threads (default: one per processor)")
        ->check(CLI::Range(1, 256).description(""))
        ->type_name("N");
    app.add_flag("--no-indicators", options->no_indicators, "Apply rules only")->excludes(indicators);
    app.add_flag("--json", options->json, "As JSON");
    add_severity_option(app, "--fail-on", options->fail_on,
        "End with 1 when something new is of this severity or above", { "never" });
    return [options](Session& session) { return run(session, *options); };
}

} // namespace

extern constinit Command const kCommand { "recheck", Group::examine,
    "Compare existing cases with new indicators and rules, and list what is new",
    "The acquisition is not needed, and the case files stay as they are. A rule that a case knows in the "
    "same wording, with the same lists, is not evaluated again. It ends with 0 when nothing new is at or "
    "above "
    "--fail-on, 1 when something is, 2 when a case could not be read or took longer than half an hour, 3 "
    "when "
    "a rule failed.",
    "exhibit recheck cases/*.exhibit --indicators new.stix2\nexhibit recheck phone.exhibit --rules "
    "~/my-rules --json",
    define };

} // namespace exhibit::cli::recheck_command
