#include "acquisition/folder_container.hpp"

#include <algorithm>
#include <cerrno>
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace exhibit {

namespace {

// Deeper than any phone; also bounds how many folders are open at once.
constexpr std::size_t kDeepest = 128;
constexpr std::size_t kMostParents
    = 256; // The folders of a backup, and fewer than files may be open at once.
constexpr std::size_t kLongestTarget = 4096; // PATH_MAX, on phones 1024

struct CloseFolder {
    void operator()(DIR* folder) const { ::closedir(folder); }
};
using OpenFolder = std::unique_ptr<DIR, CloseFolder>;

std::optional<EntryKind> kind_of(mode_t mode)
{
    if (S_ISREG(mode))
        return EntryKind::file;
    if (S_ISDIR(mode))
        return EntryKind::folder;
    if (S_ISLNK(mode))
        return EntryKind::link;
    return std::nullopt;
}

std::optional<Timestamp> modified_of(struct stat const& status)
{
#ifdef __APPLE__
    auto const time = status.st_mtimespec;
#else
    auto const time = status.st_mtim;
#endif
    return plausible_micros(std::int64_t { time.tv_sec } * 1'000'000 + time.tv_nsec / 1000);
}

/// Splits off the first component of a path.
std::string next_component(std::string_view& path)
{
    auto const end = std::min(path.find('/'), path.size());
    std::string component { path.substr(0, end) };
    path.remove_prefix(std::min(end + 1, path.size()));
    return component;
}

bool is_plain(std::string const& component)
{
    return !component.empty() && component != "." && component != ".." && !component.contains('\0');
}

bool is_plain_path(std::string_view path)
{
    for (;;) {
        if (!is_plain(next_component(path)))
            return false;
        if (path.empty())
            return true;
    }
}

} // namespace

std::string join_path(std::string_view folder, std::string_view name)
{
    std::string joined { folder };
    if (!folder.empty() && !name.empty())
        joined += '/';
    joined += name;
    return joined;
}

Result<std::shared_ptr<Container const>> FolderContainer::open_folder(std::filesystem::path const& path)
{
    FileDescriptor root { ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_DIRECTORY) };
    if (!root)
        return fail(Fault::io, "the folder cannot be opened", static_cast<std::uint64_t>(errno));
    return std::shared_ptr<Container const> { new FolderContainer { std::move(root) } };
}

Result<FileDescriptor> FolderContainer::descend(std::string_view folder) const
{
    if (is_plain_path(folder)) {
        auto opened = open_folder_beneath(m_root.get(), std::string { folder }.c_str());
        if (opened || opened.error().fault == Fault::missing)
            return opened;
    }
    FileDescriptor at { ::openat(m_root.get(), ".", O_RDONLY | O_CLOEXEC | O_DIRECTORY) };
    if (!at)
        return fail(Fault::io, "the folder cannot be opened");
    while (!folder.empty()) {
        auto const component = next_component(folder);
        if (!is_plain(component))
            return fail(Fault::missing, "there is no such folder");
        at = EXHIBIT_TRY(open_folder_at(at.get(), component.c_str()));
    }
    return at;
}

Result<std::shared_ptr<FileDescriptor const>> FolderContainer::parent(std::string_view folder) const
{
    {
        std::scoped_lock const lock { m_mutex };
        if (auto const known = m_parents.find(folder); known != m_parents.end())
            return known->second;
    }
    auto opened = std::make_shared<FileDescriptor const>(EXHIBIT_TRY(descend(folder)));
    std::scoped_lock const lock { m_mutex };
    if (m_parents.size() == kMostParents)
        m_parents.clear();
    return m_parents.emplace(folder, std::move(opened)).first->second;
}

std::optional<FolderContainer::Child> FolderContainer::child_of(
    int folder, char const* name, unsigned char type, std::string_view path) const
{
    auto kind = std::optional<EntryKind> {};
    if (type == DT_REG)
        kind = EntryKind::file;
    else if (type == DT_DIR)
        kind = EntryKind::folder;
    else if (type == DT_LNK)
        kind = EntryKind::link;
    else if (struct stat status {};
        type == DT_UNKNOWN && ::fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0)
        kind = kind_of(status.st_mode);
    if (!kind) {
        problem_list().add(Fault::unsupported,
            "neither file, folder nor link (a device, pipe or socket); left out", join_path(path, name));
        return std::nullopt;
    }
    return Child { name, *kind };
}

Result<std::vector<FolderContainer::Child>> FolderContainer::list(int folder, std::string_view path) const
{
    FileDescriptor again { ::openat(folder, ".", O_RDONLY | O_CLOEXEC | O_DIRECTORY) };
    OpenFolder const open { again ? ::fdopendir(again.get()) : nullptr };
    if (!open)
        return fail(Fault::io, "the folder cannot be listed");
    (void)again.release(); // The stream closes it.
    std::vector<Child> children;
    errno = 0;
    // NOLINTNEXTLINE(concurrency-mt-unsafe): each stream has one reader.
    while (auto const* const found = ::readdir(open.get())) {
        std::string_view const name { &found->d_name[0] };
        if (name != "." && name != "..")
            if (auto child = child_of(folder, &found->d_name[0], found->d_type, path))
                children.push_back(std::move(*child));
        errno = 0;
    }
    if (errno != 0)
        problem_list().lose(Fault::io, "a folder could be listed in part only", path);
    std::ranges::sort(children, {}, &Child::name);
    return children;
}

