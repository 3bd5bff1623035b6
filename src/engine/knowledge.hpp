#pragma once

#include "acquisition/acquisition.hpp"
#include "detection/rule_set.hpp"
#include "indicators/indicator_set.hpp"
#include "indicators/yara.hpp"

#include <array>
#include <expected>
#include <functional>
#include <optional>
#include <string_view>
#include <utility>

namespace exhibit {

/// What evidence is compared with.
struct Knowledge {
    indicators::IndicatorSet indicators;
    detection::RuleSet rules;
    std::optional<indicators::YaraRules> yara {};
};

/// The kinds of digest that files are compared by, as cases name them.
inline constexpr std::array kFileDigests { std::pair {
                                               indicators::Kind::sha256, std::string_view { "sha256" } },
    std::pair { indicators::Kind::md5, std::string_view { "md5" } },
    std::pair { indicators::Kind::sha1, std::string_view { "sha1" } } };
/// What a case of an earlier version has, that says no more than that files were hashed.
inline constexpr std::string_view kDigestsOfEarlierVersions = "sha256";

/// How many of the indicators are digests of files.
std::size_t count_file_hashes(indicators::IndicatorSet const& indicators);

/// Loads indicator files and folders, and the built-in rules with those of further folders. Fails when one
/// of the paths cannot be read, no indicator in it can be used, or a rule file is no rule; what else is wrong
/// inside of a file of indicators is kept as a problem of the set. With a platform, built-in rules for others
/// are left out.
std::expected<Knowledge, Refusal> load_knowledge(std::span<std::filesystem::path const> indicators,
    std::span<std::filesystem::path const> rules, std::optional<Platform> platform = {});

/// Reads rules besides the built-in ones as an examination will, so that what is wrong with them is known
/// before it begins.
std::expected<void, Refusal> check_rules(std::span<std::filesystem::path const> rules);

/// Compiles YARA rules; nothing when none are named.
std::expected<std::optional<indicators::YaraRules>, Refusal> load_yara_rules(
    std::span<std::filesystem::path const> paths);

} // namespace exhibit
