#pragma once

#include "base/result.hpp"
#include "detection/rule.hpp"

#include <filesystem>
#include <optional>
#include <span>

namespace exhibit::detection {

/// A file of rules/ as it was compiled in.
struct BuiltInFile {
    std::string_view path; ///< below rules/
    std::string_view text;
    std::string_view sha256; ///< of the text
};

/// All files of rules/, by path.
std::span<BuiltInFile const> built_in_files();
/// `RuleSet::lists_sha256` of them. To hash 900 KB of text in each run would take as long as to open a case.
std::string_view built_in_lists_sha256();

/// Everything under rules/, and under the folders that a user adds: rules, lists of values, and the tables
/// of words. One per run; its lists are used by the SQL functions while it lives.
class RuleSet {
public:
    /// The rules that come with the program; only those for one platform, where it is named.
    static RuleSet built_in(Tests tests = Tests::read, std::optional<Platform> platform = {});

    /// Adds every `.yaml` and `.yml` file below a folder, those in folders `views` first. A rule of an id
    /// that is there already takes its place; a list of a name that is there already adds its values. Fails
    /// when the folder cannot be read; what is wrong with a file becomes a problem.
    Result<void> add_folder(std::filesystem::path const& folder);
    /// Adds one file, given as text.
    void add_file(std::string_view path, std::string_view text);

    [[nodiscard]] std::map<std::string, Rule, std::less<>> const& rules() const { return m_rules; }
    [[nodiscard]] std::map<std::string, ValueList, std::less<>> const& lists() const { return m_lists; }
    /// Of the texts of all lists and views: rules that use one can answer differently when it is another.
    [[nodiscard]] std::string const& lists_sha256() const { return m_lists_sha256; }
    /// A table of words (a file that begins with `words:`), or nothing.
    [[nodiscard]] YamlValue const* words(std::string_view name) const;
    [[nodiscard]] std::vector<RuleProblem> const& problems() const { return m_problems; }

private:
    /// `sha256` is that of the text where it is known.
    void read(
        std::string_view path, std::string_view text, std::string_view sha256, bool built_in, Tests tests);
    void add_to_lists_digest(std::string_view text, bool built_in);
    void add_views(Rule& rule);

    std::map<std::string, Rule, std::less<>> m_rules;
    std::map<std::string, ValueList, std::less<>> m_lists;
    std::map<std::string, std::shared_ptr<View const>, std::less<>> m_views;
    std::string m_lists_sha256;
    std::map<std::string, YamlValue, std::less<>> m_words;
    std::vector<RuleProblem> m_problems;
};

} // namespace exhibit::detection
