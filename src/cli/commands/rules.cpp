#include "base/text.hpp"
#include "casefile/sql_memory.hpp"
#include "cli/command.hpp"
#include "cli/layout.hpp"
#include "cli/summary_text.hpp"
#include "detection/detect.hpp"
#include "detection/indicator_words.hpp"
#include "detection/rule_tests.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <nlohmann/json.hpp>
#include <ranges>
#include <set>

namespace exhibit::cli::rules_command {
namespace {

using detection::Rule;
using detection::RuleSet;

struct Options {
    enum class What : std::uint8_t { list, show, test, lint, strings, measure, lists };
    What what = What::list;
    std::vector<std::filesystem::path> folders;
    std::vector<std::string> ids;
    std::filesystem::path case_file;
    bool json = false;
};

std::string platforms_of(Rule const& rule)
{
    bool const ios = std::ranges::find(rule.platforms, Platform::ios) != rule.platforms.end();
    return rule.platforms.size() == 2 ? "both" : ios ? "ios" : "android";
}

ExitCode list(Session& session, RuleSet const& set, bool as_json)
{
    nlohmann::ordered_json json = nlohmann::ordered_json::array();
    TextTable table;
    table.add({ "id", "severity", "confidence", "about", "phone", "status" });
    for (auto const& [id, rule] : set.rules()) {
        json.push_back({ { "id", id }, { "title", rule.title }, { "severity", name_of(rule.severity) },
            { "confidence", name_of(rule.confidence) }, { "class", name_of(rule.about) },
            { "platforms", platforms_of(rule) }, { "status", name_of(rule.status) },
            { "built_in", rule.built_in }, { "file", rule.file }, { "sha256", rule.sha256 } });
        table.add({ escape_for_terminal(id), std::string { name_of(rule.severity) },
            std::string { name_of(rule.confidence) }, std::string { name_of(rule.about) }, platforms_of(rule),
            std::string { name_of(rule.status) } });
    }
    session.out().write(as_json ? json.dump(2) + "\n" : table.text(0));
    return ExitCode::good;
}

void print_list(Session& session, std::string_view heading, std::vector<std::string> const& texts)
{
    session.out().print("\n{}\n", session.paint(Paint::strong, heading));
    for (auto const& text : texts)
        session.out().print("  - {}\n", wrapped(escape_for_terminal(text), 4));
}

void show_one(Session& session, Rule const& rule)
{
    auto& out = session.out();
    out.print("{}  {}\n{}\n", severity_word(session, name_of(rule.severity)),
        session.paint(Paint::strong, escape_for_terminal(rule.id)),
        wrapped(escape_for_terminal(rule.title), 0));
    out.print("\nconfidence {}, about {}, for {}, {}{}\n", name_of(rule.confidence), name_of(rule.about),
        platforms_of(rule), name_of(rule.status),
        rule.campaign.empty() ? "" : ", points to " + escape_for_terminal(rule.campaign));
    out.print("\n{}\n{}\n", session.paint(Paint::strong, "What it means"),
        wrapped(escape_for_terminal(rule.meaning), 0));
    print_list(session, "What else it may be", rule.innocent_causes);
    print_list(session, "What to do next", rule.next_steps);
    print_list(session, "Where this is from", rule.references);
    auto const print_needs = [&](std::string_view heading, std::vector<detection::Need> const& needs) {
        std::vector<std::string> lines;
        lines.reserve(needs.size());
        for (auto const& need : needs)
            lines.push_back(fmt::format("{}: {}", need.table, fmt::join(need.columns, ", ")));
        if (!lines.empty())
            print_list(session, heading, lines);
    };
    print_needs("What it needs", rule.needs);
    for (auto const& alternatives : rule.one_of)
        print_needs("One of these is enough", alternatives);
    out.print("\n{}\n", session.paint(Paint::strong, "The query"));
    for (auto const line : std::views::split(rule.sql, '\n'))
        out.print("  {}\n", escape_for_terminal(std::string_view { line.begin(), line.end() }));
    out.print("\n{} tests; {} {}\n", rule.tests.size(), rule.built_in ? "built in from" : "from",
        escape_for_terminal(rule.file));
}

/// Every list of known values, or one with its values and why each is there.
ExitCode lists(Session& session, RuleSet const& set, std::vector<std::string> const& names)
{
    TextTable table;
    if (names.empty()) {
        table.add({ "list", "version", "values", "hearsay", "title" });
        for (auto const& [id, one] : set.lists())
            table.add({ escape_for_terminal(id), escape_for_terminal(one.version),
                std::to_string(one.values.size()), std::to_string(one.uncertain.size()),
                escape_for_terminal(one.title) });
    }
    for (auto const& name : names) {
        auto const found = set.lists().find(name);
        if (found == set.lists().end())
            return session.refuse(fmt::format("there is no list '{}'", escape_for_terminal(name)),
                "`exhibit rules lists` names them all");
        session.out().print("{}\n{}\n\n",
            session.paint(Paint::strong, escape_for_terminal(found->second.title)),
            wrapped(escape_for_terminal(found->second.source), 0));
        for (auto const& [value, reason] : found->second.values)
            table.add({ escape_for_terminal(value), found->second.uncertain.contains(value) ? "hearsay" : "",
                escape_for_terminal(reason) });
    }
    session.out().write(table.text(0));
    return ExitCode::good;
}

/// The rules that were asked for; all when none was. Says so when one is not there.
std::optional<std::vector<Rule const*>> wanted(Session& session, RuleSet const& set, Options const& options)
{
    std::vector<Rule const*> rules;
    for (auto const& id : options.ids) {
        auto const found = set.rules().find(id);
        if (found == set.rules().end()) {
            session.refuse(fmt::format("there is no rule '{}'", escape_for_terminal(id)),
                "`exhibit rules list` names them all");
            return std::nullopt;
        }
        rules.push_back(&found->second);
    }
    if (options.ids.empty())
        for (auto const& [id, rule] : set.rules())
            rules.push_back(&rule);
    return rules;
}

/// Whether the test states rows that the rule must find; a near miss states none.
bool must_find(Rule const& rule, std::string_view test)
{
    auto const found = std::ranges::find(rule.tests, test, &detection::RuleTest::name);
    return found != rule.tests.end() && !found->finds.empty();
}

ExitCode test_as_json(Session& session, RuleSet const& set, std::vector<Rule const*> const& rules)
{
    nlohmann::ordered_json json = nlohmann::ordered_json::array();
    bool failed = false;
    for (auto const* rule : rules)
        for (auto const& result : test_rule(set, *rule)) {
            json.push_back({ { "rule", result.rule }, { "test", result.test },
                { "finds", must_find(*rule, result.test) }, { "passed", result.passed },
                { "why", result.why } });
            failed = failed || !result.passed;
        }
    session.out().write(json.dump(2) + "\n");
    return failed ? ExitCode::findings : ExitCode::good;
}

ExitCode test(Session& session, RuleSet const& set, std::vector<Rule const*> const& rules)
{
    std::size_t tests = 0;
    std::size_t failed = 0;
    for (auto const* rule : rules)
        for (auto const& result : test_rule(set, *rule)) {
            ++tests;
            if (result.passed)
                continue;
            ++failed;
            session.out().print("{} {}: {}\n    {}\n", session.paint(Paint::alarm, "FAILED"),
                escape_for_terminal(result.rule), escape_for_terminal(result.test),
                escape_for_terminal(result.why));
        }
    session.out().print("{} of {}, {} failed\n", counted(tests, "test", "tests"),
        counted(rules.size(), "rule", "rules"), failed);
    return failed == 0 ? ExitCode::good : ExitCode::findings;
}

ExitCode lint(Session& session, RuleSet const& set, std::vector<Rule const*> const& rules)
{
    auto problems = set.problems();
    for (auto const* rule : rules)
        for (auto& problem : lint_rule(set, *rule))
            problems.push_back(std::move(problem));
    detection::IndicatorWordTable const words { set, &problems };
    for (auto const& problem : problems)
        session.out().print("{}{}: {}\n", escape_for_terminal(problem.file),
            problem.line == 0 ? "" : fmt::format(":{}", problem.line), escape_for_terminal(problem.what));
    session.out().print(
        "{}, {}\n", counted(rules.size(), "rule", "rules"), counted(problems.size(), "problem", "problems"));
    return problems.empty() ? ExitCode::good : ExitCode::findings;
}

/// Every text of a table of words that people read: those that have more than one word.
void add_words(detection::YamlValue const& value, std::vector<std::string>& texts)
{
    using Kind = detection::YamlValue::Kind;
    std::vector<detection::YamlValue const*> queue { &value };
    while (!queue.empty()) {
        auto const* next = queue.back();
        queue.pop_back();
        if (next->kind == Kind::scalar && next->text.contains(' '))
            texts.push_back(next->text);
        for (auto const& item : next->items)
            queue.push_back(&item);
        for (auto const& field : next->fields)
            queue.push_back(&field.value);
    }
}

std::string in_quotes(std::string_view text)
{
    std::string out = "\"";
    for (char const c : text)
        out += c == '\n' ? "\\n" : c == '"' ? "\\\"" : c == '\\' ? "\\\\" : std::string { c };
    return out + '"';
}

/// All texts that are translated, as a template for gettext, each once.
ExitCode strings(Session& session, RuleSet const& set)
{
    std::vector<std::string> texts;
    for (auto const label : summary_labels())
        texts.emplace_back(label);
    for (auto const* name : { "assessment", "indicators", "yara" })
        if (auto const* words = set.words(name))
            add_words(*words, texts);
    for (auto const& [id, rule] : set.rules()) {
        texts.insert(texts.end(), { rule.title, rule.summary, rule.meaning });
        texts.insert(texts.end(), rule.innocent_causes.begin(), rule.innocent_causes.end());
        texts.insert(texts.end(), rule.next_steps.begin(), rule.next_steps.end());
    }
    session.out().write("msgid \"\"\nmsgstr \"\"\n\"Content-Type: text/plain; charset=UTF-8\\n\"\n");
    std::set<std::string_view> said;
    for (auto const& text : texts)
        if (said.insert(text).second)
            session.out().print("\nmsgid {}\nmsgstr \"\"\n", in_quotes(text));
    return ExitCode::good;
}

/// How long each rule takes with a case: all in all, and those that take longer than a rule may.
ExitCode measure(Session& session, RuleSet const& set, std::filesystem::path const& case_file)
{
    constexpr std::chrono::milliseconds slow { 2 };
    detection::DetectionInputs inputs;
    inputs.rules = &set;
    inputs.stop = session.stop();
    auto detection = detection::detect(case_file, inputs);
    if (!detection)
        return session.refuse(
            fmt::format("{}: {}", escape_for_terminal(case_file.string()), detection.error().what));
    auto& rules = detection->rules;
    std::ranges::sort(rules, std::greater {}, &detection::RuleOutcome::took);
    std::chrono::microseconds all {};
    for (auto const& outcome : rules)
        all += outcome.took;
    session.out().print(
        "{} rules took {:.3f} s on one thread\n", rules.size(), static_cast<double>(all.count()) / 1e6);
    for (auto const& outcome : rules)
        if (outcome.took > slow || outcome.state == detection::RuleState::failed)
            session.out().print("  {:7.3f} s  {} {} {}\n", static_cast<double>(outcome.took.count()) / 1e6,
                escape_for_terminal(outcome.rule->id), name_of(outcome.state),
                escape_for_terminal(outcome.reason));
    return ExitCode::good;
}

ExitCode run(Session& session, Options const& options)
{
    if (!options.folders.empty())
        casefile::limit_memory_of_queries();
    auto set = RuleSet::built_in();
    for (auto const& folder : options.folders)
        if (auto const added = set.add_folder(folder); !added)
            return session.refuse(
                fmt::format("{}: {}", escape_for_terminal(folder.string()), added.error().what));
    if (options.what != Options::What::lint)
        for (auto const& problem : set.problems())
            session.err().print("{}:{}: {}\n", escape_for_terminal(problem.file), problem.line,
                escape_for_terminal(problem.what));
    if (options.what == Options::What::lists)
        return lists(session, set, options.ids);
    auto const rules = wanted(session, set, options);
    if (!rules)
        return ExitCode::could_not_run;
    switch (options.what) {
    case Options::What::list:
        return list(session, set, options.json);
    case Options::What::show:
        for (auto const* rule : *rules)
            show_one(session, *rule);
        return ExitCode::good;
    case Options::What::test:
        return options.json ? test_as_json(session, set, *rules) : test(session, set, *rules);
    case Options::What::lint:
        return lint(session, set, *rules);
    case Options::What::strings:
        return strings(session, set);
    case Options::What::measure:
        return measure(session, set, options.case_file);
    case Options::What::lists:
        break;
    }
    return ExitCode::good;
}

void add(CLI::App& app, std::shared_ptr<Options> const& options, Options::What what, std::string const& name,
    std::string const& summary)
{
    auto* command = app.add_subcommand(name, summary);
    command
        ->add_option(
            "--rules", options->folders, "Folder with rules besides the built-in ones; may be repeated")
        ->allow_extra_args(false)
        ->type_name("DIR");
    if (what == Options::What::list || what == Options::What::test)
        command->add_flag("--json", options->json, "As JSON");
    if (what == Options::What::measure)
        command->add_option("CASE", options->case_file, "A case file")->required();
    if (what == Options::What::show || what == Options::What::test || what == Options::What::lint) {
        bool const needed = what == Options::What::show;
        command
            ->add_option(
                "ID", options->ids, needed ? "Rules by their id" : "Rules by their id (default: all)")
            ->required(needed);
    }
    if (what == Options::What::lists)
        command->add_option("LIST", options->ids, "Lists by their name, with their values");
    command->callback([options, what] { options->what = what; });
}

Action define(CLI::App& app)
{
    auto options = std::make_shared<Options>();
    add(app, options, Options::What::list, "list", "Every rule, how much it says and where it comes from");
    add(app, options, Options::What::show, "show", "One rule with all its texts and its query");
    add(app, options, Options::What::lists, "lists",
        "The lists of known values that rules ask, and where each value is known from");
    add(app, options, Options::What::test, "test",
        "Run the tests that rules bring; ends with 1 when one fails");
    add(app, options, Options::What::lint, "lint", "Find mistakes in rules; ends with 1 when there are some");
    add(app, options, Options::What::strings, "strings",
        "All texts of findings, as a gettext template to translate");
    add(app, options, Options::What::measure, "measure", "How long the rules take with a case file");
    app.require_subcommand(1);
    return [options](Session& session) { return run(session, *options); };
}

} // namespace

extern constinit Command const kCommand { "rules", Group::knowledge,
    "List, show, test and check detection rules",
    "Rules find what needs no published indicator. Each is one YAML file with its own tests; docs/rules.md "
    "says how to write "
    "one. `--rules` adds the files of a folder to those that are built in.",
    "exhibit rules list\nexhibit rules show ios-data-usage-process-deleted\nexhibit rules test --rules "
    "~/my-rules\n"
    "exhibit rules lint --rules ~/my-rules",
    define };

} // namespace exhibit::cli::rules_command
