#pragma once

#include "base/bytes.hpp"

#include <chrono>
#include <expected>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

struct YR_RULES; // NOLINT(readability-identifier-naming): YARA named it

namespace exhibit::indicators {

/// A rule that matched some content.
struct YaraMatch {
    std::string rule;
    std::string file; ///< that the rule stands in: its base name, more of its path where two files have that
    std::string tags; ///< with blanks between them
    std::string description; ///< of the rule's meta data; likewise the next three
    std::string author;
    std::string severity;
    std::string reference;
    std::uint64_t offset = 0; ///< of the first string that was found; 0 when the rule needs none
};

/// A file of rules that cannot be used.
struct YaraProblem {
    std::filesystem::path file;
    std::size_t line = 0;
    std::string what; ///< holds words of the file: escape before printing
};

/// YARA rules, compiled. Safe to use from several threads at once. Rules cannot include other files.
class YaraRules {
public:
    /// The files, and those below folders that end in .yar or .yara, in the order of their paths. Fails at
    /// the first rule that cannot be compiled: half a set of rules would look like a whole one.
    static std::expected<YaraRules, YaraProblem> load(std::span<std::filesystem::path const> paths);

    [[nodiscard]] std::size_t count() const { return m_count; }

    /// The text of a rule as it was compiled, by the names that a match has. Cut when it is long; empty when
    /// there is no such rule, or when the files were too large together to be kept.
    [[nodiscard]] std::string text_of(std::string_view file, std::string_view rule) const;

    /// Everything that matches, in the order of the rules. `over_limit` when it takes longer than `limit`.
    [[nodiscard]] Result<std::vector<YaraMatch>> scan(
        Bytes content, std::chrono::seconds limit, std::stop_token const& stop = {}) const;

private:
    struct Destroy {
        void operator()(YR_RULES* rules) const;
    };
    std::shared_ptr<void const> m_library; ///< libyara is in use as long as this lives
    std::unique_ptr<YR_RULES, Destroy> m_rules;
    std::size_t m_count = 0;
    std::map<std::string, std::string, std::less<>> m_sources; ///< by the name of the file
};

} // namespace exhibit::indicators
