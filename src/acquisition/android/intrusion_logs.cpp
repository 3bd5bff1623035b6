#include "acquisition/android/intrusion_logs.hpp"

#include "acquisition/android/device_facts.hpp"
#include "acquisition/android/files.hpp"
#include "acquisition/zip_container.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>

namespace exhibit::android {

namespace {

constexpr std::size_t kLogHead = std::size_t { 16 } << 10U;
constexpr std::size_t kMostTried = 16;
constexpr std::uint64_t kLargestTried = 256U << 20U; // Looking must not take long.
constexpr std::size_t kMostZips = 256;
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

bool holds_log(Container const& container, std::string const& folder)
{
    std::size_t tried = 0;
    for (auto const& file : files_like(container, folder, "*")) {
        if (looks_like_intrusion_log(head_of(container, file.path, kLogHead)))
            return true;
        if (++tried == kMostTried)
            return false;
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
    // Files are opened to look: not for each of a folder of anything.
    auto const texts = files_like(container, folder, "*.txt");
    auto const zips = files_like(container, folder, "*.zip");
    if (texts.empty() && zips.empty())
        return false;
    if (!texts.empty() && holds_log(container, folder))
        return true;
    for (std::size_t i = 0; i < std::min(zips.size(), kMostTried); ++i) {
        if (zips[i].size > kLargestTried)
            continue;
        auto source = container.open(zips[i].path);
        auto const inside = source
            ? ZipContainer::open_zip(std::move(*source), container.secrecy())
            : Result<std::shared_ptr<Container const>> { std::unexpected(source.error()) };
        if (inside && holds_log(**inside, {}))
            return true;
    }
    return false;
}

void add_zipped_intrusion_logs(Assembly& assembly, std::shared_ptr<Container const> const& container,
    std::string const& folder, std::string const& before)
{
    std::size_t count = 0;
    for (auto const& zip : files_like(*container, folder, "*.zip")) {
        auto const stored = before + zip.path;
        auto source = container->open(zip.path);
        auto inside = source ? ZipContainer::open_zip(std::move(*source), container->secrecy())
                             : Result<std::shared_ptr<Container const>> { std::unexpected(source.error()) };
        if (!inside) {
            assembly.warn(inside.error().fault,
                "a zip of intrusion logs could not be opened: " + std::string { inside.error().what },
                stored);
            continue;
        }
        if (++count > kMostZips) {
            assembly.warn(
                Fault::over_limit, "there are more zips of intrusion logs than are examined", stored);
            return;
        }
        assembly.parts.push_back(std::make_unique<FilesPart>(
            FilesPart::Place { std::move(*inside), {}, stored + "/", path_among_logs }));
    }
}

std::expected<std::unique_ptr<Acquisition>, Refusal> open_intrusion_logs(
    std::shared_ptr<Container const> container, std::string folder, OpenOptions const&)
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
