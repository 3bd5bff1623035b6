#include "cli/case_name.hpp"

#include "base/beginning.hpp"

#include <algorithm>

namespace exhibit::cli {

namespace fs = std::filesystem;

fs::path default_case_name(fs::path const& acquisition)
{
    std::error_code error;
    auto const whole = fs::weakly_canonical(acquisition, error);
    auto name = (error ? acquisition : whole).filename().string();
    for (std::string_view const ending : { ".zip", ".tar.gz", ".tgz", ".tar" })
        if (name.size() > ending.size() && name.ends_with(ending)) {
            name.resize(name.size() - ending.size());
            break;
        }
    constexpr std::size_t longest
        = 200; // Names have 255 bytes at most, that of the unfinished case is longer.
    return fs::path { (name.empty() ? "case" : std::string { beginning_of(name, longest) }) + ".exhibit" };
}

bool lies_inside(fs::path const& file, fs::path const& evidence)
{
    std::error_code error;
    if (!fs::is_directory(evidence, error))
        return false;
    auto const folder = fs::canonical(evidence, error);
    auto const whole = fs::weakly_canonical(fs::absolute(file, error), error);
    if (error)
        return false;
    return std::mismatch(folder.begin(), folder.end(), whole.begin(), whole.end()).first == folder.end();
}

} // namespace exhibit::cli
