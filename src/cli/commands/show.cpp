#include "cli/case_file.hpp"
#include "cli/command.hpp"
#include "cli/summary_text.hpp"

#include <CLI/CLI.hpp>

namespace exhibit::cli::show_command {
namespace {

struct Options {
    std::filesystem::path path;
    bool json = false;
};

ExitCode run(Session& session, Options const& options)
{
    auto database = open_or_refuse(session, options.path);
    if (!database)
        return ExitCode::could_not_run;
    auto const summary = report::read_summary(*database);
    if (!summary)
        return refuse_read(session, *database, summary.error());
    if (options.json)
        session.out().write(report::to_json(*summary, options.path.string()));
    else
        print_summary(session, *summary, options.path.string());
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

extern constinit Command const kCommand { "show", Group::read,
    "Show what an examination came to, as `check` does at its end", "",
    "exhibit show phone.exhibit\nexhibit show phone.exhibit --json | jq .finding_counts", define };

} // namespace exhibit::cli::show_command
