#include "acquisition/other_acquisitions.hpp"

#include "acquisition/folder_container.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace exhibit {

namespace {

constexpr unsigned kDeepestOther = 2;
constexpr std::size_t kMostLookedAt = 512; ///< folders that do not belong to what is examined
constexpr std::size_t kMostFoldersInside
    = 64; ///< the same of one level within it: nobody hides one among more
constexpr std::size_t kMostBesidePath
    = 4096; ///< of the folder above `path`: more is no place for acquisitions

/// What looks like a second acquisition and is a part of the first: the mounts of a file system look like
/// one each, and AndroidQF puts a bug report into its folder. A bug report holds no other.
bool is_part(Candidate const& first, Candidate const& second)
{
    bool const is_inside = first.folder.empty() || second.folder.starts_with(first.folder + '/');
    bool const are_reports = first.recognizer->kind == AcquisitionKind::android_bugreport
        && second.recognizer->kind == AcquisitionKind::android_bugreport;
    return is_inside && !second.recognizer->stands_alone && !are_reports;
}

bool can_own(Recognizer const& recognizer)
{
    return recognizer.open != nullptr && recognizer.owns_folder;
}

/// One of the 256 folders that the payloads of a backup lie in.
bool is_of_payloads(std::string_view folder)
{
    auto const name = base_name(folder);
    return name.size() == 2 && std::ranges::all_of(name, [](char c) {
        return std::string_view { "0123456789abcdefABCDEF" }.contains(c);
    });
}

/// The archives of AndroidQF and of intrusion logs are examined with them; those beside a bug report are
/// looked into where that is read.
bool has_archives_of_its_own(Recognizer const& recognizer)
{
    return recognizer.kind == AcquisitionKind::androidqf || recognizer.kind == AcquisitionKind::intrusion_logs
        || recognizer.kind == AcquisitionKind::android_bugreport;
}

void note_archive(Container const& container, std::string const& stored)
{
    container.note(Fault::unsupported,
        "an archive lies beside what is examined; it was not opened, name it by itself if it is another "
        "acquisition",
        stored);
}

class SearchBelow {
public:
    SearchBelow(Container const& container, Candidate const& examined)
        : m_container(&container)
        , m_examined(&examined)
    {
    }

    void run()
    {
        std::vector<std::string> folders { "" };
        for (unsigned depth = 0; depth != kDeepestOther && !folders.empty(); ++depth) {
            auto below = list(folders);
            folders.clear();
            for (auto& folder : below)
                if (folder == m_examined->folder || !note_if_another(folder))
                    folders.push_back(std::move(folder));
        }
        if (m_is_cut)
            m_container->note(Fault::over_limit,
                "there are more folders beside what is examined than were looked into for other acquisitions",
                {});
    }

private:
    [[nodiscard]] bool is_inside(std::string_view folder) const
    {
        auto const& whole = m_examined->folder;
        return whole.empty() || folder == whole
            || (folder.starts_with(whole) && folder.substr(whole.size()).starts_with('/'));
    }

    /// The folders within others, without those of the examined backup's payloads.
    std::vector<std::string> list(std::vector<std::string> const& above)
    {
        std::vector<std::string> inside;
        std::vector<std::string> outside;
        for (auto const& folder : above) {
            bool const names_archives = folder == m_examined->folder
                ? !has_archives_of_its_own(*m_examined->recognizer)
                : !is_inside(folder);
            auto& found = is_inside(folder) ? inside : outside;
            (void)m_container->children(folder, Detail::names, [&](Node const& node) {
                if (node.kind == EntryKind::file && names_archives && is_named_as_archive(node.path))
                    note_archive(*m_container, std::string { node.path });
                if (node.kind == EntryKind::folder && found.size() <= kMostLookedAt
                    && !(is_inside(folder) && is_of_payloads(node.path)))
                    found.emplace_back(node.path);
                return true;
            });
        }
        if (inside.size() > kMostFoldersInside)
            inside.clear();
        if (outside.size() > kMostLookedAt - m_looked_at) {
            outside.resize(kMostLookedAt - m_looked_at);
            m_is_cut = true;
        }
        m_looked_at += outside.size();
        std::ranges::move(inside, std::back_inserter(outside));
        return outside;
    }

    [[nodiscard]] bool note_if_another(std::string const& folder) const
    {
        bool const is_another = std::ranges::any_of(recognizers(), [&](Recognizer const& recognizer) {
            return can_own(recognizer) && !is_part(*m_examined, { &recognizer, folder })
                && recognizer.is_at(*m_container, folder);
        });
        if (is_another)
            m_container->note(Fault::unsupported,
                "there is another acquisition in a folder below; it was not examined, name it by itself",
                folder);
        return is_another;
    }

    Container const* m_container;
    Candidate const* m_examined;
    std::size_t m_looked_at = 0;
    bool m_is_cut = false;
};

struct Neighbors {
    std::vector<std::string> folders;
    std::vector<std::string> archives;
};

/// What lies beside a folder; nothing where that is too much to be a place for acquisitions.
Neighbors neighbors_of(std::filesystem::path const& folder)
{
    namespace fs = std::filesystem;
    Neighbors found;
    std::size_t count = 0;
    std::error_code error;
    for (fs::directory_iterator entry { folder.parent_path(), error };
        !error && entry != fs::directory_iterator {}; entry.increment(error)) {
        std::error_code failed;
        if (++count == kMostBesidePath)
            return {};
        auto name = entry->path().filename().string();
        auto const type = entry->symlink_status(failed).type();
        if (type == fs::file_type::directory && entry->path() != folder)
            found.folders.push_back(std::move(name));
        else if (type == fs::file_type::regular && is_named_as_archive(name))
            found.archives.push_back(std::move(name));
    }
    std::ranges::sort(found.folders);
    std::ranges::sort(found.archives);
    return found;
}

void note_beside(Container const& container, std::filesystem::path const& path)
{
    std::error_code error;
    auto const folder = std::filesystem::canonical(path, error);
    // What lies in the root is the machine at work.
    if (error || !folder.parent_path().has_relative_path())
        return;
    auto neighbors = neighbors_of(folder);
    for (auto const& archive : neighbors.archives)
        note_archive(container, "../" + archive);
    auto const parent = FolderContainer::open_folder(folder.parent_path());
    if (!parent)
        return;
    neighbors.folders.resize(std::min(neighbors.folders.size(), kMostLookedAt));
    for (auto const& name : neighbors.folders)
        if (std::ranges::any_of(recognizers(), [&](Recognizer const& recognizer) {
                return can_own(recognizer) && recognizer.is_at(**parent, name);
            }))
            container.note(Fault::unsupported,
                "there is another acquisition beside this folder; it was not examined, name it by itself",
                "../" + name);
}

} // namespace

bool is_named_as_archive(std::string_view path)
{
    constexpr std::array<std::string_view, 12> endings { ".zip", ".tar", ".tgz", ".tar.gz", ".tar.zst",
        ".tar.xz", ".tar.bz2", ".tar.lz4", ".ab", ".7z", ".rar", ".age" };
    auto const name = to_lower(base_name(path));
    return std::ranges::any_of(endings, [&](std::string_view ending) { return name.ends_with(ending); });
}

void note_others(Container const& container, std::filesystem::path const& path, Candidate const& examined)
{
    SearchBelow { container, examined }.run();
    if (container.form() == "folder")
        note_beside(container, path);
}

} // namespace exhibit
