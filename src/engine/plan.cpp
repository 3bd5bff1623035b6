#include "engine/plan.hpp"

#include "base/beginning.hpp"
#include "base/text.hpp"
#include "engine/unread_stores.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <map>
#include <set>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace exhibit {
namespace {

std::span<std::string_view const> patterns_of(Artifact const& artifact)
{
    return artifact.paths;
}

std::span<std::string_view const> patterns_of(UnreadStore const& store)
{
    return { &store.path, 1 };
}

/// Finds whose patterns a path fits. Patterns that end in a fixed file name, nearly all of them, are
/// looked up by that name; of the rest, those are tried whose beginning before the first wildcard fits.
template<typename Owner> class PatternIndex {
public:
    explicit PatternIndex(std::span<Owner const* const> owners)
    {
        std::map<std::string_view, std::vector<Wanted>> by_prefix;
        for (auto const* owner : owners)
            for (auto const pattern : patterns_of(*owner)) {
                auto const name = base_name(pattern);
                bool const fixed = name.find_first_of("*?") == std::string_view::npos;
                auto const prefix = pattern.substr(0, pattern.find_first_of("*?"));
                (fixed ? m_by_name[name] : by_prefix[prefix])
                    .push_back({ prefix, pattern.substr(prefix.size()), owner });
            }
        for (auto& [prefix, wanted] : by_prefix)
            m_others.push_back({ prefix, std::move(wanted), last_that_begins(prefix) });
    }

    template<typename Visitor> void for_each_match(std::string_view path, Visitor const& visitor) const
    {
        auto const try_all = [&](std::vector<Wanted> const& candidates) {
            Owner const* last = nullptr; // Two patterns of one owner may match one path.
            for (auto const& candidate : candidates)
                if (candidate.owner != last && path.starts_with(candidate.prefix)
                    && glob_match(candidate.rest, path.substr(candidate.prefix.size()))) {
                    last = candidate.owner;
                    visitor(*candidate.owner);
                }
        };
        if (auto const found = m_by_name.find(base_name(path)); found != m_by_name.end())
            try_all(found->second);
        for (auto at = last_that_begins(path); at != kNone; at = m_others[at].shorter)
            try_all(m_others[at].wanted);
    }

private:
    struct Wanted {
        std::string_view prefix; ///< of the pattern, without wildcards: most paths fail there
        std::string_view rest;
        Owner const* owner;
    };
    static constexpr auto kNone = static_cast<std::size_t>(-1);
    struct SamePrefix {
        std::string_view prefix;
        std::vector<Wanted> wanted;
        std::size_t shorter = kNone; ///< the longest other prefix that this one begins with
    };

    /// The longest prefix that `path` begins with. What lies between it and the path in the order of names
    /// begins with it too.
    [[nodiscard]] std::size_t last_that_begins(std::string_view path) const
    {
        auto const after = std::ranges::upper_bound(m_others, path, {}, &SamePrefix::prefix);
        auto at = after == m_others.begin() ? kNone : static_cast<std::size_t>(after - m_others.begin()) - 1;
        while (at != kNone && !path.starts_with(m_others[at].prefix))
            at = m_others[at].shorter;
        return at;
    }

    std::unordered_map<std::string_view, std::vector<Wanted>> m_by_name;
    std::vector<SamePrefix> m_others; ///< sorted by prefix
};

constexpr std::array<std::string_view, 2> kLogs { "-wal", "-journal" };

/// `x.db-wal` belongs to `x.db`.
std::string_view without_suffix(std::string_view path, std::string_view suffix)
{
    return path.ends_with(suffix) ? path.substr(0, path.size() - suffix.size()) : std::string_view {};
}

/// The `-wal` and `-journal` files whose database is wanted. An acquisition may hold several copies of a
/// path: that of its file system and that of a backup in it.
class Logs {
public:
    void add(EntryView const& view)
    {
        auto& same_path = m_logs[std::string { view.path }];
        bool const known = std::ranges::any_of(same_path,
            [&](Entry const& one) { return one.stored == view.stored && one.handle == view.handle; });
        if (!known) // Several artifacts may want one database.
            same_path.emplace_back(view);
        m_beside.emplace(view.stored.substr(0, view.stored.rfind('-')));
    }

