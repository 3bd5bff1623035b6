#include "artifacts/ios/common/web_host.hpp"

#include "base/number.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace exhibit::ios {
namespace {

constexpr std::string_view kDigits = "0123456789";

/// Where `_443` or `_0` begins, behind which the name ends or a suffix follows.
std::size_t port_in(std::string_view name)
{
    for (auto at = name.rfind('_'); at != 0 && at != std::string_view::npos; at = name.rfind('_', at - 1)) {
        auto const end = name.find_first_not_of(kDigits, at + 1);
        auto const has_digits = end != at + 1 && at + 1 != name.size();
        if (has_digits && (end == std::string_view::npos || name[end] == '.' || name[end] == '-'))
            return at;
    }
    return std::string_view::npos;
}

} // namespace

std::string NamedSite::url() const
{
    return port ? fmt::format("{}://{}:{}", scheme, host, *port) : fmt::format("{}://{}", scheme, host);
}

std::optional<NamedSite> site_of_name(std::string_view name)
{
    auto const scheme_end = name.substr(0, std::string_view { "https_" }.size()).find('_');
    if (scheme_end == std::string_view::npos || scheme_end + 1 == name.size())
        return std::nullopt;
    NamedSite site;
    site.scheme = to_lower(name.substr(0, scheme_end));
    if (site.scheme != "http" && site.scheme != "https")
        return std::nullopt;
    auto const host_at = scheme_end + 1;
    auto const host_and_port = name.substr(host_at);
    auto const port_at = port_in(host_and_port);
    site.host = host_and_port.substr(0, port_at);
    site.end = name.size();
    if (port_at == std::string_view::npos)
        return site;
    auto const port = host_and_port.substr(port_at + 1);
    auto const number = leading_number<std::uint16_t>(port);
    site.has_port = true;
    site.port = number == 0 ? std::nullopt : number;
    site.end = host_at + port_at + 1 + std::min(port.find_first_not_of(kDigits), port.size());
    return site;
}

std::string_view web_host_of(std::string_view path)
{
    while (!path.empty()) {
        auto const name = base_name(path);
        auto const site = site_of_name(name);
        if (site && site->has_port && site->host.find('.') != std::string_view::npos)
            return site->host;
        path.remove_suffix(std::min(path.size(), name.size() + 1));
    }
    return {};
}

} // namespace exhibit::ios
