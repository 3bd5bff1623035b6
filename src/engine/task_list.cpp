#include "engine/task_list.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <tuple>
#include <utility>

namespace exhibit {
namespace {

std::size_t common_prefix(std::string_view one, std::string_view other)
{
    auto const length = static_cast<std::ptrdiff_t>(std::min(one.size(), other.size()));
    return static_cast<std::size_t>(
        std::mismatch(one.begin(), one.begin() + length, other.begin()).first - one.begin());
}

std::size_t common_end(std::string_view one, std::string_view other)
{
    auto const length = static_cast<std::ptrdiff_t>(std::min(one.size(), other.size()));
    return static_cast<std::size_t>(
        std::mismatch(one.rbegin(), one.rbegin() + length, other.rbegin()).first - one.rbegin());
}

std::int64_t count_of(std::optional<Timestamp> const& time, std::int64_t none)
{
    return time ? time->time_since_epoch().count() : none;
}

std::optional<Timestamp> time_of(std::int64_t count, std::int64_t none)
{
    return count == none ? std::nullopt : std::optional { Timestamp { Timestamp::duration { count } } };
}

} // namespace

std::uint64_t EntryStore::keep(std::string_view text)
{
    if (m_blocks.empty() || m_blocks.back().capacity() - m_blocks.back().size() < text.size())
        m_blocks.emplace_back().reserve(std::max<std::size_t>(kBlock - 1, text.size()));
    auto& block = m_blocks.back();
    auto const at = (m_blocks.size() - 1) * kBlock + block.size();
    block.append(text);
    return at;
}

std::string_view EntryStore::text(std::uint64_t at, std::size_t size) const
{
    return size == 0 ? std::string_view {}
                     : std::string_view { m_blocks[at / kBlock] }.substr(at % kBlock, size);
}

void EntryStore::add(EntryView const& view)
{
    auto const repeated = common_end(view.path, view.stored);
    m_scratch.assign(view.stored.substr(0, view.stored.size() - repeated)).append(view.path);
    auto shared = common_prefix(text(m_whole_at, m_whole_size), m_scratch);
    bool const is_alone = shared < m_scratch.size() / 2;
    if (is_alone)
        shared = 0;
    auto const own = std::string_view { m_scratch }.substr(shared);
    auto const own_at = keep(own);
    m_records.push_back({ view.size, view.handle, count_of(view.modified, kNoTime),
        count_of(view.wall_clock, kNoTime), m_whole_at, own_at, static_cast<std::uint32_t>(shared),
        static_cast<std::uint32_t>(own.size()), static_cast<std::uint32_t>(view.stored.size() - repeated),
        static_cast<std::uint32_t>(repeated), view.mark });
    if (is_alone) {
        m_whole_at = own_at;
        m_whole_size = own.size();
    }
}

EntryStore::Path EntryStore::path(std::size_t at) const
{
    auto const& record = m_records[at];
    auto beginning = text(record.shared_at, record.shared);
    auto rest = text(record.own_at, record.own);
    auto const in_beginning = std::min(record.stored_beginning, record.shared);
    beginning.remove_prefix(in_beginning);
    rest.remove_prefix(record.stored_beginning - in_beginning);
    return { beginning, rest };
}

void EntryStore::get(std::size_t at, Entry& into) const
{
    auto const& record = m_records[at];
    auto const [beginning, rest] = path(at);
    into.path.assign(beginning).append(rest);
    auto const in_beginning = std::min(record.stored_beginning, record.shared);
    into.stored.assign(text(record.shared_at, in_beginning))
        .append(text(record.own_at, record.stored_beginning - in_beginning))
        .append(into.path, into.path.size() - record.repeated);
    into.kind = EntryKind::file;
    into.size = record.size;
    into.modified = time_of(record.modified, kNoTime);
    into.handle = record.handle;
    into.wall_clock = time_of(record.wall_clock, kNoTime);
    into.mark = record.mark;
}

Entry EntryStore::operator[](std::size_t at) const
{
    Entry entry;
    get(at, entry);
    return entry;
}

std::size_t EntryStore::Path::common_prefix(std::string_view text) const
{
    auto const same = exhibit::common_prefix(beginning, text);
    return same == beginning.size() ? same + exhibit::common_prefix(rest, text.substr(same)) : same;
}

std::strong_ordering EntryStore::Path::operator<=>(Path const& other) const
{
    auto const compare = [](std::string_view one, std::string_view two) { return one.compare(two) <=> 0; };
    auto const length = std::min(beginning.size(), other.beginning.size());
    if (auto const order = compare(beginning.substr(0, length), other.beginning.substr(0, length));
        order != 0)
        return order;
    if (beginning.size() == other.beginning.size())
        return compare(rest, other.rest);
    bool const is_longer = beginning.size() > other.beginning.size();
    auto const& longer = is_longer ? *this : other;
    auto const& shorter = is_longer ? other : *this;
    auto const more = longer.beginning.substr(length);
    auto order = compare(more, shorter.rest.substr(0, more.size()));
    if (order == 0)
        order = compare(longer.rest, shorter.rest.substr(more.size()));
    return is_longer ? order : 0 <=> order;
}

void TaskList::add(Artifact const& artifact, std::string_view log_alone)
{
    std::uint8_t const log = log_alone.empty() ? 0 : log_alone == "-wal" ? 1 : 2;
    m_tasks.push_back({ &artifact, m_entries.size() - 1, false, log });
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
void TaskList::sort_by_place(std::size_t first, std::size_t last)
{
    struct Keyed {
        std::array<std::uint64_t, 2> key {};
        std::size_t entry = 0;
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
    for (auto at = first; at != last; ++at) {
        m_tasks[at].entry = keyed[at - first].entry;
        m_tasks[at].log = keyed[at - first].log;
    }
}

void TaskList::sort_from(std::size_t first)
{
    auto const begin = m_tasks.begin() + static_cast<std::ptrdiff_t>(first);
    std::ranges::sort(begin, m_tasks.end(), [](Planned const& one, Planned const& other) {
        return one.artifact != other.artifact && one.artifact->id < other.artifact->id;
    });
    for (auto at = first; at != m_tasks.size();) {
        auto const start = std::exchange(at, at + 1);
        while (at != m_tasks.size() && m_tasks[at].artifact == m_tasks[start].artifact)
            ++at;
        sort_by_place(start, at);
    }
    auto const repeated
        = std::ranges::unique(begin, m_tasks.end(), [&](Planned const& one, Planned const& other) {
              return one.artifact == other.artifact && compare_places(one.entry, other.entry) == 0;
          });
    m_tasks.erase(repeated.begin(), repeated.end());
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
    into.artifact = task.artifact;
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
