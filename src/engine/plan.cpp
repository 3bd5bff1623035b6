#include "engine/plan.hpp"

#include "base/beginning.hpp"
#include "base/text.hpp"
#include "engine/file_list.hpp"
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

    [[nodiscard]] bool empty() const { return m_logs.empty(); }

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

/// `/a/b/c` and `name` make `/a/name`.
std::string path_beside(std::string_view path, std::string_view name)
{
    for (int i = 0; i != 2; ++i)
        path = path.substr(0, std::min(path.rfind('/'), path.size()));
    return fmt::format("{}/{}", path, name);
}

EntryView view_of(Entry const& entry)
{
    EntryView view;
    view.path = entry.path;
    view.stored = entry.stored;
    view.kind = entry.kind;
    view.size = entry.size;
    view.modified = entry.modified;
    view.handle = entry.handle;
    view.wall_clock = entry.wall_clock;
    view.mark = entry.mark;
    return view;
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
    Planner(Acquisition const& acquisition, std::span<Artifact const* const> artifacts, TaskList& tasks)
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
        m_files += is_section(view.path) || view.path == kFileListPath ? 0U : 1U;
        bool is_wanted = false;
        bool is_read = false;
        m_index.for_each_match(view.path, [&](Artifact const& artifact) {
            if (!std::exchange(is_wanted, true))
                m_tasks.add_entry(view);
            m_tasks.add(artifact);
            is_read = is_read || !artifact.first_bytes;
        });
        for (auto const suffix : kLogs)
            if (auto const database = without_suffix(view.path, suffix); !database.empty())
                m_index.for_each_match(database, [&](Artifact const& artifact) {
                    if (artifact.first_bytes)
                        return;
                    m_logs.add(view);
                    is_read = true;
                });
        m_unread += is_read || is_section(view.path) ? 0U : 1U;
        m_unread_index.for_each_match(
            view.path, [&](UnreadStore const& store) { ++m_stores_unread[store.words]; });
        if (!is_wanted && is_section(view.path) && m_sections_unread.size() < kMostSections)
            m_sections_unread.emplace(beginning_of(view.path));
    }

    [[nodiscard]] std::uint64_t files() const { return m_files; }
    [[nodiscard]] std::uint64_t unread() const { return m_unread; }
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
        m_tasks.sort_from(first);
        m_completed = m_tasks.size();
        leave_out_from(first);
        if (m_logs.empty() && m_companions.empty())
            return;
        Task task;
        for (auto at = first; at != m_completed; ++at) {
            m_tasks.get(at, task);
            m_logs.add_database(task.entry);
        }
        for (auto at = first; at != m_completed; ++at) {
            m_tasks.get(at, task);
            m_tasks.set_companions(
                at, m_logs.take(task.entry, "-wal"), m_logs.take(task.entry, "-journal"), beside(task));
        }
    }

    /// Adds the logs whose database is gone: what they hold is all that is left of it.
    void add_logs_alone()
    {
        for (auto const& log : m_logs.left()) {
            m_tasks.add_entry(view_of(log));
            for (auto const suffix : kLogs)
                if (auto const database = without_suffix(log.path, suffix); !database.empty())
                    see_log(log, database, suffix);
        }
        m_tasks.sort_from(m_completed);
        leave_out_from(m_completed);
    }

private:
    void see_log(Entry const& log, std::string_view database, std::string_view suffix)
    {
        std::set<std::string_view> readers; // of the log as a file like any other
        m_index.for_each_match(log.path, [&](Artifact const& artifact) { readers.insert(artifact.id); });
        m_index.for_each_match(database, [&](Artifact const& artifact) {
            if (!readers.contains(artifact.id))
                m_tasks.add(artifact, suffix);
        });
    }

    /// Keeps artifacts that look into many large files from having all of an archive unpacked.
    void leave_out_from(std::size_t first)
    {
        std::map<Artifact const*, std::vector<std::size_t>> packed;
        Task task;
        for (auto at = first; at != m_tasks.size(); ++at) {
            if (m_tasks.artifact(at).most_unpacked == 0)
                continue;
            m_tasks.get(at, task);
            if (m_acquisition.unpacks(task.entry))
                packed[task.artifact].push_back(at);
        }
        auto const size_of = [&](std::size_t at) { return m_tasks.bytes(at); };
        for (auto& [artifact, wanted] : packed) {
            std::ranges::stable_sort(wanted, {}, size_of);
            std::uint64_t unpacked = 0;
            for (auto const at : wanted) {
                auto const size = size_of(at);
                bool const is_too_much = size > artifact->most_unpacked - unpacked;
                unpacked += is_too_much ? 0 : size;
                if (is_too_much)
                    m_tasks.leave_out(at);
            }
        }
    }

    /// The file that the task's entry is read with.
    [[nodiscard]] std::shared_ptr<Entry const> beside(Task const& task) const
    {
        if (task.artifact->beside.empty())
            return nullptr;
        auto const found = m_companions.find(path_beside(task.entry.path, task.artifact->beside));
        return found == m_companions.end() ? nullptr : std::make_shared<Entry const>(found->second);
    }

    Acquisition const& m_acquisition;
    PatternIndex<Artifact> m_index;
    PatternIndex<UnreadStore> m_unread_index;
    Logs m_logs;
    std::set<std::string_view> m_names_beside;
    std::unordered_map<std::string, Entry> m_companions; ///< what `Artifact::beside` names, by path
    TaskList& m_tasks;
    std::size_t m_completed = 0; ///< so many of them at the beginning
    std::uint64_t m_files = 0;
    std::uint64_t m_unread = 0;
    std::set<std::string> m_sections_unread;
    std::map<std::string_view, std::uint64_t> m_stores_unread; ///< files, by the words for them
};

} // namespace

Result<Plan> make_plan(Acquisition const& acquisition, std::span<Artifact const* const> artifacts,
    std::stop_token stop, std::function<void(TaskList const&)> const& on_own_files)
{
    Plan plan;
    Planner planner { acquisition, artifacts, plan.tasks };
    std::uint64_t planned = 0;
    acquisition.visit_own_files([&](EntryView const& view) {
        ++planned;
        planner.see(view);
        return true;
    });
    planner.complete();
    plan.own_files = plan.tasks.size();
    on_own_files(plan.tasks);
    EXHIBIT_TRY(acquisition.visit([&](EntryView const& view) {
        if (++plan.entries_seen <= planned)
            return !stop.stop_requested();
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
    plan.files_unread = planner.unread();
    plan.sections_unread = planner.sections_unread();
    plan.stores_unread = planner.stores_unread();
    return plan;
}

} // namespace exhibit
