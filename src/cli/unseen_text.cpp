#include "cli/unseen_text.hpp"

#include "base/number.hpp"
#include "base/text.hpp"
#include "casefile/schema.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace exhibit::cli {

using report::ArtifactCoverage;
using report::Summary;

std::string amount(std::int64_t count, std::string_view one, std::string_view many)
{
    return counted(static_cast<std::uint64_t>(count), one, many);
}

std::size_t left_out(Summary const& summary)
{
    return static_cast<std::size_t>(
        std::ranges::count(summary.coverage, "skipped", &ArtifactCoverage::state));
}

namespace {

/// A number of the run; 0 in older cases, which lack it.
std::int64_t number_in(Summary const& summary, std::string_view name)
{
    auto const found = summary.info.find(name);
    return found == summary.info.end() ? 0 : whole_number<std::int64_t>(found->second).value_or(0);
}

void add_hash_lines(std::vector<std::string>& lines, Summary const& summary)
{
    bool const hashed = summary.info.contains(kFilesHashedInfo);
    if (auto const left_out = number_in(summary, kHashesNotComparedInfo); left_out != 0)
        lines.push_back(hashed
                ? fmt::format("files were hashed, but {} not compared with them: --only or --skip left out "
                              "the artifact that lists files",
                      amount(left_out, "hash indicator was", "hash indicators were"))
                : fmt::format("{} of the indicators are hashes, and files were not hashed: `exhibit check "
                              "--hash` compares them",
                      left_out));
    if (auto const unread = number_in(summary, kFilesNotHashedInfo); unread != 0)
        lines.push_back(fmt::format("{} could not be read to be hashed: no hash indicator was compared with "
                                    "their content",
            amount(unread, "file", "files")));
}

/// Of the indicators, what was not compared.
void add_knowledge_lines(std::vector<std::string>& lines, Summary const& summary)
{
    std::int64_t unusable = 0;
    for (auto const& pack : summary.packs) {
        if (pack.indicators == 0) {
            lines.push_back(fmt::format(
                "nothing of the indicator file {} could be used: it was not compared at all", pack.file));
            continue;
        }
        unusable += pack.unusable;
        if (pack.damaged)
            lines.push_back(
                fmt::format("the indicator file {} is damaged or cut off: {} could be read, and what "
                            "else it held was not compared",
                    pack.name, amount(pack.indicators, "indicator of it", "indicators of it")));
    }
    if (unusable != 0)
        lines.push_back(
            fmt::format("{} could not be used; `exhibit sql CASE \"SELECT * FROM unusable_indicator\"` "
                        "names them",
                amount(unusable, "indicator", "indicators")));
    if (summary.packs.empty())
        lines.emplace_back("no indicators were used (--indicators, or `exhibit indicators update`): only "
                           "rules were applied");
    add_hash_lines(lines, summary);
}

void add_rule_lines(std::vector<std::string>& lines, Summary const& summary)
{
    for (auto const& failed : summary.rules_failed)
        lines.push_back(fmt::format("a rule could not be applied, {}", failed));
    auto const others = static_cast<std::int64_t>(summary.rules_not_run.size() - summary.rules_failed.size())
        - summary.rules_left_out - summary.rules_not_found;
    for (auto const& [count, why] : { std::pair { others, "the data is not there" },
             { summary.rules_not_found, "the data was not found in what could be read" },
             { summary.rules_left_out, "the data was left out with --only or --skip" } })
        if (count > 0)
            lines.push_back(
                fmt::format("{} could not be applied because {}; `exhibit coverage` names what each lacks",
                    amount(count, "rule", "rules"), why));
}

} // namespace

std::vector<std::string> unseen(Summary const& summary)
{
    std::vector<std::string> lines;
    lines.reserve(summary.problems.size());
    for (auto const& problem : summary.problems)
        lines.push_back(fmt::format("{}{}{}", problem.message,
            problem.count > 1 ? fmt::format(" ({} times)", problem.count) : "",
            problem.stored.empty() ? "" : fmt::format(" [{}]", problem.stored)));
    add_knowledge_lines(lines, summary);
    std::int64_t undated = 0;
    for (auto const& artifact : summary.coverage)
        undated += artifact.undated_events;
    if (undated != 0)
        lines.push_back(fmt::format("{} with a date that cannot be: no timeline shows what happened then; "
                                    "`exhibit coverage` says where they are",
            amount(undated, "event", "events")));
    auto const unread = number_in(summary, kFilesUnreadInfo);
    if (unread != 0)
        lines.push_back(fmt::format("{} the content of {} of the {}: of most apps, documents and pictures "
                                    "nothing but names was compared",
            left_out(summary) != 0 ? "none of the artifacts that were asked for reads" : "no artifact reads",
            unread, amount(number_in(summary, kFilesSeenInfo), "file", "files")));
    if (summary.info.contains(kRowsKeptInfo))
        lines.emplace_back(
            "the case keeps only the rows that findings rest on (--minimal): rows, timeline, export "
            "and recheck know nothing else");
    add_rule_lines(lines, summary);
    return lines;
}

} // namespace exhibit::cli
