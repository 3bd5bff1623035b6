#include "artifact/registry.hpp"
#include "base/parallel.hpp"
#include "base/partial_name.hpp"
#include "base/text.hpp"
#include "casefile/case_head.hpp"
#include "casefile/sql_memory.hpp"
#include "cli/case_name.hpp"
#include "cli/choice.hpp"
#include "cli/command.hpp"
#include "cli/opening.hpp"
#include "cli/output_place.hpp"
#include "cli/severity.hpp"
#include "cli/signals.hpp"
#include "cli/summary_text.hpp"
#include "engine/examine.hpp"
#include "formats/crypto/secret.hpp"
#include "indicators/update.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <fstream>
#include <utility>

namespace exhibit::cli::check_command {
namespace {

namespace fs = std::filesystem;

struct Options {
    fs::path path;
    ExamineOptions examine;
    fs::path password_file;
    fs::path identity_file;
    std::string fail_on = "high";
    bool json = false;
    bool force = false;
    bool no_indicators = false;
};

OutputPlace output_place(Options const& options)
{
    auto const& examine = options.examine;
    OutputPlace place { examine.output, options.path, { options.password_file, options.identity_file } };
    for (auto const* const inputs : { &examine.indicators, &examine.rules, &examine.yara })
        place.inputs.insert(place.inputs.end(), inputs->begin(), inputs->end());
    return place;
}

/// --force is for the case of an earlier run, and for the empty file that a script has made beforehand.
bool is_replaceable(fs::path const& file)
{
    std::error_code error;
    return casefile::read_case_head(file) || (fs::is_regular_file(file, error) && fs::is_empty(file, error));
}

std::optional<ExitCode> refuse_output(Session& session, Options const& options)
{
    auto const& output = options.examine.output;
    std::error_code error;
    if (!fs::exists(options.path, error))
        return session.refuse(fmt::format("there is nothing at {}", options.path.string()), "check the path");
    if (casefile::read_case_head(options.path))
        return session.refuse(
            fmt::format("{} is a case file, which an earlier check wrote", options.path.string()),
            "`exhibit show` prints it, `exhibit recheck` compares it with newer indicators and rules");
    if (output == "-")
        return session.refuse(
            "a case file cannot be written to the standard output", "name a file with --output");
    if (auto why = forbidden(output_place(options))) {
        why->advice += " with --output";
        return refuse(session, *why);
    }
    if (fs::exists(output, error)) {
        if (!is_replaceable(output))
            return session.refuse(fmt::format("{} exists already and is no case file", output.string()),
                "--output names another file; --force replaces case files only");
        if (!options.force)
            return session.refuse(fmt::format("{} exists already", output.string()),
                "--force replaces it, --output names another file");
    }
    auto const folder = output.parent_path().empty() ? fs::path { "." } : output.parent_path();
    if (!fs::exists(folder, error))
        return session.refuse(fmt::format("there is no folder {}", folder.string()),
            "make it, or name another place with --output");
    if (!fs::is_directory(folder, error) || ::access(folder.c_str(), W_OK) != 0)
        return session.refuse(fmt::format("the folder {} cannot be written", folder.string()),
            "name another place with --output");
    return std::nullopt;
}

/// The secret keys for what is encrypted with age; empty when none were named.
std::expected<std::string, Refusal> read_identities(fs::path const& file)
{
    constexpr std::size_t largest = std::size_t { 1 } << 20U;
    if (file.empty())
        return {};
    std::ifstream stream { file, std::ios::binary };
    std::string text(largest, '\0');
    if (!stream || (!stream.read(text.data(), static_cast<std::streamsize>(text.size())) && !stream.eof()))
        return std::unexpected(
            Refusal { Fault::io, fmt::format("no secret key could be read from {}", file.string()),
                "name the file that `age-keygen` wrote" });
    text.resize(static_cast<std::size_t>(stream.gcount()));
    return text;
}

/// What was named besides the acquisition is looked at before it, which may take long and want a password.
std::expected<std::optional<indicators::YaraRules>, Refusal> check_inputs(ExamineOptions const& options)
{
    std::error_code error;
    for (auto const& path : options.indicators)
        if (!fs::exists(path, error))
            return std::unexpected(
                Refusal { Fault::missing, fmt::format("there is nothing at {}", path.string()),
                    "name a STIX, MISP or CSV file, or a folder that holds some" });
    if (auto const checked = check_names(options); !checked)
        return std::unexpected(checked.error());
    if (auto const checked = check_rules(options.rules); !checked)
        return std::unexpected(checked.error());
    return load_yara_rules(options.yara);
}

std::expected<Examined, Refusal> examine(Session& session, Options& options, PasswordSource const& password)
{
    auto yara = check_inputs(options.examine);
    if (!yara)
        return std::unexpected(yara.error());
    auto identities = read_identities(options.identity_file);
    if (!identities)
        return std::unexpected(identities.error());
    Progress progress;
    std::optional<ProgressDisplay> display { std::in_place, session, progress };
    options.examine.stop = session.stop();
    options.examine.say = [&](std::string_view stage) { display->say(stage); };
    display->say("looking at what this is");
    auto how = opening(session, display, progress, password);
    how.identities = std::move(*identities);
    how.jobs = jobs_of(options.examine);
    how.parallel = run_in_parallel;
    RemovedWhenKilled const guard { partial_name(options.examine.output) };
    LoadingKnowledge knowledge;
    StartedCase started;
    how.recognized = [&](AcquisitionKind kind) {
        knowledge = load_knowledge(options.examine, kind, std::exchange(*yara, std::nullopt));
        started = start_case(options.examine, kind);
    };
    auto const acquisition = open_acquisition(options.path, how);
    wipe(how.identities);
    if (!acquisition)
        return std::unexpected(acquisition.error());
    display->say((*acquisition)->description());
    return exhibit::examine(
        **acquisition, std::move(knowledge), std::move(started), options.examine, progress);
}

ExitCode report(Session& session, Options const& options, Examined const& examined)
{
    auto const& summary = examined.summary;
    auto const name = options.examine.output.string();
    if (options.json)
        session.out().write(report::to_json(summary, name));
    else
        print_summary(session, summary, name);
    bool const alarming
        = options.fail_on != "never" && std::ranges::any_of(summary.findings, [&](auto const& finding) {
              return report::rank_of_severity(finding.severity) >= report::rank_of_severity(options.fail_on);
          });
    session.out().flush();
    if (session.out().failed() && session.out().error() != EPIPE)
        session.err().print(
            "the case file is complete: `exhibit show {}` prints it\n", escape_for_terminal(name));
    return alarming ? ExitCode::findings : examined.damaged ? ExitCode::damaged : ExitCode::good;
}

ExitCode run(Session& session, Options& options)
{
    options.examine.replace = options.force ? Replace::yes : Replace::no;
    if (options.examine.output.empty())
        options.examine.output = default_case_name(options.path);
    std::error_code error;
    if (options.examine.indicators.empty() && !options.no_indicators)
        if (auto const folder = indicators::default_folder(); fs::is_directory(folder, error))
            options.examine.indicators.push_back(folder);
    if (auto const refused = refuse_output(session, options))
        return *refused;
    say_what_was_left(session, options.examine.output);
    if (!options.examine.rules.empty())
        casefile::limit_memory_of_queries();
    auto const password = PasswordSource::create(options.password_file);
    if (!password)
        return session.refuse(password.error(), "name a file whose first line is the password");
    auto const examined = examine(session, options, *password);
    if (!examined)
        return refuse(session, examined.error());
    return report(session, options, *examined);
}

/// People write a blank behind a comma.
CLI::Validator without_blanks()
{
    return { [](std::string& text) {
                CLI::detail::trim(text);
                return std::string {};
            },
        "" };
}

std::string artifact_ids()
{
    std::string list;
    for (auto const* artifact : artifacts())
        list.append(list.empty() ? "" : " ").append(artifact->id);
    return list;
}

Action define(CLI::App& app)
{
    auto options = std::make_shared<Options>();
    auto& examine = options->examine;
    app.add_option("PATH", options->path,
           "The acquisition: a folder, zip, tar, tar.gz or single file, also encrypted with age")
        ->required();
    auto* const indicators = app.add_option("-i,--indicators", examine.indicators,
                                    "Indicator file, or folder of them; may be repeated (default: what "
                                    "`exhibit indicators update` "
                                    "fetched)")
                                 ->allow_extra_args(false)
                                 ->type_name("FILE|DIR");
    app.add_flag("--no-indicators", options->no_indicators, "Apply rules only")->excludes(indicators);
    app.add_option("-o,--output", examine.output, "The case file to write (default: NAME.exhibit here)")
        ->type_name("CASE");
    app.add_flag("--force", options->force, "Replace an existing case file");
    app.add_option(
           "--password-file", options->password_file, "File whose first line is the backup's password")
        ->type_name("FILE");
    app.add_option(
           "--identity", options->identity_file, "File with the secret key of an age-encrypted acquisition")
        ->type_name("FILE");
    for (auto* const option : { app.add_option("--only", examine.only, "Read only these artifacts"),
             app.add_option("--skip", examine.skip, "Leave these artifacts out") })
        suggest(option->delimiter(',')->transform(without_blanks())->type_name("A,B"), artifact_ids());
    app.add_option("-j,--jobs", examine.jobs, "Threads (default: one per processor)")
        ->check(CLI::Range(1, 256).description(""))
        ->type_name("N");
    app.add_option("--rules", examine.rules, "Folder with rules besides the built-in ones; may be repeated")
        ->allow_extra_args(false)
        ->type_name("DIR");
    app.add_option("--yara", examine.yara,
           "YARA rules, a file or a folder of .yar and .yara files, to compare every file with; may be "
           "repeated")
        ->allow_extra_args(false)
        ->type_name("FILE|DIR");
    app.add_flag(
        "--hash", examine.hash, "Hash every file: SHA-256, and MD5 and SHA-1 where an indicator needs them");
    app.add_flag("--minimal", examine.minimal, "Keep only the rows that findings rest on");
    app.add_flag("--json", options->json, "Print the summary as JSON (docs/json.md)");
    add_severity_option(app, "--fail-on", options->fail_on, "End with 1 from this severity on", { "never" });
    return [options](Session& session) { return run(session, *options); };
}

} // namespace

extern constinit Command const kCommand { "check", Group::examine,
    "Examine an acquisition and write its case file",
    "PATH is recognized by its content and never written to. An encrypted backup is decrypted while it is "
    "read; "
    "its password is asked for on a terminal, or taken from --password-file or EXHIBIT_PASSWORD. Nothing is "
    "left behind when the examination fails or is stopped. It ends with 0 when nothing at or above --fail-on "
    "was found, 1 when something was, 2 when it could not run, 3 when something was damaged or unreadable, "
    "130 when it was stopped.",
    "exhibit check ~/backups/00008030-000000000000002E --indicators ~/indicators\n"
    "exhibit check phone.zip --output cases/phone.exhibit --password-file password.txt\n"
    "exhibit check backup --json --fail-on medium > summary.json",
    define };

} // namespace exhibit::cli::check_command
