#pragma once

#include "acquisition/acquisition.hpp"
#include "engine/examine.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace exhibit {

/// Digests of one file's content, in lower-case hexadecimal; those that were not asked for are empty.
struct FileDigests {
    std::string sha256;
    std::string md5;
    std::string sha1;
};

struct HashOptions {
    unsigned jobs = 1;
    bool md5 = false; ///< SHA-256 is always made
    bool sha1 = false;
    std::stop_token stop;
};

struct Hashes {
    /// By handle and stored path: one alone may stand for several files.
    std::map<std::pair<std::uint64_t, std::string>, FileDigests> files;
    /// SHA-256 of the whole: of the lines `digest, two spaces, path in the acquisition` of all files, in the
    /// order of their bytes, as `sha256sum` prints them.
    std::string acquisition;
    std::uint64_t unreadable = 0; ///< files that the acquisition lists and that could not be read

    /// Null for a file that could not be read.
    [[nodiscard]] FileDigests const* find(std::uint64_t handle, std::string_view stored) const
    {
        auto const found = files.find({ handle, std::string { stored } });
        return found == files.end() ? nullptr : &found->second;
    }
};

/// Reads every file of an acquisition once. A file that cannot be read is counted and left out.
Result<Hashes> hash_files(Acquisition const& acquisition, HashOptions const& options, Progress& progress);

} // namespace exhibit