    /// The one that is stored beside its database; of a path that there is once, also one that is stored
    /// elsewhere. Null when there is none.
    [[nodiscard]] std::shared_ptr<Entry const> take(Entry const& database, std::string_view suffix)
    {
        if (m_logs.empty())
            return nullptr;
        auto const found = m_logs.find(fmt::format("{}{}", database.path, suffix));
        if (found == m_logs.end())
            return nullptr;
        auto const beside
            = std::ranges::find(found->second, fmt::format("{}{}", database.stored, suffix), &Entry::stored);
        if (beside != found->second.end())
            return given(*beside);
        return found->second.size() == 1 && !is_beside_another(found->second.front())
            ? given(found->second.front())
            : nullptr;
    }

    /// Says where a database is stored, so that its log is given to no other.
    void add_database(Entry const& entry)
    {
        if (m_beside.contains(entry.stored))
            m_databases.insert(entry.stored);
    }

    /// Those with content that no database took: theirs is gone. In the order of their paths.
    [[nodiscard]] std::vector<Entry> left() const
    {
        std::vector<Entry> left;
        for (auto const& [path, same_path] : m_logs)
            for (auto const& log : same_path)
                if (log.size != 0 && !is_beside_another(log) && !m_given.contains({ log.stored, log.handle }))
                    left.push_back(log);
        std::ranges::sort(
            left, {}, [](Entry const& log) { return std::tie(log.path, log.stored, log.handle); });
        return left;
    }

private:
    std::shared_ptr<Entry const> given(Entry const& log)
    {
        m_given.emplace(log.stored, log.handle);
        return std::make_shared<Entry const>(log);
    }

    [[nodiscard]] bool is_beside_another(Entry const& log) const
    {
        return m_databases.contains(log.stored.substr(0, log.stored.rfind('-')));
    }

