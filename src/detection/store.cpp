#include "base/text.hpp"
#include "detection/detect.hpp"
#include "indicators/digest.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace exhibit::detection {
namespace {

using casefile::Database;
using casefile::Statement;
using indicators::IndicatorSet;

std::string lines(std::vector<std::string> const& texts)
{
    return fmt::format("{}", fmt::join(texts, "\n"));
}

std::optional<std::string_view> text_or_none(std::string const& text)
{
    return text.empty() ? std::nullopt : std::optional { std::string_view { text } };
}

std::string as_json(std::map<std::string, std::string> const& details)
{
    nlohmann::json object = nlohmann::json::object();
    for (auto const& [name, value] : details)
        object[name] = value;
    return object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Result<void> write_finding(Statement& insert, std::int64_t id, Finding const& finding)
{
    insert.bind(1, id).bind(2, finding.key).bind(3, finding.origin).bind(4, text_or_none(finding.rule_id));
    insert.bind(5, text_or_none(finding.indicator)).bind(6, text_or_none(finding.indicator_kind));
    insert.bind(7, finding.pack_id).bind(8, name_of(finding.about)).bind(9, finding.campaign);
    insert.bind(10, finding.title).bind(11, name_of(finding.severity)).bind(12, name_of(finding.confidence));
    insert.bind(13, std::int64_t { finding.ambiguous }).bind(14, finding.relation).bind(15, finding.artifact);
    insert.bind(16, name_of(finding.status)).bind(17, finding.summary).bind(18, finding.meaning);
    insert.bind(19, lines(finding.innocent_causes)).bind(20, lines(finding.next_steps));
    insert.bind(21, finding.source).bind(22, lines(finding.references)).bind(23, as_json(finding.details));
    insert.bind(24, static_cast<std::int64_t>(finding.row_count));
    return insert.bind(25, finding.first_seen).bind(26, finding.last_seen).run();
}

/// Fills in where each row came from.
class RowWriter {
public:
    explicit RowWriter(Database& database)
        : m_database(&database)
    {
    }

    Result<void> write(std::int64_t finding_id, FindingRow const& row)
    {
        if (!m_insert)
            m_insert.emplace(
                EXHIBIT_TRY(m_database->prepare("INSERT INTO finding_row VALUES (?,?,?,?,?,?,?,?,?)")));
        auto* origin = EXHIBIT_TRY(origin_of(row.table));
        bool const there = EXHIBIT_TRY(origin->bind(1, row.record_id).step());
        m_insert->bind(1, finding_id).bind(2, row.table).bind(3, row.record_id);
        m_insert->bind(4, there ? origin->integer_or_none(0) : std::nullopt)
            .bind(5, text_or_none(row.column));
        m_insert->bind(6, text_or_none(row.value)).bind(7, row.how).bind(8, row.time);
        if (there && !origin->is_null(1))
            m_insert->bind(9, origin->text(1));
        else
            m_insert->bind(9, nullptr);
        origin->reset();
        return m_insert->run();
    }

private:
    Result<Statement*> origin_of(std::string const& table)
    {
        auto found = m_origins.find(table);
        if (found == m_origins.end())
            found = m_origins
                        .emplace(table,
                            EXHIBIT_TRY(m_database->prepare(fmt::format(
                                "SELECT entry_id, recovered FROM \"{}\" WHERE record_id = ?", table))))
                        .first;
        return &found->second;
    }

    Database* m_database;
    std::optional<Statement> m_insert;
    std::map<std::string, Statement> m_origins;
};

Result<void> write_findings(Database& database, std::vector<Finding> const& findings)
{
    auto insert
        = EXHIBIT_TRY(database.prepare("INSERT INTO finding VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,"
                                       "?,?,?,?,?,?,?)"));
    RowWriter rows { database };
    std::int64_t id = 0;
    for (auto const& finding : findings) {
        EXHIBIT_TRY(write_finding(insert, ++id, finding));
        for (auto const& row : finding.rows)
            EXHIBIT_TRY(rows.write(id, row));
    }
    return {};
}

/// The queries behind the findings, and the texts of YARA rules: the rules of a user, and those of another
/// version of the program, are not there when somebody reads the case.
Result<void> write_queries(Database& database, Detection const& detection, DetectionInputs const& inputs)
{
    auto insert = EXHIBIT_TRY(database.prepare("INSERT OR REPLACE INTO rule_query VALUES (?,?,?)"));
    for (auto const& outcome : detection.rules)
        if (outcome.state == RuleState::matched)
            EXHIBIT_TRY(insert.bind(1, outcome.rule->id)
                    .bind(2, outcome.rule->sha256)
                    .bind(3, outcome.rule->sql)
                    .run());
    if (!inputs.yara_text)
        return {};
    for (auto const& finding : detection.findings) {
        if (finding.origin != "yara")
            continue;
        auto const text = repair_utf8(inputs.yara_text(finding.details.at("file"), finding.rule_id));
        if (!text.empty())
            EXHIBIT_TRY(
                insert.bind(1, finding.key).bind(2, indicators::sha256_hex(text)).bind(3, text).run());
    }
    return {};
}

Result<void> write_rules(Database& database, Detection const& detection, RuleSet const& set)
{
    auto insert = EXHIBIT_TRY(database.prepare("INSERT OR REPLACE INTO rule VALUES (?,?,?,?,?,?,?,?,?,?,?)"));
    for (auto const& outcome : detection.rules) {
        auto const& rule = *outcome.rule;
        insert.bind(1, rule.id)
            .bind(2, rule.title)
            .bind(3, name_of(rule.about))
            .bind(4, name_of(rule.severity));
        insert.bind(5, name_of(rule.confidence))
            .bind(6, name_of(rule.status))
            .bind(7, name_of(outcome.state));
        insert.bind(8, outcome.reason).bind(9, static_cast<std::int64_t>(outcome.matches));
        EXHIBIT_TRY(insert.bind(10, rule.file).bind(11, rule.sha256).run());
    }
    for (auto const& problem : set.problems()) {
        insert.bind(1, problem.file).bind(2, "").bind(3, "").bind(4, "").bind(5, "").bind(6, "");
        insert.bind(7, name_of(RuleState::refused))
            .bind(8, fmt::format("line {}: {}", problem.line, problem.what));
        EXHIBIT_TRY(insert.bind(9, std::int64_t { 0 }).bind(10, problem.file).bind(11, "").run());
    }
    return {};
}

std::vector<indicators::Tlp> strictest_markings(IndicatorSet const& set)
{
    std::vector<indicators::Tlp> out(set.packs().size());
    for (auto const& indicator : set.indicators())
        out[indicator.pack] = std::max(out[indicator.pack], indicator.tlp);
    return out;
}

Result<void> write_packs(Database& database, IndicatorSet const& set)
{
    auto insert
        = EXHIBIT_TRY(database.prepare("INSERT INTO indicator_pack VALUES (?,?,?,?,?,?,?,?,?,?,?,?)"));
    auto const markings = strictest_markings(set);
    for (std::size_t i = 0; i != set.packs().size(); ++i) {
        auto const& pack = set.packs()[i];
        insert.bind(1, static_cast<std::int64_t>(i + 1)).bind(2, pack.title).bind(3, pack.file);
        insert.bind(4, pack.format).bind(5, pack.sha256).bind(6, pack.source).bind(7, pack.url);
        insert.bind(8, pack.licence);
        insert.bind(9,
            pack.published ? std::optional { std::int64_t { pack.published->time_since_epoch().count() } }
                           : std::nullopt);
        insert.bind(10, indicators::name_of(markings[i])).bind(11, std::int64_t { pack.indicators });
        EXHIBIT_TRY(insert.bind(12, std::int64_t { pack.problems }).run());
    }
    auto problem_insert = EXHIBIT_TRY(database.prepare("INSERT INTO unusable_indicator VALUES (?,?,?,?)"));
    for (auto const& problem : set.problems()) {
        problem_insert.bind(1, std::int64_t { problem.pack } + 1).bind(2, problem.id);
        EXHIBIT_TRY(
            problem_insert.bind(3, indicators::name_of(problem.reason)).bind(4, problem.detail).run());
    }
    return {};
}

Result<void> write_assessment(Database& database, Assessment const& assessment)
{
    auto insert = EXHIBIT_TRY(database.prepare("INSERT INTO assessment VALUES (?,?,?,?,?,?,?,?,?)"));
    auto link = EXHIBIT_TRY(database.prepare("INSERT INTO assessment_finding VALUES (?,?)"));
    std::int64_t position = 0;
    for (auto const& line : assessment.lines) {
        insert.bind(1, ++position).bind(2, line.verdict).bind(3, line.campaign).bind(4, line.confidence);
        insert.bind(5, line.wording).bind(6, line.reason).bind(7, lines(line.would_change));
        EXHIBIT_TRY(insert.bind(8, line.first_seen).bind(9, line.last_seen).run());
        for (auto const index : line.findings)
            EXHIBIT_TRY(link.bind(1, position).bind(2, static_cast<std::int64_t>(index + 1)).run());
    }
    auto period_insert = EXHIBIT_TRY(database.prepare("INSERT INTO covered_period VALUES (?,?,?,?,?,?)"));
    for (auto const& period : assessment.periods) {
        period_insert.bind(1, period.artifact).bind(2, period.title).bind(3, period.state);
        EXHIBIT_TRY(
            period_insert.bind(4, period.first_seen).bind(5, period.last_seen).bind(6, period.wording).run());
    }
    return {};
}

} // namespace

Result<void> store(Database& database, Detection const& detection, DetectionInputs const& inputs)
{
    EXHIBIT_TRY(database.run(
        "BEGIN; DELETE FROM finding; DELETE FROM finding_row; DELETE FROM rule; DELETE FROM indicator_pack; "
        "DELETE FROM unusable_indicator; DELETE FROM assessment; DELETE FROM assessment_finding; "
        "DELETE FROM covered_period"));
    // Case files of the first versions have no such table.
    EXHIBIT_TRY(database.run("CREATE TABLE IF NOT EXISTS rule_query (rule_id TEXT PRIMARY KEY, "
                             "sha256 TEXT NOT NULL, query TEXT NOT NULL) STRICT; DELETE FROM rule_query"));
    EXHIBIT_TRY(write_findings(database, detection.findings));
    EXHIBIT_TRY(write_rules(database, detection, *inputs.rules));
    EXHIBIT_TRY(write_queries(database, detection, inputs));
    auto lists = EXHIBIT_TRY(database.prepare("INSERT OR REPLACE INTO case_info VALUES (?,?)"));
    EXHIBIT_TRY(lists.bind(1, kListsInfo).bind(2, inputs.rules->lists_sha256()).run());
    if (inputs.indicators != nullptr)
        EXHIBIT_TRY(write_packs(database, *inputs.indicators));
    EXHIBIT_TRY(write_assessment(database, detection.assessment));
    return database.run("COMMIT");
}

} // namespace exhibit::detection
