#include "base/number.hpp"
#include "base/text.hpp"
#include "casefile/schema.hpp"
#include "detection/case_view.hpp"
#include "detection/rule.hpp"
#include "detection/yaml_fields.hpp"
#include "indicators/registers.hpp"

#include <algorithm>

namespace exhibit::detection {
namespace {

using Wanted = YamlFields::Wanted;

bool is_name(std::string_view text, std::string_view more)
{
    return !text.empty() && text.size() <= 80 && std::ranges::all_of(text, [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || more.contains(c);
    });
}

std::optional<Platform> platform_named(std::string_view name)
{
    if (name == "ios")
        return Platform::ios;
    return name == "android" ? std::optional { Platform::android } : std::nullopt;
}

std::optional<Relation> relation_named(std::string_view name)
{
    for (auto relation = Relation::context; relation <= Relation::traffic;
        relation = static_cast<Relation>(static_cast<int>(relation) + 1))
        if (name_of(relation) == name)
            return relation;
    return std::nullopt;
}

std::vector<Platform> platforms(YamlFields& fields)
{
    std::vector<Platform> out;
    for (auto const& name : fields.texts("platforms")) {
        if (auto const platform = platform_named(name))
            out.push_back(*platform);
        else
            fields.problem(fields.line(), fmt::format("there is no platform `{}`", name));
    }
    return out;
}

std::vector<Need> needs(YamlFields& fields, std::string_view name, Wanted wanted)
{
    auto const* map = fields.value(name, wanted);
    if (map == nullptr)
        return {};
    if (map->kind != YamlValue::Kind::map || map->fields.empty())
        fields.problem(map->line, fmt::format("`{}` maps tables to the columns that are read", name));
    std::vector<Need> out;
    constexpr std::string_view in = " in ";
    for (auto const& [key, columns] : map->fields) {
        Need need { key.substr(0, key.find(in)), {} };
        if (need.table.size() != key.size())
            need.acquisition = key.substr(need.table.size() + in.size());
        bool const is_whole = need.acquisition.empty() == (need.table.size() == key.size());
        if (!is_name(need.table, "_") || !is_whole)
            fields.problem(columns.line, fmt::format("`{}` is no name of a table", key));
        for (auto const& column : columns.items) {
            if (!is_name(column.text, "_"))
                fields.problem(column.line, fmt::format("`{}` is no name of a column", column.text));
            need.columns.push_back(column.text);
        }
        if (columns.kind == YamlValue::Kind::scalar || columns.kind == YamlValue::Kind::map)
            fields.problem(columns.line, "the columns of a table are a list");
        out.push_back(std::move(need));
    }
    return out;
}

/// Whether the rule reads the table, and these of its columns.
bool reads(Rule const& rule, Need const& wanted)
{
    auto const has_all = [&](Need const& need) {
        return need.table == wanted.table && std::ranges::all_of(wanted.columns, [&](auto const& column) {
            return std::ranges::find(need.columns, column) != need.columns.end();
        });
    };
    return std::ranges::any_of(rule.needs, has_all) || std::ranges::any_of(rule.also_reads, has_all);
}

/// Says which part of `wanted` the rule does not read.
void check_reads(YamlFields& fields, std::string_view name, Rule const& rule, Need const& wanted)
{
    if (!reads(rule, { wanted.table, {} }))
        fields.problem(fields.line(),
            fmt::format("`{}` names the table `{}`, which `needs` does not", name, wanted.table));
    else if (!reads(rule, wanted))
        fields.problem(fields.line(),
            fmt::format("`{}` names the column `{}` of `{}`, which `needs` does not", name,
                wanted.columns.front(), wanted.table));
}

/// Names of tables that the rule reads.
std::vector<std::string> some_needs(YamlFields& fields, std::string_view name, Rule const& rule)
{
    auto tables = fields.texts(name, Wanted::optional);
    for (auto const& table : tables)
        check_reads(fields, name, rule, { table, {} });
    return tables;
}

/// `a_table` or `a_table.its_column`.
std::vector<Need> needed_rows(YamlFields& fields, std::string_view name, Rule const& rule)
{
    std::vector<Need> out;
    for (auto const& text : fields.texts(name, Wanted::optional)) {
        auto const dot = std::min(text.find('.'), text.size());
        Need need { text.substr(0, dot), {} };
        if (dot != text.size())
            need.columns.push_back(text.substr(dot + 1));
        check_reads(fields, name, rule, need);
        out.push_back(std::move(need));
    }
    return out;
}

/// Adds a table that the rule reads, or columns of one that it reads already.
void add_read(Rule& rule, Need need)
{
    for (auto* known : { &rule.needs, &rule.also_reads })
        for (auto& other : *known)
            if (other.table == need.table) {
                std::ranges::move(need.columns, std::back_inserter(other.columns));
                return;
            }
    rule.also_reads.push_back(std::move(need));
}

void add_alternatives(Rule& rule, std::vector<Need> one_of)
{
    for (auto const& need : one_of)
        add_read(rule, need);
    rule.one_of.push_back(std::move(one_of));
}

/// `ios_sms_message 2`: a table and the record id of a row in it.
std::optional<std::pair<std::string, std::int64_t>> row_reference(std::string_view text)
{
    auto const blank = text.find(' ');
    if (blank == text.npos)
        return std::nullopt;
    auto const record = whole_number<std::int64_t>(text.substr(blank + 1));
    if (!record)
        return std::nullopt;
    return std::pair { std::string { text.substr(0, blank) }, *record };
}

RuleTest read_test(YamlValue const& value, std::string_view file, std::vector<RuleProblem>& problems)
{
    YamlFields fields { value, file, problems };
    RuleTest test;
    test.line = value.line;
    test.name = fields.text("name");
    if (auto const* tables = fields.value("rows"))
        for (auto const& [table, rows] : tables->fields) {
            if (!is_name(table, "_") || rows.kind != YamlValue::Kind::list)
                fields.problem(rows.line, "`rows` maps tables to lists of rows");
            test.tables.push_back({ table, rows.items });
        }
    auto const* finds = fields.value("finds");
    for (auto const& item : items_of(finds)) {
        if (auto row = row_reference(item.text))
            test.finds.push_back(std::move(*row));
        else
            fields.problem(item.line, "`finds` lists rows as `table_name record_id`");
    }
    if (auto const* severity = fields.value("severity", Wanted::optional)) {
        test.severity = severity_named(severity->text);
        if (!test.severity)
            fields.problem(severity->line, fmt::format("`{}` is no severity", severity->text));
    }
    test.summaries = fields.texts("summaries", Wanted::optional);
    test.in_part = fields.texts("in_part", Wanted::optional);
    fields.no_others();
    return test;
}

void read_tests(Rule& rule, YamlFields& fields, std::string_view file, std::vector<RuleProblem>& problems)
{
    auto const* tests = fields.value("tests");
    if (tests == nullptr)
        return;
    bool finds = false;
    bool silent = false;
    for (auto const& item : tests->items) {
        rule.tests.push_back(read_test(item, file, problems));
        (rule.tests.back().finds.empty() ? silent : finds) = true;
    }
    if (!finds)
        fields.problem(tests->line, "a rule needs a test with rows that it must find");
    if (!silent)
        fields.problem(tests->line, "a rule needs a test with a near miss that it must not find");
}

/// Ends in a period or a question mark and begins like a sentence, so that texts read well one after the
/// other.
void check_sentences(YamlFields const& fields, std::string_view name, std::vector<std::string> const& texts)
{
    for (auto const& text : texts)
        if (!text.empty() && !text.ends_with('.') && !text.ends_with('?'))
            fields.problem(fields.line(),
                fmt::format("`{}` holds sentences; this one does not end: {}", name, text.substr(0, 60)));
}

/// Words that no text of a finding may use of a device: no check can show them to be true.
void check_words(YamlFields const& fields, Rule const& rule)
{
    auto const lower = to_lower(rule.title + ' ' + rule.summary + ' ' + rule.meaning);
    for (std::string_view const word : { "is clean", "not infected", "is safe" })
        if (lower.contains(word))
            fields.problem(fields.line(), fmt::format("no text may say that a phone `{}`", word));
}

void check_words_and_weights(YamlFields const& fields, Rule const& rule)
{
    if (!is_name(rule.id, "-"))
        fields.problem(fields.line(), "an id has small letters, digits and hyphens");
    if (at_most(rule.severity, rule.confidence) != rule.severity)
        fields.problem(fields.line(),
            fmt::format(
                "`{}` needs more than `{}` confidence", name_of(rule.severity), name_of(rule.confidence)));
    if (rule.status == Status::recalled && rule.severity > Severity::low)
        fields.problem(fields.line(), "what is only recalled may say `low` at most");
    if (auto const value = indicators::do_not_import_in(rule.sql); !value.empty())
        fields.problem(fields.line(),
            fmt::format("`{}` is in circulation as an indicator and is invented or wrong", value));
    check_words(fields, rule);
    check_sentences(fields, "meaning", { rule.meaning });
    check_sentences(fields, "summary", { rule.summary });
    check_sentences(fields, "innocent_causes", rule.innocent_causes);
    check_sentences(fields, "next_steps", rule.next_steps);
}

bool is_yes(YamlFields& fields, std::string_view name, bool otherwise)
{
    auto const text = fields.text(name, Wanted::optional);
    if (!text.empty() && text != "true" && text != "false")
        fields.problem(fields.line(), fmt::format("`{}` is true or false", name));
    return text.empty() ? otherwise : text == "true";
}

} // namespace

std::optional<Rule> read_rule(
    YamlValue const& document, std::string_view file, Tests tests, std::vector<RuleProblem>& problems)
{
    auto const before = problems.size();
    YamlFields fields { document, file, problems };
    Rule rule;
    rule.file = file;
    rule.id = fields.text("id");
    rule.title = fields.text("title");
    rule.about = fields.word("class", &class_named, Class::anomaly);
    rule.campaign = fields.text("campaign", Wanted::optional);
    rule.platforms = platforms(fields);
    rule.status = fields.word("status", &status_named, Status::recalled);
    rule.severity = fields.word("severity", &severity_named, Severity::info);
    rule.confidence = fields.word("confidence", &confidence_named, Confidence::context);
    rule.relation = fields.word("relation", &relation_named, Relation::context);
    rule.views = fields.texts("views", Wanted::optional);
    rule.also_views = fields.texts("also_views", Wanted::optional);
    auto one_of = needs(fields, "needs_one_of", Wanted::optional);
    auto const wanted = rule.views.empty() && one_of.empty() ? Wanted::required : Wanted::optional;
    rule.needs = needs(fields, "needs", wanted);
    if (!one_of.empty())
        add_alternatives(rule, std::move(one_of));
    for (auto& need : needs(fields, "also_reads", Wanted::optional))
        add_read(rule, std::move(need));
    rule.needs_rows = needed_rows(fields, "needs_rows", rule);
    rule.needs_whole = some_needs(fields, "needs_whole", rule);
    rule.before_system = first_number(fields.text("before_system", Wanted::optional));
    rule.sql = fields.text("sql");
    rule.own_sql = rule.sql;
    rule.summary = fields.text("summary");
    rule.meaning = fields.text("meaning");
    rule.innocent_causes = fields.texts("innocent_causes");
    rule.next_steps = fields.texts("next_steps");
    rule.references = fields.texts("references");
    if (tests == Tests::read)
        read_tests(rule, fields, file, problems);
    fields.no_others();
    check_words_and_weights(fields, rule);
    if (problems.size() != before)
        return std::nullopt;
    return rule;
}

std::optional<View> read_view(
    YamlValue const& document, std::string_view file, std::vector<RuleProblem>& problems)
{
    auto const before = problems.size();
    YamlFields fields { document, file, problems };
    View view;
    view.id = fields.text("view");
    view.title = fields.text("title");
    view.one_of = needs(fields, "needs_one_of", Wanted::required);
    view.sql = fields.text("sql");
    view.keep = is_yes(fields, "keep", false);
    fields.no_others();
    if (!is_name(view.id, "_"))
        fields.problem(fields.line(), "a view has a name of small letters, digits and underscores");
    if (problems.size() != before)
        return std::nullopt;
    return view;
}

std::string with_view(std::string_view sql, View const& view)
{
    constexpr std::string_view with = "WITH ";
    constexpr std::string_view recursive = "RECURSIVE ";
    bool const has_others = sql.starts_with(with);
    sql.remove_prefix(has_others ? with.size() : 0);
    bool const is_recursive = has_others && sql.starts_with(recursive);
    sql.remove_prefix(is_recursive ? recursive.size() : 0);
    return fmt::format("{}{}{} AS (\n{})\n{}{}", with, is_recursive ? recursive : "", view.id, view.sql,
        has_others ? ", " : "", sql);
}

void add_view(Rule& rule, std::shared_ptr<View const> view, bool needed)
{
    rule.sql = with_view(rule.sql, *view);
    if (needed)
        add_alternatives(rule, view->one_of);
    else
        for (auto const& need : view->one_of)
            add_read(rule, need);
    rule.reads.insert(rule.reads.begin(), std::move(view));
}

namespace {

void read_sources(
    YamlFields& list_fields, ValueList& list, std::string_view file, std::vector<RuleProblem>& problems)
{
    auto const* sources = list_fields.value("sources", Wanted::optional);
    for (auto const& item : items_of(sources)) {
        YamlFields fields { item, file, problems };
        ListSource source;
        auto id = fields.text("id");
        source.what = fields.text("what");
        source.version = fields.text("version", Wanted::optional);
        source.model = fields.text("model", Wanted::optional);
        source.certain = is_yes(fields, "certain", true);
        source.measured = is_yes(fields, "measured", false);
        fields.no_others();
        if (!list.sources.emplace(std::move(id), std::move(source)).second)
            fields.problem(item.line, "another source has this `id`");
    }
}

/// A value with its own reason, or with the sources that know it.
void read_listed(
    YamlValue const& item, ValueList& list, std::string_view file, std::vector<RuleProblem>& problems)
{
    YamlFields fields { item, file, problems };
    auto value = fields.text("value");
    auto const origins = fields.texts("from", Wanted::optional);
    auto reason = fields.text("reason", origins.empty() ? Wanted::required : Wanted::optional);
    bool certain = origins.empty();
    for (auto const& origin : origins) {
        auto const source = list.sources.find(origin);
        if (source == list.sources.end()) {
            fields.problem(item.line, fmt::format("the list has no source `{}`", origin));
            continue;
        }
        certain = certain || source->second.certain;
        reason += (reason.empty() ? "" : "; ") + source->second.what;
    }
    fields.no_others();
    if (!certain)
        list.uncertain.insert(value);
    list.values.emplace(std::move(value), std::move(reason));
}

} // namespace

std::optional<ValueList> read_list(
    YamlValue const& document, std::string_view file, std::vector<RuleProblem>& problems)
{
    auto const before = problems.size();
    YamlFields fields { document, file, problems };
    ValueList list;
    list.id = fields.text("list");
    list.title = fields.text("title");
    list.version = fields.text("version");
    list.source = fields.text("source");
    auto const reason = fields.text("reason", Wanted::optional);
    read_sources(fields, list, file, problems);
    auto const* values = fields.value("values");
    if (!is_name(list.id, "_"))
        fields.problem(fields.line(), "a list has a name of small letters, digits and underscores");
    for (auto const& item : items_of(values)) {
        if (item.kind == YamlValue::Kind::scalar) {
            list.values.emplace(item.text, reason);
            if (reason.empty())
                fields.problem(item.line, "each value, or the whole list, needs a `reason`");
            continue;
        }
        read_listed(item, list, file, problems);
    }
    if (list.values.size() > RuleLimits::kItems)
        fields.problem(fields.line(), "too many values in one list");
    fields.no_others();
    if (problems.size() != before)
        return std::nullopt;
    return list;
}

} // namespace exhibit::detection
