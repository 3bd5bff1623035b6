#include "engine/knowledge.hpp"

#include "detection/rule_tests.hpp"
#include "indicators/load.hpp"

#include <fmt/format.h>

namespace exhibit {

std::size_t count_file_hashes(indicators::IndicatorSet const& indicators)
{
    return indicators.count(indicators::Kind::md5) + indicators.count(indicators::Kind::sha1)
        + indicators.count(indicators::Kind::sha256);
}

namespace {

Refusal refuse_rule(detection::RuleProblem const& problem)
{
    return { Fault::malformed,
        fmt::format("{}{}: {}", problem.file, problem.line == 0 ? "" : fmt::format(", line {}", problem.line),
            problem.what),
        "half a set of rules would look like a whole one; `exhibit rules lint` with the same --rules names "
        "all that is wrong" };
}

std::expected<void, Refusal> add_rules(
    detection::RuleSet& set, std::span<std::filesystem::path const> folders)
{
    for (auto const& folder : folders)
        if (auto const added = set.add_folder(folder); !added)
            return std::unexpected(
                Refusal { added.error().fault, fmt::format("{}: {}", folder.string(), added.error().what),
                    "name a folder with rule files" });
    if (!set.problems().empty())
        return std::unexpected(refuse_rule(set.problems().front()));
    return {};
}

} // namespace

std::expected<void, Refusal> check_rules(std::span<std::filesystem::path const> rules)
{
    if (rules.empty())
        return {};
    auto set = detection::RuleSet::built_in(detection::Tests::left_out);
    if (auto added = add_rules(set, rules); !added)
        return added;
    for (auto const& [id, rule] : set.rules())
        if (!rule.built_in)
            if (auto const problem = detection::why_unusable(set, rule))
                return std::unexpected(refuse_rule(*problem));
    return {};
}

std::expected<Knowledge, Refusal> load_knowledge(std::span<std::filesystem::path const> indicators,
    std::span<std::filesystem::path const> rules, std::optional<Platform> platform)
{
    indicators::SetBuilder builder;
    for (auto const& path : indicators) {
        auto const before = builder.size();
        if (auto const loaded = indicators::load_path(builder, path); !loaded)
            return std::unexpected(
                Refusal { loaded.error().fault, fmt::format("{}: {}", path.string(), loaded.error().what),
                    "name a STIX, MISP or CSV file, or a folder that holds some" });
        if (builder.size() == before)
            return std::unexpected(Refusal { Fault::malformed,
                fmt::format("{}: there is no indicator in it that can be used", path.string()),
                "`exhibit indicators lint` says what is wrong with it; it may be empty, or a page of "
                "errors" });
    }
    Knowledge knowledge { builder.build(),
        detection::RuleSet::built_in(detection::Tests::left_out, platform) };
    if (auto const added = add_rules(knowledge.rules, rules); !added)
        return std::unexpected(added.error());
    return knowledge;
}

std::expected<std::optional<indicators::YaraRules>, Refusal> load_yara_rules(
    std::span<std::filesystem::path const> paths)
{
    if (paths.empty())
        return std::nullopt;
    auto rules = indicators::YaraRules::load(paths);
    if (!rules) {
        auto const& problem = rules.error();
        return std::unexpected(Refusal { Fault::malformed,
            fmt::format("{}{}: {}", problem.file.string(),
                problem.line == 0 ? "" : fmt::format(", line {}", problem.line), problem.what),
            "name a file with YARA rules that compile, or a folder of .yar and .yara files" });
    }
    return std::optional { std::move(*rules) };
}

} // namespace exhibit
