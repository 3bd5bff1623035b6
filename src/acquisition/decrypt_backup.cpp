#include "acquisition/decrypt_backup.hpp"

#include "acquisition/ios_backup/clear_copy.hpp"
#include "base/partial_name.hpp"

#include <sys/stat.h>

namespace exhibit {

namespace {

namespace fs = std::filesystem;

/// A private folder that is removed unless it was given its final name.
class PartialFolder {
public:
    explicit PartialFolder(fs::path const& final_path)
    {
        auto name = partial_name(final_path);
        std::error_code ignored;
        fs::remove_all(name, ignored); // of a process that had the same number
        if (::mkdir(name.c_str(), S_IRWXU) == 0)
            m_path = std::move(name);
    }
    PartialFolder(PartialFolder const&) = delete;
    PartialFolder& operator=(PartialFolder const&) = delete;
    ~PartialFolder()
    {
        std::error_code ignored;
        if (!m_path.empty())
            fs::remove_all(m_path, ignored);
    }

    [[nodiscard]] fs::path const& path() const { return m_path; }
    bool become(fs::path const& final_path)
    {
        std::error_code error;
        fs::rename(m_path, final_path, error);
        if (!error)
            m_path.clear();
        return !error;
    }

private:
    fs::path m_path;
};

bool is_inside(fs::path const& path, fs::path const& folder)
{
    auto const relative = path.lexically_relative(folder);
    return relative == "." || (!relative.empty() && *relative.begin() != "..");
}

std::unexpected<Refusal> refuse(Fault fault, std::string message, std::string advice)
{
    return std::unexpected(Refusal { fault, std::move(message), std::move(advice) });
}

/// The final place of the copy, absolute and without links; refused where a copy must not or cannot be.
std::expected<fs::path, Refusal> final_place(fs::path const& evidence, fs::path const& into)
{
    std::error_code error;
    auto place = fs::weakly_canonical(fs::absolute(into), error);
    if (error)
        return refuse(Fault::io, "The folder for the copy cannot be used: " + error.message() + ".",
            "Name another one.");
    if (!place.has_filename())
        place = place.parent_path();
    if (fs::is_directory(evidence, error) && is_inside(place, fs::canonical(evidence, error)))
        return refuse(Fault::unsupported, "The copy would be written into the backup itself.",
            "Name a folder outside of it: evidence is never changed.");
    if (!fs::is_directory(place.parent_path(), error))
        return refuse(Fault::missing, "The folder in which the copy is to be made does not exist.",
            "Make it first, or name another one.");
    auto const status = fs::symlink_status(place, error);
    if (fs::exists(status) && !(fs::is_directory(status) && fs::is_empty(place, error)))
        return refuse(Fault::unsupported, "There is something at the place for the copy already.",
            "Name a new or empty folder: nothing is overwritten.");
    return place;
}

} // namespace

std::expected<DecryptSummary, Refusal> decrypt_backup(
    fs::path const& path, fs::path const& into, OpenOptions const& options, unsigned jobs)
{
    auto const place = final_place(path, into);
    if (!place)
        return std::unexpected(place.error());
    auto const acquisition = open_acquisition(path, options);
    if (!acquisition)
        return std::unexpected(acquisition.error());
    auto const* const backup = dynamic_cast<ios_backup::IosBackup const*>(acquisition->get());
    if (backup == nullptr || !backup->encrypted())
        return refuse(Fault::unsupported, "This is not encrypted: " + (*acquisition)->description() + ".",
            "Use it as it is; nothing has to be decrypted.");
    PartialFolder partial { *place };
    if (partial.path().empty())
        return refuse(Fault::io, "The folder for the copy cannot be made.",
            "Check the permissions and the free space there.");
    auto summary = ios_backup::ClearCopy { *backup, partial.path(), options, jobs }.write();
    if (!summary && summary.error().fault == Fault::cancelled)
        return refuse(Fault::cancelled, "Stopped; no copy was left behind.",
            "Run the same command again to start over.");
    if (!summary)
        return refuse(summary.error().fault,
            "No copy was made: " + std::string { summary.error().what } + ".",
            "Check the free space and try again, on another disk if need be.");
    if (!partial.become(*place))
        return refuse(Fault::io, "The copy could not be given its name.",
            "Check the permissions of the folder and try again.");
    return std::move(*summary);
}

} // namespace exhibit
