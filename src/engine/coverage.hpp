#pragma once

#include "casefile/case_writer.hpp"
#include "engine/hashes.hpp"
#include "engine/plan.hpp"
#include "engine/run.hpp"

#include <functional>
#include <optional>
#include <vector>

namespace exhibit {

struct Selection {
    std::vector<Artifact const*> all; ///< of the platform: each gets its tables and its coverage
    std::vector<Artifact const*> wanted;
};

/// What became of the examination: of each task, and of each artifact that had none.
struct Outcomes {
    TaskOutcomes of_tasks;
    std::vector<TaskOutcome> others;
};

/// Adds the artifacts of which nothing was read.
void add_unread(Outcomes& outcomes, Plan const& plan, Selection const& selection, bool in_part);

/// The entries that some artifact read, by their ids.
Result<void> show_entries(TaskList const& tasks, std::optional<Hashes> const& hashes,
    DeviceClock const& clock, std::function<Result<void>(EntryRecord const&)> const& sink);

/// What became of all, in the order of artifacts and entries.
Result<void> show_coverage(Outcomes const& outcomes, TaskList const& tasks,
    std::function<Result<void>(CoverageRecord const&)> const& sink);

/// Whether something stayed unread that is there.
bool is_damage(CoverageRecord const& record);

Result<void> write_diagnostics(Outcomes const& outcomes, TaskList const& tasks, CaseWriter& writer);

} // namespace exhibit
