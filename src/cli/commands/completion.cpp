#include "cli/choice.hpp"
#include "cli/definition.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <functional>
#include <set>

namespace exhibit::cli::completion_command {
namespace {

struct Option {
    std::vector<std::string> names; ///< `-o` and `--output`; none of a positional
    std::string description;
    std::string words; ///< the only values that it takes
    bool takes_value = false;
};

std::string words_of(CLI::Option& option)
{
    for (int index = 0;; ++index)
        try {
            auto const& name = option.get_validator(index)->get_name();
            if (name.starts_with(kWordsOfOption))
                return name.substr(kWordsOfOption.size());
        } catch (CLI::OptionNotFound const&) {
            return {};
        }
}

std::vector<Option> options_of(CLI::App& app)
{
    std::vector<Option> options;
    for (auto* option : app.get_options()) {
        Option one;
        for (auto const& name : option->get_snames())
            one.names.push_back("-" + name);
        for (auto const& name : option->get_lnames())
            one.names.push_back("--" + name);
        one.description = option->get_description();
        one.words = words_of(*option);
        one.takes_value = option->get_items_expected_max() != 0;
        options.push_back(std::move(one));
    }
    return options;
}

std::vector<CLI::App*> subcommands_of(CLI::App& app)
{
    return app.get_subcommands([](CLI::App*) { return true; });
}

// NOLINTBEGIN(misc-no-recursion): as deep as commands have commands
/// Calls `visit` with every command below `app`, and its words: `indicators update`.
void visit_commands(
    CLI::App& app, std::string const& path, std::function<void(CLI::App&, std::string const&)> const& visit)
{
    for (auto* sub : subcommands_of(app)) {
        auto const name = path.empty() ? sub->get_name() : path + " " + sub->get_name();
        visit(*sub, name);
        visit_commands(*sub, name, visit);
    }
}
// NOLINTEND(misc-no-recursion)

std::string names_below(CLI::App& app)
{
    std::vector<std::string> names;
    for (auto const* sub : subcommands_of(app))
        names.push_back(sub->get_name());
    return fmt::format("{}", fmt::join(names, " "));
}

/// Whether one of a few words must stand next, and no file can.
bool takes_words_only(CLI::App& app)
{
    return !subcommands_of(app).empty() || std::ranges::any_of(options_of(app), [](Option const& option) {
        return option.names.empty() && !option.words.empty();
    });
}

/// What may stand next: options, commands below, and words of what has no name.
std::string next_words(CLI::App& app)
{
    std::vector<std::string> words;
    for (auto const& option : options_of(app)) {
        words.insert(words.end(), option.names.begin(), option.names.end());
        if (option.names.empty() && !option.words.empty())
            words.push_back(option.words);
    }
    words.push_back(names_below(app));
    return fmt::format("{}", fmt::join(words, " "));
}

/// The words of a command and of all commands, each once.
std::string with_globals(CLI::App& app, CLI::App& root)
{
    std::vector<std::string> words { next_words(app) };
    auto const own = options_of(app);
    for (auto const& option : options_of(root))
        for (auto const& name : option.names)
            if (std::ranges::none_of(own,
                    [&](Option const& one) { return std::ranges::find(one.names, name) != one.names.end(); }))
                words.push_back(name);
    return fmt::format("{}", fmt::join(words, " "));
}

/// Text inside single quotes of a shell.
std::string single_quoted(std::string_view text)
{
    std::string out;
    for (char const c : text)
        out += c == '\'' ? std::string { "'\\''" } : std::string { c };
    return out;
}

/// For each option with a value: a pattern of a command and the option, and the words that the value can be.
std::string bash_values(CLI::App& app, std::string_view path)
{
    std::string cases;
    for (auto const& option : options_of(app))
        for (auto const& name : option.names)
            if (option.takes_value)
                cases += fmt::format("        {}' {}') words='{}' only=1 ;;\n",
                    path.empty() ? "*" : fmt::format("'{}'", path), name, option.words);
    return cases;
}

std::string bash_script(CLI::App& root)
{
    std::string paths;
    std::string words;
    std::string values = bash_values(root, "");
    std::set<std::string> with_value;
    auto const add_names = [&](CLI::App& app) {
        for (auto const& option : options_of(app))
            if (option.takes_value)
                with_value.insert(option.names.begin(), option.names.end());
    };
    add_names(root);
    visit_commands(root, {}, [&](CLI::App& app, std::string const& path) {
        paths += fmt::format("{}'{}'", paths.empty() ? "" : "|", path);
        words += fmt::format("        '{}') words='{}'{} ;;\n", path, with_globals(app, root),
            takes_words_only(app) ? " only=1" : "");
        values += bash_values(app, path);
        add_names(app);
    });
    // Names of files are left to bash (`-o default`), which knows how to quote them.
    return fmt::format(R"(# bash completion for exhibit
_exhibit() {{
    local current=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD-1]}}
    local path='' words='' only='' skip='' word
    [[ $current == '=' ]] && current=''
    [[ $previous == '=' ]] && previous=${{COMP_WORDS[COMP_CWORD-2]}}
    for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
        if [[ $word == '=' ]]; then
            skip=1
        elif [[ -n $skip ]]; then
            skip=''
        else
            case $word in {}) skip=1; continue ;; esac
            case "${{path:+$path }}$word" in {}) path="${{path:+$path }}$word" ;; esac
        fi
    done
    case $path in
        '') words='{}' only=1 ;;
{}    esac
    case "$path $previous" in
{}    esac
    COMPREPLY=()
    [[ -n $only || $current == -* ]] && COMPREPLY=($(compgen -W "$words" -- "$current"))
    return 0
}}
complete -o default -F _exhibit exhibit
)",
        fmt::join(with_value, "|"), paths, next_words(root), words, values);
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

