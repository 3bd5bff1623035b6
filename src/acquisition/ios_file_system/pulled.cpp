#include "acquisition/ios_file_system/pulled.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace exhibit::ios_file_system {

namespace {

constexpr std::string_view kReports = "/private/var/mobile/Library/Logs/CrashReporter";
constexpr std::string_view kMedia = "/private/var/mobile/Media";
constexpr std::size_t kMostPulledNodes = 50'000;
constexpr std::size_t kMostOpened = 64; ///< reports that turn out to be of something else
constexpr std::ptrdiff_t kDeepestPulled = 3; ///< folders above the file

std::string_view folder_above(std::string_view path)
{
    auto const slash = path.rfind('/');
    return slash == std::string_view::npos ? std::string_view {} : path.substr(0, slash);
}

/// Macs write reports of the same form.
bool is_report_of_phone(Container const& container, std::string_view path)
{
    auto const source = container.open(path);
    std::array<std::byte, 4096> head {};
    auto const count = source ? (*source)->read_at(0, head) : fail(Fault::io, "");
    if (!count)
        return false;
    auto const text = as_text(Bytes { head }.first(*count));
    return text.starts_with('{') && text.contains("\"bug_type\"")
        && (text.contains("\"iPhone OS ") || text.contains("\"iPad OS ") || text.contains("\"iPadOS "));
}

/// The folder that the reports were copied to: the phone keeps those that it has sent in one of their own.
std::string_view folder_of_reports(std::string_view path)
{
    auto const folder = folder_above(path);
    return base_name(folder) == "Retired" ? folder_above(folder) : folder;
}

/// The folder in which the camera's is, with another that only phones have.
std::optional<std::string> folder_of_media(Container const& container, std::string_view path)
{
    constexpr std::string_view camera = "DCIM/";
    auto const at = path.find(camera);
    if (at == std::string_view::npos || (at != 0 && path[at - 1] != '/'))
        return std::nullopt;
    auto folder = std::string { path.substr(0, at == 0 ? 0 : at - 1) };
    for (std::string_view const other : { "PhotoData", "iTunes_Control" })
        if (container.find(join_path(folder, other)))
            return folder;
    return std::nullopt;
}

bool is_under_any(std::string_view path, std::vector<std::string> const& folders)
{
    return std::ranges::any_of(folders, [&](auto const& folder) { return is_under(path, folder); });
}

/// The folders of media, and those with a report, of which the first need not be the topmost: folders may
/// come before the files beside them.
struct Folders {
    std::vector<std::string> media;
    std::vector<std::string> reports;
    std::size_t nodes = 0;
    std::size_t opened = 0;

    /// False when enough was looked at.
    bool look_at(Container const& container, Node const& node)
    {
        bool const is_media = is_under_any(node.path, media);
        if (!is_media && ++nodes == kMostPulledNodes)
            return false;
        if (node.kind != EntryKind::file || std::ranges::count(node.path, '/') > kDeepestPulled)
            return true;
        if (!is_media)
            if (auto folder = folder_of_media(container, node.path))
                media.push_back(std::move(*folder));
        auto const folder = folder_of_reports(node.path);
        if (base_name(node.path).contains(".ips") && opened != kMostOpened
            && !is_under_any(folder, reports)) {
            ++opened;
            if (is_report_of_phone(container, node.path))
                reports.emplace_back(folder);
        }
        return true;
    }
};

/// The part that the folders make up: of each kind the one that lies highest. Says which are left out.
Part part_of(Container const& container, Folders found)
{
    Part part;
    auto const take = [&](std::vector<std::string> const& folders, std::string_view device) {
        for (auto const& folder : folders) {
            auto const held = std::ranges::find(part.mounts, device, &Mount::device);
            if (held != part.mounts.end() && is_under(folder, held->folder))
                continue;
            if (held == part.mounts.end()
                && std::ranges::find(part.mounts, folder, &Mount::folder) == part.mounts.end())
                part.mounts.push_back({ folder, std::string { device } });
            else
                container.note(Fault::unsupported,
                    "there are more reports or media than those of one phone; these were not examined, name "
                    "their folder by itself",
                    folder);
        }
    };
    std::ranges::stable_sort(found.reports, {}, &std::string::size);
    take(found.media, kMedia);
    take(found.reports, kReports);
    std::ranges::stable_sort(
        part.mounts, std::greater {}, [](Mount const& mount) { return mount.folder.size(); });
    if (part.mounts.size() == 1)
        part.folder = part.mounts.front().folder;
    return part;
}

} // namespace

std::optional<Part> find_pulled_part(Container const& container, OpenOptions const& options)
{
    Folders found;
    // What cannot be listed holds nothing that could be found.
    (void)container.visit({},
        [&](Node const& node) { return !options.stop.stop_requested() && found.look_at(container, node); });
    if (found.media.empty() && found.reports.empty())
        return std::nullopt;
    return part_of(container, std::move(found));
}

} // namespace exhibit::ios_file_system
