#include "base/text.hpp"
#include "cli/definition.hpp"
#include "cli/signals.hpp"

#include <CLI/CLI.hpp>
#include <csignal>

namespace exhibit::cli {
namespace {

ExitCode refuse_arguments(Session& session, CLI::App const& root, CLI::ParseError const& error)
{
    auto const chosen = root.get_subcommands();
    auto const command = chosen.empty() ? std::string { "exhibit" } : "exhibit " + chosen.front()->get_name();
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

} // namespace
} // namespace exhibit::cli

int main(int argc, char** argv)
{
    using namespace exhibit::cli;
    Signals const signals;
    Session session { signals.stop() };
    return static_cast<int>(final_code(session, run(session, argc, argv)));
}
