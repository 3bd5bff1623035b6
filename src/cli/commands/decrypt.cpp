#include "acquisition/decrypt_backup.hpp"
#include "base/text.hpp"
#include "cli/command.hpp"
#include "cli/layout.hpp"
#include "cli/opening.hpp"
#include "cli/output_place.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <thread>

namespace exhibit::cli::decrypt_command {
namespace {

struct Options {
    std::filesystem::path path;
    std::filesystem::path folder;
    std::filesystem::path password_file;
    unsigned jobs = std::max(1U, std::thread::hardware_concurrency());
};

void print(Session& session, DecryptSummary const& summary, std::filesystem::path const& folder)
{
    TextTable table;
    for (auto const& [count, words] : { std::pair { summary.decrypted, "files decrypted" },
             { summary.copied, "files that were not encrypted" }, { summary.empty, "empty files" },
             { summary.cut, "files that are cut off: what there is was written" },
             { summary.missing, "files that the backup lists but does not hold" },
             { summary.failed, "files that could not be decrypted" } })
        if (count != 0)
            table.add({ std::to_string(count), words });
    session.out().write(table.text(0));
    for (auto const& problem : summary.problems)
        session.out().print("  {} {}\n", session.paint(Paint::warning, "!"),
            wrapped(escape_for_terminal(problem.message), 4));
    session.out().print("{} in {}; ledger.jsonl there lists every file\n", readable_bytes(summary.bytes),
        escape_for_terminal(folder.string()));
}

ExitCode run(Session& session, Options const& options)
{
    if (auto const why = forbidden({ options.folder, options.path, { options.password_file } }))
        return refuse(session, *why);
    say_what_was_left(session, options.folder);
    auto const password = PasswordSource::create(options.password_file);
    if (!password)
        return session.refuse(password.error(), "name a file whose first line is the password");
    Progress const progress;
    std::optional<ProgressDisplay> display { std::in_place, session, progress };
    auto const summary = decrypt_backup(
        options.path, options.folder, opening(session, display, progress, *password), options.jobs);
    display.reset();
    if (!summary)
        return refuse(session, summary.error());
    print(session, *summary, options.folder);
    bool const whole
        = summary->cut == 0 && summary->missing == 0 && summary->failed == 0 && summary->problems.empty();
    return whole ? ExitCode::good : ExitCode::damaged;
}

Action define(CLI::App& app)
{
    auto options = std::make_shared<Options>();
    app.add_option("BACKUP", options->path, "The encrypted backup: a folder, zip, tar or tar.gz")->required();
    app.add_option("DIR", options->folder, "A new or empty folder outside the backup")->required();
    app.add_option(
           "--password-file", options->password_file, "File whose first line is the backup's password")
        ->type_name("FILE");
    app.add_option("-j,--jobs", options->jobs, "Threads (default: one per processor)")
        ->check(CLI::Range(1, 256).description(""))
        ->type_name("N");
    return [options](Session& session) { return run(session, *options); };
}

} // namespace

extern constinit Command const kCommand { "decrypt", Group::examine,
    "Write a decrypted copy of an encrypted backup, for other programs",
    "`exhibit check` needs no such copy: it decrypts in place, and leaves nothing readable on the disk.",
    "exhibit decrypt ~/backups/00008030-000000000000002E /secure/clear --password-file password.txt",
    define };

} // namespace exhibit::cli::decrypt_command
