#include "acquisition/android/files.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace exhibit::android {

namespace {

constexpr std::size_t kMostListed = 4096;

bool has(Container const& container, std::string const& folder, std::string_view name, EntryKind kind)
{
    auto const node = container.find(join_path(folder, name));
    return node && node->kind == kind;
}

} // namespace

bool has_file(Container const& container, std::string const& folder, std::string_view name)
{
    return has(container, folder, name, EntryKind::file);
}

bool has_folder(Container const& container, std::string const& folder, std::string_view name)
{
    return has(container, folder, name, EntryKind::folder);
}

std::vector<FoundFile> files_like(
    Container const& container, std::string const& folder, std::string_view pattern)
{
    std::vector<FoundFile> found;
    // A folder that cannot be listed holds nothing that could be recognised.
    auto const lower = to_lower(pattern);
    (void)container.children(folder, Detail::full, [&](Node const& node) {
        if (node.kind == EntryKind::file && glob_match(lower, to_lower(base_name(node.path))))
            found.push_back({ std::string { node.path }, node.size });
        return found.size() < kMostListed;
    });
    return found;
}

std::string head_of(Source const& source, std::size_t most)
{
    std::string text(static_cast<std::size_t>(std::min<std::uint64_t>(source.size(), most)), '\0');
    auto const count = source.read_at(0, std::as_writable_bytes(std::span { text }));
    text.resize(count.value_or(0));
    return text;
}

std::string head_of(Container const& container, std::string_view path, std::size_t most)
{
    auto const source = container.open_head(path, most);
    return source ? head_of(**source, most) : std::string {};
}

std::optional<FoundFile> single_file(Container const& container, std::string const& folder)
{
    if (!folder.empty() || container.form() != "single file")
        return std::nullopt;
    auto found = files_like(container, folder, "**");
    return found.empty() ? std::nullopt : std::optional { std::move(found.front()) };
}

} // namespace exhibit::android
