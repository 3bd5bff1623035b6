#pragma once

#include "acquisition/acquisition.hpp"
#include "engine/examine.hpp"

#include <cstdint>
#include <map>
#include <optional>
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

/// Looks at files while they are read for another purpose. Called from several threads at once.
class ContentObserver {
public:
    ContentObserver() = default;
    ContentObserver(ContentObserver const&) = delete;
    ContentObserver& operator=(ContentObserver const&) = delete;
    virtual ~ContentObserver() = default;

    /// Files up to this size are shown whole.
    [[nodiscard]] virtual std::uint64_t largest() const = 0;
    /// One file that is not empty; without content when it is larger or cannot be read. Does not throw.
    virtual void look(Entry const& entry, std::optional<Bytes> content) noexcept = 0;
};

struct HashOptions {
    unsigned jobs = 1;
    bool md5 = false; ///< SHA-256 is always made
    bool sha1 = false;
    std::stop_token stop;
    ContentObserver* observer = nullptr; ///< sees the files in the same reading
};

struct Hashes {
    /// By handle and stored path: one alone may stand for several files.
    std::map<std::pair<std::uint64_t, std::string>, FileDigests> files;
    /// SHA-256 of the whole: of the lines `digest, two spaces, path in the acquisition` of all files, in the
    /// order of their bytes. `sha256sum` prints them so, but for names with a line break or a backslash.
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
