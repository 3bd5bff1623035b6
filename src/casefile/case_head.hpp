#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace exhibit::casefile {

/// What the first bytes of a case file say of it. SQLite says of one that is cut off only that it is no sound
/// database, or nothing at all as long as the lost pages are not asked for.
struct CaseHead {
    std::uint64_t stated_size = 0; ///< bytes of the whole file; 0 when it does not say
    std::uint64_t size = 0; ///< bytes that are there
    std::int64_t version = 0; ///< of the format of case files

    [[nodiscard]] bool cut_off() const { return size < stated_size; }
};

/// Nothing for what is no case file of exhibit.
std::optional<CaseHead> read_case_head(std::filesystem::path const& path);

} // namespace exhibit::casefile
