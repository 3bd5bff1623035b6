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

bool is_shard(std::string_view name)
{
    return name.size() == 2 && is_payload_name(std::string(38, '0').append(name));
}

} // namespace

Result<Payloads> Payloads::list(Container const& container, std::string const& root, bool flat)
{
    Payloads payloads;
    auto const add_from = [&](std::string const& folder, std::string_view shard) {
        return container.children(folder, Detail::names, [&](Node const& node) {
            auto const name = base_name(node.path);
            if (node.kind == EntryKind::file && is_payload_name(name) && name.starts_with(shard))
                payloads.m_names.push_back(first_digits(name));
            return true;
        });
    };
    if (flat)
        EXHIBIT_TRY(add_from(root, {}));
    else {
        std::vector<std::string> shards;
        EXHIBIT_TRY(container.children(root, Detail::names, [&](Node const& node) {
            if (node.kind == EntryKind::folder && is_shard(base_name(node.path)))
                shards.emplace_back(base_name(node.path));
            return true;
        }));
        for (auto const& shard : shards)
            if (!add_from(join_path(root, shard), shard))
                ++payloads.m_unreadable_folders;
    }
    std::ranges::sort(payloads.m_names);
    auto const repeated = std::ranges::unique(payloads.m_names);
    payloads.m_names.erase(repeated.begin(), repeated.end());
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

std::string payload_path(std::string const& root, std::string_view name, bool flat)
{
    if (flat)
        return join_path(root, name);
    return join_path(root, name.substr(0, 2)) + '/' + std::string { name };
}

} // namespace exhibit::ios_backup
