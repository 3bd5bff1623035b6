#include "report/export.hpp"

#include "artifact/registry.hpp"
#include "base/text.hpp"
#include "cli/case_file.hpp"
#include "cli/choice.hpp"
#include "cli/command.hpp"
#include "cli/opening.hpp"
#include "cli/output_place.hpp"
#include "cli/signals.hpp"
#include "engine/yara_pass.hpp"
#include "report/earlier_export.hpp"
#include "report/timeline.hpp"

#include <CLI/CLI.hpp>
#include <map>

namespace exhibit::cli::export_command {
namespace {

namespace fs = std::filesystem;

enum class Format : std::uint8_t { jsonl, csv, mvt, timesketch };

struct Options {
    fs::path path;
    fs::path target;
    Format format = Format::jsonl;
    bool force = false;

    [[nodiscard]] bool to_output() const { return target == "-"; }
    [[nodiscard]] bool to_folder() const { return format == Format::csv || format == Format::mvt; }
    [[nodiscard]] Replace replace() const { return force ? Replace::yes : Replace::no; }
};

Result<report::Exported> export_folder(Session& session, casefile::Database& database, Options const& options)
{
    auto folder = EXHIBIT_TRY(report::OutputFolder::create(options.target));
    auto const exported
        = EXHIBIT_TRY(options.format == Format::csv ? report::export_csv(database, folder, session.stop())
                                                    : report::export_mvt(database, folder, session.stop()));
    EXHIBIT_TRY(folder.commit(options.replace()));
    return exported;
}

Result<report::Exported> export_text(
    Session& session, casefile::Database& database, Options const& options, report::TextSink const& sink)
{
    if (options.format == Format::jsonl)
        return report::export_jsonl(database, sink, session.stop());
    auto const form = to_lower(options.target.extension().string()) == ".csv" ? report::TimesketchForm::csv
                                                                              : report::TimesketchForm::jsonl;
    return report::export_timesketch(database, sink, form, session.stop());
}

Result<report::Exported> export_file(Session& session, casefile::Database& database, Options const& options)
{
    if (options.to_output())
        return export_text(session, database, options, [&](std::string_view text) -> Result<void> {
            session.out().write(text);
            if (session.out().failed())
                return fail(Fault::cancelled, "the output could not be written");
            return {};
        });
    auto file = EXHIBIT_TRY(report::OutputFile::create(options.target));
    RemovedWhenKilled const guard { file.working_path() };
    auto const exported = EXHIBIT_TRY(export_text(
        session, database, options, [&](std::string_view text) -> Result<void> { return file.write(text); }));
    EXHIBIT_TRY(file.commit(options.replace()));
    return exported;
}

Refusal refused(std::string message, std::string_view advice)
{
    return { Fault::unsupported, std::move(message), std::string { advice } };
}

/// --force is for what an earlier export wrote, and for nothing else.
std::optional<Refusal> refuse_file(Options const& options)
{
    auto const name = options.target.string();
    if (!report::is_earlier_export(options.target))
        return refused(fmt::format("{} exists already and was not written by an export", name),
            "name another file; --force replaces earlier exports only");
    if (!options.force)
        return refused(fmt::format("{} exists already", name), "--force replaces it");
    return std::nullopt;
}

/// The tables that a case of this version may have, of any phone.
std::vector<Table const*> declared_tables()
{
    std::vector<Artifact const*> all { artifacts().begin(), artifacts().end() };
    for (auto const platform : { Platform::ios, Platform::android })
        all.push_back(yara_artifact(platform));
    std::vector<Table const*> tables;
    for (auto const* artifact : all)
        tables.insert(tables.end(), artifact->tables.begin(), artifact->tables.end());
    return tables;
}

std::optional<Refusal> refuse_folder(casefile::Database& database, Options const& options)
{
    auto const name = options.target.string();
    std::error_code error;
    // A new folder takes the name, and whoever stands in the earlier one would be left in none.
    if (fs::equivalent(options.target, fs::current_path(error), error))
        return refused(fmt::format("{} is the current folder", name), "name a folder in it");
    if (fs::is_empty(options.target, error))
        return std::nullopt;
    auto const format = options.format == Format::csv ? report::FolderFormat::csv : report::FolderFormat::mvt;
    auto const foreign = report::find_foreign(database, declared_tables(), options.target, format);
    if (!foreign)
        return refused(std::string { foreign.error().what }, name);
    if (*foreign)
        return refused(fmt::format("{} holds {}, which no export of this format writes", name, **foreign),
            "name another folder; --force replaces earlier exports only");
    if (!options.force)
        return refused(fmt::format("{} exists already", name), "--force replaces it with everything in it");
    return std::nullopt;
}

/// Looked at before the work, since the answer comes too late at its end.
std::optional<Refusal> refuse_target(casefile::Database& database, Options const& options)
{
    if (options.to_output())
        return std::nullopt;
    if (auto why = forbidden({ options.target, {}, { options.path } }))
        return why;
    std::error_code error;
    if (!fs::exists(options.target, error))
        return std::nullopt;
    if (fs::is_directory(options.target, error) != options.to_folder())
        return options.to_folder()
            ? refused(fmt::format("{} is a file", options.target.string()), "this format writes a folder")
            : refused(fmt::format("{} is a folder", options.target.string()), "this format writes one file");
    return options.to_folder() ? refuse_folder(database, options) : refuse_file(options);
}

std::string words_of(report::Exported const& exported, Format format)
{
    switch (format) {
    case Format::mvt:
        return counted(exported.rows, "record", "records");
    case Format::timesketch:
        return counted(exported.rows, "event", "events");
    case Format::jsonl:
    case Format::csv:
        break;
    }
    return fmt::format(
        "{} of evidence, and {} of the case's own tables (findings, coverage, files and others),",
        counted(exported.rows, "row", "rows"), exported.own_rows);
}

ExitCode run(Session& session, Options const& options)
{
    if (options.to_folder() && options.to_output())
        return session.refuse("this format writes several files", "name a folder");
    auto database = open_or_refuse(session, options.path);
    if (!database)
        return ExitCode::could_not_run;
    if (auto const why = refuse_target(*database, options))
        return refuse(session, *why);
    if (!options.to_output())
        say_what_was_left(session, options.target);
    say_if_minimal(session, *database);
    auto const exported = options.to_folder() ? export_folder(session, *database, options)
                                              : export_file(session, *database, options);
    if (!exported)
        return session.out().failed() ? ExitCode::could_not_run
                                      : refuse_read(session, *database, exported.error());
    if (!options.to_output())
        session.err().print(
            "{} to {}\n", words_of(*exported, options.format), escape_for_terminal(options.target.string()));
    if (exported->left_out != 0)
        session.err().print("{} events without a usable date were left out\n", exported->left_out);
    if (options.format != Format::jsonl)
        if (auto const local = report::count_local_events(*database); local && *local != 0)
            session.err().print("{} in the phone's own time, of an unknown zone or of a clock that was not "
                                "set: the exported timeline is in UTC and has "
                                "none of them; `exhibit timeline` shows them\n",
                counted(static_cast<std::uint64_t>(*local), "event is", "events are"));
    return ExitCode::good;
}

Action define(CLI::App& app)
{
    auto options = std::make_shared<Options>();
    add_case_argument(app, options->path);
    app.add_option("TARGET", options->target,
           "The file (jsonl, timesketch; - for standard output) or folder (csv, mvt)")
        ->required();
    std::map<std::string, Format> const formats { { "jsonl", Format::jsonl }, { "csv", Format::csv },
        { "mvt", Format::mvt }, { "timesketch", Format::timesketch } };
    choose(app.add_option("--format", options->format, "jsonl, csv, mvt or timesketch"), formats)
        ->type_name("FORMAT")
        ->required();
    app.add_flag("--force", options->force, "Replace an earlier export");
    return [options](Session& session) { return run(session, *options); };
}

} // namespace

extern constinit Command const kCommand { "export", Group::read,
    "Write a case in a form that other programs read",
    "jsonl: everything, one object a line. csv: one file per table, safe for spreadsheets. mvt: the files "
    "that "
    "scripts for MVT read. timesketch: the timeline, as CSV when the file is named .csv, else as JSON lines. "
    "What is written appears under its name only when it is complete. docs/exports.md describes the forms.",
    "exhibit export phone.exhibit phone.jsonl --format jsonl\n"
    "exhibit export phone.exhibit mvt-results --format mvt\n"
    "exhibit export phone.exhibit timeline.csv --format timesketch",
    define };

} // namespace exhibit::cli::export_command
