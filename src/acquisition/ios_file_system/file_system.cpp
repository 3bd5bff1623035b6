#include "acquisition/ios_file_system/file_system.hpp"

#include "base/text.hpp"
#include "formats/plist/plist.hpp"

#include <algorithm>
#include <array>

namespace exhibit::ios_file_system {

namespace {

using namespace std::string_view_literals;

constexpr std::size_t kLargestList = 16U << 20U;
constexpr std::string_view kSystemVersion = "/System/Library/CoreServices/SystemVersion.plist";

struct Named {
    std::string_view fact;
    std::string_view key;
};
constexpr std::array kVersionKeys {
    Named { "device.product_version", "ProductVersion" },
    Named { "device.build_version", "ProductBuildVersion" },
};

/// Folders that every phone has, since iOS 9.3 at the latest: without one of them a copy is a part.
constexpr std::array kOfEveryPhone { "/private/var/containers"sv, "/private/var/db"sv,
    "/private/var/mobile/Library"sv, "/private/var/preferences"sv, "/private/var/root"sv };
constexpr std::array kAboveParts { ""sv, "/"sv, "/private"sv, "/private/var"sv, "/private/var/mobile"sv };
constexpr std::size_t kMostParts = 100'000; // Those that are not named are counted.
constexpr std::size_t kMostNamed = 8;

/// `a, b and 3 more`
std::string joined(std::vector<std::string> const& names)
{
    std::string text;
    for (std::size_t i = 0; i != std::min(names.size(), kMostNamed); ++i)
        text += (i == 0 ? "" : ", ") + names[i];
    if (names.size() > kMostNamed)
        text += " and " + std::to_string(names.size() - kMostNamed) + " more";
    return text;
}

} // namespace

std::expected<std::unique_ptr<Acquisition>, Refusal> IosFileSystem::open_file_system(
    std::shared_ptr<Container const> const& container, std::string const& folder, OpenOptions const&)
{
    auto mounts = find_mounts(*container, folder);
    if (mounts.empty())
        mounts = find_part(*container, folder);
    return std::make_unique<IosFileSystem>(container, folder, std::move(mounts));
}

IosFileSystem::IosFileSystem(
    std::shared_ptr<Container const> container, std::string folder, std::vector<Mount> mounts)
    : m_container(std::move(container))
    , m_folder(std::move(folder))
    , m_mounts(std::move(mounts))
{
    read_facts();
}

std::string IosFileSystem::stored_path(std::string_view device_path) const
{
    for (auto const& mount : m_mounts)
        if (device_path.starts_with(mount.device)) {
            auto stored = join_path(mount.folder, device_path.substr(mount.device.size() + 1));
            if (m_container->find(stored))
                return stored;
        }
    return {};
}

void IosFileSystem::read_facts()
{
    m_facts.push_back({ "container.form", std::string { m_container->form() } });
    note_times_of_copying(*m_container, m_facts);
    if (!m_folder.empty())
        m_facts.push_back({ "container.folder", repair_utf8(m_folder) });
    read_version();
    find_time_zone();
    find_parts();
    if (m_missing.empty())
        return;
    m_facts.push_back({ "file_system.parts", joined(m_parts) });
    m_facts.push_back({ "file_system.missing", joined(m_missing) });
}

void IosFileSystem::read_version()
{
    auto const stored = stored_path(kSystemVersion);
    if (stored.empty())
        return; // Only the data partition was copied.
    auto const source = m_container->open(stored);
    auto const content
        = source ? read_all(**source, kLargestList) : Result<Content> { std::unexpected(source.error()) };
    if (!content)
        return;
    auto const list = plist::Document::parse(content->bytes());
    if (!list)
        return;
    for (auto const& [fact, key] : kVersionKeys)
        if (auto value = list->root().find(key).as_text())
            m_facts.push_back({ std::string { fact }, std::move(*value) });
    m_version = list->root().find("ProductVersion").as_text().value_or("");
}

/// Devices keep their time zone as a link into the zone files. A copy that followed links has lost its name.
void IosFileSystem::find_time_zone()
{
    constexpr std::string_view zones = "/zoneinfo/";
    auto const stored = stored_path("/private/var/db/timezone/localtime");
    auto const target
        = stored.empty() ? Result<std::string> { std::string {} } : m_container->link_target(stored);
    if (auto const at = target ? target->find(zones) : std::string::npos; at != std::string::npos)
        m_facts.push_back({ "device.time_zone", repair_utf8(target->substr(at + zones.size())) });
}

void IosFileSystem::find_parts()
{
    for (auto const folder : kOfEveryPhone)
        if (stored_path(folder).empty())
            m_missing.emplace_back(folder);
    if (m_missing.empty())
        return;
    for (auto const& mount : m_mounts)
        add_parts(mount.folder, mount.device);
    std::ranges::sort(m_parts);
    m_parts.erase(std::ranges::unique(m_parts).begin(), m_parts.end());
}

/// Names a folder, or what lies in it where it is one that other folders of a phone lie in.
void IosFileSystem::add_parts(std::string const& folder, std::string const& device)
{
    if (std::ranges::find(kAboveParts, device) == kAboveParts.end()) {
        m_parts.push_back(repair_utf8(device));
        return;
    }
    (void)m_container->children(folder, Detail::names, [&](Node const& node) {
        std::string path;
        if (!put_device_path(m_mounts, node.path, path))
            return true;
        if (node.kind == EntryKind::folder)
            add_parts(std::string { node.path }, path);
        else if (m_parts.size() < kMostParts)
            m_parts.push_back(repair_utf8(path));
        return m_parts.size() < kMostParts;
    });
}

std::vector<Problem> IosFileSystem::problems() const
{
    auto problems = m_container->problems();
    if (!m_missing.empty())
        problems.push_back({ Fault::missing,
            "only a part of the phone's file system is here: " + joined(m_parts)
                + ". What else a phone has was not examined, such as " + joined(m_missing),
            m_folder, 1, false });
    return problems;
}

std::string IosFileSystem::description() const
{
    std::string text = m_missing.empty() ? "iOS file system" : "part of an iOS file system";
    if (!m_version.empty())
        text += ", iOS " + m_version;
    text += ", in a " + std::string { m_container->form() };
    if (!m_missing.empty())
        text += ": " + joined(m_parts);
    return text;
}

Result<void> IosFileSystem::visit(std::function<bool(EntryView const&)> const& visitor) const
{
    std::string path;
    return m_container->visit(m_folder, [&](Node const& node) {
        if (!put_device_path(m_mounts, node.path, path))
            return true; // What the copying program wrote beside the file system.
        return visitor({ path, node.path, node.kind, node.size, node.modified, 0, {}, 0, node.sealed });
    });
}

} // namespace exhibit::ios_file_system
