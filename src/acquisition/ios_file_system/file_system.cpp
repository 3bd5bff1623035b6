#include "acquisition/ios_file_system/file_system.hpp"

#include "base/text.hpp"
#include "formats/plist/plist.hpp"

#include <array>

namespace exhibit::ios_file_system {

namespace {

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

} // namespace

std::expected<std::unique_ptr<Acquisition>, Refusal> IosFileSystem::open_file_system(
    std::shared_ptr<Container const> container, std::string folder, OpenOptions const&)
{
    auto mounts = find_mounts(*container, folder);
    return std::make_unique<IosFileSystem>(std::move(container), std::move(folder), std::move(mounts));
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
    if (!m_folder.empty())
        m_facts.push_back({ "container.folder", repair_utf8(m_folder) });
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

std::string IosFileSystem::description() const
{
    std::string text = "iOS file system";
    if (!m_version.empty())
        text += ", iOS " + m_version;
    return text + ", in a " + std::string { m_container->form() };
}

Result<void> IosFileSystem::visit(std::function<bool(EntryView const&)> const& visitor) const
{
    std::string path;
    return m_container->visit(m_folder, [&](Node const& node) {
        if (!put_device_path(m_mounts, node.path, path))
            return true; // What the copying program wrote beside the file system.
        return visitor({ path, node.path, node.kind, node.size, node.modified, 0 });
    });
}

} // namespace exhibit::ios_file_system