    std::unordered_map<std::string, std::vector<Entry>> m_logs;
    std::set<std::string> m_beside; ///< where the databases of all logs would be stored
    std::set<std::string> m_databases; ///< which of these there are
    std::set<std::pair<std::string, std::uint64_t>> m_given;
};

auto place_of(Task const& task)
{
    return std::tie(task.entry.path, task.entry.stored, task.entry.handle);
}

std::size_t common_prefix(std::string_view one, std::string_view other)
{
    auto const length = std::min(one.size(), other.size());
    return static_cast<std::size_t>(
        std::mismatch(one.begin(), one.begin() + static_cast<std::ptrdiff_t>(length), other.begin()).first
        - one.begin());
}

/// Sorts tasks of one artifact by place. The paths of very many have a long beginning in common: what follows
/// is compared first, as numbers.
void sort_by_place(std::span<Task*> tasks)
{
    struct Keyed {
        std::array<std::uint64_t, 2> key {};
        Task* task = nullptr;
    };
    auto common = tasks.front()->entry.path.size();
    for (auto const* const task : tasks)
        common = common_prefix(
            std::string_view { task->entry.path }.substr(0, common), tasks.front()->entry.path);
    std::vector<Keyed> keyed;
    keyed.reserve(tasks.size());
    for (auto* const task : tasks) {
        Keyed one { {}, task };
        for (std::size_t i = 0; i != sizeof one.key; ++i) {
            auto const at = common + i;
            auto const byte
                = at < task->entry.path.size() ? static_cast<unsigned char>(task->entry.path[at]) : 0U;
            one.key[i / 8] = one.key[i / 8] << 8U | byte;
        }
        keyed.push_back(one);
    }
    auto const order_of
        = [](Task const& task) { return std::tuple_cat(place_of(task), std::tie(task.entry_id)); };
    std::ranges::sort(keyed, [&](Keyed const& left, Keyed const& right) {
        return left.key != right.key ? left.key < right.key : order_of(*left.task) < order_of(*right.task);
    });
    std::ranges::transform(keyed, tasks.begin(), &Keyed::task);
}

/// Puts what stands at `order[i]` at `i`, in the room that they have.
void permute(std::span<Task> tasks, std::vector<std::size_t> order)
{
    for (std::size_t i = 0; i != tasks.size(); ++i) {
        if (order[i] == i)
            continue;
        auto first = std::move(tasks[i]);
        auto at = i;
        while (order[at] != i) {
            tasks[at] = std::move(tasks[order[at]]);
            at = std::exchange(order[at], at);
        }
        tasks[at] = std::move(first);
        order[at] = at;
    }
}

/// Puts the tasks from `first` on into the order of their numbers, each once.
void sort_from(std::vector<Task>& tasks, std::size_t first)
{
    auto const added = std::span { tasks }.subspan(first);
    std::map<std::string_view, std::vector<Task*>> by_artifact;
    for (auto& task : added)
        by_artifact[task.artifact->id].push_back(&task);
    std::vector<std::size_t> order;
    order.reserve(added.size());
    for (auto& [id, of_artifact] : by_artifact) {
        sort_by_place(of_artifact);
        for (auto const* const task : of_artifact)
            order.push_back(static_cast<std::size_t>(task - added.data()));
    }
    permute(added, std::move(order));
    auto const repeated = std::ranges::unique(added, [](Task const& one, Task const& other) {
        return one.artifact == other.artifact && place_of(one) == place_of(other);
    });
    tasks.erase(tasks.end() - static_cast<std::ptrdiff_t>(repeated.size()), tasks.end());
    for (auto i = first; i != tasks.size(); ++i)
        tasks[i].number = static_cast<std::int64_t>(i) + 1;
}

/// Keeps artifacts that look into many large files from having all of an archive unpacked.
void leave_out(std::span<Task> tasks, Acquisition const& acquisition)
{
    std::map<Artifact const*, std::vector<Task*>> packed;
    for (auto& task : tasks)
        if (task.artifact->most_unpacked != 0 && acquisition.unpacks(task.entry))
            packed[task.artifact].push_back(&task);
    for (auto& [artifact, wanted] : packed) {
        std::ranges::stable_sort(wanted, {}, [](Task const* task) { return task->entry.size; });
        std::uint64_t unpacked = 0;
        for (auto* const task : wanted) {
            task->left_out = task->entry.size > artifact->most_unpacked - unpacked;
            unpacked += task->left_out ? 0 : task->entry.size;
        }
    }
}

/// `/a/b/c` and `name` make `/a/name`.
std::string path_beside(std::string_view path, std::string_view name)
{
    for (int i = 0; i != 2; ++i)
        path = path.substr(0, std::min(path.rfind('/'), path.size()));
    return fmt::format("{}/{}", path, name);
}

bool is_own(std::string_view path)
{
    return path.starts_with("@backup/");
}

constexpr std::size_t kMostSections = 1'000; // Phones have some 300 services.

/// A part of a dump's text.
bool is_section(std::string_view path)
{
    return path.starts_with("@dumpsys/") || path.starts_with("@dumpstate/");
}

std::vector<UnreadStore const*> pointers_to(std::span<UnreadStore const> stores)
{
    std::vector<UnreadStore const*> pointers;
    for (auto const& store : stores)
        pointers.push_back(&store);
    return pointers;
}

class Planner {
public:
    /// Adds to `tasks`.
    Planner(
        Acquisition const& acquisition, std::span<Artifact const* const> artifacts, std::vector<Task>& tasks)
        : m_acquisition(acquisition)
        , m_index(artifacts)
        , m_unread_index(pointers_to(unread_stores()))
        , m_tasks(tasks)
    {
        for (auto const* artifact : artifacts)
            if (!artifact->beside.empty())
                m_names_beside.insert(artifact->beside);
    }

    void see(EntryView const& view)
    {
        if (view.kind != EntryKind::file)
            return;
        for (auto const name : m_names_beside)
            if (base_name(view.path) == name)
                m_companions[std::string { view.path }] = Entry { view };
        m_files += is_section(view.path) ? 0 : 1;
        bool is_wanted = false;
        m_index.for_each_match(view.path, [&](Artifact const& artifact) {
            m_entries += std::exchange(is_wanted, true) ? 0 : 1;
            m_tasks.push_back({ .entry_id = m_entries, .artifact = &artifact, .entry = Entry { view } });
        });
        for (auto const suffix : kLogs)
            if (auto const database = without_suffix(view.path, suffix); !database.empty())
                m_index.for_each_match(database, [&](Artifact const&) {
                    m_logs.add(view);
                    is_wanted = true;
                });
        m_unwanted += is_wanted || is_section(view.path) ? 0 : 1;
        m_unread_index.for_each_match(
            view.path, [&](UnreadStore const& store) { ++m_stores_unread[store.words]; });
        if (!is_wanted && is_section(view.path) && m_sections_unread.size() < kMostSections)
            m_sections_unread.emplace(beginning_of(view.path));
    }

