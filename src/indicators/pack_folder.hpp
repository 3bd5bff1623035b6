#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace exhibit::indicators {

/// What is noted about one fetched pack, in `exhibit-index.json` beside it.
struct KeptPack {
    std::string file;
    std::string title;
    std::string url;
    std::string sha256;
    std::string fetched; ///< UTC, ISO 8601
    std::string error; ///< why the last attempt to fetch it anew failed; else empty
    std::vector<std::string> sources;
    std::vector<std::string> references;
    std::uint64_t bytes = 0;
    std::uint32_t indicators = 0;
};

/// Reads the notes of a folder; empty when there are none or they are damaged.
std::vector<KeptPack> read_kept_packs(std::filesystem::path const& folder);

/// The notes as the text of their file.
std::string kept_packs_text(std::vector<KeptPack> const& packs, std::string_view index_url);

/// A new folder beside the one that it will replace. Removed with all it holds unless it took its place.
class ReplacementFolder {
public:
    /// `folder` need not exist yet; its parent must. Only one replacement at a time: a second one, also
    /// of another process, fails with `io`.
    static Result<ReplacementFolder> open(std::filesystem::path const& folder);

    ReplacementFolder(ReplacementFolder&& other) noexcept;
    ReplacementFolder& operator=(ReplacementFolder&&) = delete;
    ReplacementFolder(ReplacementFolder const&) = delete;
    ReplacementFolder& operator=(ReplacementFolder const&) = delete;
    ~ReplacementFolder();

    /// Writes a file and waits until it is on the disk.
    Result<void> write(std::string_view name, std::string_view text) const;

    /// Takes the folder's place in one step.
    Result<void> commit();

private:
    ReplacementFolder(std::filesystem::path folder, std::filesystem::path next, int lock);

    std::filesystem::path m_folder;
    std::filesystem::path m_next;
    int m_lock = -1;
};

} // namespace exhibit::indicators
