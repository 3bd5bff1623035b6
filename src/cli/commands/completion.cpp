#include "cli/definition.hpp"

#include <CLI/CLI.hpp>
#include <ranges>

namespace exhibit::cli::completion_command {
namespace {

struct Option {
    std::string names; ///< `-o --output`
    std::string description;
    bool takes_value = false;
};

std::vector<Option> options_of(CLI::App const& app)
{
    std::vector<Option> options;
    for (auto const* option : app.get_options()) {
        if (!option->nonpositional())
            continue;
        Option one;
        for (auto const& name : option->get_snames())
            one.names += fmt::format("-{} ", name);
        for (auto const& name : option->get_lnames())
            one.names += fmt::format("--{} ", name);
        one.names.pop_back();
        one.description = option->get_description();
        one.takes_value = option->get_items_expected_max() != 0;
        options.push_back(std::move(one));
    }
    return options;
}

std::vector<CLI::App const*> subcommands_of(CLI::App const& app)
{
    return app.get_subcommands([](CLI::App const*) { return true; });
}

std::string option_names(CLI::App const& app)
{
    std::string names;
    for (auto const& option : options_of(app))
        names += (names.empty() ? "" : " ") + option.names;
    return names;
}

std::string names_below(CLI::App const& app)
{
    std::string names;
    for (auto const* sub : subcommands_of(app))
        names += (names.empty() ? "" : " ") + sub->get_name();
    return names;
}

/// A command with those below it, by the words that are typed: `indicators`, `indicators update`.
std::vector<std::pair<std::string, CLI::App const*>> with_those_below(
    CLI::App const& root, Command const& command)
{
    auto const& app = *root.get_subcommand(std::string { command.name });
    std::vector<std::pair<std::string, CLI::App const*>> out { { std::string { command.name }, &app } };
    for (auto const* sub : subcommands_of(app))
        out.emplace_back(fmt::format("{} {}", command.name, sub->get_name()), sub);
    return out;
}

/// Text inside single quotes of a shell.
std::string single_quoted(std::string_view text)
{
    std::string out;
    for (char const c : text)
        out += c == '\'' ? std::string { "'\\''" } : std::string { c };
    return out;
}

/// The options of an app that take a value, as a pattern of a shell: `--color|--lang`.
std::string pattern_of_value_options(CLI::App const& app)
{
    std::string pattern;
    for (auto const& option : options_of(app))
        if (option.takes_value)
            for (char const c : (pattern.empty() ? "" : " ") + option.names)
                pattern += c == ' ' ? '|' : c;
    return pattern;
}

std::string bash_case(std::string_view words, CLI::App const& app)
{
    return fmt::format(
        "        '{}') options='{}' names='{}' ;;\n", words, option_names(app), names_below(app));
}

std::string bash_script(CLI::App const& root)
{
    auto cases = bash_case("", root);
    std::string groups;
    for (auto const* command : commands()) {
        auto const all = with_those_below(root, *command);
        if (all.size() > 1)
            groups += fmt::format("{}{}", groups.empty() ? "" : "|", command->name);
        for (auto const& [words, app] : all)
            cases += bash_case(words, *app);
    }
    // Names of files are left to readline, which knows how to write those with blanks.
    return fmt::format(R"(# bash completion for exhibit
_exhibit() {{
    local current=${{COMP_WORDS[COMP_CWORD]}} command='' options='' names='' word skip=''
    for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
        if [[ -n $skip ]]; then
            skip=''
        elif [[ $word == -* ]]; then
            case $word in {}) skip=1 ;; esac
        else
            command=${{command:+$command }}$word
            case $command in {}) ;; *) break ;; esac
        fi
    done
    case $command in
{}    esac
    [[ $current == -* ]] && names=$options
    COMPREPLY=($(compgen -W "$names" -- "$current"))
}}
complete -o default -F _exhibit exhibit
)",
        pattern_of_value_options(root), groups, cases);
}

std::string zsh_description(std::string_view text)
{
    std::string out;
    for (char const c : text) {
        if (c == '[' || c == ']' || c == ':')
            out += '\\';
        out += c;
    }
    return single_quoted(out);
}

