#pragma once

#include "acquisition/acquisition.hpp"
#include "casefile/case_writer.hpp"
#include "engine/examine.hpp"
#include "engine/hashes.hpp"
#include "engine/plan.hpp"
#include "engine/run.hpp"
#include "indicators/yara.hpp"

#include <atomic>
#include <chrono>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
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
    /// `most_too_long`: how much longer than usual all files together may take; then the rules are given up.
    explicit YaraPass(indicators::YaraRules const& rules, std::stop_token stop = {},
        std::chrono::nanoseconds most_too_long = std::chrono::minutes { 5 })
        : m_rules(rules)
        , m_most_too_long(most_too_long)
        , m_stop(std::move(stop))
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
    void leave_out_unread();
    void read_one(Acquisition const& acquisition, Entry const& entry, Progress& progress);
    void note_time(std::chrono::nanoseconds took, std::size_t size);
    [[nodiscard]] bool has_given_up() const;
    [[nodiscard]] std::string summary() const;

    indicators::YaraRules const& m_rules;
    std::chrono::nanoseconds m_most_too_long;
    std::mutex m_mutex;
    std::vector<Hit> m_hits;
    std::set<std::string> m_unseen; ///< path and reason of the first of the files that were left out
    std::uint64_t m_scanned = 0;
    std::uint64_t m_left_out = 0;
    std::uint64_t m_given_up = 0; ///< of them, those that were not looked at since the rules are too slow
    std::atomic<std::int64_t> m_too_long = 0; ///< nanoseconds beyond what is usual
    std::stop_token m_stop;
};

} // namespace exhibit
