#pragma once

#include "acquisition/acquisition.hpp"
#include "artifact/artifact.hpp"
#include "engine/task_list.hpp"

#include <functional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

namespace exhibit {

struct Plan {
    TaskList tasks;
    std::size_t own_files
        = 0; ///< so many tasks at the beginning read the list of files and what lies beside it
    std::uint64_t entries_seen = 0;
    std::uint64_t files_seen = 0;
    std::uint64_t files_unread
        = 0; ///< whose content no artifact reads, by itself or as the log of a database
    std::vector<std::string> sections_unread; ///< of a dump, likewise; each once, sorted, up to a number
    std::vector<std::string> stores_unread; ///< of a phone, known to tell something: `SIM cards: 1 file`
    std::vector<std::string> sealed_folders; ///< that could not be looked into, up to a number
};

/// Asks the acquisition once for all its entries and keeps those that an artifact wants. The files of a
/// backup itself come first: `on_own_files` is told their tasks, so that these can run while the rest is
/// planned, on another thread and on tasks of its own.
Result<Plan> make_plan(
    Acquisition const& acquisition, std::span<Artifact const* const> artifacts, std::stop_token stop,
    std::function<void(TaskList const&)> const& on_own_files = [](TaskList const&) { });

} // namespace exhibit
