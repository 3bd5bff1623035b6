#include "base/files_below.hpp"

#include <algorithm>

namespace exhibit {

namespace fs = std::filesystem;

Result<std::vector<fs::path>> files_below(
    fs::path const& folder, std::size_t most, std::function<bool(fs::path const&)> const& is_wanted)
{
    std::vector<fs::path> files;
    std::error_code error;
    fs::recursive_directory_iterator entry { folder, error };
    for (; !error && entry != fs::recursive_directory_iterator {}; entry.increment(error)) {
        if (!is_wanted(entry->path()))
            continue;
        std::error_code ignored;
        auto const type = entry->status(ignored).type();
        if (type != fs::file_type::regular && type != fs::file_type::not_found)
            continue;
        if (files.size() == most)
            return fail(Fault::over_limit, "the folder holds too many such files");
        files.push_back(entry->path());
    }
    if (error) // An iterator that fails is at its end.
        return fail(Fault::io, "the folder, or one in it, cannot be read");
    std::ranges::sort(files);
    return files;
}

} // namespace exhibit
