#include "artifact/registry.hpp"
#include "base/text.hpp"
#include "cli/command.hpp"
#include "cli/layout.hpp"
#include "cli/opening.hpp"
#include "cli/output_place.hpp"
#include "indicators/lint.hpp"
#include "indicators/load.hpp"
#include "indicators/update.hpp"

#include <CLI/CLI.hpp>
#include <filesystem>

namespace exhibit::cli::indicators_command {
namespace {

namespace fs = std::filesystem;
using indicators::IndicatorSet;
using indicators::LintLevel;
using indicators::PackUpdate;
using indicators::UpdateOutcome;

struct Options {
    std::vector<fs::path> paths; ///< empty: the user's folder
    std::string index_url { indicators::kDefaultIndexUrl };
    fs::path folder;
    bool allow_local_http = false;
};

/// Says why when a path cannot be read.
std::optional<IndicatorSet> load_or_refuse(Session& session, std::vector<fs::path> paths)
{
    if (paths.empty()) {
        auto const folder = indicators::default_folder();
        std::error_code error;
        if (folder.empty() || !fs::exists(folder, error)) {
            session.refuse("there are no indicators yet",
                folder.empty() ? "HOME is not set, so there is no folder for them: name their files"
                               : "`exhibit indicators update` fetches the public ones");
            return std::nullopt;
        }
        paths.push_back(folder);
    }
    indicators::SetBuilder builder;
    for (auto const& path : paths)
        if (auto const loaded = indicators::load_path(builder, path); !loaded) {
            session.refuse(fmt::format("{}: {}", path.string(), loaded.error().what));
            return std::nullopt;
        }
    return builder.build();
}

ExitCode list(Session& session, Options const& options)
{
    auto const set = load_or_refuse(session, options.paths);
    if (!set)
        return ExitCode::could_not_run;
    TextTable table;
    table.add({ "usable", "unusable", "file", "title", "source" });
    for (auto const& pack : set->packs())
        table.add(
            { std::to_string(pack.indicators), std::to_string(pack.problems), escape_for_terminal(pack.file),
                escape_for_terminal(pack.title), escape_for_terminal(pack.source) });
    session.out().write(table.text(0));
    session.out().print("{} in {}; {} could not be used (`exhibit indicators lint` names them)\n",
        counted(set->indicators().size(), "indicator", "indicators"),
        counted(set->packs().size(), "pack", "packs"), set->problems().size());
    return ExitCode::good;
}

Paint paint_of(LintLevel level)
{
    return level == LintLevel::error  ? Paint::alarm
        : level == LintLevel::warning ? Paint::warning
                                      : Paint::faint;
}

/// Where it stands and what it is: `line 2: word`, or the id of an indicator and its value.
std::string about_what(indicators::LintFinding const& finding)
{
    if (finding.id.empty() || finding.value.starts_with(finding.id))
        return finding.value;
    return finding.value.empty() ? finding.id : fmt::format("{} {}", finding.id, finding.value);
}

ExitCode lint(Session& session, Options const& options)
{
    auto const set = load_or_refuse(session, options.paths);
    if (!set)
        return ExitCode::could_not_run;
    indicators::LintOptions lint_options;
    lint_options.today = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
    lint_options.compared = indicators::compared_values(artifacts());
    bool wrong = false;
    for (auto const& finding : indicators::lint(*set, lint_options)) {
        wrong = wrong || finding.level == LintLevel::error;
        auto const about = about_what(finding);
        session.out().print("{}: {} {}{} ({})\n", escape_for_terminal(set->packs()[finding.pack].file),
            session.paint(paint_of(finding.level), indicators::name_of(finding.level)),
            about.empty() ? "" : escape_for_terminal(about) + ": ", escape_for_terminal(finding.message),
            escape_for_terminal(finding.advice));
    }
    return wrong ? ExitCode::findings : ExitCode::good;
}

ExitCode refuse_update(Session& session, indicators::UpdateFailure const& failure, fs::path const& folder)
{
    std::error_code error;
    std::string advice { failure.advice };
    if (fs::exists(folder / indicators::kPublicFolder, error))
        advice += std::string { advice.empty() ? "" : "; " } + "the indicators that were there are unchanged";
    return session.refuse(failure.what, advice);
}

ExitCode update(Session& session, Options const& options)
{
    if (auto const why = forbidden({ options.folder, {}, {} }))
        return refuse(session, *why);
    indicators::UpdateOptions update_options;
    update_options.index_url = options.index_url;
    update_options.folder = options.folder;
    update_options.local_http
        = options.allow_local_http ? indicators::LocalHttp::allowed : indicators::LocalHttp::refused;
    update_options.stop = session.stop();
    update_options.progress = [&](PackUpdate const& pack) {
        session.err().print("{:<10} {}{}\n", indicators::name_of(pack.outcome),
            escape_for_terminal(pack.title),
            pack.message.empty() ? "" : ": " + escape_for_terminal(pack.message));
        session.err().flush();
    };
    auto const folder = options.folder.empty() ? indicators::default_folder() : options.folder;
    auto const updated = indicators::update(update_options);
    if (!updated)
        return refuse_update(session, updated.error(), folder);
    std::uint64_t usable = 0;
    bool complete = true;
    for (auto const& pack : *updated) {
        usable += pack.indicators;
        complete = complete && pack.message.empty();
    }
    session.out().print("{} in {}\n", counted(usable, "indicator", "indicators"),
        escape_for_terminal((folder / indicators::kPublicFolder).string()));
    return complete ? ExitCode::good : ExitCode::damaged;
}

Action define(CLI::App& app)
{
    auto options = std::make_shared<Options>();
    auto* list_app
        = app.add_subcommand("list", "List the packs and how many of their indicators can be used");
    auto* lint_app = app.add_subcommand("lint",
        "Name the indicators that can never match or match too much; ends with 1 when there are errors");
    for (auto* sub : { list_app, lint_app })
        sub->add_option("PATH", options->paths, "Files or folders (default: the user's folder)");
    auto* update_app = app.add_subcommand("update",
        "Fetch the public index and its packs over HTTPS; the only command that uses the network. Ends with "
        "3 "
        "when some packs could not be fetched");
    update_app->add_option("--index", options->index_url, "Address of the index")->type_name("URL");
    update_app->add_option("--folder", options->folder, "Where to put them (default: the user's folder)")
        ->type_name("DIR");
    update_app->add_flag(
        "--allow-local-http", options->allow_local_http, "Take http:// from this machine, for tests");
    app.require_subcommand(1);
    return [options, list_app, lint_app](Session& session) {
        return list_app->parsed() ? list(session, *options)
            : lint_app->parsed()  ? lint(session, *options)
                                  : update(session, *options);
    };
}

} // namespace

extern constinit Command const kCommand { "indicators", Group::knowledge, "List, check or fetch indicators",
    "", "exhibit indicators update\nexhibit indicators list\nexhibit indicators lint pegasus.stix2", define };

} // namespace exhibit::cli::indicators_command
