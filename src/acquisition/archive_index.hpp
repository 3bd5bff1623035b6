#pragma once

#include "acquisition/container.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace exhibit {

/// One member of an archive.
struct Member {
    EntryKind kind = EntryKind::file;
    std::uint64_t size = 0; ///< unpacked
    std::optional<Timestamp> modified;
    std::uint64_t locator = 0; ///< for the container's own use
    std::optional<Timestamp> wall_clock {};
};

/// The names in an archive as a tree, with the folders that the names imply. Names are cleaned when they are
/// added; what could lead out of the tree is refused and counted as a problem.
class ArchiveIndex {
public:
    explicit ArchiveIndex(ProblemList& problems)
        : m_problems(problems)
    {
    }

    /// The name as it stands in the index; nothing when it leads out of the tree.
    [[nodiscard]] static std::optional<std::string> cleaned(std::string_view name);

    /// Fails only when the archive has more members than can be held.
    Result<void> add(std::string_view name, Member const& member);

    /// Sorts; of members with one name the last is kept, as unpacking would. Needed before anything is looked
    /// up, and again after more was added.
    void finish();

    [[nodiscard]] std::size_t size() const { return m_entries.size(); }
    [[nodiscard]] Member const& member(std::size_t number) const { return m_entries[number].member; }
    [[nodiscard]] std::string_view name(std::size_t number) const { return name_of(m_entries[number]); }
    [[nodiscard]] Member const* find(std::string_view path) const;

    /// Whether nearly all files have one time, give or take minutes, as where a copy of a folder was packed.
    [[nodiscard]] bool times_are_of_copying() const;

    /// As in Container. `missing` for a folder that is not there.
    Result<void> visit(std::string_view folder, NodeVisitor const& visitor) const;
    Result<void> children(std::string_view folder, NodeVisitor const& visitor) const;
    [[nodiscard]] std::optional<Node> find_node(std::string_view path) const;

private:
    struct Entry {
        std::uint64_t name_at = 0;
        std::uint32_t name_size = 0;
        Member member;
    };

    [[nodiscard]] std::string_view name_of(Entry const& entry) const
    {
        return std::string_view { m_names }.substr(entry.name_at, entry.name_size);
    }
    [[nodiscard]] std::size_t first_at_or_after(std::string_view path) const;
    /// The entries below a folder, by number.
    [[nodiscard]] std::pair<std::size_t, std::size_t> range_below(std::string_view folder) const;

    ProblemList& m_problems;
    std::string m_names;
    std::vector<Entry> m_entries;
    bool m_slashes = false; ///< whether any name has a `/`
    bool m_backslashes = false;
};

/// Whether the path `a` comes before `b` when components are compared one by one.
bool path_before(std::string_view a, std::string_view b);

} // namespace exhibit
