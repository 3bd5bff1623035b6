#pragma once

#include "acquisition/container.hpp"

#include <bitset>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace exhibit::ios_backup {

/// Which payloads a backup holds, in eight bytes each: enough to find out what is missing and what nobody
/// lists, with a million files. Two names that begin alike are taken for one.
class Payloads {
public:
    /// Lists the backup's folders once. `flat`: all payloads in the root, as before iOS 10. A folder that
    /// cannot be listed is counted and left out. Copies of backups may have names in capitals, `.mddata`
    /// behind them or the other layout; and a backup that did not end has newer payloads in `Snapshot`, which
    /// take the place of those that are missing if `take_newer` says so.
    static Result<Payloads> list(
        Container const& container, std::string const& root, bool flat, bool take_newer);

    [[nodiscard]] std::size_t size() const { return m_names.size(); }
    [[nodiscard]] std::uint64_t unreadable_folders() const { return m_unreadable_folders; }
    /// Whether the folder of a payload is one of those, so that nobody knows whether the backup holds it.
    [[nodiscard]] bool is_out_of_sight(std::string_view name) const;
    /// The number of a payload in `[0, size())`; nothing when the backup does not hold it.
    [[nodiscard]] std::optional<std::size_t> find(std::string_view name) const;
    /// Where a payload lies in the container; where it should, when it is not there.
    [[nodiscard]] std::string path_of(Container const& container, std::string_view name) const;
    /// Payloads of a backup that did not end, which were left out, or taken for those that are missing.
    [[nodiscard]] std::uint64_t left_newer() const { return m_left_newer; }
    [[nodiscard]] std::uint64_t taken_newer() const { return m_taken_newer; }

private:
    struct Place {
        std::string folder;
        bool flat = false;
        bool folder_capitals = false; ///< in the name of the folder of two digits
        bool capitals = false; ///< in that of the file
        bool suffix = false;
        bool operator==(Place const&) const = default;

        [[nodiscard]] std::string path_of(std::string_view name) const;
    };

    Result<void> add_from(Container const& container, Place const& place, std::vector<std::uint64_t>& names);
    void add_newer(std::vector<std::uint64_t> const& names);

    std::vector<std::uint64_t> m_names; ///< their first sixteen digits, sorted
    std::vector<Place> m_places; ///< where any were found; the first is the usual one
    std::uint64_t m_unreadable_folders = 0;
    std::bitset<256> m_unreadable_shards; ///< by the two digits that their payloads begin with
    std::uint64_t m_left_newer = 0;
    std::uint64_t m_taken_newer = 0;
};

} // namespace exhibit::ios_backup
