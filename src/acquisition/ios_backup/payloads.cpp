#include "acquisition/ios_backup/payloads.hpp"

#include "acquisition/ios_backup/manifest.hpp"
#include "base/number.hpp"
#include "base/text.hpp"

#include <algorithm>

namespace exhibit::ios_backup {

namespace {

std::uint64_t first_digits(std::string_view name)
{
    return leading_number<std::uint64_t>(name.substr(0, 16), 16).value_or(0);
}

constexpr std::string_view kSuffix = ".mddata";
constexpr std::string_view kNewer = "Snapshot";

bool is_shard(std::string_view name)
{
    return name.size() == 2 && is_payload_name(std::string(38, '0').append(name));
}

/// Of what begins with the two digits of a shard.
std::size_t number_of_shard(std::string_view name)
{
    return leading_number<std::size_t>(name.substr(0, 2), 16).value_or(0);
}

bool has_capitals(std::string_view name)
{
    return std::ranges::any_of(name, [](char c) { return c >= 'A' && c <= 'F'; });
}

std::string spelled(std::string_view name, bool capitals)
{
    std::string out { name };
    if (capitals)
        std::ranges::transform(out, out.begin(),
            [](char c) { return c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c; });
    return out;
}

void sort_once(std::vector<std::uint64_t>& names)
{
    std::ranges::sort(names);
    auto const repeated = std::ranges::unique(names);
    names.erase(repeated.begin(), repeated.end());
}

} // namespace

std::string Payloads::Place::path_of(std::string_view name) const
{
    auto file = spelled(name, capitals);
    auto const inside = flat ? folder : join_path(folder, spelled(name.substr(0, 2), folder_capitals));
    return join_path(inside, suffix ? file.append(kSuffix) : file);
}

/// Adds the payloads that lie in a folder, or in the folders of two digits in it, however they are spelled.
Result<void> Payloads::add_from(
    Container const& container, Place const& place, std::vector<std::uint64_t>& names)
{
    std::vector<std::string> shards;
    auto const add = [&](Node const& node, std::string_view shard) {
        auto const stored = base_name(node.path);
        auto const bare
            = stored.ends_with(kSuffix) ? stored.substr(0, stored.size() - kSuffix.size()) : stored;
        auto const name = to_lower(bare);
        if (node.kind == EntryKind::folder && shard.empty() && is_shard(to_lower(stored)))
            shards.emplace_back(stored);
        if (node.kind != EntryKind::file || !is_payload_name(name) || !name.starts_with(to_lower(shard)))
            return true;
        names.push_back(first_digits(name));
        Place const found { place.folder, shard.empty(), has_capitals(shard), has_capitals(bare),
            bare.size() != stored.size() };
        if (std::ranges::find(m_places, found) == m_places.end())
            m_places.push_back(found);
        return true;
    };
    EXHIBIT_TRY(
        container.children(place.folder, Detail::names, [&](Node const& node) { return add(node, {}); }));
    for (auto const& shard : shards)
        if (!container.children(join_path(place.folder, shard), Detail::names,
                [&](Node const& node) { return add(node, shard); })) {
            ++m_unreadable_folders;
            m_unreadable_shards.set(number_of_shard(shard));
        }
    return {};
}

/// Adds those that are missing.
void Payloads::add_newer(std::vector<std::uint64_t> const& names)
{
    auto const held = m_names.size();
    for (auto const name : names)
        if (std::binary_search(m_names.begin(), m_names.begin() + static_cast<std::ptrdiff_t>(held), name))
            ++m_left_newer;
        else
            m_names.push_back(name);
    m_taken_newer = m_names.size() - held;
    std::ranges::sort(m_names);
}

Result<Payloads> Payloads::list(
    Container const& container, std::string const& root, bool flat, bool take_newer)
{
    Payloads payloads;
    payloads.m_places.push_back({ root, flat });
    EXHIBIT_TRY(payloads.add_from(container, { root, flat }, payloads.m_names));
    sort_once(payloads.m_names);
    auto const newer = container.find(join_path(root, kNewer));
    if (!newer || newer->kind != EntryKind::folder)
        return payloads;
    std::vector<std::uint64_t> names;
    auto const places = payloads.m_places.size();
    if (!payloads.add_from(container, { join_path(root, kNewer), flat }, names))
        ++payloads.m_unreadable_folders;
    sort_once(names);
    if (take_newer)
        payloads.add_newer(names);
    else {
        payloads.m_left_newer = names.size();
        payloads.m_places.resize(places);
    }
    return payloads;
}

std::optional<std::size_t> Payloads::find(std::string_view name) const
{
    if (!is_payload_name(name))
        return std::nullopt;
    auto const digits = first_digits(name);
    auto const found = std::ranges::lower_bound(m_names, digits);
    if (found == m_names.end() || *found != digits)
        return std::nullopt;
    return static_cast<std::size_t>(found - m_names.begin());
}

bool Payloads::is_out_of_sight(std::string_view name) const
{
    return m_unreadable_shards.any() && m_unreadable_shards.test(number_of_shard(name));
}

std::string Payloads::path_of(Container const& container, std::string_view name) const
{
    if (m_places.size() > 1)
        for (auto const& place : m_places)
            if (auto path = place.path_of(name); container.find(path))
                return path;
    return m_places.front().path_of(name);
}

} // namespace exhibit::ios_backup
