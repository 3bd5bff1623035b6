#pragma once

#include "acquisition/acquisition.hpp"
#include "base/limits.hpp"
#include "casefile/case_writer.hpp"
#include "engine/examine.hpp"
#include "engine/plan.hpp"

#include <memory>
#include <mutex>
#include <span>
#include <unordered_map>
#include <vector>

namespace exhibit {

/// What is left of a task once its rows are in the case file.
struct TaskOutcome {
    CoverageRecord coverage;
    std::vector<Diagnostic> diagnostics;
};

/// What became of the tasks of a list, from the first on. Little is kept of those that came to their end
/// without a word: nearly all where there are very many.
class TaskOutcomes {
public:
    explicit TaskOutcomes(std::size_t tasks = 0)
        : m_brief(tasks)
    {
    }

    [[nodiscard]] std::size_t size() const { return m_brief.size(); }
    /// From any thread, for each task once.
    void set(std::size_t at, TaskOutcome outcome);
    /// Puts what became of the first tasks, which ran by themselves, to the rest.
    void set_first(TaskOutcomes first);
    [[nodiscard]] CoverageRecord coverage(std::size_t at, TaskList const& tasks) const;
    [[nodiscard]] std::span<Diagnostic const> diagnostics(std::size_t at) const;

private:
    struct Brief {
        Timestamp first_seen = kNever;
        std::uint32_t until_last_seen = 0; ///< microseconds
        std::uint32_t rows = 0;
    };
    static bool is_brief(TaskOutcome const& outcome);
    static constexpr auto kNever = Timestamp::min();

    std::vector<Brief> m_brief;
    std::unordered_map<std::size_t, TaskOutcome> m_whole; ///< of those that are more than brief
    std::unique_ptr<std::mutex> m_mutex = std::make_unique<std::mutex>();
};

/// `count` tasks of a list, from `first` on.
struct TaskRange {
    TaskList const& tasks;
    std::size_t first = 0;
    std::size_t count = 0;
};

/// Runs every task of the range on `jobs` threads, the largest first, and loads their rows into `writer`.
/// Each has its outcome at its place in the list, whatever the threads did: no task can stop another. Of the
/// `observers`, unless there are none, each thread shows its rows to one.
void run_tasks(TaskRange const& range, TaskOutcomes& outcomes, Acquisition const& acquisition,
    DeviceClock const& clock, CaseWriter& writer, unsigned jobs, Limits const& limits,
    std::stop_token const& stop, Progress& progress, std::span<RowObserver* const> observers = {});

} // namespace exhibit