std::optional<Node> FolderContainer::node_of(int folder, Child const& child, Detail detail) const
{
    Node node { .path = {}, .kind = child.kind, .size = 0, .modified = {} };
    if (detail == Detail::names)
        return node;
    struct stat status {};
    if (::fstatat(folder, child.name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0)
        return std::nullopt;
    if (child.kind == EntryKind::file)
        node.size = static_cast<std::uint64_t>(std::max<off_t>(status.st_size, 0));
    node.modified = modified_of(status);
    return node;
}

Result<void> FolderContainer::children(
    std::string_view folder, Detail detail, NodeVisitor const& visitor) const
{
    auto const opened = EXHIBIT_TRY(descend(folder));
    auto const listed = EXHIBIT_TRY(list(opened.get(), folder));
    for (auto const& child : listed) {
        auto node = node_of(opened.get(), child, detail);
        if (!node) {
            problem_list().add(
                Fault::io, "a file vanished or could not be examined", join_path(folder, child.name));
            continue;
        }
        auto const path = join_path(folder, child.name);
        node->path = path;
        if (!visitor(*node))
            break;
    }
    return {};
}

FileDescriptor FolderContainer::look_into(
    int folder, Child const& child, std::size_t depth, std::string_view path) const
{
    if (depth == kDeepest) {
        problem_list().add(
            Fault::over_limit, "folders are nested too deeply; the deepest were left out", path);
        return {};
    }
    auto opened = open_folder_at(folder, child.name.c_str());
    if (opened)
        return std::move(*opened);
    problem_list().add(opened.error().fault, "a folder could not be opened", path);
    return {};
}

Result<void> FolderContainer::visit(std::string_view folder, NodeVisitor const& visitor) const
{
    struct Level {
        FileDescriptor folder;
        std::vector<Child> children;
        std::size_t next = 0;
        std::size_t path_size = 0; ///< of the folder itself
    };
    std::vector<Level> levels;
    std::string path { folder };
    auto const enter = [&](FileDescriptor opened) {
        auto children = list(opened.get(), path);
        if (children)
            levels.push_back({ std::move(opened), std::move(*children), 0, path.size() });
        else
            problem_list().lose(Fault::io, "a folder could not be listed", path);
    };
    enter(EXHIBIT_TRY(descend(folder)));
    while (!levels.empty()) {
        auto& level = levels.back();
        path.resize(level.path_size);
        if (level.next == level.children.size()) {
            levels.pop_back();
            continue;
        }
        auto const& child = level.children[level.next++];
        if (!path.empty())
            path += '/';
        path += child.name;
        auto node = node_of(level.folder.get(), child, Detail::full);
        if (!node) {
            problem_list().add(Fault::io, "a file vanished or could not be examined", path);
            continue;
        }
        node->path = path;
        FileDescriptor opened;
        if (child.kind == EntryKind::folder) {
            opened = look_into(level.folder.get(), child, levels.size(), path);
            node->sealed = !opened;
        }
        if (!visitor(*node))
            return {};
        if (opened)
            enter(std::move(opened));
    }
    return {};
}

std::optional<Node> FolderContainer::find(std::string_view path) const
{
    auto const slash = path.rfind('/');
    auto const folder = slash == path.npos ? std::string_view {} : path.substr(0, slash);
    std::string const name { slash == path.npos ? path : path.substr(slash + 1) };
    auto const opened = descend(folder);
    struct stat status {};
    if (!opened || !is_plain(name)
        || ::fstatat(opened->get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0)
        return std::nullopt;
    auto const kind = kind_of(status.st_mode);
    if (!kind)
        return std::nullopt;
    Node node { .path = path, .kind = *kind, .size = 0, .modified = modified_of(status) };
    if (*kind == EntryKind::file)
        node.size = static_cast<std::uint64_t>(std::max<off_t>(status.st_size, 0));
    return node;
}

Result<std::unique_ptr<Source>> FolderContainer::open(std::string_view path) const
{
    return open_with(open_file_at, path);
}

Result<std::unique_ptr<Source>> FolderContainer::open_listed(std::string_view path) const
{
    return open_with(open_listed_file_at, path);
}

Result<std::unique_ptr<Source>> FolderContainer::open_with(
    Result<std::unique_ptr<Source>> (*open_at)(int, char const*), std::string_view path) const
{
    auto const slash = path.rfind('/');
    auto const folder = EXHIBIT_TRY(parent(slash == path.npos ? std::string_view {} : path.substr(0, slash)));
    std::string const name { slash == path.npos ? path : path.substr(slash + 1) };
    if (!is_plain(name))
        return fail(Fault::missing, "there is no such file");
    return open_at(folder->get(), name.c_str());
}

Result<std::string> FolderContainer::link_target(std::string_view path) const
{
    auto const slash = path.rfind('/');
    auto const folder
        = EXHIBIT_TRY(descend(slash == path.npos ? std::string_view {} : path.substr(0, slash)));
    std::string const name { slash == path.npos ? path : path.substr(slash + 1) };
    std::string target(kLongestTarget, '\0');
    auto const size = is_plain(name) ? ::readlinkat(folder.get(), name.c_str(), target.data(), target.size())
                                     : ssize_t { -1 };
    if (size < 0)
        return fail(Fault::missing, "there is no such link");
    target.resize(static_cast<std::size_t>(size));
    return target;
}

} // namespace exhibit
