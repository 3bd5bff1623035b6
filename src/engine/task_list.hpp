#pragma once

#include "acquisition/acquisition.hpp"
#include "artifact/artifact.hpp"

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

/// Files of an acquisition, in little room: there may be a million, most of them beside one another. What a
/// file's path and place have in common with those of an earlier file is kept once.
class EntryStore {
public:
    void add(EntryView const& view);

    [[nodiscard]] std::size_t size() const { return m_records.size(); }
    [[nodiscard]] std::uint64_t bytes(std::size_t at) const { return m_records[at].size; }
    /// Takes the room that `into` already has.
    void get(std::size_t at, Entry& into) const;
    [[nodiscard]] Entry operator[](std::size_t at) const;

    /// A path in two parts.
    struct Path {
        std::string_view beginning;
        std::string_view rest;

        [[nodiscard]] std::size_t size() const { return beginning.size() + rest.size(); }
        [[nodiscard]] char operator[](std::size_t at) const
        {
            return at < beginning.size() ? beginning[at] : rest[at - beginning.size()];
        }
        [[nodiscard]] std::size_t common_prefix(std::string_view text) const; ///< bytes
        std::strong_ordering operator<=>(Path const& other) const;
        bool operator==(Path const& other) const { return (*this <=> other) == 0; }
    };
    [[nodiscard]] Path path(std::size_t at) const;

private:
    /// The text of a file is the beginning of `stored`, then `path`, of which `stored` repeats the end.
    struct Record {
        std::uint64_t size = 0;
        std::uint64_t handle = 0;
        std::int64_t modified = kNoTime;
        std::int64_t wall_clock = kNoTime;
        std::uint64_t shared_at = 0; ///< where the beginning of its text stands
        std::uint64_t own_at = 0; ///< and the rest
        std::uint32_t shared = 0; ///< bytes
        std::uint32_t own = 0;
        std::uint32_t stored_beginning = 0; ///< bytes of `stored` before what it repeats
        std::uint32_t repeated = 0; ///< bytes at the end of `path`
        std::uint8_t mark = 0;
    };
    static constexpr std::int64_t kNoTime = INT64_MIN;

    static constexpr std::uint64_t kBlock = 1U << 20U; ///< bytes; one longer text has a block for itself

    /// Where the text stands from now on: the number of its block times `kBlock`, and its place in it.
    std::uint64_t keep(std::string_view text);
    [[nodiscard]] std::string_view text(std::uint64_t at, std::size_t size) const;

    std::deque<std::string> m_blocks; ///< which do not move as they grow
    std::deque<Record> m_records;
    std::uint64_t m_whole_at = 0; ///< the last text that shares nothing
    std::size_t m_whole_size = 0;
    std::string m_scratch;
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
    [[nodiscard]] Artifact const& artifact(std::size_t at) const { return *m_tasks[at].artifact; }
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
        Artifact const* artifact = nullptr;
        std::size_t entry = 0;
        bool left_out = false;
        std::uint8_t log = 0; ///< as `log_alone`: 1 for `-wal`, 2 for `-journal`
    };
    struct Companions {
        std::shared_ptr<Entry const> wal;
        std::shared_ptr<Entry const> journal;
        std::shared_ptr<Entry const> beside;
    };

    [[nodiscard]] std::strong_ordering compare_places(std::size_t one, std::size_t other) const;
    /// Tasks of one artifact.
    void sort_by_place(std::size_t first, std::size_t last);

    EntryStore m_entries;
    std::deque<Planned> m_tasks;
    std::unordered_map<std::size_t, Companions> m_companions; ///< of the few tasks that have any
};

} // namespace exhibit
