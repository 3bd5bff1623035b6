#include "detection/indicator_words.hpp"

#include "base/text.hpp"
#include "detection/yaml_fields.hpp"

#include <algorithm>

namespace exhibit::detection {
namespace {

using Wanted = YamlFields::Wanted;

constexpr std::array<std::string_view, 3> kTools { "spyware", "stalkerware", "forensic_tool" };

constexpr std::array<std::string_view, indicators::kKindCount> kKinds { "host name", "network address",
    "web address", "mail address", "phone number", "account", "process name", "file name", "path",
    "file hash", "file hash", "file hash", "app", "signing certificate", "configuration profile",
    "system property" };

bool fits(std::vector<std::string> const& words, std::string_view word)
{
    return words.empty() || std::ranges::find(words, word) != words.end();
}

} // namespace

std::string_view name_of(Tool tool)
{
    return kTools[static_cast<std::size_t>(tool)];
}

std::string_view words_of(indicators::Kind kind)
{
    return kKinds[static_cast<std::size_t>(kind)];
}

IndicatorWordTable::IndicatorWordTable(RuleSet const& set, std::vector<RuleProblem>* asked)
{
    std::vector<RuleProblem> ignored;
    auto& problems = asked == nullptr ? ignored : *asked;
    constexpr std::string_view file = "words/indicators.yaml";
    auto const* document = set.words("indicators");
    auto const* rows = document == nullptr ? nullptr : document->find("rows");
    for (auto const& item : items_of(rows)) {
        YamlFields fields { item, file, problems };
        Row row;
        row.tools = fields.texts("tools", Wanted::optional);
        row.kinds = fields.texts("kinds", Wanted::optional);
        row.relations = fields.texts("relations", Wanted::optional);
        row.words.severity = fields.word("severity", &severity_named, Severity::info);
        row.words.about = fields.word("class", &class_named, Class::context);
        row.words.title = fields.text("title");
        row.words.summary = fields.text("summary");
        row.words.meaning = fields.text("meaning");
        row.words.innocent_causes = fields.texts("innocent_causes");
        row.words.next_steps = fields.texts("next_steps");
        fields.no_others();
        m_rows.push_back(std::move(row));
    }
    if (m_rows.empty() || !m_rows.back().tools.empty() || !m_rows.back().kinds.empty()
        || !m_rows.back().relations.empty()) {
        problems.push_back({ std::string { file }, 0, "the last row must fit every indicator" });
        m_rows.emplace_back();
    }
    if (auto const list = set.lists().find("tools_by_name"); list != set.lists().end())
        for (auto const& [name, tool] : list->second.values)
            m_tools.emplace_back(
                to_lower(name), tool.starts_with("forensic") ? Tool::forensic_tool : Tool::stalkerware);
    if (auto const list = set.lists().find("android_browsers"); list != set.lists().end())
        for (auto const& [package, name] : list->second.values)
            m_browsers.insert(package);
}

IndicatorWords const& IndicatorWordTable::find(
    Tool tool, std::string_view kind, std::string_view relation) const
{
    auto const row = std::ranges::find_if(m_rows, [&](Row const& one) {
        return fits(one.tools, name_of(tool)) && fits(one.kinds, kind) && fits(one.relations, relation);
    });
    return row == m_rows.end() ? m_rows.back().words : row->words;
}

Tool IndicatorWordTable::tool_of(std::span<indicators::Name const> names) const
{
    for (auto const& name : names) {
        auto const lower = to_lower(name.text);
        for (auto const& [part, tool] : m_tools)
            if (lower.contains(part))
                return tool;
    }
    return Tool::spyware;
}

bool IndicatorWordTable::is_browser(std::string_view package) const
{
    return m_browsers.contains(package);
}

} // namespace exhibit::detection