/// What zsh is told of a command: the words below it, and its options.
std::string zsh_options(CLI::App const& app)
{
    std::string out;
    if (auto const subs = subcommands_of(app); !subs.empty()) {
        out += "'2:subcommand:(";
        for (auto const* sub : subs)
            out += (sub == subs.front() ? "" : " ") + sub->get_name();
        out += ")' ";
    }
    for (auto const& option : options_of(app)) {
        auto const description = zsh_description(option.description);
        for (auto rest = std::string_view { option.names }; !rest.empty();) {
            auto const end = rest.find(' ');
            out += fmt::format(
                "'{}[{}]{}' ", rest.substr(0, end), description, option.takes_value ? ":value:_files" : "");
            rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
        }
    }
    return out;
}

std::string zsh_script(CLI::App const& root)
{
    std::string names;
    std::string cases;
    for (auto const* command : commands()) {
        names += fmt::format("        '{}:{}'\n", command->name, single_quoted(command->summary));
        auto const all = with_those_below(root, *command);
        for (auto const& [words, app] : all | std::views::reverse) // the longer words first
            cases += fmt::format("        '{} '*) options=({}) ;;\n", words, zsh_options(*app));
    }
    return fmt::format(R"(#compdef exhibit
# zsh completion for exhibit
_exhibit() {{
    local -a names options
    names=(
{}    )
    if (( CURRENT == 2 )); then
        _describe command names
        return
    fi
    case "$words[2] $words[3] " in
{}    esac
    _arguments -s $options '*:file:_files'
}}
_exhibit "$@"
)",
        names, cases);
}

/// What fish is told of a command: the names below it, and its options.
std::string fish_lines(std::string_view words, CLI::App const& app)
{
    auto const blank = words.find(' ');
    auto const where = fmt::format("complete -c exhibit -n '__fish_seen_subcommand_from {}{}'",
        words.substr(0, blank),
        blank == words.npos ? ""
                            : fmt::format("; and __fish_seen_subcommand_from {}", words.substr(blank + 1)));
    std::string out;
    for (auto const* sub : subcommands_of(app))
        out += fmt::format(
            "{} -f -a '{}' -d '{}'\n", where, sub->get_name(), single_quoted(sub->get_description()));
    for (auto const& option : options_of(app)) {
        std::string names;
        for (auto rest = std::string_view { option.names }; !rest.empty();) {
            auto const end = rest.find(' ');
            auto const name = rest.substr(0, end);
            names += name.starts_with("--") ? fmt::format(" -l {}", name.substr(2))
                                            : fmt::format(" -s {}", name.substr(1));
            rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
        }
        out += fmt::format("{}{}{} -d '{}'\n", where, names, option.takes_value ? " -r" : "",
            single_quoted(option.description));
    }
    return out;
}

std::string fish_script(CLI::App const& root)
{
    std::string out = "# fish completion for exhibit\n";
    for (auto const* command : commands()) {
        out += fmt::format("complete -c exhibit -n __fish_use_subcommand -f -a '{}' -d '{}'\n", command->name,
            single_quoted(command->summary));
        for (auto const& [words, app] : with_those_below(root, *command))
            out += fish_lines(words, *app);
    }
    return out;
}
ExitCode run(Session& session, std::string const& shell)
{
    Definition const definition;
    auto const& root = *definition.app;
    session.out().write(shell == "bash" ? bash_script(root)
            : shell == "zsh"            ? zsh_script(root)
                                        : fish_script(root));
    return ExitCode::good;
}

Action define(CLI::App& app)
{
    auto shell = std::make_shared<std::string>();
    app.add_option("SHELL", *shell, "bash, zsh or fish")
        ->required()
        ->check(CLI::IsMember({ "bash", "zsh", "fish" }).description(""));
    return [shell](Session& session) { return run(session, *shell); };
}

} // namespace

extern constinit Command const kCommand { "completion", Group::about,
    "Print the completion script of a shell", "",
    "exhibit completion bash > ~/.local/share/bash-completion/completions/exhibit\n"
    "exhibit completion zsh > ~/.zfunc/_exhibit",
    define };

} // namespace exhibit::cli::completion_command
