#include "acquisition/archive_index.hpp"

#include <algorithm>
#include <cstring>
#include <limits>

namespace exhibit {

namespace {

constexpr std::size_t kMostMembers = 50'000'000;
constexpr std::size_t kLongestName = 65'535;
constexpr std::size_t kMostNameBytes = std::size_t { 8 } << 30U;

bool is_below(std::string_view path, std::string_view folder)
{
    return folder.empty()
        || (path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/');
}

} // namespace

bool path_before(std::string_view a, std::string_view b)
{
    auto const [at, other] = std::ranges::mismatch(a, b);
    if (other == b.end())
        return false;
    if (at == a.end())
        return true;
    // The separator ends a component, and a shorter component comes first.
    auto const rank = [](char c) { return c == '/' ? -1 : int { static_cast<unsigned char>(c) }; };
    return rank(*at) < rank(*other);
}

std::optional<std::string> ArchiveIndex::cleaned(std::string_view name)
{
    if (name.size() > kLongestName)
        return std::nullopt;
    std::string clean;
    while (!name.empty()) {
        auto const end = std::min(name.find('/'), name.size());
        auto const component = name.substr(0, end);
        name.remove_prefix(std::min(end + 1, name.size()));
        if (component.empty() || component == ".")
            continue;
        if (component == ".." || component.contains('\0'))
            return std::nullopt;
        if (!clean.empty())
            clean += '/';
        clean += component;
    }
    return clean;
}

Result<void> ArchiveIndex::add(std::string_view name, Member const& member)
{
    if (m_entries.size() == kMostMembers || m_names.size() > kMostNameBytes)
        return fail(Fault::over_limit, "the archive has more members than can be examined", m_entries.size());
    auto const clean = cleaned(name);
    if (!clean) {
        m_problems.add(Fault::malformed,
            "a name in the archive leads out of it (`..`), holds a NUL or is too long; not examined",
            name.substr(0, 256));
        return {};
    }
    if (clean->empty())
        return {};
    if (name.starts_with('/'))
        m_problems.note(Fault::malformed, "a name in the archive is absolute; read as if it were not", name);
    m_slashes = m_slashes || name.contains('/');
    m_backslashes = m_backslashes || name.contains('\\');
    m_entries.push_back({ m_names.size(), static_cast<std::uint32_t>(clean->size()), member });
    m_names += *clean;
    return {};
}

void ArchiveIndex::finish()
{
    // Some programs for Windows write `\` between folders. On a phone it is a character like any other, so it
    // is one here too as soon as any name shows the proper separator.
    if (m_backslashes && !m_slashes) {
        m_problems.note(Fault::malformed, "names in the archive have `\\` between folders; read as `/`");
        auto const entries = std::exchange(m_entries, {});
        auto const names = std::exchange(m_names, {});
        for (auto const& entry : entries) {
            std::string name = names.substr(entry.name_at, entry.name_size);
            std::ranges::replace(name, '\\', '/');
            m_slashes = true;
            (void)add(name, entry.member); // Has room: it was in before.
        }
    }
    std::ranges::stable_sort(
        m_entries, [this](Entry const& a, Entry const& b) { return path_before(name_of(a), name_of(b)); });
    std::size_t kept = 0;
    for (auto const& entry : m_entries) {
        if (kept != 0 && name_of(m_entries[kept - 1]) == name_of(entry)) {
            auto& before = m_entries[kept - 1];
            if (before.member.kind != EntryKind::folder || entry.member.kind != EntryKind::folder)
                m_problems.add(Fault::malformed,
                    "a name comes twice in the archive; the last one was examined", name_of(entry));
            before = entry;
            continue;
        }
        m_entries[kept++] = entry;
    }
    m_entries.resize(kept);
    m_entries.shrink_to_fit();
    m_names.shrink_to_fit();
}

bool ArchiveIndex::times_are_of_copying() const
{
    constexpr std::size_t fewest = 5;
    constexpr auto longest = std::chrono::hours { 1 };
    std::vector<Timestamp> times;
    for (auto const& entry : m_entries)
        if (auto const time = entry.member.modified ? entry.member.modified : entry.member.wall_clock;
            time && entry.member.kind == EntryKind::file)
            times.push_back(*time);
    if (times.size() < fewest)
        return false;
    auto const few
        = static_cast<std::ptrdiff_t>(times.size() / 20); // On either side; a file may be of any time.
    auto const first = times.begin() + few;
    auto const last = times.end() - 1 - few;
    std::ranges::nth_element(times, first);
    std::ranges::nth_element(first, last, times.end());
    return *last - *first <= longest;
}

std::size_t ArchiveIndex::first_at_or_after(std::string_view path) const
{
    auto const found = std::ranges::partition_point(
        m_entries, [&](Entry const& entry) { return path_before(name_of(entry), path); });
    return static_cast<std::size_t>(found - m_entries.begin());
}

std::pair<std::size_t, std::size_t> ArchiveIndex::range_below(std::string_view folder) const
{
    if (folder.empty())
        return { 0, m_entries.size() };
    auto first = first_at_or_after(folder);
    if (first < m_entries.size() && name(first) == folder)
        ++first;
    auto const end = std::partition_point(m_entries.begin() + static_cast<std::ptrdiff_t>(first),
        m_entries.end(), [&](Entry const& entry) { return is_below(name_of(entry), folder); });
    return { first, static_cast<std::size_t>(end - m_entries.begin()) };
}

Member const* ArchiveIndex::find(std::string_view path) const
{
    auto const number = first_at_or_after(path);
    return number < m_entries.size() && name(number) == path ? &m_entries[number].member : nullptr;
}

std::optional<Node> ArchiveIndex::find_node(std::string_view path) const
{
    if (auto const* const member = find(path))
        return Node { path, member->kind, member->size, member->modified, member->wall_clock };
    auto const [first, end] = range_below(path);
    if (path.empty() || first == end)
        return std::nullopt;
    return Node { path, EntryKind::folder, 0, {}, {} };
}

Result<void> ArchiveIndex::visit(std::string_view folder, NodeVisitor const& visitor) const
{
    auto const [first, end] = range_below(folder);
    if (first == end && !folder.empty() && !find_node(folder))
        return fail(Fault::missing, "there is no such folder in the archive");
    for (auto number = first; number < end; ++number) {
        auto const& member = m_entries[number].member;
        if (!visitor({ name(number), member.kind, member.size, member.modified, member.wall_clock }))
            break;
    }
    return {};
}

Result<void> ArchiveIndex::children(std::string_view folder, NodeVisitor const& visitor) const
{
    auto const [first, end] = range_below(folder);
    if (first == end && !folder.empty() && !find_node(folder))
        return fail(Fault::missing, "there is no such folder in the archive");
    auto const start = folder.empty() ? 0 : folder.size() + 1;
    for (auto number = first; number < end;) {
        auto const path = name(number);
        auto const child = path.substr(0, std::min(path.find('/', start), path.size()));
        auto const implied = child.size() != path.size();
        auto const& member = m_entries[number].member;
        auto const node = implied
            ? Node { child, EntryKind::folder, 0, {}, {} }
            : Node { child, member.kind, member.size, member.modified, member.wall_clock };
        if (!visitor(node))
            break;
        number = std::max(number + 1, range_below(child).second);
    }
    return {};
}

} // namespace exhibit
