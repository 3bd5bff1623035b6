#include "cli/definition.hpp"

#include "cli/choice.hpp"

#include <CLI/CLI.hpp>

namespace exhibit::cli {
namespace {

constexpr std::string_view kAbout = "Examines phones for traces of mercenary spyware: reads an acquisition, "
                                    "never writes to it, and puts what\n"
                                    "it found, what it covered and what it could not see into one case file.";

std::string examples_footer(std::string_view examples)
{
    std::string footer = "Examples:\n";
    while (!examples.empty()) {
        auto const end = examples.find('\n');
        footer += fmt::format("  {}\n", examples.substr(0, end));
        examples.remove_prefix(end == std::string_view::npos ? examples.size() : end + 1);
    }
    return footer;
}

/// An empty value is a variable of a script that was never set: what it was to select must not be all.
void refuse_empty_values(CLI::App& app)
{
    for (auto* const option : app.get_options())
        if (option->get_expected_min() > 0)
            option->check(CLI::Validator { [](std::string const& value) {
                                              return std::string { value.empty() ? "an empty value" : "" };
                                          },
                "" });
    for (auto* const command : app.get_subcommands({}))
        refuse_empty_values(*command);
}

Action define(CLI::App& root, Command const& command)
{
    auto* app = root.add_subcommand(std::string { command.name }, std::string { command.summary });
    app->group(std::string { heading_of(command.group) });
    auto action = command.define(*app);
    refuse_empty_values(*app);
    if (!command.examples.empty())
        app->footer(examples_footer(command.examples));
    return action;
}

} // namespace

std::string_view heading_of(Group group)
{
    constexpr std::array<std::string_view, 4> headings { "Examine", "Read a case file", "Knowledge",
        "About exhibit" };
    return headings[static_cast<std::size_t>(group)];
}

Definition::Definition()
    : app(std::make_unique<CLI::App>(std::string { kAbout }, "exhibit"))
{
    std::map<std::string, Color> const colors { { "auto", Color::automatic }, { "always", Color::always },
        { "never", Color::never } };
    app->set_help_flag("-h,--help", "Show this help");
    app->set_version_flag(
        "--version", "exhibit " EXHIBIT_VERSION, "Show the version; `exhibit version` tells more");
    choose(
        app->add_option("--color", color, "Colors: auto, always or never; auto also honors NO_COLOR"), colors)
        ->type_name("WHEN");
    app->add_option("--lang", language,
           "Language of findings and summary, or a .po file (default: the environment's); English where "
           "there is no "
           "translation")
        ->type_name("LANG");
    app->fallthrough();
    app->require_subcommand(0, 1);
    app->footer("`exhibit COMMAND --help` shows the options of a command, with examples.");
    for (auto group : { Group::examine, Group::read, Group::knowledge, Group::about })
        for (auto const* command : commands())
            if (command->group == group)
                actions.emplace(command->name, define(*app, *command));
}

Definition::~Definition() = default;

} // namespace exhibit::cli
