#pragma once

#include "acquisition/acquisition.hpp"
#include "casefile/case_writer.hpp"
#include "engine/examine.hpp"
#include "engine/hashes.hpp"
#include "engine/plan.hpp"
#include "engine/run.hpp"
#include "indicators/yara.hpp"

#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace exhibit {

/// The table that YARA fills. It is no artifact's of a phone: any file may match.
Artifact const* yara_artifact(Platform platform);

/// Files that YARA looks at, and how much of their content at once.
constexpr std::uint64_t kLargestYaraFile = 64U << 20U;

/// Looks at the content of files with YARA rules, and remembers what matched.
class YaraPass final : public ContentObserver {
public:
    explicit YaraPass(indicators::YaraRules const& rules)
        : m_rules(rules)
    {
    }

    [[nodiscard]] std::uint64_t largest() const override { return kLargestYaraFile; }
    void look(Entry const& entry, std::optional<Bytes> content) noexcept override;

    /// Reads every file for this alone, where nothing else reads them all.
    Result<void> read(
        Acquisition const& acquisition, unsigned jobs, std::stop_token const& stop, Progress& progress);

    /// Adds a row for each rule and file that match. Entries that no artifact wanted get numbers behind
    /// those of the plan and are added to `entries`, with their digests where `hashes` has them.
    Result<TaskOutcome> write(Plan const& plan, Hashes const* hashes, Limits const& limits,
        std::stop_token const& stop, CaseWriter& writer, Progress& progress, RowObserver& observer,
        std::vector<EntryRecord>& entries);

private:
    struct Hit {
        Entry entry;
        std::vector<indicators::YaraMatch> matches;
    };

    void leave_out(Entry const& entry, std::string_view why);
    [[nodiscard]] std::string summary() const;

    indicators::YaraRules const& m_rules;
    std::mutex m_mutex;
    std::vector<Hit> m_hits;
    std::set<std::string> m_unseen; ///< path and reason of the first of the files that were left out
    std::uint64_t m_scanned = 0;
    std::uint64_t m_left_out = 0;
};

} // namespace exhibit
