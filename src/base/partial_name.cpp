#include "base/partial_name.hpp"

#include "base/number.hpp"

#include <cerrno>
#include <csignal>
#include <fmt/format.h>
#include <unistd.h>

namespace exhibit {
namespace {

namespace fs = std::filesystem;

/// The name of a folder may end with a slash.
fs::path named(fs::path const& path)
{
    return path.has_filename() ? path : path.parent_path();
}

std::string beginning_of_partial(fs::path const& path)
{
    return fmt::format(".{}.partial-", path.filename().string());
}

bool is_gone(std::int32_t process)
{
    return ::kill(process, 0) != 0 && errno == ESRCH;
}

} // namespace

fs::path partial_name(fs::path const& path)
{
    auto const final_path = named(path);
    return final_path.parent_path() / fmt::format("{}{}", beginning_of_partial(final_path), ::getpid());
}

std::vector<fs::path> partial_leftovers(fs::path const& path)
{
    auto const final_path = named(path);
    auto const beginning = beginning_of_partial(final_path);
    auto const folder = final_path.parent_path().empty() ? fs::path { "." } : final_path.parent_path();
    std::vector<fs::path> found;
    std::error_code error;
    for (auto entry = fs::directory_iterator { folder, error }; !error && entry != fs::directory_iterator {};
        entry.increment(error)) {
        auto const name = entry->path().filename().string();
        if (!name.starts_with(beginning))
            continue;
        auto const process = whole_number<std::int32_t>(std::string_view { name }.substr(beginning.size()));
        if (process && is_gone(*process))
            found.push_back(entry->path());
    }
    return found;
}

} // namespace exhibit