    [[nodiscard]] std::uint64_t files() const { return m_files; }
    [[nodiscard]] std::uint64_t unwanted() const { return m_unwanted; }
    [[nodiscard]] std::vector<std::string> sections_unread() const
    {
        return { m_sections_unread.begin(), m_sections_unread.end() };
    }

    /// Each with the number of its files.
    [[nodiscard]] std::vector<std::string> stores_unread() const
    {
        std::vector<std::string> stores;
        stores.reserve(m_stores_unread.size());
        for (auto const& [words, files] : m_stores_unread)
            stores.push_back(fmt::format("{}: {} {}", words, files, files == 1 ? "file" : "files"));
        return stores;
    }

    /// Makes the tasks that were added since the last time ready to be run.
    void complete()
    {
        auto const first = m_completed;
        sort_from(m_tasks, first);
        m_completed = m_tasks.size();
        auto const added = std::span { m_tasks }.subspan(first);
        for (auto const& task : added)
            m_logs.add_database(task.entry);
        leave_out(added, m_acquisition);
        for (auto& task : added) {
            task.wal = m_logs.take(task.entry, "-wal");
            task.journal = m_logs.take(task.entry, "-journal");
            if (task.artifact->beside.empty())
                continue;
            auto const path = path_beside(task.entry.path, task.artifact->beside);
            if (auto const found = m_companions.find(path); found != m_companions.end())
                task.beside = std::make_shared<Entry const>(found->second);
        }
    }

    /// Adds the logs whose database is gone: what they hold is all that is left of it.
    void add_logs_alone()
    {
        for (auto const& log : m_logs.left()) {
            ++m_entries;
            for (auto const suffix : kLogs)
                if (auto const database = without_suffix(log.path, suffix); !database.empty())
                    see_log(log, database, suffix);
        }
        sort_from(m_tasks, m_completed);
        leave_out(std::span { m_tasks }.subspan(m_completed), m_acquisition);
    }

private:
    void see_log(Entry const& log, std::string_view database, std::string_view suffix)
    {
        std::set<std::string_view> readers; // of the log as a file like any other
        m_index.for_each_match(log.path, [&](Artifact const& artifact) { readers.insert(artifact.id); });
        m_index.for_each_match(database, [&](Artifact const& artifact) {
            if (!readers.contains(artifact.id))
                m_tasks.push_back(
                    { .entry_id = m_entries, .artifact = &artifact, .entry = log, .log_alone = suffix });
        });
    }

    Acquisition const& m_acquisition;
    PatternIndex<Artifact> m_index;
    PatternIndex<UnreadStore> m_unread_index;
    Logs m_logs;
    std::set<std::string_view> m_names_beside;
    std::unordered_map<std::string, Entry> m_companions; ///< what `Artifact::beside` names, by path
    std::vector<Task>& m_tasks;
    std::size_t m_completed = 0; ///< so many of them at the beginning
    std::int64_t m_entries = 0; ///< that somebody wants
    std::uint64_t m_files = 0;
    std::uint64_t m_unwanted = 0;
    std::set<std::string> m_sections_unread;
    std::map<std::string_view, std::uint64_t> m_stores_unread; ///< files, by the words for them
};

} // namespace

std::uint64_t Task::bytes() const
{
    return entry.size + (wal ? wal->size : 0) + (journal ? journal->size : 0);
}

Result<Plan> make_plan(Acquisition const& acquisition, std::span<Artifact const* const> artifacts,
    std::stop_token stop, std::function<void(std::span<Task const>)> const& on_own_files)
{
    Plan plan;
    Planner planner { acquisition, artifacts, plan.tasks };
    bool among_own = true;
    EXHIBIT_TRY(acquisition.visit([&](EntryView const& view) {
        ++plan.entries_seen;
        if (among_own && !is_own(view.path)) {
            among_own = false;
            planner.complete();
            plan.own_files = plan.tasks.size();
            on_own_files(plan.tasks);
        }
        constexpr std::size_t most_sealed = 1000;
        if (view.sealed && plan.sealed_folders.size() < most_sealed)
            plan.sealed_folders.emplace_back(view.path);
        planner.see(view);
        return !stop.stop_requested();
    }));
    if (stop.stop_requested())
        return fail(Fault::cancelled, "cancelled");
    planner.complete();
    planner.add_logs_alone();
    plan.files_seen = planner.files();
    plan.files_unread = planner.unwanted();
    plan.sections_unread = planner.sections_unread();
    plan.stores_unread = planner.stores_unread();
    return plan;
}

} // namespace exhibit
