#pragma once

#include "acquisition/acquisition.hpp"
#include "base/result.hpp"
#include "base/source.hpp"

#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace exhibit::android {

/// A run of bytes of the dump.
struct Slice {
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
};

/// One section of a dump, with the lines that open and close it.
struct Section {
    std::string name; ///< of a service as it stands, of a command its title in snake case: `process_times`
    bool service = false; ///< of dumpsys; else of dumpstate itself
    std::vector<Slice> slices; ///< more than one where another section, written meanwhile, interrupted it
    std::uint64_t size = 0; ///< over all slices
    bool urgent = false; ///< of a service: what it dumps first, with a header that says so
    bool cut = false; ///< the service refused or did not finish, or the text ends within it
    bool open = false; ///< the text ends within it
    std::uint64_t number = 1; ///< among sections of its path

    /// `@dumpsys/package`, `@dumpstate/process_times`.
    [[nodiscard]] std::string path() const;
};

/// What the text of dumpstate or dumpsys holds.
struct DumpIndex {
    std::vector<Section> sections; ///< by path, then as they stand
    std::string started; ///< when the dump began, as the device's clock said: `2024-05-01 10:11:12`
    bool too_many = false; ///< there were more sections, or parts of one, than are kept

    /// The first section of a path.
    [[nodiscard]] Section const* find(std::string_view path) const;
    /// Whether there is one of the path that is not cut, and has more than what the service dumps urgently.
    [[nodiscard]] bool has_whole(std::string_view path) const;
};

/// Finds the sections in one pass over the text. A section of dumpsys ends at its own closing line, at the
/// next `DUMP OF SERVICE`, at the header of a command or at a line of exactly 56 `=`; one of a command
/// likewise. The closing line of an interrupted service gives it all from its header on, since what reads
/// like other sections there may be text of an app; they keep that text as well. The one of an interrupted
/// command gives it what stood before that line and belongs to no section that is closed. Lines of hyphens
/// alone end nothing: services write them too. Source of the forms: dumpstate.cpp and dumpsys.cpp of the
/// Android Open Source Project.
Result<DumpIndex> index_dump(Source const& text, OpenOptions const& options = {});

/// Whether a text begins like that of dumpstate or dumpsys.
bool looks_like_dump(std::string_view head);

/// `CHECKIN BATTERYSTATS (dumpsys batterystats -c)` is `checkin_batterystats`.
std::string snake_case_title(std::string_view title);

/// The section as a source of its own; nothing is copied.
std::unique_ptr<Source> open_section(std::shared_ptr<Source const> text, Section const& section);

} // namespace exhibit::android
