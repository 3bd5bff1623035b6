#include "acquisition/android/intrusion_logs.hpp"

#include "acquisition/android/androidqf.hpp"
#include "acquisition/android/device_facts.hpp"
#include "acquisition/android/files.hpp"
#include "acquisition/zip_container.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <ranges>

namespace exhibit::android {

namespace {

constexpr std::size_t kLogHead = std::size_t { 16 } << 10U;
constexpr std::size_t kMostTried = 16;
constexpr std::uint64_t kLargestTried = 256U << 20U; // Looking must not take long.
constexpr std::size_t kMostZips = 256;
constexpr std::uint64_t kMostInZips = std::uint64_t { 4 }
    << 30U; ///< bytes, before what is in them is unpacked
constexpr std::size_t kDeepestZip = 4; ///< The app that shares logs zips zips.
constexpr std::array<std::string_view, 3> kEvents { "dns_event", "connect_event", "security_event" };

/// A zip is shown by what it holds.
std::string path_among_logs(std::string_view relative)
{
    return relative.ends_with(".zip") ? std::string {} : std::string { "@intrusion_logs/" }.append(relative);
}

std::string_view skip_space(std::string_view text)
{
    text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
    return text;
}

/// Files are opened to look: not each of a folder of anything.
bool may_be_log(std::string_view path)
{
    constexpr std::array<std::string_view, 5> endings { "txt", "json", "jsonl", "ndjson", "log" };
    auto const name = base_name(path);
    auto const dot = name.rfind('.');
    return dot == name.npos || std::ranges::find(endings, to_lower(name.substr(dot + 1))) != endings.end();
}

bool holds_log(Container const& container, std::string const& folder)
{
    std::size_t tried = 0;
    for (auto const& file : files_like(container, folder, "*")) {
        if (!may_be_log(file.path))
            continue;
        if (looks_like_intrusion_log(head_of(container, file.path, kLogHead)))
            return true;
        if (++tried == kMostTried)
            return false;
    }
    return false;
}

/// In a zip, also in its folders.
bool holds_log_below(Container const& container)
{
    bool found = false;
    std::size_t tried = 0;
    (void)container.visit({}, [&](Node const& node) {
        if (node.kind != EntryKind::file || node.path.ends_with(".zip"))
            return true;
        found = looks_like_intrusion_log(head_of(container, node.path, kLogHead));
        return !found && ++tried != kMostTried;
    });
    return found;
}

Result<std::shared_ptr<Container const>> open_zip(Container const& container, std::string const& path)
{
    auto source = EXHIBIT_TRY(container.open(path));
    return ZipContainer::open_zip(std::move(source), container.secrecy());
}

/// In a zip, also those in its folders.
std::vector<FoundFile> zips_below(Container const& container, std::string const& folder)
{
    std::vector<FoundFile> zips;
    // What cannot be listed holds nothing that could be opened.
    (void)container.visit(folder, [&](Node const& node) {
        if (node.kind == EntryKind::file && node.path.ends_with(".zip"))
            zips.push_back({ std::string { node.path }, node.size });
        return zips.size() <= kMostZips;
    });
    return zips;
}

/// Whether the zip holds an AndroidQF acquisition, of which logs are a part: to take it for a zip of logs
/// would leave out all the rest.
bool holds_androidqf(Container const& zip)
{
    bool found = is_androidqf(zip, {});
    // What cannot be listed holds nothing that could be opened.
    (void)zip.children({}, Detail::names, [&](Node const& node) {
        found = found || (node.kind == EntryKind::folder && is_androidqf(zip, std::string { node.path }));
        return !found;
    });
    return found;
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as kDeepestZip
bool zips_hold_log(Container const& container, std::vector<FoundFile> const& zips, std::size_t depth)
{
    for (auto const& zip : zips | std::views::take(kMostTried)) {
        if (zip.size > kLargestTried)
            continue;
        auto const inside = ZipContainer::look_into_zip(container, zip.path);
        if (inside && !holds_androidqf(**inside)
            && (holds_log_below(**inside)
                || (depth < kDeepestZip && zips_hold_log(**inside, zips_below(**inside, {}), depth + 1))))
            return true;
    }
    return false;
}

} // namespace

bool looks_like_intrusion_log(std::string_view head)
{
    if (head.starts_with("\xEF\xBB\xBF"))
        head.remove_prefix(3);
    head = skip_space(head);
    if (!head.starts_with('{'))
        return false;
    head = skip_space(head.substr(1));
    return std::ranges::any_of(kEvents, [&](std::string_view event) {
        return head.starts_with('"') && head.substr(1).starts_with(event)
            && head.substr(1 + event.size()).starts_with('"');
    });
}

bool is_intrusion_log(Container const& container, std::string const& folder)
{
    if (auto const file = single_file(container, folder))
        return looks_like_intrusion_log(head_of(container, file->path, kLogHead));
    return holds_log(container, folder)
        || zips_hold_log(container, files_like(container, folder, "*.zip"), 1);
}

namespace {

/// Opens the zips of a folder, and those in them.
class ZippedLogs {
public:
    explicit ZippedLogs(Assembly& assembly)
        : m_assembly(assembly)
    {
    }

    // NOLINTNEXTLINE(misc-no-recursion): as deep as kDeepestZip
    void add(
        Container const& container, std::string const& folder, std::string const& before, std::size_t depth)
    {
        for (auto const& zip : zips_below(container, folder)) {
            auto const stored = before + zip.path;
            m_bytes += zip.size;
            if (++m_count > kMostZips || m_bytes > kMostInZips || depth > kDeepestZip) {
                m_assembly.warn(Fault::over_limit,
                    depth > kDeepestZip ? "zips of intrusion logs lie deeper in zips than is examined"
                                        : "there are more zips of intrusion logs than are examined",
                    stored);
                return;
            }
            auto inside = open_zip(container, zip.path);
            if (!inside) {
                m_assembly.warn(inside.error().fault,
                    "a zip of intrusion logs could not be opened: " + std::string { inside.error().what },
                    stored);
                continue;
            }
            m_assembly.parts.push_back(
                std::make_unique<FilesPart>(FilesPart::Place { *inside, {}, stored + "/", path_among_logs }));
            add(**inside, {}, stored + "/", depth + 1);
        }
    }

private:
    Assembly& m_assembly;
    std::size_t m_count = 0;
    std::uint64_t m_bytes = 0;
};

} // namespace

void add_zipped_intrusion_logs(Assembly& assembly, std::shared_ptr<Container const> const& container,
    std::string const& folder, std::string const& before)
{
    ZippedLogs { assembly }.add(*container, folder, before, 1);
}

std::expected<std::unique_ptr<Acquisition>, Refusal> open_intrusion_logs(
    std::shared_ptr<Container const> const& container, std::string const& folder, OpenOptions const&)
{
    Assembly assembly { AcquisitionKind::intrusion_logs, "Android intrusion logs",
        std::string { container->form() }, {}, {}, {} };
    if (!folder.empty())
        add_fact(assembly.facts, "container.folder", folder);
    assembly.parts.push_back(
        std::make_unique<FilesPart>(FilesPart::Place { container, folder, {}, path_among_logs }));
    add_zipped_intrusion_logs(assembly, container, folder, {});
    return std::make_unique<AndroidAcquisition>(std::move(assembly));
}

} // namespace exhibit::android
