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

} // namespace

std::optional<Part> find_pulled_part(Container const& container, OpenOptions const& options)
{
    std::optional<Part> found;
    std::size_t nodes = 0;
    std::size_t opened = 0;
    // What cannot be listed holds nothing that could be found. Folders may come before the files beside them,
    // so that the first report need not be in the topmost folder.
    (void)container.visit({}, [&](Node const& node) {
        if (++nodes == kMostPulledNodes || options.stop.stop_requested())
            return false;
        if (node.kind != EntryKind::file || std::ranges::count(node.path, '/') > kDeepestPulled)
            return true;
        if (auto folder = folder_of_media(container, node.path)) {
            found = Part { *folder, { { *folder, std::string { kMedia } } } };
            return false;
        }
        if (base_name(node.path).contains(".ips") && opened != kMostOpened) {
            auto folder = std::string { folder_of_reports(node.path) };
            if (found && folder.size() >= found->folder.size())
                return true;
            ++opened;
            if (is_report_of_phone(container, node.path))
                found = Part { folder, { { folder, std::string { kReports } } } };
        }
        return true;
    });
    return found;
}

} // namespace exhibit::ios_file_system
