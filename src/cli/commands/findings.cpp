#include "cli/case_file.hpp"
#include "cli/command.hpp"
#include "cli/severity.hpp"
#include "cli/summary_text.hpp"

#include <CLI/CLI.hpp>

namespace exhibit::cli::findings_command {
namespace {

struct Options {
    std::filesystem::path path;
    std::string severity = "info";
    bool json = false;
};

ExitCode run(Session& session, Options const& options)
{
    auto database = open_or_refuse(session, options.path);
    if (!database)
        return ExitCode::could_not_run;
    auto findings = report::read_findings(*database);
    if (!findings)
        return refuse_read(session, *database, findings.error());
    auto const least = report::rank_of_severity(options.severity);
    std::erase_if(
        *findings, [&](auto const& finding) { return report::rank_of_severity(finding.severity) < least; });
    if (options.json) {
        session.out().write(report::to_json(*findings));
        return ExitCode::good;
    }
    for (auto const& finding : *findings)
        print_finding(session, finding);
    if (findings->empty())
        session.out().write("No finding of this severity. That is no proof that nothing was there.\n");
    return ExitCode::good;
}

Action define(CLI::App& app)
{
    auto options = std::make_shared<Options>();
    add_case_argument(app, options->path);
    add_severity_option(app, "--severity", options->severity, "Only findings of this severity or above");
    app.add_flag("--json", options->json, "As JSON (docs/json.md)");
    return [options](Session& session) { return run(session, *options); };
}

} // namespace

extern constinit Command const kCommand { "findings", Group::read,
    "List the findings of a case, each with its reason, innocent causes and next steps", "",
    "exhibit findings phone.exhibit\nexhibit findings phone.exhibit --severity high", define };

} // namespace exhibit::cli::findings_command
