#include "artifacts/ios/common/web_host.hpp"

namespace exhibit::ios {

std::string_view web_host_of(std::string_view path)
{
    for (auto at = path.find("http"); at != std::string_view::npos; at = path.find("http", at + 4)) {
        if (at != 0 && path[at - 1] != '/')
            continue;
        auto rest = path.substr(at + 4);
        if (rest.starts_with('s'))
            rest.remove_prefix(1);
        if (!rest.starts_with('_'))
            continue;
        auto const host = rest.substr(1, rest.find_first_of("_/", 1) - 1);
        if (host.find('.') != std::string_view::npos && host.size() + 1 < rest.size())
            return host;
    }
    return {};
}

} // namespace exhibit::ios
