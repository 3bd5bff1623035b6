#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace exhibit::sqlite {

class Pages;

/// The name under which the read-only file system for evidence is known to SQLite. Files exist in it only
/// while a MountedPages does; it writes nothing, locks nothing and looks for no companion.
inline constexpr char const* kVfsName = "exhibit-evidence";

/// Bytes that one temporary file may take; a query that needs more fails.
inline constexpr std::size_t kScratchLimit = 512U << 20U;

/// Makes pages visible to SQLite under a name of their own for as long as it lives.
/// What SQLite would sort in a temporary file it sorts in memory, up to kScratchLimit.
class MountedPages {
public:
    struct State {
        Pages const* pages = nullptr;
        std::optional<Error> read_error {}; ///< of the source, the first one
        std::vector<std::uint32_t> hidden {}; ///< pages that are shown as such of a table without rows
    };

    explicit MountedPages(Pages const& pages);
    MountedPages(MountedPages const&) = delete;
    MountedPages& operator=(MountedPages const&) = delete;
    ~MountedPages();

    /// For sqlite3_open_v2, together with kVfsName.
    [[nodiscard]] std::string const& name() const { return m_name; }
    [[nodiscard]] std::optional<Error> const& read_error() const { return m_state.read_error; }

    void hide(std::vector<std::uint32_t> pages) { m_state.hidden = std::move(pages); }
    void show_all() { m_state.hidden.clear(); }

private:
    std::string m_name;
    State m_state;
};

} // namespace exhibit::sqlite
