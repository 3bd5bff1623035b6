#pragma once

#include "acquisition/decrypt_backup.hpp"
#include "acquisition/file_source.hpp"
#include "acquisition/ios_backup/backup.hpp"

#include <filesystem>
#include <mutex>
#include <string>
#include <vector>

namespace exhibit::ios_backup {

/// Writes the files of a clear copy into a folder that nobody else uses.
class ClearCopy {
public:
    ClearCopy(
        IosBackup const& backup, std::filesystem::path folder, OpenOptions const& options, unsigned jobs);

    /// `io` when the copy cannot be written, `cancelled`; a file that cannot be read does not fail.
    Result<DecryptSummary> write();

private:
    struct Job {
        StoredRow row;
        std::uint64_t handle = 0;
    };
    struct Outcome {
        std::string_view state;
        std::string_view why;
        std::string digest; ///< SHA-256 in hexadecimal
        std::uint64_t size = 0;
        std::optional<std::uint64_t> stated_size; ///< of a file that is cut off
        bool fatal = false; ///< the copy itself could not be written
    };

    Result<void> write_own_files();
    Result<void> write_payloads();
    Result<void> write_batch(std::vector<Job> const& batch);
    Outcome write_one(Job const& job);
    Outcome copy(Source const& source, std::string const& name);
    Result<void> put_line(
        std::string_view path, std::string_view stored, std::string_view id, Outcome const& outcome);
    Result<void> put_own_file(std::string const& name, Source const& source);
    void count(Outcome const& outcome);

    IosBackup const& m_backup;
    OpenOptions const& m_options;
    unsigned m_jobs;
    std::filesystem::path m_path;
    FileDescriptor m_folder;
    FileDescriptor m_ledger;
    std::string m_lines; ///< of the ledger, not yet written
    std::uint64_t m_files = 0;
    std::uint64_t m_files_done = 0;
    DecryptSummary m_summary;
};

/// `Manifest.plist` as it would be in a backup that is not encrypted.
Result<std::string> clear_manifest_list(Bytes stored);

} // namespace exhibit::ios_backup
