#include "base/text.hpp"
#include "casefile/sql_memory.hpp"
#include "cli/definition.hpp"
#include "cli/signals.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <new>
#include <system_error>
#include <unistd.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace exhibit::cli {
namespace {

/// Whether an error is about an option that all commands have.
bool is_about_common_option(CLI::App const& root, std::string_view error)
{
    return std::ranges::any_of(root.get_options(),
        [&](CLI::Option const* option) { return error.starts_with(option->get_name() + ":"); });
}

ExitCode refuse_arguments(Session& session, CLI::App const& root, CLI::ParseError const& error)
{
    std::string command = "exhibit";
    auto const* chosen = &root;
    while (!is_about_common_option(root, error.what()) && !chosen->get_subcommands().empty()) {
        chosen = chosen->get_subcommands().front();
        command += " " + chosen->get_name();
    }
    return session.refuse(error.what(), fmt::format("`{} --help` shows what it takes", command));
}

/// The code to end with when a signal or a closed pipe cut a command short.
ExitCode final_code(Session& session, ExitCode code)
{
    session.out().flush();
    session.err().flush();
    if (int const signal = Signals::received(); signal != 0 && session.stop().stop_requested())
        return signal == SIGINT ? ExitCode::interrupted : ExitCode::terminated;
    if (session.out().error() == EPIPE)
        return ExitCode::broken_pipe;
    if (session.out().failed())
        return session.refuse("the output could not be written", "is the disk full?");
    return code;
}

ExitCode run(Session& session, int argc, char const* const* argv)
{
    Definition definition;
    auto& root = *definition.app;
    try {
        root.parse(argc, argv);
    } catch (CLI::CallForHelp const&) {
        session.out().write(root.help());
        return ExitCode::good;
    } catch (CLI::CallForVersion const& version) {
        session.out().print("{}\n", version.what());
        return ExitCode::good;
    } catch (CLI::ParseError const& error) {
        session.set_color(definition.color);
        return refuse_arguments(session, root, error);
    }
    session.set_color(definition.color);
    if (!session.set_language(definition.language))
        return session.refuse(fmt::format("{} is no file of translations", definition.language),
            "docs/translations.md says what one looks like");
    auto const chosen = root.get_subcommands();
    if (chosen.empty()) {
        session.err().write(root.help());
        return ExitCode::could_not_run;
    }
    return definition.actions.at(chosen.front()->get_name())(session);
}

/// What the system refuses ends a command like anything else that it cannot do: nothing half is left.
ExitCode run_or_refuse(Session& session, int argc, char const* const* argv)
{
    constexpr auto* advice = "close other programs, or use fewer threads (--jobs)";
    try {
        return run(session, argc, argv);
    } catch (std::bad_alloc const&) {
        return session.refuse("there is not enough memory", advice);
    } catch (std::system_error const& error) {
        bool const is_thread = error.code() == std::errc::resource_unavailable_try_again;
        return session.refuse(
            is_thread ? "no thread could be started" : error.what(), is_thread ? advice : "");
    } catch (std::exception const& error) {
        return session.refuse(fmt::format("the program itself failed: {}", error.what()),
            "this should not happen: please report it");
    }
}

/// Memory that was freed is kept for what comes next. Given back to the system, which glibc does by default
/// for buffers from some 100 KB on, each page of it would be cleared and mapped anew.
void keep_freed_memory()
{
#ifdef __GLIBC__
    constexpr int most_kept = 64 << 20;
    // NOLINTBEGIN(concurrency-mt-unsafe): no other thread runs yet
    (void)::mallopt(M_TRIM_THRESHOLD, most_kept);
    (void)::mallopt(M_MMAP_THRESHOLD, 4 << 20);
    (void)::mallopt(M_TOP_PAD, 1 << 20);
    // NOLINTEND(concurrency-mt-unsafe)
#endif
}

} // namespace
} // namespace exhibit::cli

int main(int argc, char** argv)
{
    exhibit::cli::keep_freed_memory();
    exhibit::casefile::spare_counting_of_memory();
    try {
        exhibit::cli::Signals const signals;
        exhibit::cli::Session session { signals.stop() };
        return static_cast<int>(
            exhibit::cli::final_code(session, exhibit::cli::run_or_refuse(session, argc, argv)));
    } catch (std::exception const&) {
        constexpr std::string_view words
            = "exhibit: there is not enough memory, or no thread could be started\n";
        [[maybe_unused]] auto const written = ::write(STDERR_FILENO, words.data(), words.size());
        return static_cast<int>(exhibit::cli::ExitCode::could_not_run);
    }
}
