#pragma once

#include "artifact/artifact.hpp"
#include "detection/words.hpp"
#include "detection/yaml.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace exhibit::detection {

/// A table of the case file and the columns of it that a rule reads.
struct Need {
    std::string table;
    std::vector<std::string> columns;
    std::string acquisition {}; ///< kind of acquisition in which alone it is enough; empty: any
};

/// A row of evidence that a test states, and rows that the rule must name.
struct TestTable {
    std::string table;
    std::vector<YamlValue> rows; ///< maps from column to value
};

struct RuleTest {
    std::string name;
    std::vector<TestTable> tables;
    std::vector<std::pair<std::string, std::int64_t>> finds; ///< table and record id; empty: must be silent
    std::optional<Severity> severity; ///< of the worst finding, when the test says so
    std::vector<std::string> summaries; ///< of each finding, when the test says so
    std::vector<std::string> in_part; ///< artifacts whose file could not be read whole
    std::size_t line = 0;
};

/// A query over tables of several artifacts that tell the same, which rules name like a table.
struct View {
    std::string id;
    std::string title;
    std::vector<Need> one_of;
    std::string sql;
    bool keep = false; ///< its rows are kept in memory for all rules: for few rows that many rules read
    std::string text; ///< as written
};

/// Detection logic that needs no indicator. docs/rules.md describes each field.
struct Rule {
    std::string id;
    std::string title;
    Class about = Class::anomaly;
    std::string campaign; ///< empty: none in particular
    std::vector<Platform> platforms;
    Status status = Status::derived;
    Severity severity = Severity::info; ///< the most that it may say; a row may say less
    Confidence confidence = Confidence::context;
    Relation relation = Relation::context;
    std::vector<Need> needs; ///< without these tables and their artifacts it is not evaluated
    std::vector<Need> also_reads; ///< read when there; empty tables are good enough
    std::vector<Need>
        needs_rows; ///< tables without a row, in which the columns are set, of which it is not evaluated
    std::vector<std::string> needs_whole; ///< tables of which a missing row makes it speak
    std::vector<std::vector<Need>> one_of; ///< of each of these, one table and its artifact are enough
    std::vector<std::string> views; ///< that the query names
    std::vector<std::string> also_views; ///< likewise; evaluated without what these read, too
    unsigned before_system = 0; ///< from this version of the system on it is not evaluated; 0: with all
    std::string sql; ///< with the queries of the views before it
    std::string own_sql; ///< without them
    std::vector<std::shared_ptr<View const>> reads; ///< all of the views, each before those that read it
    std::string summary; ///< with `{name}` for what the query returned
    std::string meaning;
    std::vector<std::string> innocent_causes;
    std::vector<std::string> next_steps;
    std::vector<std::string> references;
    std::vector<RuleTest> tests;
    std::string file; ///< where it stands: `ios/x.yaml` of the built-in ones, else a path
    std::string text; ///< as written
    std::string sha256; ///< of the text
    bool built_in = true;
};

/// Where values of a list were seen or read.
struct ListSource {
    std::string what; ///< the reason that its values have
    std::string version; ///< of the system, `16.3`; empty: of none in particular
    std::string model; ///< of the phone, `iPhone9,3`; empty: of none in particular
    bool certain = true; ///< false: hearsay, which may lower a finding and never raise one
    bool measured = false; ///< a phone's own data, not a list that somebody made
};

/// Known values with a reason each: benign programs, expected sources, ambiguous names. Rules ask with
/// `listed('name', value)`.
struct ValueList {
    std::string id;
    std::string title;
    std::string version;
    std::string source;
    std::map<std::string, std::string, std::less<>> values; ///< to the reason
    std::map<std::string, ListSource, std::less<>> sources; ///< by their names; may be empty
    std::set<std::string, std::less<>> uncertain; ///< values that no certain source knows
};

/// What is wrong with a file of rules.
struct RuleProblem {
    std::string file;
    std::size_t line = 0;
    std::string what; ///< a sentence for the author; may hold words of the file: escape before printing
};

/// Longest texts and largest counts of a rule file.
struct RuleLimits {
    static constexpr std::size_t kFileBytes = 1U << 20U;
    static constexpr std::size_t kFiles = 10'000;
    static constexpr std::size_t kText = 8'000;
    static constexpr std::size_t kItems = 50'000;
};

/// Whether a rule is read with its tests. To evaluate rules they are not needed, and they are half of the
/// text.
enum class Tests : std::uint8_t { read, left_out };

/// Reads a rule. Every problem that is found is added; nothing is returned when there was one.
std::optional<Rule> read_rule(
    YamlValue const& document, std::string_view file, Tests tests, std::vector<RuleProblem>& problems);

/// Reads a view, a file that begins with `view:`.
std::optional<View> read_view(
    YamlValue const& document, std::string_view file, std::vector<RuleProblem>& problems);

/// Puts the query of a view before that of the rule, and its tables among those that the rule reads; if it is
/// needed, one of them must have been read.
void add_view(Rule& rule, std::shared_ptr<View const> view, bool needed);

/// The query with that of the view before it.
std::string with_view(std::string_view sql, View const& view);

/// Reads a list of values, a file that begins with `list:`.
std::optional<ValueList> read_list(
    YamlValue const& document, std::string_view file, std::vector<RuleProblem>& problems);

} // namespace exhibit::detection
