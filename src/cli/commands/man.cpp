#include "cli/definition.hpp"

#include <CLI/CLI.hpp>

namespace exhibit::cli::man_command {
namespace {

/// Text as troff takes it: nothing in it is a request or an escape.
std::string troff(std::string_view text)
{
    std::string out;
    bool line_begins = true;
    for (char const c : text) {
        if (line_begins && (c == '.' || c == '\''))
            out += "\\&";
        if (c == '\\')
            out += "\\e";
        else if (c == '-')
            out += "\\-";
        else
            out += c;
        line_begins = c == '\n';
    }
    return out;
}

void add_options(std::string& out, CLI::App const& app)
{
    for (auto const* option : app.get_options()) {
        auto name = option->nonpositional() ? option->get_name(false, true) : option->get_name(true);
        if (name == "--help")
            name = "-h,--help";
        if (option->nonpositional() && option->get_items_expected_max() != 0
            && !option->get_type_name().empty())
            name += " " + option->get_type_name();
        out += fmt::format(".TP\n.B {}\n{}\n", troff(name), troff(option->get_description()));
    }
}

void add_examples(std::string& out, std::string_view examples)
{
    if (examples.empty())
        return;
    out += fmt::format(".PP\nExamples:\n.PP\n.nf\n.RS\n{}\n.RE\n.fi\n", troff(examples));
}

std::string manual()
{
    Definition const definition;
    auto const& root = *definition.app;
    auto out = fmt::format(".TH EXHIBIT 1 \"\" \"exhibit {}\" \"User commands\"\n.SH NAME\n"
                           "exhibit \\- examine phones for traces of mercenary spyware\n"
                           ".SH SYNOPSIS\n.B exhibit\n.I command\n.RI [ options ]\n.SH DESCRIPTION\n{}\n"
                           ".SH OPTIONS\n",
        EXHIBIT_VERSION, troff(root.get_description()));
    add_options(out, root);
    out += ".SH COMMANDS\n";
    for (auto const group : { Group::examine, Group::read, Group::knowledge, Group::about })
        for (auto const* command : commands()) {
            if (command->group != group)
                continue;
            out += fmt::format(".SS exhibit {}\n{}.\n", troff(command->name), troff(command->summary));
            if (!command->details.empty())
                out += fmt::format(".PP\n{}\n", troff(command->details));
            auto const& app = *root.get_subcommand(std::string { command->name });
            add_options(out, app);
            for (auto const* sub : app.get_subcommands([](CLI::App const*) { return true; })) {
                out += fmt::format(".PP\n.B exhibit {} {}\n.br\n{}.\n", troff(command->name),
                    troff(sub->get_name()), troff(sub->get_description()));
                add_options(out, *sub);
            }
            add_examples(out, command->examples);
        }
    out += ".SH EXIT STATUS\n"
           ".TP\n.B 0\nThe command ran; check found nothing at or above \\-\\-fail\\-on.\n"
           ".TP\n.B 1\ncheck or recheck found something at or above \\-\\-fail\\-on; a rule or indicator is "
           "wrong (test, lint).\n"
           ".TP\n.B 2\nThe command could not run; recheck could not read one of the cases.\n"
           ".TP\n.B 3\nThe command ran, but something was damaged or unreadable, or a pack could not be "
           "fetched.\n"
           ".TP\n.B 141\nThe program that read the output went away.\n"
           ".TP\n.B 130, 143\nIt was stopped by SIGINT, or by SIGTERM or SIGHUP.\n"
           ".SH ENVIRONMENT\n"
           ".TP\n.B EXHIBIT_PASSWORD\nThe password of an encrypted backup.\n"
           ".TP\n.B XDG_DATA_HOME, HOME\nWhere the indicators are that `exhibit indicators update` fetched.\n"
           ".TP\n.B LANG, LC_ALL, LC_MESSAGES\nThe language of findings and summary.\n"
           ".TP\n.B TMPDIR\nWhere what must be unpacked is kept while it is read (default: /var/tmp).\n"
           ".TP\n.B https_proxy\nThe proxy that `exhibit indicators update` uses.\n"
           ".TP\n.B NO_COLOR\nWhen set, no colors are used unless \\-\\-color always is given.\n";
    return out;
}

Action define(CLI::App&)
{
    return [](Session& session) {
        session.out().write(manual());
        return ExitCode::good;
    };
}

} // namespace

extern constinit Command const kCommand { "man", Group::about, "Print the manual page", "",
    "exhibit man > exhibit.1\nexhibit man | man -l -", define };

} // namespace exhibit::cli::man_command
