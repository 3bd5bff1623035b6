#include "indicators/known_hosts.hpp"

#include "base/text.hpp"
#include "indicators/embedded.hpp"
#include "indicators/url.hpp"

#include <algorithm>
#include <array>
#include <libpsl.h>
#include <unordered_map>
#include <unordered_set>

namespace exhibit::indicators {
namespace {

struct HostLists {
    std::unordered_set<std::string_view> shared;
    std::unordered_map<std::string_view, std::string_view> shorteners; ///< host to excepted path, or empty

    HostLists()
    {
        for_each_line(embedded::kSharedHosts, [&](std::string_view line) { shared.insert(line); });
        for_each_line(embedded::kShorteners, [&](std::string_view line) {
            auto const mark = line.find(" !");
            shorteners.emplace(
                line.substr(0, mark), mark == line.npos ? std::string_view {} : line.substr(mark + 2));
        });
    }
};

HostLists const& lists()
{
    static HostLists const kLists;
    return kLists;
}

/// What stands where a host does, in small letters; without `www.`.
std::string host_at_front(std::string_view url)
{
    if (auto const scheme = url.find("://"); scheme != url.npos)
        url.remove_prefix(scheme + 3);
    auto const end
        = std::ranges::find_if(url, [](char c) { return c == '/' || c == '?' || c == '#' || c == ':'; });
    auto host = to_lower(url.substr(0, static_cast<std::size_t>(end - url.begin())));
    if (host.starts_with("www."))
        host.erase(0, 4);
    return host;
}

bool is_public_suffix(std::string_view host)
{
    // The list compiled into the library, so that results do not change with the machine's copy.
    auto const* list = psl_builtin();
    return list != nullptr
        && psl_is_public_suffix2(list, std::string { host }.c_str(), PSL_TYPE_ANY | PSL_TYPE_NO_STAR_RULE)
        == 1;
}

} // namespace

std::string_view name_of(SharedHost shared)
{
    constexpr std::array<std::string_view, 5> names { "no", "public suffix", "shared service",
        "link shortener", "single label" };
    return names[static_cast<std::size_t>(shared)];
}

SharedHost shared_host(std::string_view host)
{
    if (lists().shared.contains(host))
        return SharedHost::shared_service;
    if (is_shortener(host))
        return SharedHost::shortener;
    if (is_public_suffix(host))
        return SharedHost::public_suffix;
    return host.find('.') == host.npos ? SharedHost::single_label : SharedHost::no;
}

bool is_shortener(std::string_view host)
{
    return lists().shorteners.contains(host);
}

bool is_short_link(std::string_view url)
{
    if (!is_shortener(host_at_front(url))) // Nearly none is: it need not be read as a URL.
        return false;
    Url parsed;
    if (!read_url(url, parsed) || !parsed.has_more_than_host)
        return false;
    std::string_view host = parsed.host.name;
    if (host.starts_with("www."))
        host.remove_prefix(4);
    auto const found = lists().shorteners.find(host);
    if (found == lists().shorteners.end())
        return false;
    auto const path = std::string_view { parsed.key }.substr(parsed.key.find('/', 2));
    return found->second.empty() || !path.starts_with(found->second);
}

} // namespace exhibit::indicators
