#include "detection/yara_findings.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace exhibit::detection {
namespace {

constexpr std::size_t kRowsShown = 5;

/// One rule of a file, with the rows that it matched.
class RuleMatch {
public:
    RuleMatch(YamlValue const& words, casefile::Statement const& row)
        : m_words(&words)
    {
        m_finding.key = fmt::format("yara/{}/{}", row.text(2), row.text(1));
        m_finding.origin = "yara";
        m_finding.rule_id = row.text(1);
        m_finding.about = Class::infection;
        m_finding.relation = "present";
        m_finding.artifact = "yara";
        m_finding.confidence = Confidence::moderate;
        m_finding.severity
            = at_most(severity_named(row.text(4)).value_or(Severity::high), m_finding.confidence);
        m_finding.source = fmt::format(
            "YARA rule {} ({}{}{})", row.text(1), row.text(2), row.text(5).empty() ? "" : ", ", row.text(5));
        if (!row.text(6).empty())
            m_finding.references.emplace_back(row.text(6));
        m_finding.details["rule"] = row.text(1);
        m_finding.details["file"] = row.text(2);
        m_finding.details["description"] = row.text(3);
    }

    [[nodiscard]] bool is_of(casefile::Statement const& row) const
    {
        return m_finding.rule_id == row.text(1) && m_finding.details.at("file") == row.text(2);
    }

    void add(casefile::Statement const& row)
    {
        ++m_finding.row_count;
        if (m_finding.rows.size() < kRowsPerFinding)
            m_finding.rows.push_back(
                { "yara_match", row.integer(0), "path", std::string { row.text(7) }, "yara", std::nullopt });
    }

    Finding finish()
    {
        std::vector<std::string_view> paths;
        for (auto const& row : m_finding.rows)
            if (paths.size() < kRowsShown)
                paths.push_back(row.value);
        auto& details = m_finding.details;
        details["values"] = fmt::format("{}{}", fmt::join(paths, ", "),
            m_finding.row_count > paths.size()
                ? fmt::format(" and {} more", m_finding.row_count - paths.size())
                : "");
        LocalTimes none; // A file that matched has no time of its own.
        add_common_details(m_finding, none);
        m_finding.title = fill(text("title"), details);
        m_finding.summary = fill(text("summary"), details);
        if (!details["description"].empty())
            m_finding.summary += ' ' + fill(text("described"), details);
        m_finding.meaning = fill(text("meaning"), details);
        m_finding.innocent_causes = texts("innocent_causes");
        m_finding.next_steps = texts("next_steps");
        return std::move(m_finding);
    }

private:
    [[nodiscard]] std::string_view text(std::string_view name) const
    {
        auto const* field = m_words->find(name);
        return field == nullptr ? std::string_view {} : std::string_view { field->text };
    }

    [[nodiscard]] std::vector<std::string> texts(std::string_view name) const
    {
        std::vector<std::string> out;
        if (auto const* field = m_words->find(name))
            for (auto const& item : field->items)
                out.push_back(item.text);
        return out;
    }

    YamlValue const* m_words;
    Finding m_finding;
};

} // namespace

Result<std::vector<Finding>> yara_findings(
    casefile::Database& reader, CaseView const& view, RuleSet const& set)
{
    std::vector<Finding> findings;
    auto const* words = set.words("yara");
    if (words == nullptr || view.table("yara_match") == nullptr)
        return findings;
    auto rows = EXHIBIT_TRY(
        reader.prepare("SELECT record_id, yara_rule, yara_file, rule_description, severity, author, "
                       "reference, path FROM yara_match ORDER BY yara_file, yara_rule, record_id"));
    std::optional<RuleMatch> match;
    while (EXHIBIT_TRY(rows.step())) {
        if (match && !match->is_of(rows)) {
            findings.push_back(match->finish());
            match.reset();
        }
        if (!match)
            match.emplace(*words, rows);
        match->add(rows);
    }
    if (match)
        findings.push_back(match->finish());
    return findings;
}

} // namespace exhibit::detection
