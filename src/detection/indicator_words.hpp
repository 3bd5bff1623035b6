#pragma once

#include "detection/finding.hpp"
#include "detection/rule_set.hpp"
#include "indicators/indicator.hpp"

#include <set>

namespace exhibit::detection {

/// What kind of tool an indicator stands for. A visit to the web site of a tool that anybody can buy
/// is not what a visit to the server of mercenary spyware is.
enum class Tool : std::uint8_t { spyware, stalkerware, forensic_tool };
std::string_view name_of(Tool);

/// What is said of an indicator of some kind that was met in some relation: the row of
/// rules/words/indicators.yaml that fits first.
struct IndicatorWords {
    Severity severity = Severity::info;
    Class about = Class::context;
    std::string title;
    std::string summary;
    std::string meaning;
    std::vector<std::string> innocent_causes;
    std::vector<std::string> next_steps;
};

class IndicatorWordTable {
public:
    /// Adds a problem for each row that cannot be used, where somebody asks for them.
    explicit IndicatorWordTable(RuleSet const& set, std::vector<RuleProblem>* asked = nullptr);

    /// The first row that fits; the last fits everything.
    [[nodiscard]] IndicatorWords const& find(
        Tool tool, std::string_view kind, std::string_view relation) const;

    /// By the names that an indicator carries, from the list `tools_by_name`.
    [[nodiscard]] Tool tool_of(std::span<indicators::Name const> names) const;

    /// By the list `android_browsers`.
    [[nodiscard]] bool is_browser(std::string_view package) const;

private:
    struct Row {
        std::vector<std::string> tools; ///< empty: any
        std::vector<std::string> kinds;
        std::vector<std::string> relations;
        IndicatorWords words;
    };

    std::vector<Row> m_rows;
    std::vector<std::pair<std::string, Tool>> m_tools; ///< lower-case part of a name
    std::set<std::string, std::less<>> m_browsers;
};

/// `{kind}` in the words: `web address`, `process name` ...
std::string_view words_of(indicators::Kind kind);

} // namespace exhibit::detection
