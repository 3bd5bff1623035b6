#include "engine/task_list.hpp"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

namespace exhibit {

void TaskList::add(Artifact const& artifact, std::string_view log_alone)
{
    std::uint8_t const log = log_alone.empty() ? 0 : log_alone == "-wal" ? 1 : 2;
    auto const known = std::ranges::find(m_artifacts, &artifact);
    auto const number = static_cast<std::uint16_t>(known - m_artifacts.begin());
    if (known == m_artifacts.end())
        m_artifacts.push_back(&artifact);
    m_tasks.push_back({ static_cast<std::uint32_t>(m_entries.size() - 1), number, false, log });
}

std::strong_ordering TaskList::compare_places(std::size_t one, std::size_t other) const
{
    if (auto const order = m_entries.path(one) <=> m_entries.path(other); order != 0)
        return order;
    auto const left = m_entries[one];
    auto const right = m_entries[other];
    return std::tie(left.stored, left.handle) <=> std::tie(right.stored, right.handle);
}

/// The paths of very many have a long beginning in common: what follows is compared first, as numbers.
std::size_t TaskList::sort_by_place(std::size_t first, std::size_t last, std::size_t into)
{
    struct Keyed {
        std::array<std::uint64_t, 3> key {}; ///< long enough for folder and name of a photo
        std::uint32_t entry = 0;
        std::uint8_t log = 0;
    };
    auto const path_of_first = m_entries[m_tasks[first].entry].path;
    auto common = std::string_view { path_of_first };
    for (auto at = first; at != last; ++at)
        common = common.substr(0, m_entries.path(m_tasks[at].entry).common_prefix(common));
    std::vector<Keyed> keyed;
    keyed.reserve(last - first);
    for (auto at = first; at != last; ++at) {
        Keyed one { {}, m_tasks[at].entry, m_tasks[at].log };
        auto const path = m_entries.path(one.entry);
        for (std::size_t i = 0; i != sizeof one.key; ++i) {
            auto const place = common.size() + i;
            auto const byte = place < path.size() ? static_cast<unsigned char>(path[place]) : 0U;
            one.key[i / 8] = one.key[i / 8] << 8U | byte;
        }
        keyed.push_back(one);
    }
    std::ranges::sort(keyed, [&](Keyed const& left, Keyed const& right) {
        if (left.key != right.key)
            return left.key < right.key;
        auto const order = compare_places(left.entry, right.entry);
        return order != 0 ? order < 0 : left.entry < right.entry;
    });
    auto const repeated = std::ranges::unique(keyed, [&](Keyed const& one, Keyed const& other) {
        return one.key == other.key && compare_places(one.entry, other.entry) == 0;
    });
    keyed.erase(repeated.begin(), repeated.end());
    auto const artifact = m_tasks[first].artifact;
    for (auto const& one : keyed)
        m_tasks[into++] = { one.entry, artifact, false, one.log };
    return into;
}

void TaskList::sort_from(std::size_t first)
{
    auto const begin = m_tasks.begin() + static_cast<std::ptrdiff_t>(first);
    std::ranges::sort(begin, m_tasks.end(), [&](Planned const& one, Planned const& other) {
        return one.artifact != other.artifact && artifact_of(one).id < artifact_of(other).id;
    });
    auto end = first;
    for (auto at = first; at != m_tasks.size();) {
        auto const start = std::exchange(at, at + 1);
        while (at != m_tasks.size() && m_tasks[at].artifact == m_tasks[start].artifact)
            ++at;
        end = sort_by_place(start, at, end);
    }
    m_tasks.resize(end);
}

void TaskList::set_companions(std::size_t at, std::shared_ptr<Entry const> wal,
    std::shared_ptr<Entry const> journal, std::shared_ptr<Entry const> beside)
{
    if (wal || journal || beside)
        m_companions[at] = { std::move(wal), std::move(journal), std::move(beside) };
}

std::uint64_t TaskList::bytes(std::size_t at) const
{
    auto bytes = m_entries.bytes(m_tasks[at].entry);
    if (auto const found = m_companions.find(at); found != m_companions.end())
        for (auto const& log : { found->second.wal, found->second.journal })
            bytes += log ? log->size : 0;
    return bytes;
}

void TaskList::get(std::size_t at, Task& into) const
{
    auto const& task = m_tasks[at];
    into.number = static_cast<std::int64_t>(at) + 1;
    into.entry_id = entry_id(at);
    into.artifact = &artifact_of(task);
    m_entries.get(task.entry, into.entry);
    auto const found = m_companions.find(at);
    auto const companions = found == m_companions.end() ? Companions {} : found->second;
    into.wal = companions.wal;
    into.journal = companions.journal;
    into.beside = companions.beside;
    into.left_out = task.left_out;
    constexpr std::array<std::string_view, 3> logs { "", "-wal", "-journal" };
    into.log_alone = logs.at(task.log);
}

Task TaskList::operator[](std::size_t at) const
{
    Task task;
    get(at, task);
    return task;
}

} // namespace exhibit
