#include "artifacts/ios/common/web_host.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace exhibit::ios {
namespace {

/// Of `https_www.example.org_0`; empty for another name.
std::string_view host_in(std::string_view name)
{
    if (!name.starts_with("http"))
        return {};
    name.remove_prefix(4);
    if (name.starts_with('s'))
        name.remove_prefix(1);
    if (!name.starts_with('_'))
        return {};
    auto const host = name.substr(1, name.find('_', 1) - 1);
    return host.find('.') != std::string_view::npos && host.size() + 1 < name.size() ? host
                                                                                     : std::string_view {};
}

} // namespace

std::string_view web_host_of(std::string_view path)
{
    while (!path.empty()) {
        auto const name = base_name(path);
        if (auto const host = host_in(name); !host.empty())
            return host;
        path.remove_suffix(std::min(path.size(), name.size() + 1));
    }
    return {};
}

} // namespace exhibit::ios
