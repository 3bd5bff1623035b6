#include "cli/summary_text.hpp"

#include "base/number.hpp"
#include "base/text.hpp"
#include "casefile/schema.hpp"
#include "cli/layout.hpp"
#include "cli/unseen_text.hpp"

#include <algorithm>
#include <map>

namespace exhibit::cli {
namespace {

using report::ArtifactCoverage;
using report::Finding;
using report::Summary;

constexpr std::size_t kLabelWidth = 17; ///< of `Would change` and its like, with the blanks around them
constexpr std::size_t kValueLimit = 200; ///< columns of a raw value that are shown
/// What stands beside or above the texts of findings.
constexpr std::array<std::string_view, 20> kLabels { "What", "Where", "Meaning", "Innocent", "Next", "By",
    "Source", "Why", "Would change", "Examined:", "What can be said", "Findings", "Findings: none",
    "Coverage", "What could not be seen",
    "That is no proof that nothing was there: see below what could not be seen.",
    "traces that the phone had already removed, or that this kind of acquisition never holds",
    "Keep the phone and its backup as they are. Before you act on a finding, ask people with experience in "
    "such "
    "attacks, such as Access Now's Digital Security Helpline or Amnesty's Security Lab.",
    "Case file:",
    "If there is a reason to suspect an attack, keep the phone and its backup as they are, and ask people "
    "with "
    "experience in such attacks, such as Access Now's Digital Security Helpline or Amnesty's Security Lab." };
constexpr std::array kSeverities { "critical", "high", "medium", "low", "info" };

/// Text from evidence whose line ends shall stay line ends.
std::string escaped_lines(std::string_view text)
{
    std::string out;
    while (!text.empty()) {
        auto const end = text.find('\n');
        out += escape_for_terminal(text.substr(0, end));
        if (end == std::string_view::npos)
            break;
        out += '\n';
        text.remove_prefix(end + 1);
    }
    return out;
}

std::string day(Timestamp time)
{
    return to_text(time).substr(0, 10);
}

std::string second(Timestamp time)
{
    return to_text(time).substr(0, 19) + " UTC";
}

std::string period(std::optional<Timestamp> first, std::optional<Timestamp> last)
{
    if (!first || !last)
        return {};
    return *first == *last ? second(*first) : fmt::format("{} to {}", second(*first), second(*last));
}

void print_labelled(Session& session, std::string_view label, std::string_view text)
{
    if (text.empty())
        return;
    auto const padded = fmt::format("{:<{}}", session.translate(label), kLabelWidth - 4);
    session.out().print("    {}{}\n", session.paint(Paint::faint, padded),
        wrapped(escaped_lines(session.translate(text)), kLabelWidth));
}

/// Several lines as a list, where the text has more than one.
std::string as_list(std::string const& text)
{
    if (text.find('\n') == std::string::npos)
        return text;
    std::string out = "- ";
    for (char const c : text) {
        out += c;
        if (c == '\n')
            out += "- ";
    }
    return out;
}

void print_example(Session& session, report::FindingRow const& row)
{
    std::string line = row.time ? second(*row.time) + "  " : "";
    line += fmt::format("{} {}", escape_for_terminal(row.table), row.record_id);
    if (!row.entry.empty())
        line += fmt::format("  {}", escape_for_terminal(row.entry));
    if (!row.recovered.empty())
        line += fmt::format("  [recovered: {}]", escape_for_terminal(row.recovered));
    session.out().print("{:{}}{}\n", "", kLabelWidth, session.paint(Paint::faint, line));
    if (!row.value.empty())
        session.out().print("{:{}}{}: {}\n", "", kLabelWidth + 2,
            row.column.empty() ? "value" : escape_for_terminal(row.column),
            shortened(escape_for_terminal(row.value), kValueLimit));
}

/// Of rows that were deleted or changed on the phone.
std::string recovered_words(std::int64_t count)
{
    return count == 0 ? "" : fmt::format(", {} of them recovered", count);
}

void print_heading(Session& session, std::string_view words)
{
    session.out().print("\n{}\n", session.paint(Paint::strong, session.translate(words)));
}

/// `2021-12-03T19:33:13.000000Z` as `2021-12-03 19:33:13 UTC`; any other text as it is.
std::string readable(std::string_view fact)
{
    auto const moment = from_text(fact);
    return moment ? to_text(*moment).substr(0, std::string_view { "0000-00-00 00:00:00" }.size()) + " UTC"
                  : escape_for_terminal(fact);
}

void print_device(Session& session, Summary const& summary)
{
    auto const description = summary.info.find("acquisition_description");
    auto const folder
        = std::ranges::find(summary.facts, "container.folder", &std::pair<std::string, std::string>::first);
    session.out().print("{} {}{}\n", session.paint(Paint::strong, session.translate("Examined:")),
        description == summary.info.end() ? "an acquisition" : escape_for_terminal(description->second),
        folder == summary.facts.end() ? std::string {}
                                      : fmt::format(": {}", escape_for_terminal(folder->second)));
    std::map<std::string_view, std::string_view> const labels { { "device.name", "name" },
        { "device.product_type", "model" }, { "device.product_version", "version" },
        { "device.build_version", "build" }, { "device.serial_number", "serial number" },
        { "device.phone_number", "phone number" }, { "device.imei", "IMEI" }, { "backup.date", "made on" },
        { "device.time_zone", "time zone" } };
    TextTable table;
    for (auto const& [name, value] : summary.facts)
        if (auto const label = labels.find(name); label != labels.end() && !value.empty())
            table.add({ std::string { label->second },
                name == "backup.date" ? readable(value) : escape_for_terminal(value) });
    session.out().write(table.text(2));
}

void print_assessments(Session& session, Summary const& summary)
{
    if (summary.assessments.empty())
        return;
    print_heading(session, "What can be said");
    for (auto const& assessment : summary.assessments) {
        session.out().print("  {} (confidence: {})\n",
            wrapped(escaped_lines(session.translate(assessment.wording)), 2),
            escape_for_terminal(assessment.confidence));
        print_labelled(session, "Why", assessment.reason);
        print_labelled(session, "Would change", as_list(session.translate(assessment.would_change)));
    }
}

std::string finding_counts(Session const& session, std::vector<Finding> const& findings)
{
    std::string out;
    for (auto const* severity : kSeverities) {
        auto const count = std::ranges::count(findings, severity, &Finding::severity);
        if (count == 0)
            continue;
        out += fmt::format("{}{} {}", out.empty() ? "" : ", ", count, severity_word(session, severity));
    }
    return out;
}

void print_findings(Session& session, std::vector<Finding> const& findings, std::string_view case_file)
{
    if (findings.empty()) {
        print_heading(session, "Findings: none");
        session.out().print("  {}\n",
            session.translate("That is no proof that nothing was there: see below what could not be seen."));
        return;
    }
    print_heading(session, "Findings");
    session.out().print("  {}\n", finding_counts(session, findings));
    std::size_t brief = 0;
    for (auto const& finding : findings) {
        if (report::rank_of_severity(finding.severity) >= report::rank_of_severity("medium"))
            print_finding(session, finding);
        else if (brief++ == 0)
            session.out().write("\n");
        if (report::rank_of_severity(finding.severity) < report::rank_of_severity("medium"))
            session.out().print("  {} {} {} ({})\n",
                session.paint(Paint::strong, fmt::format("[{}]", finding.id)),
                severity_word(session, finding.severity),
                escape_for_terminal(session.translate(finding.title)), amount(finding.rows, "row", "rows"));
    }
    if (brief != 0)
        session.out().print("  `exhibit findings {}` explains these too.\n", escape_for_terminal(case_file));
}

void print_unseen(Session& session, Summary const& summary)
{
    print_heading(session, "What could not be seen");
    for (auto const& period : summary.periods)
        session.out().print("  - {}\n", wrapped(escape_for_terminal(session.translate(period)), 4));
    for (auto const& line : unseen(summary))
        session.out().print("  - {}\n", wrapped(escape_for_terminal(line), 4));
    session.out().print("  - {}\n",
        wrapped(
            session.translate(
                "traces that the phone had already removed, or that this kind of acquisition never holds"),
            4));
}

/// A path as a shell takes it.
std::string shell_word(std::string_view text)
{
    constexpr std::string_view safe
        = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./+=:,@%";
    auto path = text.starts_with('-') ? fmt::format("./{}", text) : std::string { text };
    if (!path.empty() && path.find_first_not_of(safe) == std::string::npos)
        return path;
    bool const is_plain = escape_for_terminal(path) == path;
    std::string out = is_plain ? "'" : "$'";
    for (char const c : path)
        if (is_plain)
            out += c == '\'' ? std::string { "'\\''" } : std::string { c };
        else if (c >= ' ' && c <= '~' && c != '\'' && c != '\\')
            out += c;
        else
            out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    return out + "'";
}

void print_next(Session& session, Summary const& summary, std::string_view case_file)
{
    auto const name = shell_word(case_file);
    session.out().print("\n{} {}\n", session.paint(Paint::strong, session.translate("Case file:")), name);
    TextTable table;
    table.add({ fmt::format("exhibit findings {}", name), "every finding, explained" });
    auto const dated = std::ranges::find_if(
        summary.findings, [](Finding const& finding) { return finding.first_seen.has_value(); });
    if (dated == summary.findings.end())
        table.add({ fmt::format("exhibit timeline {}", name), "what happened when" });
    else
        table.add({ fmt::format("exhibit timeline {} --around {}", name, dated->id),
            fmt::format("what happened around finding {}", dated->id) });
    table.add({ fmt::format("exhibit coverage {}", name), "what was read, and what was not" });
    session.out().write(table.text(2));
    bool const serious = std::ranges::any_of(summary.findings, [](Finding const& finding) {
        return report::rank_of_severity(finding.severity) >= report::rank_of_severity("high");
    });
    session.out().print("\n{}\n", wrapped(session.translate(serious ? kLabels[17] : kLabels[19]), 0));
}

} // namespace

std::span<std::string_view const> summary_labels()
{
    return kLabels;
}

std::string severity_word(Session const& session, std::string_view severity)
{
    auto const rank = report::rank_of_severity(severity);
    auto const paint = rank >= 3 ? Paint::alarm
        : rank == 2              ? Paint::warning
        : rank == 1              ? Paint::notice
                                 : Paint::faint;
    return session.paint(paint, escape_for_terminal(severity));
}

namespace {

/// Of a finding on several artifacts, how many rows each has.
std::string where_words(Finding const& finding)
{
    if (finding.artifacts.size() < 2)
        return fmt::format(
            "{} in {}, {}", finding.relation, finding.artifact, amount(finding.rows, "row", "rows"));
    std::string where;
    for (auto const& [artifact, rows] : finding.artifacts)
        where += fmt::format("{} {}, {}", where.empty() ? finding.relation + " in" : "; with", artifact,
            amount(rows, "row", "rows"));
    return where;
}

std::string found_by(Finding const& finding)
{
    if (finding.origin != "yara")
        return finding.origin == "rule" ? fmt::format("rule {}", finding.rule)
                                        : fmt::format("indicator {}", finding.indicator);
    constexpr std::string_view kind = "yara/"; // Of `yara/<file>/<rule>`, the key.
    auto const key = std::string_view { finding.key };
    auto const rest = key.substr(std::min(kind.size(), key.size()));
    return fmt::format("YARA rule {} of {}", finding.rule, rest.substr(0, rest.rfind('/')));
}

} // namespace

void print_finding(Session& session, Finding const& finding)
{
    // What is not in the case yet has no number there.
    auto const number = finding.id == 0 ? std::string {} : fmt::format("[{}] ", finding.id);
    session.out().print("\n  {}{}  {}\n", session.paint(Paint::strong, number),
        severity_word(session, finding.severity),
        session.paint(Paint::strong, wrapped(escape_for_terminal(session.translate(finding.title)), 6)));
    print_labelled(session, "What", finding.summary);
    auto where = where_words(finding);
    if (auto const when = period(finding.first_seen, finding.last_seen); !when.empty())
        where += ", " + when;
    print_labelled(session, "Where", where);
    for (auto const& row : finding.examples)
        print_example(session, row);
    if (finding.rows > static_cast<std::int64_t>(finding.examples.size()))
        session.out().print("{:{}}… and {} more\n", "", kLabelWidth,
            finding.rows - static_cast<std::int64_t>(finding.examples.size()));
    print_labelled(session, "Meaning", finding.meaning);
    print_labelled(session, "Innocent", as_list(session.translate(finding.innocent_causes)));
    print_labelled(session, "Next", as_list(session.translate(finding.next_steps)));
    auto by = found_by(finding);
    if (!finding.pack.empty())
        by += fmt::format(" of {}", finding.pack);
    print_labelled(session, "By", fmt::format("{}; confidence: {}", by, finding.confidence));
    print_labelled(session, "Source", finding.source);
}

namespace {

/// What was wrong or needs words, and with which artifacts.
struct Said {
    std::string message;
    std::string artifacts;
    bool wrong = false;
};

/// Gathers what is said of artifacts: the same words once.
void gather(std::vector<Said>& said, ArtifactCoverage const& one)
{
    auto const name = escape_for_terminal(one.artifact);
    for (auto const& message : one.messages) {
        auto const same = std::ranges::find(said, message, &Said::message);
        if (same == said.end())
            said.push_back({ message, name, report::is_damage(one.state) });
        else
            same->artifacts += ", " + name;
    }
}

bool is_away(ArtifactCoverage const& one)
{
    return one.state == "absent" || one.state == "skipped";
}

std::string rows_words(ArtifactCoverage const& one)
{
    if (one.rows == 0)
        return {};
    return amount(one.rows, "row", "rows")
        + (one.entries > 1 ? fmt::format(" of {} entries", one.entries) : "")
        + recovered_words(one.recovered_rows);
}

void add_line(Session& session, TextTable& table, ArtifactCoverage const& one)
{
    auto const state = one.state == "parsed" ? std::string { "read" }
        : one.not_found                      ? std::string { "not found" }
                                             : escape_for_terminal(one.state);
    auto const paint = report::is_damage(one.state) ? Paint::warning
        : is_away(one)                              ? Paint::faint
                                                    : Paint::plain;
    table.add({ one.key ? "*" : " ", escape_for_terminal(one.artifact), session.paint(paint, state),
        rows_words(one),
        one.first_seen && one.last_seen ? fmt::format("{} to {}", day(*one.first_seen), day(*one.last_seen))
                                        : "" });
}

void print_names(Session& session, std::string_view words, std::string_view names)
{
    if (!names.empty())
        session.out().print("  {}\n", wrapped(fmt::format("{}: {}", words, names), 4));
}

} // namespace

void print_coverage(Session& session, std::vector<ArtifactCoverage> const& coverage, CoverageDetail detail)
{
    TextTable table;
    std::string absent;
    std::string not_found;
    std::string skipped;
    std::vector<Said> said;
    for (auto const& one : coverage) {
        gather(said, one);
        bool const in_short = detail == CoverageDetail::key && !one.key;
        auto& away = one.state == "skipped" ? skipped : one.not_found ? not_found : absent;
        if (in_short && is_away(one))
            away += (away.empty() ? "" : ", ") + escape_for_terminal(one.artifact);
        else if (!in_short || report::is_damage(one.state))
            add_line(session, table, one);
    }
    session.out().write(table.text(2));
    print_names(session, "Not there", absent);
    print_names(session, "Not found in what could be read", not_found);
    print_names(session, "Left out with --only or --skip", skipped);
    for (auto const& one : said)
        session.out().print("  {} {}\n", one.wrong ? session.paint(Paint::warning, "!") : "-",
            wrapped(fmt::format("{}: {}", escape_for_terminal(one.message), one.artifacts), 4));
}

void print_summary(Session& session, Summary const& summary, std::string_view case_file)
{
    print_device(session, summary);
    print_assessments(session, summary);
    print_findings(session, summary.findings, case_file);
    std::int64_t rows = 0;
    std::int64_t recovered = 0;
    std::size_t read = 0;
    for (auto const& one : summary.coverage) {
        rows += one.rows;
        recovered += one.recovered_rows;
        if (one.rows != 0 || one.state == "empty")
            ++read;
    }
    print_heading(session, "Coverage");
    auto const skipped = left_out(summary);
    session.out().print("  {} of {} artifacts read{}, {}{}; key artifacts are marked *\n", read,
        summary.coverage.size() - skipped, skipped == 0 ? "" : fmt::format(", {} left out", skipped),
        amount(rows, "row", "rows"), recovered_words(recovered));
    print_coverage(session, summary.coverage, CoverageDetail::key);
    print_unseen(session, summary);
    print_next(session, summary, case_file);
}

} // namespace exhibit::cli
