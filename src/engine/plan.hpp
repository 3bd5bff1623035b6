#pragma once

#include "acquisition/acquisition.hpp"
#include "artifact/artifact.hpp"

#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace exhibit {

/// One entry to be read by one artifact.
struct Task {
    std::int64_t number
        = 0; ///< from 1, in the order of (artifact id, path, stored): the same for the same evidence
    std::int64_t entry_id = 0; ///< from 1, in the order in which the acquisition shows the wanted entries
    Artifact const* artifact = nullptr;
    Entry entry;
    std::shared_ptr<Entry const> wal {}; ///< null where there is none, as the next two
    std::shared_ptr<Entry const> journal {};
    std::shared_ptr<Entry const> beside {};
    bool left_out = false; ///< too much would have to be unpacked for this artifact
    std::string_view log_alone = {}; ///< `-wal` or `-journal`: the entry is that of a database that is gone

    /// What has to be read for it, in bytes.
    [[nodiscard]] std::uint64_t bytes() const;
};

struct Plan {
    std::vector<Task> tasks;
    std::size_t own_files
        = 0; ///< so many tasks at the beginning read the list of files and what lies beside it
    std::uint64_t entries_seen = 0;
    std::uint64_t files_seen = 0;
    std::uint64_t files_unread = 0; ///< that no artifact wants, by itself or as the log of a database
    std::vector<std::string> sections_unread; ///< of a dump, likewise; each once, sorted, up to a number
    std::vector<std::string> stores_unread; ///< of a phone, known to tell something: `SIM cards: 1 file`
    std::vector<std::string> sealed_folders; ///< that could not be looked into, up to a number
};

/// Asks the acquisition once for all its entries and keeps those that an artifact wants. The files of a
/// backup itself, which it shows first, come first: `on_own_files` is told their tasks, so that these can run
/// while the rest is planned, on another thread and on tasks of its own.
Result<Plan> make_plan(
    Acquisition const& acquisition, std::span<Artifact const* const> artifacts, std::stop_token stop,
    std::function<void(std::span<Task const>)> const& on_own_files = [](std::span<Task const>) { });

} // namespace exhibit
