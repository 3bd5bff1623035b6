#pragma once

#include "acquisition/container.hpp"

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
    /// cannot be listed is counted and left out.
    static Result<Payloads> list(Container const& container, std::string const& root, bool flat);

    [[nodiscard]] std::size_t size() const { return m_names.size(); }
    [[nodiscard]] std::uint64_t unreadable_folders() const { return m_unreadable_folders; }
    /// The number of a payload in `[0, size())`; nothing when the backup does not hold it.
    [[nodiscard]] std::optional<std::size_t> find(std::string_view name) const;

private:
    std::vector<std::uint64_t> m_names; ///< their first sixteen digits, sorted
    std::uint64_t m_unreadable_folders = 0;
};

/// Where a payload lies in its container.
std::string payload_path(std::string const& root, std::string_view name, bool flat);

} // namespace exhibit::ios_backup
