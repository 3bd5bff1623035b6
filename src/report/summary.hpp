#pragma once

#include "base/time.hpp"
#include "casefile/coverage_runs.hpp"
#include "casefile/database.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace exhibit::report {

/// One row that a finding rests on. Texts come from evidence.
struct FindingRow {
    std::string table;
    std::int64_t record_id = 0;
    std::string entry; ///< path of the entry; empty when the finding is about none
    std::string column;
    std::string value;
    std::string how; ///< how the indicator or rule met the value
    std::optional<Timestamp> time;
    std::string recovered; ///< where the row's bytes were found; empty: a live row
};

struct Finding {
    std::int64_t id = 0;
    std::string key; ///< the same in every examination of the same evidence
    std::string origin; ///< what found it: `indicator`, `rule` or `yara`
    std::string rule;
    std::string indicator;
    std::string pack;
    std::string campaign;
    std::string title;
    std::string severity;
    std::string confidence;
    std::string relation;
    std::string artifact;
    std::string summary;
    std::string meaning;
    std::string innocent_causes;
    std::string next_steps;
    std::string source;
    std::int64_t rows = 0;
    std::optional<Timestamp> first_seen;
    std::optional<Timestamp> last_seen;
    std::vector<std::pair<std::string, std::int64_t>> artifacts; ///< with how many of its rows; its own first
    std::vector<FindingRow> examples; ///< the earliest rows it rests on, at most `kMostExamples`
};

constexpr std::size_t kMostExamples = 3;

/// How an artifact fared over all its entries.
struct ArtifactCoverage {
    std::string artifact;
    std::string title;
    bool key = false;
    bool not_found = false; ///< absent, and may be among what of the acquisition could not be read
    std::string state; ///< of all its entries: read in part where only some could be read
    std::int64_t entries = 0;
    std::int64_t rows = 0;
    std::int64_t recovered_rows = 0;
    std::int64_t undated_events = 0; ///< whose stored time is no date: on no timeline
    std::optional<Timestamp> first_seen;
    std::optional<Timestamp> last_seen;
    std::vector<std::string> messages; ///< what was wrong, or what was done where that needs words; each once
};

struct Assessment {
    std::string verdict;
    std::string confidence;
    std::string wording;
    std::string reason;
    std::string would_change;
};

struct Pack {
    std::string name;
    std::string file;
    std::string source;
    std::string sha256;
    std::int64_t indicators = 0;
    std::int64_t unusable = 0;
    bool damaged = false; ///< of the file itself only a part could be read
};

struct Problem {
    std::string fault;
    std::string message;
    std::string stored;
    std::int64_t count = 0;
};

/// What an examination came to: what a person reads first.
struct Summary {
    std::map<std::string, std::string, std::less<>> info; ///< the tool, the acquisition, the schema
    std::vector<std::pair<std::string, std::string>> facts; ///< of the device and the acquisition
    std::vector<Problem> problems; ///< of the acquisition as a whole
    std::vector<Assessment> assessments;
    std::vector<Finding> findings; ///< worst first, then by first time
    std::vector<ArtifactCoverage> coverage;
    std::vector<Pack> packs;
    std::int64_t rules_run = 0;
    std::vector<std::string> rules_not_run; ///< `id: reason`
    std::int64_t rules_left_out = 0; ///< those of them whose data --only or --skip left out
    std::int64_t rules_not_found = 0; ///< those whose data may be among what could not be read
    std::vector<std::string> rules_failed; ///< those of them whose data is there
    std::vector<std::string> periods; ///< how far back each key artifact reaches, in words
};

Result<Summary> read_summary(casefile::Database& database);
/// The same where the coverage of the case is known.
Result<Summary> read_summary(casefile::Database& database, casefile::CoverageRuns const& coverage);
Result<std::vector<Finding>> read_findings(casefile::Database& database);
Result<std::vector<ArtifactCoverage>> read_coverage(casefile::Database& database);
Result<std::vector<ArtifactCoverage>> read_coverage(
    casefile::Database& database, casefile::CoverageRuns const& coverage);
/// How many events have a stored time that is no date, by artifact.
Result<std::map<std::string, std::int64_t, std::less<>>> read_undated_events(casefile::Database& database);

/// 0 for `info` to 4 for `critical`; an unknown word ranks as `info`.
int rank_of_severity(std::string_view severity);
/// 0 for what was read whole, more for what is worse.
int rank_of_state(std::string_view state);
/// Whether a state means that evidence is there but could not be read whole.
bool is_damage(std::string_view state);

/// The summary as JSON, as docs/json.md describes it.
std::string to_json(Summary const& summary, std::string_view case_file);
std::string to_json(std::vector<Finding> const& findings);
std::string to_json(std::vector<ArtifactCoverage> const& coverage);

} // namespace exhibit::report
