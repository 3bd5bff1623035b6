#pragma once

#include "acquisition/acquisition.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

/// Writes archives with any names, also hostile ones, for tests. Failures throw.
namespace exhibit::test {

enum class ArchiveForm : std::uint8_t { zip_stored, zip_deflated, tar, tar_gnu, tar_gzip, tar_zstd, tar_xz };

struct ArchiveMember {
    std::string name {};
    EntryKind kind = EntryKind::file;
    std::string content {};
    std::string target {};
    bool hard_link = false;
    std::int64_t modified = 1'620'000'000;
};

void write_archive(
    std::filesystem::path const& path, ArchiveForm form, std::vector<ArchiveMember> const& members);

/// An archive of all that is in a folder, each name under `prefix`.
void archive_folder(std::filesystem::path const& folder, std::filesystem::path const& archive,
    ArchiveForm form, std::string const& prefix = {});

/// Makes the second member of a zip claim the bytes of the first.
void point_second_member_at_first(std::filesystem::path const& zip);
/// Makes the first member of a zip claim to be this long when unpacked.
void claim_size(std::filesystem::path const& zip, std::uint32_t size);

} // namespace exhibit::test