std::string zsh_values(Option const& option)
{
    return option.words.empty() ? ":value:_files" : fmt::format(":value:({})", option.words);
}

/// The value may stand in the next word, or in the same: behind a sign, or at once.
std::string_view zsh_value_sign(Option const& option, std::string_view name)
{
    if (!option.takes_value)
        return "";
    return name.starts_with("--") ? "=" : "+";
}

std::string zsh_options(CLI::App& app)
{
    std::string out;
    for (auto const& option : options_of(app)) {
        for (auto const& name : option.names)
            out += fmt::format(" '{}{}[{}]{}'", name, zsh_value_sign(option, name),
                zsh_description(option.description), option.takes_value ? zsh_values(option) : "");
        if (option.names.empty() && !option.words.empty())
            out += fmt::format(" '1{}'", zsh_values(option));
    }
    return out;
}

/// Completes the command that `words` begins with, and what is below it.
// NOLINTNEXTLINE(misc-no-recursion): as deep as commands have commands
std::string zsh_command(CLI::App& app, std::string const& globals, std::string const& indent)
{
    auto const options = zsh_options(app) + globals;
    auto const subs = subcommands_of(app);
    if (subs.empty())
        return fmt::format("{}_arguments{} '*:file:_files'\n", indent, options);
    std::string cases;
    for (auto* sub : subs)
        cases += fmt::format("{0}    {1})\n{2}{0}        ;;\n", indent, sub->get_name(),
            zsh_command(*sub, globals, indent + "        "));
    return fmt::format("{0}_arguments -C{1} '1:command:({2})' '*::argument:->rest'\n"
                       "{0}[[ $state == rest ]] && case $line[1] in\n{3}{0}esac\n",
        indent, options, names_below(app), cases);
}

std::string zsh_script(CLI::App& root)
{
    std::string names;
    std::string cases;
    auto const globals = zsh_options(root);
    for (auto const* command : commands()) {
        names += fmt::format("        '{}:{}'\n", command->name, single_quoted(command->summary));
        cases += fmt::format("        {})\n{}            ;;\n", command->name,
            zsh_command(*root.get_subcommand(std::string { command->name }), globals, "            "));
    }
    return fmt::format(R"(#compdef exhibit
# zsh completion for exhibit
_exhibit() {{
    local context state state_descr line
    local -A opt_args
    local -a names
    names=(
{}    )
    _arguments -C{} '1:command:->command' '*::argument:->arguments'
    case $state in
        command) _describe command names; return ;;
        arguments) state='' ;;
        *) return ;;
    esac
    case $line[1] in
{}    esac
}}
_exhibit "$@"
)",
        names, globals, cases);
}

std::string fish_options(CLI::App& app, std::string_view condition)
{
    std::string out;
    for (auto const& option : options_of(app)) {
        std::string names;
        for (auto const& name : option.names)
            names += name.starts_with("--") ? fmt::format(" -l {}", name.substr(2))
                                            : fmt::format(" -s {}", name.substr(1));
        auto const values = !option.words.empty()
            ? fmt::format(" {} -a '{}'", names.empty() ? "-f" : "-x", option.words)
            : option.takes_value ? std::string { " -r" }
                                 : std::string {};
        if (!names.empty() || !option.words.empty())
            out += fmt::format("complete -c exhibit{}{}{} -d '{}'\n", condition, names, values,
                single_quoted(option.description));
    }
    return out;
}

std::string fish_script(CLI::App& root)
{
    std::string names;
    std::vector<std::string> groups; // of commands, some of which are called like one that stands alone
    for (auto const* command : commands()) {
        names += fmt::format(" {}", command->name);
        if (!subcommands_of(*root.get_subcommand(std::string { command->name })).empty())
            groups.emplace_back(command->name);
    }
    std::string out = "# fish completion for exhibit\n" + fish_options(root, "");
    visit_commands(root, {}, [&](CLI::App& app, std::string const& path) {
        auto const blank = path.find(' ');
        auto const above = path.substr(0, blank);
        auto const below = blank == std::string::npos ? std::string {} : path.substr(blank + 1);
        auto const before = below.empty()
            ? fmt::format("not __fish_seen_subcommand_from{}", names)
            : fmt::format("__fish_seen_subcommand_from {}; and not __fish_seen_subcommand_from {}", above,
                  names_below(*app.get_parent()));
        out += fmt::format("complete -c exhibit -n '{}' -f -a '{}' -d '{}'\n", before, app.get_name(),
            single_quoted(app.get_description()));
        auto others = groups;
        std::erase(others, above);
        out += fish_options(app,
            fmt::format(" -n '__fish_seen_subcommand_from {}; and {}__fish_seen_subcommand_from {}'", above,
                below.empty() ? "not " : "",
                below.empty() ? fmt::format("{}", fmt::join(others, " ")) : below));
    });
    return out;
}

ExitCode run(Session& session, std::string const& shell)
{
    Definition const definition;
    auto& root = *definition.app;
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
        ->check(one_of(std::vector<std::string> { "bash", "zsh", "fish" }, "bash zsh fish"));
    return [shell](Session& session) { return run(session, *shell); };
}

} // namespace

extern constinit Command const kCommand { "completion", Group::about,
    "Print the completion script of a shell", "",
    "exhibit completion bash > ~/.local/share/bash-completion/completions/exhibit\n"
    "exhibit completion zsh > ~/.zfunc/_exhibit",
    define };

} // namespace exhibit::cli::completion_command
