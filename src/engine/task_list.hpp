#pragma once

#include "artifact/artifact.hpp"
#include "engine/entry_store.hpp"

#include <compare>
#include <cstdint>
#include <deque>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
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
};

/// The tasks of a plan, likewise in little room: each is put together when it is asked for.
class TaskList {
public:
    /// Adds a task for the entry that was added last.
    void add(Artifact const& artifact, std::string_view log_alone = {});
    void add_entry(EntryView const& view) { m_entries.add(view); }

    /// Puts the tasks from `first` on into the order of their numbers, each once.
    void sort_from(std::size_t first);

    void leave_out(std::size_t at) { m_tasks[at].left_out = true; }
    void set_companions(std::size_t at, std::shared_ptr<Entry const> wal,
        std::shared_ptr<Entry const> journal, std::shared_ptr<Entry const> beside);

    [[nodiscard]] std::size_t size() const { return m_tasks.size(); }
    [[nodiscard]] bool empty() const { return m_tasks.empty(); }
    [[nodiscard]] Artifact const& artifact(std::size_t at) const { return artifact_of(m_tasks[at]); }
    [[nodiscard]] std::int64_t entry_id(std::size_t at) const
    {
        return static_cast<std::int64_t>(m_tasks[at].entry) + 1;
    }
    /// What has to be read for it, with its logs.
    [[nodiscard]] std::uint64_t bytes(std::size_t at) const;
    /// Takes the room that `into` already has.
    void get(std::size_t at, Task& into) const;
    [[nodiscard]] Task operator[](std::size_t at) const;
    /// Each is that of the `entry_id` which is one more than its place.
    [[nodiscard]] EntryStore const& entries() const { return m_entries; }

    class Iterator {
    public:
        using value_type = Task;
        using difference_type = std::ptrdiff_t;

        Iterator() = default;
        Iterator(TaskList const& tasks, std::size_t at)
            : m_tasks(&tasks)
            , m_at(at)
        {
        }
        Task operator*() const { return (*m_tasks)[m_at]; }
        Iterator& operator++()
        {
            ++m_at;
            return *this;
        }
        void operator++(int) { ++m_at; }
        bool operator==(Iterator const&) const = default;

    private:
        TaskList const* m_tasks = nullptr;
        std::size_t m_at = 0;
    };
    [[nodiscard]] Iterator begin() const { return { *this, 0 }; }
    [[nodiscard]] Iterator end() const { return { *this, size() }; }

private:
    struct Planned {
        std::uint32_t entry = 0;
        std::uint16_t artifact = 0; ///< in m_artifacts
        bool left_out = false;
        std::uint8_t log = 0; ///< as `log_alone`: 1 for `-wal`, 2 for `-journal`
    };
    struct Companions {
        std::shared_ptr<Entry const> wal;
        std::shared_ptr<Entry const> journal;
        std::shared_ptr<Entry const> beside;
    };

    [[nodiscard]] Artifact const& artifact_of(Planned const& task) const
    {
        return *m_artifacts[task.artifact];
    }
    [[nodiscard]] std::strong_ordering compare_places(std::size_t one, std::size_t other) const;
    /// Tasks of one artifact, which come to stand from `into` on, no later than before. Returns where they
    /// end.
    std::size_t sort_by_place(std::size_t first, std::size_t last, std::size_t into);

    EntryStore m_entries;
    std::vector<Artifact const*> m_artifacts;
    std::deque<Planned> m_tasks;
    std::unordered_map<std::size_t, Companions> m_companions; ///< of the few tasks that have any
};

} // namespace exhibit
