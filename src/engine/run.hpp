#pragma once

#include "acquisition/acquisition.hpp"
#include "base/limits.hpp"
#include "casefile/case_writer.hpp"
#include "engine/examine.hpp"
#include "engine/plan.hpp"

#include <span>
#include <vector>

namespace exhibit {

/// What is left of a task once its rows are in the case file.
struct TaskOutcome {
    CoverageRecord coverage;
    std::vector<Diagnostic> diagnostics;
};

/// Runs every task on `jobs` threads, the largest first, and loads their rows into `writer`. Each has its
/// outcome at its place among `outcomes`, whatever the threads did: no task can stop another. Of the
/// `observers`, unless there are none, each thread shows its rows to one.
void run_tasks(std::span<Task const> tasks, std::span<TaskOutcome> outcomes, Acquisition const& acquisition,
    DeviceClock const& clock, CaseWriter& writer, unsigned jobs, Limits const& limits,
    std::stop_token const& stop, Progress& progress, std::span<RowObserver* const> observers = {});

} // namespace exhibit
