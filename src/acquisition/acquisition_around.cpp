#include "acquisition/acquisition.hpp"
#include "acquisition/folder_container.hpp"
#include "acquisition/recognizer.hpp"

namespace exhibit {

namespace {

Recognizer const* owner_of(std::filesystem::path const& folder)
{
    auto const container = FolderContainer::open_folder(folder);
    if (!container)
        return nullptr;
    for (auto const& recognizer : recognizers())
        if (recognizer.owns_folder && recognizer.is_at(**container, {}))
            return &recognizer;
    return nullptr;
}

} // namespace

std::optional<AcquisitionFolder> acquisition_around(std::filesystem::path const& path)
{
    std::error_code error;
    auto const whole = std::filesystem::weakly_canonical(std::filesystem::absolute(path, error), error);
    // The root is that of the machine at work, which may be laid out like a phone: it is one on Android.
    for (auto folder = whole; folder.has_relative_path(); folder = folder.parent_path())
        if (auto const* const recognizer = owner_of(folder))
            return AcquisitionFolder { recognizer->name, folder };
    return std::nullopt;
}

} // namespace exhibit
